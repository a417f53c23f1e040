//! The places of text in the settings of kinds.

use cistern::diag::Faults;
use cistern::kind::format::Format;
use cistern::kind::setting::{Boxed, SettingDef, SettingType};
use cistern::kind::{Kind, Kinds, add_built_in};
use cistern::source::Sources;
use serde_json::{Value as Json, json};

use crate::document::{Document, image};
use crate::fields::{Field, Legal, around, text, word};
use crate::schema::{Step, shown};

/// Settings that are refused unless others beside them are given, which are not made up here; those that choose a
/// package by its name, which nixpkgs has or has not; and those that Nix writes as JSON into a text, where they look
/// otherwise.
const TOGETHER: &[(&str, &[&str])] = &[
    ("authelia", &["smtp"]),
    ("headscale", &["oidc"]),
    ("kanidm", &["version"]),
    ("litellm", &["models"]),
    ("mcp-proxy", &["servers"]),
    ("mcpo", &["servers"]),
    ("mosquitto", &["topics"]),
    ("nfs", &["clients"]),
    ("patroni", &["backups"]),
    ("recyclarr", &["radarr_templates", "radarr_url", "sonarr_templates", "sonarr_url"]),
    ("samba", &["accounts", "networks", "shares"]),
    ("tdarr", &["media_group"]),
    ("unpackerr", &["lidarr_url", "radarr_url", "readarr_url", "sonarr_url", "whisparr_url"]),
];

/// Every string in the settings of Cistern's own kinds, names of maps included.
pub(crate) fn settings() -> Vec<Field> {
    let mut sources = Sources::default();
    add_built_in(&mut sources);
    let mut faults = Faults::default();
    let kinds = Kinds::read(&sources, &mut faults);
    assert!(faults.is_empty(), "{faults:?}");
    let mut fields = Vec::new();
    for kind in kinds.iter() {
        let together =
            TOGETHER.iter().find(|(name, _)| *name == kind.name.as_str()).map_or(&[][..], |(_, names)| names);
        let settings = kind.front.settings.iter().flat_map(|settings| &settings.entries);
        for (name, setting) in settings.filter(|(name, _)| !together.contains(&name.as_str())) {
            for (steps, legal, beside) in places(&setting.value, vec![Step::Key(name.to_string())]) {
                let fleet = one_of_each(kind, &kinds);
                let kind = kind.name.to_string();
                let field = format!("kind {kind}: {}", shown(&steps));
                // Holes are alike in all of them; one is tried with every text.
                let deep = kind == "container";
                let make = Box::new(move |value: &str| {
                    let mut document = fleet.clone();
                    let service = &mut document.definition["services"][&kind];
                    set(&mut service["settings"], &steps, value, &beside);
                    if kind == "container" {
                        service["image"] = json!(image("other"));
                        service["state"] = json!({ "path": "/srv/other" });
                        // A port inside the container is that of a port of the service.
                        let port = if shown(&steps) == "container_ports.<name>" { value } else { "web" };
                        service["ports"] = json!({ port: 8085 });
                    }
                    document
                });
                fields.push(Field { name: field, legal, deep, alone: true, make });
            }
        }
    }
    fields
}

/// A fleet with a service of a kind, and of those that it names in the settings that it needs; each is called as its kind.
fn one_of_each(kind: &Kind, kinds: &Kinds) -> Document {
    let mut document = Document::new();
    document.definition["services"] = json!({});
    let mut open = vec![kind];
    while let Some(kind) = open.pop() {
        let name = kind.name.to_string();
        if !document.definition["services"][&name].is_null() {
            continue;
        }
        let hosts = document.hosts(members(kind));
        let mut service = json!({ "kind": name, "placement": { "hosts": hosts }, "settings": {} });
        for (name, setting) in kind.front.settings.iter().flat_map(|settings| &settings.entries) {
            if setting.value.required.as_ref().is_some_and(|at| at.value) {
                service["settings"][name.to_string()] = needed(&setting.value);
                open.extend(named_kind(&setting.value, kinds));
            }
        }
        if let Some(own) = &kind.front.image {
            service["image"] = json!(format!("{}@sha256:{}", own.value, "0".repeat(64)));
        }
        let unfree = kind.front.unfree.iter().flatten().map(|package| package.value.to_string());
        let allowed = document.definition["defaults"]["allow_unfree"].as_array().cloned().unwrap_or_default();
        let allowed: Vec<_> = allowed.into_iter().chain(unfree.map(Json::from)).collect();
        document.definition["defaults"]["allow_unfree"] = json!(allowed);
        document.definition["services"][&name] = service;
    }
    document
}

/// How many hosts a kind needs.
fn members(kind: &Kind) -> usize {
    let roles = kind.front.roles.iter().flat_map(|roles| &roles.0);
    let counted: u32 = roles.map(|(_, role)| role.value.count.as_ref().map_or(1, |count| count.value)).sum();
    let least = kind.front.quorum.as_ref().and_then(|quorum| quorum.at_least.as_ref()).map_or(1, |least| least.value);
    counted.max(least).max(1) as usize
}

