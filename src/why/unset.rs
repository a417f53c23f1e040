//! What a value is that nobody set: Cistern's default, what the facts tell, what a kind says, or nothing.

use serde_json::{Value, json};

use super::answer::{Layer, Leaf, Said, written};
use super::known::Known;
use crate::check::addresses;
use crate::kind::Kind;
use crate::load::decode::Scalar;
use crate::model::{Hardware, Host, Service};
use crate::place::{OPTIONAL_DISK, reader_account};
use crate::source::Span;
use crate::value::{HardwareChoice, KindName, ServiceName};

/// What is said of a value that is Cistern's own choice.
const OURS: &str = "Cistern's default";

/// What is said of a value that there is none of.
pub(super) const NOBODY: &str = "nobody set it";

/// The path of a key, with `*` for names; what it is; and why.
type Row<F> = (&'static str, F, &'static str);

/// What a key of a host is by default.
type OfHost = fn(&Host) -> Value;

/// What a key of a host is that nobody set; the others are nothing.
const HOST: &[Row<OfHost>] = &[
    ("managed", |_| json!("full"), OURS),
    ("profiles", |_| json!([]), OURS),
    ("accept", |_| json!([]), OURS),
    ("tags", |_| json!([]), OURS),
    ("labels", |_| json!({}), OURS),
    ("modules", |_| json!([]), OURS),
    ("allow_unfree", |_| json!([]), OURS),
    ("exporters", |_| json!({}), OURS),
    ("filesystems", |_| json!({}), OURS),
    ("filesystems.*.options", |_| json!([]), OURS),
    ("storage", |_| json!({}), OURS),
    ("storage.*.options", |_| json!(OPTIONAL_DISK), OURS),
    ("time_zone", |_| Value::Null, "left to NixOS: UTC"),
    ("locale", |_| Value::Null, "left to NixOS: en_US.UTF-8"),
    ("audit.secret_reads", |_| json!(false), OURS),
    ("ssh.password_auth", |_| json!(false), OURS),
    ("ssh.known_hosts", |_| json!("peers"), OURS),
    (
        "deploy.hostname",
        |host| host.address.map_or(Value::Null, |at| at.value.to_string().into()),
        "the host's address",
    ),
    ("deploy.port", |_| json!(22), OURS),
    ("deploy.ssh_user", |_| json!("root"), OURS),
    ("deploy.user", |_| json!("root"), OURS),
    ("deploy.jump", |_| Value::Null, "it is reached directly"),
    ("deploy.ssh_opts", |_| json!([]), OURS),
    ("deploy.sudo", |_| Value::Null, "left to deploy-rs: sudo -u"),
    ("deploy.remote_build", |_| Value::Null, "left to deploy-rs: false"),
    ("deploy.confirm_timeout", |_| Value::Null, "left to deploy-rs: 30"),
    ("deploy.activation_timeout", |_| Value::Null, "left to deploy-rs: 240"),
    ("hardware", |_| json!("auto"), OURS),
    ("network.mode", |host| addresses::mode(host).to_string().into(), OURS),
];

/// What a key of the rest of the definition is that nobody set; the others are nothing.
const ELSEWHERE: &[Row<fn() -> Value>] = &[
    ("access.people.*.age_keys", || json!([]), OURS),
    ("access.people.*.hosts", || Value::Null, "all hosts"),
    ("access.people.*.sudo", || json!([]), OURS),
    ("failover.*.accept", || json!([]), OURS),
    ("failover.*.data_loss", || Value::Null, "state is not given up"),
    ("failover.*.failback", || json!("manual"), OURS),
    ("failover.*.hosts", || Value::Null, "the hosts of the service, and then its standbys"),
    ("failover.*.lease", || Value::Null, "an address moves"),
    ("failover.*.router_id", || Value::Null, "the last byte of the address"),
    ("groups.*.priority", || json!(0), OURS),
    ("monitoring.retention", || Value::Null, "left to Prometheus: 15d"),
    ("monitoring.scrape_interval", || Value::Null, "left to Prometheus: 1m"),
    ("secrets.*.accept", || json!([]), OURS),
    ("services.*.accept", || json!([]), OURS),
    ("sites.*.accept", || json!([]), OURS),
    ("sites.*.dns", || json!([]), OURS),
    ("secrets.*.group", || Value::Null, "that of its owner"),
    ("secrets.*.mode", || json!("0400"), OURS),
    ("secrets.*.per_host", || json!(false), OURS),
    ("secrets.*.previous", || json!(false), OURS),
    ("services.*.ports", || json!({}), OURS),
    ("services.*.settings", || json!({}), OURS),
];

