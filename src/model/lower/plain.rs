//! Services as their kind alone describes them.

use std::collections::{BTreeMap, BTreeSet};

use crate::diag::Faults;
use crate::kind::Kind;
use crate::load::decode::At;
use crate::model::fleet::Service;
use crate::source::Span;
use crate::value::{HostName, Port, PortName};
use crate::watch::HealthCheck;

/// A service that says nothing but its kind and hosts.
pub(super) fn plain(kind: &Kind, span: Span, hosts: Vec<HostName>) -> Service {
    let settings = kind.front.settings.iter().flat_map(|settings| &settings.entries);
    Service {
        span,
        kind: kind.name.clone(),
        image: None,
        runs_nowhere: false,
        hosts,
        standbys: Vec::new(),
        spread: None,
        ports: usual_ports(kind),
        is_exporter: false,
        is_brought: false,
        host_ports: BTreeMap::new(),
        owner: None,
        depends_on: Vec::new(),
        health_check: own_check(kind),
        written_check: None,
        ingress: None,
        scrape: None,
        host_scrapes: BTreeMap::new(),
        state: kind.front.state.as_ref().and_then(|state| state.path.as_ref()).map(|path| path.value.clone()),
        settings: settings.map(|(name, setting)| (name.to_string(), setting.value.fallback())).collect(),
        names: Vec::new(),
        memory: None,
        cpus: None,
        given: BTreeMap::new(),
        state_span: None,
        secrets: BTreeSet::new(),
        poisoned: false,
    }
}

/// The ports of a kind, at their usual numbers.
pub(super) fn usual_ports(kind: &Kind) -> BTreeMap<PortName, At<Port>> {
    let ports = kind.front.ports.iter().flat_map(|ports| &ports.entries);
    ports.filter_map(|(name, port)| Some((name.clone(), port.value.number?))).collect()
}

/// How services of a kind show that they work. What is wrong in it was told when the kind was read.
pub(super) fn own_check(kind: &Kind) -> Option<HealthCheck> {
    let check = kind.front.health_check.as_ref()?;
    HealthCheck::read(&check.value, None, check.span, &mut Faults::default())
}