/// A value of a setting that must be given.
fn needed(setting: &SettingDef) -> Json {
    let example = setting.example.as_ref().map(|example| example.0.to_json());
    match type_of(setting) {
        SettingType::Secret => json!({ "secret": "vpn" }),
        SettingType::String if setting.kinds.is_some() => json!(of_kind(setting)),
        SettingType::Array => json!([setting.items.as_ref().map_or(json!("entry"), |items| needed(&items.0))]),
        SettingType::Boolean => json!(true),
        SettingType::Integer | SettingType::Number => json!(setting.minimum.as_ref().map_or(1, |least| least.value)),
        SettingType::Object => example.unwrap_or_else(|| json!({})),
        SettingType::String => example.unwrap_or_else(|| json!("entry")),
    }
}

/// The name of the first kind of which a setting names a service.
fn of_kind(setting: &SettingDef) -> String {
    setting.kinds.iter().flatten().next().map_or_else(|| "web".to_owned(), |kind| kind.value.to_string())
}

/// The kind of which a setting names a service.
fn named_kind<'k>(setting: &SettingDef, kinds: &'k Kinds) -> Option<&'k Kind> {
    kinds.get(&setting.kinds.iter().flatten().next()?.value)
}

/// The strings in a setting: the way to each, what is legal in it, and what an entry that it names holds.
fn places(setting: &SettingDef, steps: Vec<Step>) -> Vec<(Vec<Step>, Legal, Json)> {
    let then = |step: Step| [steps.as_slice(), &[step]].concat();
    let mut found = Vec::new();
    match type_of(setting) {
        SettingType::String => {
            let first = setting.r#enum.iter().flatten().next().map(|first| first.value.0.to_json());
            let legal = first.map_or_else(|| of_format(setting), |first| word(first.as_str().expect("a word")));
            found.push((steps, legal, Json::Null));
        }
        SettingType::Array => match &setting.items {
            Some(items) => found.extend(places(&items.0, then(Step::Item))),
            None => found.push((then(Step::Item), text(), Json::Null)),
        },
        SettingType::Object => {
            for (name, property) in setting.properties.iter().flat_map(|properties| &properties.entries) {
                found.extend(places(&property.value, then(Step::Key(name.to_string()))));
            }
            if setting.properties.is_none() {
                let values = setting.values.as_ref();
                let beside = match values.map_or(SettingType::String, |values| type_of(&values.0)) {
                    SettingType::Object => json!({}),
                    SettingType::Secret => json!({ "secret": "vpn" }),
                    SettingType::Array => json!([entry(None)]),
                    SettingType::Boolean => json!(false),
                    SettingType::Integer | SettingType::Number => json!(1),
                    _ => json!(entry(values)),
                };
                found.push((then(Step::Name), setting.keys.as_ref().map_or(text(), |keys| of_format(&keys.0)), beside));
                let step = Step::Key(entry(setting.keys.as_ref()));
                found.extend(values.into_iter().flat_map(|values| places(&values.0, then(step.clone()))));
            }
        }
        SettingType::Secret | SettingType::Integer | SettingType::Number | SettingType::Boolean => {}
    }
    found
}

/// What is legal in a string of that format.
fn of_format(setting: &SettingDef) -> Legal {
    match setting.format.as_ref().map(|at| at.value) {
        None | Some(Format::HostName | Format::ServerName) => text(),
        Some(Format::Address) => word("127.0.0.1"),
        Some(Format::Cidr) => word("10.0.0.0/8"),
        Some(Format::Email) => around("", "@example.org"),
        Some(Format::Origin) => word("http://127.0.0.1:80"),
        Some(Format::Path) => around("/", "/x"),
        Some(Format::PublicName) => around("", ".example.org"),
        Some(Format::Service) => word(&of_kind(setting)),
        Some(Format::TimeSpan) => word("10min"),
        // A slash at the end of a URL goes where another follows.
        Some(Format::Url) => around("http://127.0.0.1/", "x"),
    }
}

/// A word that such a string can be.
fn entry(of: Option<&Boxed>) -> String {
    match of.and_then(|of| of.0.format.as_ref()).map(|at| at.value) {
        Some(Format::Path) => "/entry".to_owned(),
        _ => "entry".to_owned(),
    }
}

fn type_of(setting: &SettingDef) -> SettingType {
    setting.r#type.as_ref().map_or(SettingType::String, |at| at.value)
}

/// Puts a text into settings; maps get an entry of their own.
fn set(settings: &mut Json, steps: &[Step], value: &str, beside: &Json) {
    let mut at = settings;
    for step in steps {
        at = match step {
            Step::Key(key) => &mut at[key.as_str()],
            Step::Entry => &mut at["entry"],
            Step::Item => {
                *at = json!([null]);
                &mut at[0]
            }
            Step::Name => {
                *at = json!({ value: beside });
                return;
            }
        };
    }
    *at = json!(value);
}
