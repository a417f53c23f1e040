//! Every service with its hosts, as one document.

use schemars::JsonSchema;
use serde::Serialize;

use crate::model::{Fleet, Service};
use crate::value::{FleetName, HostName, KindName, ServiceName};

/// Where everything runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Placements {
    /// Raised when a reader of an older version would misread this one; it is 1.
    pub version: u32,
    /// The fleet's name.
    pub fleet: Option<FleetName>,
    /// The services in the order of their names.
    pub services: Vec<ServicePlaces>,
}

/// Where one service runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct ServicePlaces {
    /// The service.
    pub name: ServiceName,
    /// Its kind.
    pub kind: KindName,
    /// How its hosts came to be its hosts.
    pub how: How,
    /// How many hosts there were to choose from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub candidates: Option<usize>,
    /// The hosts that run it, in the order in which roles are taken up.
    pub hosts: Vec<HostName>,
    /// The hosts that stand by.
    pub standbys: Vec<HostName>,
    /// Those of both that `placement.lock` does not name yet.
    pub new: Vec<HostName>,
    /// Those that `placement.lock` names and that are left.
    pub left: Vec<HostName>,
}

/// How the hosts of a service came to be its hosts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum How {
    /// They were chosen.
    Chosen,
    /// The definition names them, or they match.
    Named,
    /// They have the exporter.
    Exporter,
    /// Something else brings it.
    Brought,
}

/// Says where everything runs.
pub fn placements(fleet: &Fleet) -> Placements {
    let services = fleet.services.iter().map(|(name, service)| places(fleet, name, service)).collect();
    Placements { version: 1, fleet: fleet.name.clone(), services }
}

fn places(fleet: &Fleet, name: &ServiceName, service: &Service) -> ServicePlaces {
    let placing = &fleet.placing;
    let chosen = placing.solved.contains(name);
    let how = match service {
        _ if chosen => How::Chosen,
        service if service.is_exporter => How::Exporter,
        service if service.is_brought => How::Brought,
        _ => How::Named,
    };
    let before = placing.before.services.get(name).filter(|_| chosen);
    let held = |host: &HostName| before.is_some_and(|held| held.hosts.contains(host) || held.standbys.contains(host));
    let gone = before.iter().flat_map(|held| held.hosts.iter().chain(&held.standbys));
    ServicePlaces {
        name: name.clone(),
        kind: service.kind.clone(),
        how,
        candidates: placing.demand(name).filter(|_| chosen).map(|at| placing.problem.demands[at].candidates.len()),
        hosts: service.hosts.clone(),
        standbys: service.standbys.clone(),
        new: service.places().filter(|host| chosen && !held(host)).cloned().collect(),
        left: gone.filter(|host| service.places().all(|own| own != *host)).cloned().collect(),
    }
}
