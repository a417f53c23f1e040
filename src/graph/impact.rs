//! What is affected when a host or a service is down: what stops, and whatever needs that, however far away.

use std::collections::{BTreeMap, BTreeSet};

use crate::diag::counted;
use crate::kind::Kinds;
use crate::place::Entries;
use crate::simulate::{Effect, routes, simulate};
use crate::value::{HostName, ServiceName};

/// What is down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Down {
    /// A host, with all that runs on it.
    Host(HostName),
    /// Every instance of a service.
    Service(ServiceName),
}

/// What becomes of a service; the worst comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Hit {
    /// No instance is left.
    Stops,
    /// What is left of the cluster is no majority of its members.
    LosesQuorum,
    /// Something that it needs does not work.
    Impaired,
    /// Some instances are left.
    LosesRedundancy,
}

/// What is affected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Impact {
    /// What is down.
    pub down: Down,
    /// The hosts that are down.
    pub hosts: BTreeSet<HostName>,
    /// What becomes of services.
    pub services: BTreeMap<ServiceName, Hit>,
    /// Through which service each of the impaired ones is affected.
    pub through: BTreeMap<ServiceName, ServiceName>,
    /// How many targets are up and asked by nobody.
    pub unwatched: usize,
}

impl Down {
    /// Its name.
    pub fn name(&self) -> &str {
        match self {
            Self::Host(host) => host.as_str(),
            Self::Service(service) => service.as_str(),
        }
    }
}

impl Hit {
    /// Every one.
    pub const ALL: [Self; 4] = [Self::Stops, Self::LosesQuorum, Self::Impaired, Self::LosesRedundancy];

    /// Its words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Stops => "stops",
            Self::LosesQuorum => "loses its quorum",
            Self::Impaired => "is impaired",
            Self::LosesRedundancy => "loses redundancy",
        }
    }

    /// Its word in style sheets.
    pub(super) fn class(self) -> &'static str {
        match self {
            Self::Stops => "stops",
            Self::LosesQuorum => "quorum",
            Self::Impaired => "impaired",
            Self::LosesRedundancy => "reduced",
        }
    }

    fn plural(self) -> &'static str {
        match self {
            Self::Stops => "stop",
            Self::LosesQuorum => "lose their quorum",
            Self::Impaired => "are impaired",
            Self::LosesRedundancy => "lose redundancy",
        }
    }
}

impl Impact {
    /// What becomes of a service on a host: what is down itself stops there, whatever becomes of the others.
    pub fn of(&self, host: &HostName, service: &ServiceName) -> Option<Hit> {
        match self.services.get(service) {
            Some(_) if self.hosts.contains(host) => Some(Hit::Stops),
            hit => hit.copied(),
        }
    }
}

/// Says what is affected. What stops of itself is what [`simulate`] says of the same hosts.
pub fn impact(entries: &Entries, kinds: &Kinds, down: Down) -> Impact {
    let (hosts, mut services, unwatched) = match &down {
        Down::Service(service) => (BTreeSet::new(), BTreeMap::from([(service.clone(), Hit::Stops)]), 0),
        Down::Host(host) => {
            let hosts = BTreeSet::from([host.clone()]);
            let found = simulate(entries, kinds, &hosts);
            let services = found.services.iter().map(|loss| (loss.name.clone(), hit(loss.effect)));
            (hosts, services.collect(), found.summary.targets_unwatched)
        }
    };
    let through = spread(entries, &hosts, &mut services);
    Impact { down, hosts, services, through, unwatched }
}

fn hit(effect: Effect) -> Hit {
    match effect {
        Effect::Stops => Hit::Stops,
        Effect::LosesQuorum => Hit::LosesQuorum,
        // It works on, elsewhere.
        Effect::Moves | Effect::LosesRedundancy => Hit::LosesRedundancy,
    }
}

/// Takes along whatever needs what does not work, and says through what.
fn spread(
    entries: &Entries,
    down: &BTreeSet<HostName>,
    services: &mut BTreeMap<ServiceName, Hit>,
) -> BTreeMap<ServiceName, ServiceName> {
    let mut needs: BTreeSet<(ServiceName, ServiceName)> = BTreeSet::new();
    for (name, service) in &entries.services {
        needs.extend(service.depends_on.iter().map(|needed| (name.clone(), needed.clone())));
    }
    let mut through = BTreeMap::new();
    for route in routes(entries).into_iter().filter(|route| route.through != route.service) {
        needs.insert((route.through.clone(), route.service.clone()));
        // This address leads nowhere, whatever runs elsewhere.
        if down.contains(route.host) {
            impair(route.through, route.service, services, &mut through);
        }
    }
    let works = |services: &BTreeMap<ServiceName, Hit>, name: &ServiceName| {
        services.get(name).is_none_or(|hit| *hit == Hit::LosesRedundancy)
    };
    loop {
        let before = services.clone();
        for (name, needed) in &needs {
            if !works(&before, needed) {
                impair(name, needed, services, &mut through);
            }
        }
        if *services == before {
            return through;
        }
    }
}

fn impair(
    name: &ServiceName,
    needed: &ServiceName,
    services: &mut BTreeMap<ServiceName, Hit>,
    through: &mut BTreeMap<ServiceName, ServiceName>,
) {
    let hit = services.entry(name.clone()).or_insert(Hit::LosesRedundancy);
    if *hit == Hit::LosesRedundancy {
        *hit = Hit::Impaired;
        through.insert(name.clone(), needed.clone());
    }
}

/// Says it in one line: `eden is down: 5 services stop, 1 is impaired (website through shop)`.
pub fn summary(impact: &Impact) -> String {
    let of = |hit| impact.services.values().filter(|found| **found == hit).count();
    let mut words = Vec::new();
    for hit in Hit::ALL.into_iter().filter(|hit| *hit == Hit::Stops || of(*hit) > 0) {
        let count = of(hit);
        let number = if hit == Hit::Stops { counted(count, "service") } else { count.to_string() };
        words.push(format!("{number} {}", if count == 1 { hit.words() } else { hit.plural() }));
        if hit == Hit::Impaired {
            let pairs: Vec<_> =
                impact.through.iter().map(|(name, needed)| format!("{name} through {needed}")).collect();
            words.extend((!pairs.is_empty()).then(|| format!("({})", pairs.join(", "))));
        }
    }
    if impact.unwatched > 0 {
        words.push(format!("{} unwatched", counted(impact.unwatched, "target")));
    }
    format!("{} is down: {}", impact.down.name(), words.join(", ").replace(", (", " ("))
}
