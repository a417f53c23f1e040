//! Rules about kinds: what the front matter declares, the body carries out.

use std::collections::BTreeSet;

use super::evidence::Evidence;
use crate::diag::{Code, Diagnostic, Faults, codes};
use crate::kind::Kind;
use crate::load::decode::At;
use crate::model::Fleet;
use crate::nix::{Assigned, Literal, Outline};
use crate::source::Span;

/// What stands for the service's name in an option's path.
const SERVICE: &str = "{service}";

/// What the fleet's own kinds declare is used. Cistern's own are held to it by a test.
pub(super) fn reaches_the_body(fleet: &Fleet, evidence: &Evidence<'_>, faults: &mut Faults) {
    for kind in fleet.kinds.own() {
        let Some(outline) = evidence.outline(&kind.name) else { continue };
        let template = format!("services/{}.nix.j2", kind.name);
        let Some(source) = evidence.templates.source(&template) else { continue };
        // What another file holds that it includes is out of sight.
        if source[kind.body..].contains("include") {
            continue;
        }
        unused(kind, &evidence.templates.parts(&template), &source[kind.body..], faults);
        options(kind, outline, faults);
    }
}

/// Settings, ports, state and roles that the body never looks at.
fn unused(kind: &Kind, parts: &BTreeSet<String>, body: &str, faults: &mut Faults) {
    // A template that cannot be read has no parts, and its fault was told.
    if parts.is_empty() && body.contains("{{") {
        return;
    }
    let front = &kind.front;
    let uses = |whole: &str, part: &str| {
        parts.iter().any(|used| {
            let rest = used.strip_prefix(whole).and_then(|rest| rest.strip_prefix('.'));
            used == whole || rest.is_some_and(|rest| rest == part || rest.starts_with(&format!("{part}.")))
        })
    };
    for (name, setting) in front.settings.iter().flat_map(|settings| &settings.entries) {
        if !uses("settings", name.as_str()) && !uses("uses", name.as_str()) {
            faults.push(idle(
                kind,
                setting.key,
                &format!("the setting `{name}`"),
                &format!("use `settings.{name}` in the body"),
            ));
        }
    }
    for (name, port) in front.ports.iter().flat_map(|ports| &ports.entries) {
        let fixed = port.value.fixed.is_some_and(|fixed| fixed.value);
        // The ports of peers are looked up one by one.
        let by_peers = body.contains(&format!(".ports.{name}"));
        if !fixed && !by_peers && !uses("ports", name.as_str()) {
            faults.push(idle(
                kind,
                port.key,
                &format!("the port `{name}`"),
                "set its option in the body, or say `fixed: true`",
            ));
        }
    }
    if let Some(state) = &front.state
        && let Some(path) = &state.path
        && !state.fixed.is_some_and(|fixed| fixed.value)
        && !uses("state", "")
    {
        faults.push(idle(kind, path.span, "the state directory", "set its option in the body, or say `fixed: true`"));
    }
    let knows_its_part = ["ordinal", "peers", "role"].iter().any(|name| uses(name, ""));
    if let Some((name, role)) = front.roles.as_ref().and_then(|roles| roles.0.first())
        && !knows_its_part
    {
        faults.push(idle(
            kind,
            role.key,
            &format!("the role `{name}`"),
            "use `role`, `ordinal` or `peers` in the body",
        ));
    }
}

/// Options that the front matter names and the body does not set.
fn options(kind: &Kind, outline: &Outline, faults: &mut Faults) {
    // A body that is computed as a whole cannot be told.
    if outline.assigned.is_empty() {
        return;
    }
    let ports =
        kind.front.ports.iter().flat_map(|ports| ports.entries.values()).filter_map(|p| p.value.option.as_ref());
    let state = kind.front.state.as_ref().and_then(|state| state.option.as_ref());
    for At { value, span } in ports.chain(state) {
        if !outline.assigned.iter().any(|one| reaches(one, value)) {
            let mut known: BTreeSet<String> = outline.assigned.iter().map(Assigned::dotted).collect();
            known.retain(|path| !path.contains('*'));
            let message = format!("kind `{}` does not set `{value}`", kind.name);
            let diagnostic = Diagnostic::new(codes::OPTION_NOT_SET, message)
                .at(*span, "named here")
                .nearest(value, known.iter().map(String::as_str));
            faults.push(match diagnostic.suggestion {
                Some(_) => diagnostic,
                None => diagnostic.help("name the option that the body sets, or set this one"),
            });
        }
    }
}

/// Whether an assignment sets an option, something below it, or all of what is around it.
fn reaches(one: &Assigned, option: &str) -> bool {
    let wanted: Vec<&str> = option.split('.').collect();
    let same = one
        .path
        .iter()
        .zip(&wanted)
        .all(|(segment, name)| name.contains(SERVICE) || segment.name.as_deref().is_none_or(|own| own == *name));
    same && (one.path.len() >= wanted.len() || one.value == Literal::Computed)
}

fn idle(kind: &Kind, span: Span, what: &str, help: &str) -> Diagnostic {
    const CODE: &Code = codes::IDLE_FACT;
    Diagnostic::new(CODE, format!("the body of kind `{}` never uses {what}", kind.name))
        .at(span, "declared here")
        .help(format!("{help}; or remove it here"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kind::{self, Kinds};
    use crate::nix::outline;
    use crate::source::Sources;

    #[test]
    fn the_kinds_that_come_along_carry_out_what_they_declare() {
        let (mut sources, mut faults) = (Sources::default(), Faults::default());
        kind::add_built_in(&mut sources);
        let templates = kind::templates(&sources, &mut faults);
        let kinds = Kinds::read(&sources, &mut faults);
        assert!(kinds.iter().count() > 10);
        for kind in kinds.iter() {
            let text = &sources.file(kind.file).text;
            let parts = templates.parts(&format!("services/{}.nix.j2", kind.name));
            unused(kind, &parts, &text[kind.body..], &mut faults);
            options(kind, &outline(text), &mut faults);
        }
        let told: Vec<_> = faults.iter().map(|fault| &fault.message).collect();
        assert!(told.is_empty(), "{told:?}");
    }
}