/// What a key of a host is that nobody set.
pub(super) fn of_host(known: &Known, host: &Host, path: &[String]) -> Leaf {
    if let [exporters, name, port] = path
        && exporters == "exporters"
        && port == "port"
        && let Some(said) = exporter_port(known, name)
    {
        return Leaf::of(path, said);
    }
    match HOST.iter().find(|(pattern, ..)| fits(pattern, path)) {
        Some((_, value, why)) => Leaf::unset(path, value(host), *why),
        None => Leaf::unset(path, Value::Null, NOBODY),
    }
}

/// What the facts of a machine make of a value.
pub(super) fn by_evidence(known: &Known, host: &Host, path: &[String], leaf: Option<Leaf>) -> Option<Leaf> {
    let seen = |value: Value, key: &str| {
        let file = format!("facts/{}.json", host.name);
        let span = known.sources.find(&file).and_then(|id| {
            let start = known.sources.file(id).text.find(&format!("\"{key}\""))?;
            Some(Span::new(id, start, start + key.len() + 2))
        });
        Said { layer: Layer::Facts, by: file, span, value, node: None }
    };
    let [first, rest @ ..] = path else { return leaf };
    match (first.as_str(), rest) {
        ("system", []) => match (&host.facts, host.system) {
            (Some(facts), Some(system)) if facts.system.is_some() => {
                let beaten = leaf.into_iter().flat_map(|leaf| leaf.said.into_iter().chain(leaf.beaten)).collect();
                Some(Leaf { beaten, ..Leaf::of(path, seen(system.to_string().into(), "system")) })
            }
            _ => leaf,
        },
        ("hardware", []) => {
            let mut leaf = leaf.unwrap_or_else(|| of_host(known, host, path));
            let choice = host.layer.hardware.as_ref().map(|at| &at.value);
            if let (Some(HardwareChoice::Auto) | None, Some(Hardware::Profile { profile, reason })) =
                (choice, &host.hardware)
            {
                leaf.notes.push(format!("comes to {profile}: {reason}"));
            }
            Some(leaf)
        }
        ("exporters", [name, key]) if key == "port" => {
            let mut leaf = leaf?;
            leaf.beaten.extend(exporter_port(known, name));
            Some(leaf)
        }
        ("network", [key]) if key == "interface" && leaf.is_none() => {
            let name = host.interface.as_ref()?.to_string();
            let known_to_facts =
                host.facts.as_ref().is_some_and(|facts| facts.interfaces.iter().any(|i| i.name == name));
            Some(match known_to_facts {
                true => Leaf::of(path, seen(name.clone().into(), &name)),
                false => Leaf::unset(path, name.into(), "a name of Cistern's for the card of that MAC address"),
            })
        }
        _ => leaf,
    }
}

/// What a key of the rest of the definition is that nobody set; `host` is the one that was asked about.
pub(super) fn elsewhere(known: &Known, host: &Host, path: &[String]) -> Leaf {
    let words: Vec<_> = path.iter().map(String::as_str).collect();
    let found = match words.as_slice() {
        ["services", name, rest @ ..] => {
            known.fleet.services.get(*name).and_then(|s| of_service(known, name, s, path, rest))
        }
        ["secrets", name, "owner"] => known.fleet.secrets.get(*name).map(|secret| {
            let here = |service: &ServiceName| {
                known.fleet.services.get(service).is_some_and(|service| service.places().any(|own| *own == host.name))
            };
            match reader_account(&known.fleet, secret, here) {
                Some(account) => {
                    Leaf::unset(path, account.to_string().into(), "the account of the service that reads it")
                }
                None => Leaf::unset(path, json!("root"), OURS),
            }
        }),
        ["secrets", name, "path"] => known
            .fleet
            .secrets
            .get(*name)
            .map(|secret| Leaf::unset(path, secret.path.to_string().into(), "agenix' own place")),
        ["secrets", name, "services"] => known.fleet.secrets.get(*name).map(|secret| {
            let readers: Vec<_> = secret.services.iter().map(ToString::to_string).collect();
            Leaf::unset(path, json!(readers), "the services whose settings name it")
        }),
        ["access", "people", name, "account"] => Some(Leaf::unset(path, (*name).into(), "the short name")),
        _ => None,
    };
    found.unwrap_or_else(|| match ELSEWHERE.iter().find(|(pattern, ..)| fits(pattern, path)) {
        Some((_, value, why)) => Leaf::unset(path, value(), *why),
        None => Leaf::unset(path, Value::Null, NOBODY),
    })
}

