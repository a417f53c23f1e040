//! From a definition to a plan for the sake of one host, whatever the faults of what has nothing to do with it.

use std::collections::BTreeSet;

use super::known::Known;
use super::view::View;
use crate::check::{check, secrets};
use crate::diag::{Diagnostic, Faults, Severity, Subject};
use crate::load::Raw;
use crate::model::{Definition, Failover, Service};
use crate::place::place;
use crate::placement_lock;
use crate::prove::{Plan, prove};
use crate::value::{HostName, SecretName, ServiceName};

/// Rounds in which entries with faults are left out, at most.
const ROUNDS: usize = 8;

/// The sections whose entries can be left out.
const ENTRIES: [&str; 6] = ["groups", "hosts", "profiles", "secrets", "services", "sites"];

/// A plan for the sake of one host.
#[derive(Debug)]
pub struct OnePlan {
    /// The plan.
    pub plan: Plan,
    /// The entries that were left out because of their faults.
    pub without: Vec<Subject>,
}

impl Known {
    /// Goes on to a plan for one host, without other entries that have faults.
    ///
    /// # Errors
    /// The faults, when the host itself or what it is made of has some.
    pub fn plan(&self, host: &HostName) -> Result<OnePlan, Faults> {
        let mut raw = self.raw.clone();
        // What is only a warning keeps no host from being written.
        raw.take("lints", |code| {
            self.raw.root.at(&["lints", code, "level"]).is_some_and(|level| level.shape() == "`deny`")
        });
        // Nor does what has nothing to do with it.
        let kept = self.kept(host);
        let needed = self.needed(host, &kept);
        let brings = |name: &str| needed.iter().any(|secret| self.is_brought_by(secret, name));
        raw.take("services", |name| !self.runs(name, host) && !brings(name) && !kept.contains(name));
        let moves_here = |name: &str| {
            let moved = self.fleet.failover.get(name);
            let here = |moved: &Failover| moved.hosts.iter().any(|known| known.value == *host);
            moved.is_none_or(|moved| here(moved) || kept.contains(&moved.service.value))
        };
        raw.take("failover", |name| !moves_here(name));
        let read = |name: &str| self.fleet.secrets.get(name).is_none_or(|_| needed.contains(name));
        raw.take("secrets", |name| !read(name));
        // What is left out would leave room that is not there: what was chosen stays chosen.
        let chosen = self.fleet.placing.after.write().map(|lock| {
            let mut sources = self.sources.clone();
            sources.replace(placement_lock::PATH, Some(&lock));
            sources
        });
        let sources = chosen.as_ref().unwrap_or(&self.sources);
        let mut without: Vec<Subject> = Vec::new();
        for _ in 0..ROUNDS {
            let mut faults = Faults::default();
            let fleet = Definition::read(&raw, &mut faults).lower(sources, &mut faults);
            let draft = check(fleet, sources, &self.templates, &mut faults).map(place);
            if let Some(plan) = draft.and_then(|draft| prove(draft, &self.templates, &mut faults)) {
                return Ok(OnePlan { plan, without });
            }
            let guilty = self.guilty(&raw, &faults, host);
            if guilty.is_empty() {
                return Err(faults);
            }
            for subject in &guilty {
                raw.take(subject.section, |name| name == subject.name);
            }
            without.extend(guilty);
        }
        Err(self.faults.clone())
    }

    /// Says whether a service runs on a host, or might if it could be read.
    fn runs(&self, service: &str, host: &HostName) -> bool {
        self.fleet.services.get(service).is_none_or(|service| service.places().any(|own| own == host))
    }

    /// The services of other hosts that what runs on this one names: those that it needs or leads to, those that grant a
    /// lease, and those that show dashboards.
    fn kept(&self, host: &HostName) -> BTreeSet<ServiceName> {
        let all = &self.fleet.services;
        let shows =
            |service: &Service| self.fleet.kinds.get(&service.kind).is_some_and(|kind| kind.front.dashboards.is_some());
        let knows_all = self.carries(host.as_str());
        let login = self.fleet.ingress.as_ref().and_then(|ingress| ingress.auth.as_ref());
        let runs_here = |service: &Service| service.places().any(|own| own == host);
        let first = all.iter().filter(|(name, service)| {
            knows_all || runs_here(service) || shows(service) || login.is_some_and(|login| login == *name)
        });
        let mut open: Vec<&ServiceName> = first.map(|(name, _)| name).collect();
        let mut kept = BTreeSet::new();
        while let Some(name) = open.pop() {
            if kept.insert(name.clone()) {
                let named = all.get(name).into_iter().flat_map(|service| self.named_by(service));
                open.extend(named.filter_map(|name| Some(all.get_key_value(name.as_str())?.0)));
                let moved = self.fleet.failover.values().filter(|moved| moved.service.value == *name);
                open.extend(moved.filter_map(|moved| Some(&moved.lease.as_ref()?.value)));
            }
        }
        kept
    }

    /// The secrets that a host and these services read, and those that they are made from.
    fn needed(&self, host: &HostName, services: &BTreeSet<ServiceName>) -> BTreeSet<SecretName> {
        let all = &self.fleet.secrets;
        let read = all.iter().filter(|(_, secret)| {
            secrets::readers(&self.fleet, secret).contains(host) || !secret.services.is_disjoint(services)
        });
        let mut open: Vec<&SecretName> = read.map(|(name, _)| name).collect();
        let mut needed = BTreeSet::new();
        while let Some(name) = open.pop() {
            if needed.insert(name.clone()) {
                let written = all.get(name).and_then(|secret| secret.generate.as_ref());
                open.extend(written.iter().flat_map(|written| written.recipe.sources()));
            }
        }
        needed
    }

    /// Says whether a service, or a member of it, brings a secret.
    fn is_brought_by(&self, secret: &SecretName, service: &str) -> bool {
        let by = self.fleet.secrets.get(secret).and_then(|secret| secret.brought_by.as_ref());
        by.and_then(|by| by.as_str().strip_prefix(service)).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
    }

    /// The entries with errors that a host can be written without.
    fn guilty(&self, raw: &Raw, faults: &Faults, host: &HostName) -> BTreeSet<Subject> {
        let layers: BTreeSet<String> = View::of(self, host.as_str()).map(|view| view.layers()).unwrap_or_default();
        let spared = |section: &str, name: &str| match section {
            "hosts" => name != host.as_str(),
            "secrets" | "services" => true,
            "groups" | "profiles" | "sites" => !layers.contains(&format!("{section}.{name}")),
            _ => false,
        };
        let errors = faults.iter().filter(|diagnostic| diagnostic.severity == Severity::Error);
        let of = |diagnostic: &Diagnostic| -> Vec<Subject> {
            let named = diagnostic.about.iter().filter(|subject| spared(subject.section, &subject.name));
            let named: Vec<_> = named.cloned().collect();
            if !named.is_empty() {
                return named;
            }
            let place = diagnostic.labels.first().and_then(|label| raw.entry_at(label.span));
            let entry = place.and_then(|(section, name)| {
                let section = ENTRIES.into_iter().find(|known| *known == section)?;
                spared(section, name).then(|| Subject { section, name: name.to_owned() })
            });
            entry.into_iter().collect()
        };
        errors.flat_map(of).collect()
    }
}
