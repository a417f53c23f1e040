//! Levels: what `lints` and `accept` say of codes.

use super::Lower;
use crate::diag::{Diagnostic, Faults, Level, Levels, Ruling, Subject, codes};
use crate::load::decode::{At, Keyed, Named};
use crate::model::shapes::Accept;
use crate::source::Span;
use crate::value::CodeId;

impl Lower<'_> {
    pub(super) fn levels(&self, faults: &mut Faults) -> Levels {
        let def = self.def;
        let mut levels = Levels::default();
        for (code, lint) in def.lints.iter().flat_map(|lints| &lints.entries) {
            let lint_def = &lint.value;
            let Some(level) = lint_def.level.map(|at| Level::from(at.value)) else {
                if !lint_def.poisoned {
                    faults.push(
                        Diagnostic::new(codes::BAD_LINT, format!("the lint {code} has no `level`"))
                            .at(lint.key, "allow, warn or deny?")
                            .help("add `level: allow` (or warn, deny)"),
                    );
                }
                continue;
            };
            let place = (lint.key, lint_def.level.map_or(lint.key, |at| at.span));
            if let Some(ruling) = ruling(*code, level, lint_def.reason.as_ref(), lint_def.poisoned, place, faults) {
                levels.fleet.insert(code.0.id, ruling);
            }
        }
        self.accepted("hosts", def.hosts.as_ref(), |host| host.accept.as_deref(), &mut levels, faults);
        self.accepted("services", def.services.as_ref(), |service| service.accept.as_deref(), &mut levels, faults);
        self.accepted("secrets", def.secrets.as_ref(), |secret| secret.accept.as_deref(), &mut levels, faults);
        self.accepted("failover", def.failover.as_ref(), |one| one.accept.as_deref(), &mut levels, faults);
        self.accepted("sites", def.sites.as_ref(), |site| site.accept.as_deref(), &mut levels, faults);
        levels
    }

    fn accepted<K: ToString, V>(
        &self,
        section: &'static str,
        named: Option<&Named<K, V>>,
        accept: impl Fn(&V) -> Option<&[At<Accept>]>,
        levels: &mut Levels,
        faults: &mut Faults,
    ) {
        for (name, Keyed { value, .. }) in named.iter().flat_map(|named| &named.entries) {
            for At { value: Accept(def), span } in accept(value).into_iter().flatten() {
                let Some(code) = &def.code else {
                    if !def.poisoned {
                        let diagnostic = Diagnostic::new(codes::BAD_LINT, "an item of `accept` has no `code`");
                        faults.push(diagnostic.at(*span, "what is accepted?").help("add `code: CODE`"));
                    }
                    continue;
                };
                let place = (*span, code.span);
                let found = ruling(code.value, Level::Allow, def.reason.as_ref(), def.poisoned, place, faults);
                if let Some(ruling) = found {
                    let subject = Subject { section, name: name.to_string() };
                    levels.entries.insert((subject, code.value.0.id), ruling);
                }
            }
        }
    }
}

/// Judges one decision: the code can have that level, and a reason is given.
fn ruling(
    code: CodeId,
    level: Level,
    reason: Option<&At<String>>,
    poisoned: bool,
    (whole, at): (Span, Span),
    faults: &mut Faults,
) -> Option<Ruling> {
    if !level.suits(code.0) {
        faults.push(
            Diagnostic::new(codes::BAD_LINT, format!("{code} cannot be allowed: {}", lower_first(code.0.sentence)))
                .at(at, "an error without which nothing whole could be generated")
                .help(format!("mend the fault itself; `cistern explain {code}` tells how")),
        );
        return None;
    }
    match reason.filter(|reason| !reason.value.trim().is_empty()) {
        Some(reason) => Some(Ruling { level, reason: reason.value.clone(), span: whole }),
        None if poisoned => None,
        None => {
            faults.push(
                Diagnostic::new(codes::BAD_LINT, format!("{code} is given another level without a reason"))
                    .at(whole, "why?")
                    .help("add `reason: …`; whoever reads this in a year will ask"),
            );
            None
        }
    }
}

fn lower_first(sentence: &str) -> String {
    let mut chars = sentence.trim_end_matches('.').chars();
    chars.next().map_or_else(String::new, |first| first.to_lowercase().chain(chars).collect())
}
