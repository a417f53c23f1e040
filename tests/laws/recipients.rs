//! Who decrypts what: as the definition says it, and as agenix reads it.

use std::collections::{BTreeMap, BTreeSet};

use cistern::diag::Faults;
use cistern::model::{self, Fleet};
use cistern::source::Sources;
use cistern::value::{HostName, Managed, Role};
use cistern::{kind, load};

/// Recipients of every file: `hosts.eden`, `people.ana`.
pub(crate) type Recipients = BTreeMap<String, BTreeSet<String>>;

/// Those who read a secret and those who administer them, straight from the definition.
pub(crate) fn meant(files: &BTreeMap<String, String>) -> Recipients {
    let mut sources = Sources::default();
    for (path, text) in files {
        sources.add(path.as_str(), text.as_str());
    }
    kind::add_built_in(&mut sources);
    let (raw, _) = load::load(&sources);
    let (fleet, faults): (Fleet, Faults) = model::lower(raw, &sources);
    assert!(!faults.has_errors());
    let mut recipients = Recipients::new();
    for (name, secret) in &fleet.secrets {
        let mut consumers = BTreeSet::new();
        for (host, entry) in &fleet.hosts {
            let runs = secret.services.iter().any(|service| fleet.services[service].hosts.contains(host));
            if entry.managed != Managed::Scrape && (runs || secret.hosts.contains(host)) {
                consumers.insert(host);
            }
        }
        if secret.per_host {
            for host in consumers {
                recipients.insert(format!("secrets/{host}/{name}.age"), with_admins(&fleet, &BTreeSet::from([host])));
            }
        } else {
            recipients.insert(format!("secrets/{name}.age"), with_admins(&fleet, &consumers));
        }
    }
    recipients
}

fn with_admins(fleet: &Fleet, consumers: &BTreeSet<&HostName>) -> BTreeSet<String> {
    let administers = |hosts: &BTreeSet<HostName>| consumers.iter().any(|host| hosts.contains(*host));
    let admins = fleet.people.iter().filter(|(_, person)| person.role == Role::Admin && administers(&person.hosts));
    let hosts = consumers.iter().map(|host| format!("hosts.{host}"));
    hosts.chain(admins.map(|(name, _)| format!("people.{name}"))).collect()
}

/// What stands in `generated/secrets.nix`.
pub(crate) fn written(text: &str) -> Recipients {
    let mut recipients = Recipients::new();
    for rule in text.split("\n  \"").skip(1) {
        let (file, rest) = rule.split_once("\".publicKeys =").expect("a rule begins with its file");
        let words =
            rest.split([' ', '\n', ';']).filter(|word| word.starts_with("hosts.") || word.starts_with("people."));
        recipients.insert(file.to_owned(), words.map(str::to_owned).collect());
    }
    recipients
}
