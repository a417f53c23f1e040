//! Secrets and who reads them.

use std::collections::{BTreeMap, BTreeSet};

use super::Lower;
use crate::diag::{Diagnostic, Faults, codes};
use crate::load::decode::Scalar;
use crate::model::fleet::{Host, Secret, Service};
use crate::value::{AbsolutePath, HostName, Managed, SecretName, ServiceName};

impl Lower<'_> {
    pub(super) fn secrets(
        &self,
        services: &BTreeMap<ServiceName, Service>,
        hosts: &BTreeMap<HostName, Host>,
        faults: &mut Faults,
    ) -> BTreeMap<SecretName, Secret> {
        let mut readers: BTreeMap<&SecretName, BTreeSet<ServiceName>> = BTreeMap::new();
        for (service, def) in services {
            for secret in &def.secrets {
                readers.entry(secret).or_default().insert(service.clone());
            }
        }
        // A service of a kind that could not be read may be the one that reads a secret.
        let defined = self.def.services.iter().flat_map(|services| services.entries.keys());
        let uncertain = self.names.services_are_uncertain()
            || services.values().any(|service| service.poisoned)
            || defined.into_iter().any(|name| !services.contains_key(name));
        let mut secrets = BTreeMap::new();
        for (name, keyed) in self.def.secrets.iter().flat_map(|secrets| &secrets.entries) {
            let def = &keyed.value;
            let mut by = readers.remove(name).unwrap_or_default();
            let listed = def.services.iter().flatten().filter(|service| self.names.service(service, faults));
            by.extend(listed.map(|service| service.value.clone()));
            let on = def.hosts.as_ref().map(|selector| self.names.select(selector, hosts, faults)).unwrap_or_default();
            if by.is_empty()
                && on.is_empty()
                && def.services.is_none()
                && def.hosts.is_none()
                && !def.poisoned
                && !uncertain
            {
                faults.push(
                    Diagnostic::new(codes::UNUSED_SECRET, format!("nobody reads the secret `{name}`"))
                        .at(keyed.key, "bound to no service and no host")
                        .help("add `services: [NAME]` or `hosts: SELECTOR`, or remove it"),
                );
            }
            let managed = |host: &HostName| hosts.get(host).is_some_and(|host| host.managed != Managed::Scrape);
            let reading: BTreeSet<_> = on.iter().filter(|host| managed(host)).cloned().collect();
            secrets.insert(
                name.clone(),
                Secret {
                    span: keyed.key,
                    services: by,
                    only_scraped: !on.is_empty() && reading.is_empty(),
                    hosts: reading,
                    owner: def.owner.clone(),
                    group: def.group.clone(),
                    mode: def.mode.clone(),
                    per_host: def.per_host.as_ref().is_some_and(|at| at.value),
                    path: self.secret_path(name),
                    rotate_every: def.rotate_every.as_ref().map(|at| at.value.clone()),
                    own_path: def.path.as_ref().map(|path| path.span),
                    poisoned: def.poisoned,
                },
            );
        }
        secrets
    }

    /// Where a secret is decrypted to.
    pub(super) fn secret_path(&self, name: &SecretName) -> AbsolutePath {
        let chosen = self
            .def
            .secrets
            .as_ref()
            .and_then(|secrets| secrets.entries.get(name))
            .and_then(|secret| secret.value.path.as_ref());
        match chosen {
            Some(path) => path.value.clone(),
            None => AbsolutePath::read(&format!("/run/agenix/{name}")).expect("secret names hold no slash"),
        }
    }
}