fn of_service(known: &Known, name: &str, service: &Service, path: &[String], rest: &[&str]) -> Option<Leaf> {
    let kind = known.fleet.kinds.get(&service.kind)?;
    match rest {
        ["kind"] => {
            let why = match service.image {
                Some(_) => "what has an image is a container",
                None if service.kind.as_str() == name => "a service's kind is its own name by default",
                None => "it comes with another one",
            };
            Some(Leaf::unset(path, service.kind.to_string().into(), why))
        }
        ["placement", "hosts"] if known.raw.root.at(&["services", name]).is_none() => {
            let hosts: Vec<_> = service.hosts.iter().map(ToString::to_string).collect();
            Some(Leaf::unset(path, json!(hosts), "the hosts of what it comes with"))
        }
        _ => by_kind(kind, name, rest).map(|said| Leaf::of(path, said)).or_else(|| match rest {
            ["settings", setting] => {
                let value = service.settings.get(*setting).cloned().unwrap_or_default();
                Some(Leaf::unset(path, value, format!("{NOBODY}, and kind {} has no default", kind.name)))
            }
            _ => None,
        }),
    }
}

/// What a kind says of a service by itself.
pub(super) fn by_kind(kind: &Kind, service: &str, rest: &[&str]) -> Option<Said> {
    match rest {
        ["ports", port] => port_of(kind, port),
        ["state", "path"] => {
            let path = kind.front.state.as_ref()?.path.as_ref()?;
            Some(of_kind(kind, path.span, path.value.as_str().replace("{service}", service).into()))
        }
        ["settings", setting] => {
            let def = kind.front.settings.as_ref()?.entries.get(*setting)?;
            let default = &def.value.default.as_ref()?.0;
            Some(Said { node: Some(default.clone()), ..of_kind(kind, default.span, written(default)) })
        }
        ["user"] => kind.front.user.as_ref().map(|at| of_kind(kind, at.span, at.value.as_str().into())),
        ["group"] => kind.front.group.as_ref().map(|at| of_kind(kind, at.span, at.value.as_str().into())),
        _ => None,
    }
}

/// The usual port of an exporter.
fn exporter_port(known: &Known, exporter: &str) -> Option<Said> {
    let kind = KindName::read(&format!("{exporter}-exporter")).ok()?;
    let kind = known.fleet.kinds.get(&kind)?;
    port_of(kind, kind.front.metrics.as_ref()?.port.as_ref()?.value.as_str())
}

fn port_of(kind: &Kind, port: &str) -> Option<Said> {
    let number = kind.front.ports.as_ref()?.entries.get(port)?.value.number?;
    Some(of_kind(kind, number.span, number.value.0.get().into()))
}

fn of_kind(kind: &Kind, span: Span, value: Value) -> Said {
    Said { layer: Layer::Kind, by: format!("kind {}", kind.name), span: Some(span), value, node: None }
}

/// Says whether a path is of a form in which `*` stands for any name.
pub(super) fn fits(pattern: &str, path: &[String]) -> bool {
    let mut keys = path.iter();
    pattern.split('.').all(|word| keys.next().is_some_and(|key| word == "*" || word == key)) && keys.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::why::keys;

    #[test]
    fn the_tables_name_keys_that_exist() {
        let exists = |path: Vec<&str>| assert!(keys::definition().at(&path).is_some(), "{path:?} is no key");
        HOST.iter().for_each(|(pattern, ..)| exists(["hosts", "*"].into_iter().chain(pattern.split('.')).collect()));
        ELSEWHERE.iter().for_each(|(pattern, ..)| exists(pattern.split('.').collect()));
    }
}
