//! Secrets that no host reads any more, and who can still decrypt them.

use std::collections::BTreeSet;

use super::document::SecretLoss;
use crate::place::Entries;
use crate::place::plan::{PersonEntry, SecretEntry};
use crate::value::{HostName, PersonName, SecretName};

/// Lists the secrets whose readers are all down; where each host has a value of its own, each that is down.
pub(super) fn losses(entries: &Entries, down: &BTreeSet<HostName>) -> Vec<SecretLoss> {
    entries.secrets.iter().flat_map(|(name, secret)| of_secret(entries, name, secret, down)).collect()
}

fn of_secret(entries: &Entries, name: &SecretName, secret: &SecretEntry, down: &BTreeSet<HostName>) -> Vec<SecretLoss> {
    let loss = |host: Option<&HostName>| SecretLoss {
        name: name.clone(),
        host: host.cloned(),
        people: people(entries, secret, host),
    };
    match secret.per_host {
        true => secret.hosts.intersection(down).map(|host| loss(Some(host))).collect(),
        false if !secret.hosts.is_empty() && secret.hosts.is_subset(down) => vec![loss(None)],
        false => Vec::new(),
    }
}

/// The recipients among the people, those of one host's value alone where it has one.
fn people(entries: &Entries, secret: &SecretEntry, host: Option<&HostName>) -> Vec<PersonName> {
    let able = |person: &PersonEntry| {
        let has_key = !person.ssh_keys.is_empty() || !person.age_keys.is_empty();
        has_key && host.is_none_or(|host| person.hosts.contains(host))
    };
    let people = secret.people.iter().filter(|name| entries.people.get(*name).is_some_and(able));
    people.cloned().collect()
}
