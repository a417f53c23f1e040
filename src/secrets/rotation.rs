//! What follows from a new value: units that restart, and the order in which hosts get it.

use std::collections::{BTreeMap, BTreeSet};

use crate::diag::{counted, listed};
use crate::place::Entries;
use crate::place::recipients::SecretFile;
use crate::prove::Plan;
use crate::value::{HostName, SecretName, ServiceName};

/// A verb and what it is about, as it is said on the terminal.
pub type Said = (&'static str, String);

/// The units that read files, by host; a host without units reads them by itself.
pub fn readers<'p>(entries: &'p Entries, files: &[&SecretFile<'p>]) -> BTreeMap<&'p HostName, BTreeSet<&'p str>> {
    let mut readers: BTreeMap<&HostName, BTreeSet<&str>> = BTreeMap::new();
    for file in files {
        for host in &file.hosts {
            let units = readers.entry(host).or_default();
            let machine = entries.hosts[*host].machine.as_ref();
            let binding = machine.and_then(|machine| machine.secrets.get(file.secret));
            units.extend(binding.iter().flat_map(|binding| &binding.units).map(|unit| unit.as_str()));
        }
    }
    readers
}

/// Says which units restart, a line for each host.
pub fn restarts(entries: &Entries, files: &[&SecretFile<'_>]) -> Vec<Said> {
    let line = |(host, units): (&HostName, BTreeSet<&str>)| match units.is_empty() {
        true => format!("nothing on {host}: no unit is known to read it there"),
        false => on(host, &units),
    };
    readers(entries, files).into_iter().map(|one| ("Restarts", line(one))).collect()
}

/// Names units on a host.
pub fn on(host: &HostName, units: &BTreeSet<&str>) -> String {
    let units: Vec<_> = units.iter().map(|unit| format!("{unit}.service")).collect();
    format!("{} on {host}", units.join(", "))
}

/// Says in which order the hosts of a secret that several share get its new value.
pub fn order(plan: &Plan, name: &SecretName, files: &[&SecretFile<'_>]) -> Vec<Said> {
    let entries = plan.entries();
    let hosts: BTreeSet<&HostName> = files.iter().flat_map(|file| file.hosts.iter().copied()).collect();
    let all = names(&hosts);
    if entries.secrets[name].previous {
        return vec![
            ("Step 1", format!("{name}: deploy {all}, which get both values; {name}.previous is the one before")),
            ("Step 2", format!("{name}: when everybody uses the new one, `cistern secrets rotate --finish {name}`")),
            ("Step 3", format!("{name}: `cistern generate` and deploy {all} again")),
        ];
    }
    if hosts.len() < 2 {
        return Vec::new();
    }
    let accepting: BTreeSet<&HostName> = brought_by(plan, name)
        .map(|service| hosts.iter().copied().filter(|host| runs(entries, host, service)).collect())
        .unwrap_or_default();
    let presenting: BTreeSet<&HostName> = hosts.difference(&accepting).copied().collect();
    match (accepting.is_empty(), presenting.is_empty()) {
        (false, false) => vec![
            ("Step 1", format!("{name}: deploy {}, which accepts the new value", names(&accepting))),
            ("Step 2", format!("{name}: deploy {}, which present it", names(&presenting))),
        ],
        _ => vec![(
            "At once",
            format!("{name}: deploy {all} together; with `previous: true` both values would live for a while"),
        )],
    }
}

/// The service that brings a secret: its name begins that of the secret.
fn brought_by<'p>(plan: &'p Plan, name: &SecretName) -> Option<&'p ServiceName> {
    let brings = |service: &&ServiceName| {
        let rest = name.as_str().strip_prefix(service.as_str()).and_then(|rest| rest.strip_prefix('-'));
        let kind = plan.kinds().get(&plan.entries().services[*service].kind);
        let known = kind.and_then(|kind| kind.front.secrets.as_ref());
        rest.zip(known).is_some_and(|(rest, known)| known.entries.keys().any(|one| rest == one.as_str()))
    };
    plan.entries().services.keys().find(brings)
}

fn runs(entries: &Entries, host: &HostName, service: &ServiceName) -> bool {
    entries.instances.get(host).is_some_and(|instances| instances.contains_key(service))
}

fn names(hosts: &BTreeSet<&HostName>) -> String {
    let names: Vec<_> = hosts.iter().take(5).map(|host| host.as_str()).collect();
    match hosts.len() {
        0..=5 => listed(&names),
        many => format!("{} and {} more", names.join(", "), counted(many - names.len(), "host")),
    }
}
