//! Checked → Draft: every decision taken, as instances and hosts.

mod failover;
mod hosts;
pub mod ingress;
mod monitoring;
mod moving;
mod peers;
pub mod plan;
pub mod recipients;
mod routing;
mod services;
mod watching;

use std::collections::{BTreeMap, BTreeSet};

use crate::check::{Checked, secrets};
use crate::model::{Fleet, Host, Secret};
use crate::recipe::{Recipes, followers};
use crate::value::{Date, HostName, Managed, PersonName, Role, SecretName};

pub use failover::FailoverEntry;
pub use hosts::{OPTIONAL_DISK, reader_account};
pub use peers::Peer;
pub use plan::Entries;
use plan::{PersonEntry, SecretEntry};
pub use routing::Backend;
pub use services::bound_to;
pub use watching::{Check, Target};

/// Every decision, not yet proved; it still knows the fleet that it was made from.
#[derive(Debug)]
pub struct Draft {
    checked: Checked,
    entries: Entries,
}

impl Draft {
    /// The fleet that it was made from.
    pub fn fleet(&self) -> &Fleet {
        self.checked.fleet()
    }

    /// What was decided.
    pub fn entries(&self) -> &Entries {
        &self.entries
    }

    /// Takes the decisions out.
    pub fn into_parts(self) -> (Checked, Entries) {
        (self.checked, self.entries)
    }
}

/// Decides where everything runs and who reads what.
pub fn place(checked: Checked) -> Draft {
    let fleet = checked.fleet();
    let people = people(fleet);
    let secrets = secret_entries(fleet, &people);
    let services = services::entries(fleet);
    let instances = services::instances(fleet);
    let hosts = hosts::entries(fleet, &secrets, &instances);
    let entries = Entries {
        name: fleet.name.clone().expect("a checked fleet has a name"),
        domain: fleet.domain.clone().expect("a checked fleet has a domain"),
        hosts,
        services,
        instances,
        secrets,
        ingress: routing::entry(fleet),
        dns: routing::dns_entry(fleet),
        monitoring: watching::entry(fleet),
        failover: moving::entries(fleet),
        groups: watching::groups(fleet),
        people,
        escrow: fleet.escrow.iter().map(|(name, key)| (name.clone(), key.value.clone())).collect(),
    };
    Draft { checked, entries }
}

/// The administrators and what they decrypt with: their age keys, else the SSH keys that age can use.
fn people(fleet: &Fleet) -> BTreeMap<PersonName, PersonEntry> {
    let admins = fleet.people.iter().filter(|(_, person)| person.role == Role::Admin);
    admins
        .map(|(name, person)| {
            let usable = person.keys.iter().filter(|key| key.suits_age() && person.age_keys.is_empty());
            let entry = PersonEntry {
                ssh_keys: usable.cloned().collect(),
                age_keys: person.age_keys.clone(),
                hosts: person.hosts.clone(),
            };
            (name.clone(), entry)
        })
        .collect()
}

/// The days on which the values of a secret that may not grow old were set, by their files.
fn changed(fleet: &Fleet, name: &SecretName, secret: &Secret, hosts: &BTreeSet<HostName>) -> BTreeMap<String, Date> {
    if secret.rotate_every.is_none() {
        return BTreeMap::new();
    }
    let files = match secret.per_host {
        true => hosts.iter().map(|host| secrets::file(name, Some(host))).collect(),
        false => vec![secrets::file(name, None)],
    };
    let known = |file: String| Some((fleet.kept.record.files.get(&file)?.changed?, file));
    files.into_iter().filter_map(known).map(|(day, file)| (file, day)).collect()
}

/// Recipients: exactly the hosts that read a secret and those who administer one of them.
fn secret_entries(fleet: &Fleet, people: &BTreeMap<PersonName, PersonEntry>) -> BTreeMap<SecretName, SecretEntry> {
    let mut entries = BTreeMap::new();
    let recipes: Recipes<'_> =
        fleet.secrets.iter().filter_map(|(name, secret)| Some((name, &secret.generate.as_ref()?.recipe))).collect();
    for (name, secret) in &fleet.secrets {
        let readable = |host: &HostName| fleet.hosts.get(host).is_some_and(|host| host.managed != Managed::Scrape);
        let hosts: BTreeSet<_> = secrets::readers(fleet, secret).into_iter().filter(readable).collect();
        // What no host reads is for those who administer the hosts of what is made from it.
        let served: BTreeSet<_> = match hosts.is_empty() {
            true => followers(&recipes, &BTreeSet::from([name.clone()]))
                .iter()
                .flat_map(|follower| secrets::readers(fleet, &fleet.secrets[follower]))
                .collect(),
            false => hosts.clone(),
        };
        let admins = people.iter().filter(|(_, person)| served.is_empty() || !person.hosts.is_disjoint(&served));
        let people = admins.map(|(name, _)| name.clone()).collect();
        entries.insert(
            name.clone(),
            SecretEntry {
                per_host: secret.per_host,
                rotate_every: secret.rotate_every.clone(),
                changed: changed(fleet, name, secret, &hosts),
                generate: secret.generate.as_ref().map(|written| written.recipe.clone()),
                previous: secret.previous,
                hosts,
                people,
            },
        );
    }
    for host in fleet.hosts.values().filter(|host| host.managed != Managed::Scrape) {
        let name = secrets::host_key(&host.name);
        if fleet.paths.contains(&secrets::file(&name, None)) {
            entries.entry(name).or_insert_with(|| kept_key(host, people));
        }
    }
    entries
}

/// The private key of a host, for those who may have to install it again.
fn kept_key(host: &Host, people: &BTreeMap<PersonName, PersonEntry>) -> SecretEntry {
    let admins = people.iter().filter(|(_, person)| person.hosts.contains(&host.name));
    let people = admins.map(|(name, _)| name.clone()).collect();
    SecretEntry {
        per_host: false,
        hosts: BTreeSet::new(),
        people,
        rotate_every: None,
        changed: BTreeMap::new(),
        generate: None,
        previous: false,
    }
}
