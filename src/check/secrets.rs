//! Rules about secrets: those who read them can, and the files are there.

use std::collections::{BTreeMap, BTreeSet};

use crate::diag::{Diagnostic, Faults, codes, counted};
use crate::load::decode::Scalar as _;
use crate::model::{Fleet, Secret, Service};
use crate::value::{HostName, SecretName};

/// The hosts that read a secret: those named, and those of the services that read it.
pub fn readers(fleet: &Fleet, secret: &Secret) -> BTreeSet<HostName> {
    let services = secret.services.iter().filter_map(|name| fleet.services.get(name));
    services.flat_map(Service::places).chain(&secret.hosts).cloned().collect()
}

/// The file of a secret, below the fleet directory.
pub fn file(name: &SecretName, host: Option<&HostName>) -> String {
    match host {
        Some(host) => format!("secrets/{host}/{name}.age"),
        None => format!("secrets/{name}.age"),
    }
}

/// What the private key of a host is kept as, where Cistern made it: a secret that only administrators open.
pub fn host_key(host: &HostName) -> SecretName {
    SecretName::read(&format!("host-key.{host}")).expect("a host's name is one of a secret")
}

/// A host that reads a secret has a key that age can encrypt to.
pub(super) fn readers_can_decrypt(fleet: &Fleet, faults: &mut Faults) {
    let mut without: BTreeMap<HostName, &SecretName> = BTreeMap::new();
    for (name, secret) in &fleet.secrets {
        for reader in readers(fleet, secret) {
            let Some(host) = fleet.hosts.get(&reader).filter(|host| !host.poisoned) else { continue };
            match &host.host_key {
                None => {
                    without.entry(reader).or_insert(name);
                }
                Some(key) if !key.value.suits_age() => {
                    without.entry(reader).or_insert(name);
                }
                Some(_) => {}
            }
        }
    }
    for (host, secret) in without {
        let host = &fleet.hosts[&host];
        let (span, what) = match &host.host_key {
            Some(key) => (key.span, format!("age cannot encrypt to {}", key.value.algorithm())),
            None => (host.span, "has no `host_key`".to_owned()),
        };
        faults.push(
            Diagnostic::new(codes::NO_HOST_KEY, format!("host `{}` could not decrypt `{secret}`", host.name))
                .at(span, what)
                .at(fleet.secrets[secret].span, "the secret")
                .help(format!("`cistern secrets host-key {} --scan` takes the key of the running machine", host.name))
                .help(format!(
                    "`cistern secrets host-key {}` makes one for a machine that is not installed yet",
                    host.name
                ))
                .about("hosts", &host.name)
                .about("secrets", secret),
        );
    }
}

/// The encrypted files exist; one warning per secret.
pub(super) fn files_exist(fleet: &Fleet, faults: &mut Faults) {
    for (name, secret) in &fleet.secrets {
        let of_host = |host: HostName| (file(name, Some(&host)), format!(" --host {host}"));
        let wanted: Vec<_> = match secret.per_host {
            true => readers(fleet, secret).into_iter().map(of_host).collect(),
            false => vec![(file(name, None), String::new())],
        };
        let absent: Vec<_> = wanted.iter().filter(|(path, _)| !fleet.paths.contains(path)).collect();
        let Some((first, which)) = absent.first() else { continue };
        let message = match absent.len() {
            1 => format!("`{first}` does not exist yet"),
            many => format!("`{first}` and {} more do not exist yet", counted(many - 1, "file")),
        };
        faults.push(
            Diagnostic::new(codes::NO_SECRET_FILE, message)
                .at(secret.span, "hosts that read it cannot be built")
                .help(match secret.generate {
                    Some(_) => "`cistern secrets create --missing` makes every value that is missing".to_owned(),
                    None => format!("`cistern secrets set {name}{which}` takes its value"),
                })
                .about("secrets", name),
        );
    }
}
