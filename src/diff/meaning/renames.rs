//! Renames: a host that is gone and one that is new are one machine when a key or its facts agree.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::plan::{Entries, Key, Kind};

/// A host that goes on under another name.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct Rename {
    /// What it was called.
    pub from: String,
    /// What it is called now.
    pub to: String,
}

/// Lists in which entries name hosts, and whether they are sets, which are kept in order.
const MENTIONS: &[(Kind, &[&str], bool)] = &[
    (Kind::Dns, &["hosts"], true),
    (Kind::Failover, &["hosts"], false),
    (Kind::Group, &["hosts"], true),
    (Kind::Host, &["machine", "known_hosts"], true),
    (Kind::Ingress, &["hosts"], true),
    (Kind::Instance, &["peers"], false),
    (Kind::Monitoring, &["hosts"], true),
    (Kind::Monitoring, &["logs", "hosts"], true),
    (Kind::Person, &["hosts"], true),
    (Kind::Secret, &["hosts"], true),
];

/// Values that belong to one machine alone.
const IDENTITIES: &[&[&str]] = &[&["host_key"], &["machine", "network", "mac"]];

/// Pairs hosts that are gone with new ones.
pub(super) fn find(olds: &Entries, news: &Entries, alike: impl Fn(&str, &str) -> bool) -> Vec<Rename> {
    let hosts = |side: &Entries, other: &Entries| -> Vec<(String, Value)> {
        let own = side.iter().filter(|(key, _)| key.kind == Kind::Host && !other.contains_key(key));
        own.map(|(key, value)| (key.name.clone(), value.clone())).collect()
    };
    let (gone, mut come) = (hosts(olds, news), hosts(news, olds));
    let mut renames = Vec::new();
    for (from, was) in gone {
        let same = |is: &Value| {
            IDENTITIES.iter().any(|path| {
                let of = |value: &'_ Value| path.iter().try_fold(value.clone(), |value, key| value.get(key).cloned());
                of(&was).is_some_and(|identity| of(is) == Some(identity))
            })
        };
        if let Some(at) = come.iter().position(|(to, is)| same(is) || alike(&from, to)) {
            renames.push(Rename { from, to: come.remove(at).0 });
        }
    }
    renames
}

/// The entries as they are when hosts are called otherwise.
pub(super) fn renamed(entries: Entries, renames: &[Rename]) -> Entries {
    if renames.is_empty() {
        return entries;
    }
    let names: BTreeMap<&str, &str> = renames.iter().map(|one| (one.from.as_str(), one.to.as_str())).collect();
    let now = |name: &str| names.get(name).copied().unwrap_or(name).to_owned();
    let one = |(mut key, mut value): (Key, Value)| {
        match key.kind {
            Kind::Host => key.name = now(&key.name),
            Kind::Instance => key.host = now(&key.host),
            _ => {}
        }
        for (_, path, is_set) in MENTIONS.iter().filter(|(kind, ..)| *kind == key.kind) {
            let Some(Value::Array(list)) = path.iter().try_fold(&mut value, |value, key| value.get_mut(key)) else {
                continue;
            };
            let named: Vec<String> = list.iter().filter_map(Value::as_str).map(&now).collect();
            *list = match is_set {
                true => named.into_iter().collect::<BTreeSet<_>>().into_iter().map(Value::from).collect(),
                false => named.into_iter().map(Value::from).collect(),
            };
        }
        (key, value)
    };
    entries.into_iter().map(one).collect()
}
