//! What a good kind says of itself.

use serde_json::Value;

use crate::diag::{Diagnostic, Faults, codes, listed};
use crate::kind::setting::{SettingDef, SettingType};
use crate::kind::{Front, Kind, PortDef};
use crate::load::decode::{Keyed, Scalar as _};
use crate::load::{Body, Node};
use crate::source::Span;
use crate::value::{Category, Protocol, SettingName};

/// Looks at the front matter of a kind.
pub(super) fn look(kind: &Kind, faults: &mut Faults) {
    let top = Span::top(kind.file);
    let front = &kind.front;
    if front.category.is_none() {
        let missing = silent(format!("kind `{}` says no `category`", kind.name)).at(top, "what is it for?");
        faults.push(missing.help(format!("there are {}", listed(Category::WORDS))));
    }
    // What runs whatever image it is given takes what that takes.
    let is_open = front.any_ports.is_some_and(|any| any.value);
    if front.needs.is_none() && !is_open {
        let missing = silent(format!("kind `{}` does not say what an instance takes", kind.name));
        let help = "for instance `needs: { memory: 512M, cpus: 0.5 }`; placement counts on it";
        faults.push(missing.at(top, "no `needs`").help(help));
    }
    for (name, setting) in front.settings.iter().flat_map(|settings| &settings.entries) {
        described(name, setting, faults);
        values_fit(&setting.value, faults);
    }
    ports(kind, front, faults);
}

/// Each setting says what it does, and what it can look like.
fn described(name: &SettingName, setting: &Keyed<SettingDef>, faults: &mut Faults) {
    let def = &setting.value;
    if def.description.is_none() {
        let missing = silent(format!("the setting `{name}` is not described")).at(setting.key, "what does it do?");
        faults.push(missing.help("add `description`, in one sentence"));
    }
    let speaks = match def.r#type.map_or(SettingType::String, |at| at.value) {
        SettingType::Boolean | SettingType::Secret => true,
        _ => def.r#enum.is_some() || def.example.is_some() || says_something(&def.fallback()),
    };
    if !speaks && !def.holds_secrets() {
        let missing = silent(format!("the setting `{name}` has no example")).at(setting.key, "what does it look like?");
        faults.push(missing.help("add `example`: the catalogue shows it, and the lint tries the body with it"));
    }
}

/// Whether a default is as good as an example.
fn says_something(default: &Value) -> bool {
    match default {
        Value::Null => false,
        Value::String(text) => !text.is_empty(),
        Value::Array(items) => !items.is_empty(),
        Value::Object(members) => !members.is_empty(),
        Value::Bool(_) | Value::Number(_) => true,
    }
}

/// Defaults and examples are what the setting takes.
fn values_fit(def: &SettingDef, faults: &mut Faults) {
    for value in def.default.iter().chain(&def.example) {
        let mut path = |name: &str, _: &Node, _: &mut Faults| Some(format!("/run/agenix/{name}"));
        if !matches!(value.0.body, Body::Null) {
            // What does not fit is among the faults.
            let _ = def.judge(&value.0, &mut path, faults);
        }
    }
}

/// Each port can be set or says that it cannot; somebody sees whether the service answers.
fn ports(kind: &Kind, front: &Front, faults: &mut Faults) {
    let ports = || front.ports.iter().flat_map(|ports| &ports.entries);
    for (name, port) in ports() {
        let is_fixed = port.value.fixed.is_some_and(|fixed| fixed.value);
        // A container's ports are published by the body, whatever the program in it says.
        if port.value.option.is_none() && !is_fixed && front.image.is_none() {
            faults.push(
                Diagnostic::new(codes::PORT_UNBOUND, format!("nothing says what sets port `{name}`"))
                    .at(port.key, "neither `option` nor `fixed`")
                    .help("name the NixOS option that the body sets, or say `fixed: true`"),
            );
        }
    }
    let is_watched = front.health_check.is_some() || front.metrics.is_some();
    // Nobody can tell whether somebody takes what is sent by UDP.
    let is_tcp = |port: &Keyed<PortDef>| port.value.protocol.is_none_or(|at| at.value != Protocol::Udp);
    if let Some((name, _)) = ports().find(|(_, port)| !is_watched && is_tcp(port)) {
        let message = format!("nobody would see that kind `{}` does not answer", kind.name);
        faults.push(
            Diagnostic::new(codes::NO_HEALTH_CHECK, message)
                .at(Span::top(kind.file), "it listens, and has neither `health_check` nor `metrics`")
                .help(format!("for instance `health_check: {{ tcp: {{ port: {name} }} }}`")),
        );
    }
}

fn silent(message: String) -> Diagnostic {
    Diagnostic::new(codes::KIND_SILENT, message)
}
