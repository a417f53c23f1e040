//! Who decrypts what: as the definition says it, and as agenix reads it.

use std::collections::{BTreeMap, BTreeSet};

use cistern::diag::Faults;
use cistern::model::{self, Fleet, Host, Secret};
use cistern::source::Sources;
use cistern::value::{HostName, Managed, Role, SecretName};
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
        let consumers = consumers(&fleet, secret);
        if consumers.is_empty() {
            // Others are made from it: it is for those who administer where these are read.
            let mut readers = with_admins(&fleet, &served(&fleet, name));
            readers.retain(|reader| reader.starts_with("people."));
            recipients.insert(format!("secrets/{name}.age"), readers);
        } else if secret.per_host {
            for host in consumers {
                recipients.insert(format!("secrets/{host}/{name}.age"), with_admins(&fleet, &BTreeSet::from([host])));
            }
        } else {
            recipients.insert(format!("secrets/{name}.age"), with_admins(&fleet, &consumers));
        }
    }
    recipients
}

/// The hosts that read a secret: those that run a service of its, those that stand by for one, and those that it names.
fn consumers<'f>(fleet: &'f Fleet, secret: &Secret) -> BTreeSet<&'f HostName> {
    let reads = |(host, entry): &(&HostName, &Host)| {
        let runs = secret.services.iter().any(|service| fleet.services[service].places().any(|place| place == *host));
        entry.managed != Managed::Scrape && (runs || secret.hosts.contains(*host))
    };
    fleet.hosts.iter().filter(reads).map(|(host, _)| host).collect()
}

/// The hosts that read what is made from a secret, however many steps further on.
fn served<'f>(fleet: &'f Fleet, of: &SecretName) -> BTreeSet<&'f HostName> {
    let is_made_from = |secret: &Secret| secret.generate.iter().any(|made| made.recipe.sources().contains(&of));
    let made = fleet.secrets.iter().filter(|(_, secret)| is_made_from(secret));
    made.flat_map(|(name, secret)| consumers(fleet, secret).into_iter().chain(served(fleet, name))).collect()
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
