//! Secrets and who reads them.

use std::collections::{BTreeMap, BTreeSet};

use super::Lower;
use crate::diag::{Diagnostic, Faults, codes};
use crate::load::decode::{Keyed, Scalar};
use crate::model::definition::SecretDef;
use crate::model::fleet::{Failover, Host, Secret, Service};
use crate::recipe::{Recipes, Written, circles};
use crate::source::Span;
use crate::value::{AbsolutePath, FailoverName, HostName, Managed, SecretName, ServiceName};

type Readers = BTreeMap<SecretName, BTreeSet<ServiceName>>;

impl Lower<'_> {
    pub(super) fn secrets(
        &self,
        services: &BTreeMap<ServiceName, Service>,
        hosts: &BTreeMap<HostName, Host>,
        failover: &BTreeMap<FailoverName, Failover>,
        faults: &mut Faults,
    ) -> BTreeMap<SecretName, Secret> {
        let mut readers = readers(services);
        let nothing = SecretDef::default();
        let mut secrets = BTreeMap::new();
        for (name, keyed) in self.def.secrets.iter().flat_map(|secrets| &secrets.entries) {
            let by = readers.remove(name).unwrap_or_default();
            secrets.insert(name.clone(), self.secret(name, keyed.key, &keyed.value, by, hosts, faults));
        }
        for (name, brought) in &self.brought {
            if !secrets.contains_key(name) {
                let by = readers.remove(name).unwrap_or_default();
                secrets.insert(name.clone(), self.secret(name, brought.span, &nothing, by, hosts, faults));
            }
        }
        lend(&mut secrets, services, failover);
        self.everyone_is_read(&secrets, services, faults);
        told_circles(&secrets, faults);
        self.previous(&mut secrets, faults);
        secrets
    }

    fn secret(
        &self,
        name: &SecretName,
        span: Span,
        def: &SecretDef,
        mut by: BTreeSet<ServiceName>,
        hosts: &BTreeMap<HostName, Host>,
        faults: &mut Faults,
    ) -> Secret {
        let listed = def.services.iter().flatten().filter(|service| self.names.service(service, faults));
        by.extend(listed.map(|service| service.value.clone()));
        let on = def.hosts.as_ref().map(|selector| self.names.select(selector, hosts, faults)).unwrap_or_default();
        let reading = on.iter().filter(|host| host.managed != Managed::Scrape).map(|host| host.name.clone());
        let reading: BTreeSet<_> = reading.collect();
        let generate = self.written(name, span, def, faults);
        if let (Some(every), Some(written)) = (&def.rotate_every, &generate)
            && written.recipe.follows()
        {
            let sources: Vec<_> = written.recipe.sources().iter().map(|source| format!("`{source}`")).collect();
            let sources = crate::diag::listed(&sources);
            faults.push(
                Diagnostic::new(codes::NO_EFFECT, format!("`{name}` is new when {sources} is, and never by itself"))
                    .at(every.span, "this would do nothing")
                    .help(format!("set `rotate_every` of {sources}")),
            );
        }
        Secret {
            span,
            services: by,
            only_scraped: !on.is_empty() && reading.is_empty(),
            hosts: reading,
            owner: def.owner.clone(),
            group: def.group.clone(),
            mode: def.mode.clone(),
            per_host: def.per_host.map_or_else(
                || self.brought.get(name).is_some_and(|brought| brought.per_host && def.generate.is_none()),
                |at| at.value,
            ),
            path: self.secret_path(name),
            rotate_every: def.rotate_every.as_ref().map(|at| at.value.clone()),
            own_path: def.path.as_ref().map(|path| path.span),
            previous: def.previous.is_some_and(|at| at.value),
            brought_by: self.brought.get(name).map(|brought| brought.service.clone()),
            poisoned: def.poisoned || def.generate.is_some() && generate.is_none(),
            generate,
        }
    }

    /// How a value is made: as the definition says, else as the kind of the service that brings it does.
    fn written(&self, name: &SecretName, span: Span, def: &SecretDef, faults: &mut Faults) -> Option<Written> {
        let Some(generate) = &def.generate else {
            return self.brought.get(name).map(|brought| brought.written.clone());
        };
        let written = generate.written(span, faults)?;
        let known = written.sources.iter().filter(|source| self.names.secret(source, faults)).count();
        (known == written.sources.len()).then_some(written)
    }

    /// Somebody reads every secret, or another is made from it.
    fn everyone_is_read(
        &self,
        secrets: &BTreeMap<SecretName, Secret>,
        services: &BTreeMap<ServiceName, Service>,
        faults: &mut Faults,
    ) {
        // A service of a kind that could not be read may be the one that reads a secret.
        let defined = self.def.services.iter().flat_map(|services| services.entries.keys());
        let uncertain = self.names.services_are_uncertain()
            || self.names.hosts_are_uncertain()
            || self.def.monitoring.as_ref().is_some_and(|monitoring| monitoring.poisoned)
            || services.values().any(|service| service.poisoned)
            || defined.into_iter().any(|name| !services.contains_key(name))
            || secrets.values().any(|secret| secret.generate.is_none() && secret.poisoned);
        if uncertain {
            return;
        }
        let recipes = secrets.values().filter_map(|secret| secret.generate.as_ref());
        let sources: BTreeSet<_> = recipes.flat_map(|written| written.recipe.sources()).collect();
        // Whoever is to read these may run nowhere, which is told by itself.
        let told = self.def.monitoring.iter().flat_map(|monitoring| monitoring.secrets());
        let told: BTreeSet<_> = told.map(|name| &name.value).collect();
        for (name, keyed) in self.def.secrets.iter().flat_map(|secrets| &secrets.entries) {
            let Keyed { key, value: def } = keyed;
            let secret = &secrets[name];
            let unread = secret.services.is_empty() && def.services.is_none() && def.hosts.is_none();
            if unread
                && !def.poisoned
                && !sources.contains(name)
                && !told.contains(name)
                && !self.brought.contains_key(name)
            {
                faults.push(
                    Diagnostic::new(codes::UNUSED_SECRET, format!("nobody reads the secret `{name}`"))
                        .at(*key, "bound to no service and no host")
                        .help("add `services: [NAME]` or `hosts: SELECTOR`, or remove it"),
                );
            }
        }
    }

    /// Adds the previous values that are kept: each is a secret of its own while its file is there.
    fn previous(&self, secrets: &mut BTreeMap<SecretName, Secret>, faults: &mut Faults) {
        let mut kept = Vec::new();
        for (name, keyed) in self.def.secrets.iter().flat_map(|secrets| &secrets.entries) {
            let Some(wanted) = keyed.value.previous.filter(|at| at.value) else { continue };
            let secret = &secrets[name];
            let mut refuse = |label: &str, help: &str| {
                faults.push(
                    Diagnostic::new(codes::BAD_PREVIOUS, format!("`{name}` cannot keep its previous value"))
                        .at(wanted.span, label)
                        .help(help),
                );
            };
            let Ok(previous) = SecretName::read(&format!("{name}.previous")) else {
                refuse("its name would be too long", "give the secret a shorter name");
                continue;
            };
            if secret.per_host {
                refuse("every host has a value of its own", "remove `previous`: no two hosts share a value here");
            } else if secrets.contains_key(&previous) {
                refuse("its name is that of another secret", "give the other one another name");
            } else if self.sources.paths.contains(&format!("secrets/{previous}.age")) {
                let path = AbsolutePath::read(&format!("{}.previous", secret.path)).expect("one more plain suffix");
                let value = Secret { path, rotate_every: None, generate: None, previous: false, ..secret.clone() };
                kept.push((previous, value));
            }
        }
        secrets.extend(kept);
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

/// The services whose settings name a secret.
fn readers(services: &BTreeMap<ServiceName, Service>) -> Readers {
    let mut readers = Readers::new();
    for (service, def) in services {
        for secret in &def.secrets {
            readers.entry(secret.clone()).or_default().insert(service.clone());
        }
    }
    readers
}

/// Adds the hosts that ask for a lease to the readers of what its service is asked with.
fn lend(
    secrets: &mut BTreeMap<SecretName, Secret>,
    services: &BTreeMap<ServiceName, Service>,
    failover: &BTreeMap<FailoverName, Failover>,
) {
    for one in failover.values() {
        let Some(keeper) = one.lease.as_ref().and_then(|lease| services.get(&lease.value)) else { continue };
        let strangers = one.hosts.iter().filter(|host| keeper.places().all(|place| *place != host.value));
        let strangers: BTreeSet<_> = strangers.map(|host| host.value.clone()).collect();
        for name in &keeper.secrets {
            if let Some(secret) = secrets.get_mut(name) {
                secret.hosts.extend(strangers.iter().cloned());
            }
        }
    }
}

/// Tells every circle of values that are made from each other.
fn told_circles(secrets: &BTreeMap<SecretName, Secret>, faults: &mut Faults) {
    let written = |secret: &Secret| secret.generate.clone();
    let all: BTreeMap<_, _> = secrets.iter().filter_map(|(name, secret)| Some((name, written(secret)?))).collect();
    let recipes: Recipes<'_> = all.iter().map(|(name, written)| (*name, &written.recipe)).collect();
    for circle in circles(&recipes) {
        let first = &all[&circle[0]];
        let span = first.sources.first().map_or(first.span, |source| source.span);
        faults.push(Written::circular(&circle, span));
    }
}
