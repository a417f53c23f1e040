//! The problem: hosts with what they have, and what every service asks of them.

use std::collections::BTreeSet;

use super::able::can_stand_by;
use super::{Defs, Hosts, Services};
use crate::diag::{Diagnostic, Faults, codes};
use crate::kind::{Kind, Kinds};
use crate::load::decode::At;
use crate::model::definition::PlacementDef;
use crate::model::fleet::{Host, Service};
use crate::model::lower::Lower;
use crate::model::lower::plain::usual_ports;
use crate::model::placing::Placing;
use crate::model::shapes::Standby;
use crate::placement_lock::PlacementLock;
use crate::solve::{self, Amounts, Demand, Good, Listen, Problem, Spread};
use crate::value::{Lifecycle, Managed, Port, PortName, Protocol, ServiceName, SpreadBy};

/// A service in the midst of what it is placed by.
pub(super) struct Asking<'a> {
    pub(super) name: &'a ServiceName,
    pub(super) service: &'a Service,
    pub(super) def: &'a PlacementDef,
    pub(super) kind: &'a Kind,
    pub(super) hosts: &'a Hosts,
}

impl Lower<'_> {
    /// Makes the problem of a fleet; what contradicts itself is told and left out.
    pub(super) fn problem(
        &self,
        kinds: &Kinds,
        hosts: &Hosts,
        services: &Services,
        defs: &Defs<'_>,
        before: PlacementLock,
        faults: &mut Faults,
    ) -> Placing {
        let mut placing = Placing {
            hosts: hosts.keys().cloned().collect(),
            services: services.keys().cloned().collect(),
            before,
            ..Placing::default()
        };
        let machines = hosts.values().map(|host| self.machine(host)).collect();
        placing.problem = Problem { hosts: machines, demands: Vec::new() };
        let near = self.neighbours(defs, faults);
        for (name, service) in services {
            let kind = kinds.get(&service.kind).expect("lowering keeps services of known kinds only");
            let mut demand = plain_demand(name, service, kind, kinds, &placing);
            if let Some(def) = defs.get(name) {
                needs(def, &mut demand);
                demand.avoid = self.avoided(name, def, &placing, faults);
                demand.near = near.get(name).and_then(|other| placing.demand(other));
                demand.spread = def.spread.as_ref().map(|by| spread(&by.value));
                self.choices(&Asking { name, service, def, kind, hosts }, &mut demand, &mut placing, faults);
            }
            placing.problem.demands.push(demand);
        }
        placing
    }

    fn machine(&self, host: &Host) -> solve::Host {
        let site = host.site.as_ref();
        let region = site.and_then(|site| self.def.sites.as_ref()?.entries.get(&site.value));
        let region = region.and_then(|site| site.value.region.as_ref()).map(|region| region.value.clone());
        let labels = host.labels.iter().map(|(name, value)| (name.to_string(), value.clone()));
        let deploy = host.layer.deploy.as_ref();
        let own_port = deploy.filter(|deploy| deploy.hostname.is_none()).and_then(|deploy| deploy.port);
        solve::Host {
            name: host.name.to_string(),
            site: site.map(|site| site.value.to_string()),
            labels: labels.chain(region.map(|region| ("region".to_owned(), region))).collect(),
            system: host.system.map(|system| system.to_string()),
            capacity: host.facts.as_ref().map(|facts| Amounts {
                memory: facts.memory,
                cpus: u64::from(facts.cpus) * 100,
                disk: facts.disks.iter().filter_map(|disk| disk.bytes).sum(),
            }),
            gpu: host.facts.as_ref().is_some_and(|facts| facts.gpu),
            accepting: host.lifecycle == Lifecycle::Active && host.managed == Managed::Full,
            ports: BTreeSet::from([(own_port.map_or(22, |port| port.value.0.get()), false)]),
        }
    }

    /// The hosts that may be chosen, and how many are.
    fn choices(&self, asking: &Asking<'_>, demand: &mut Demand, placing: &mut Placing, faults: &mut Faults) {
        let Asking { name, def, kind, hosts, .. } = asking;
        let named = self.named_standbys(asking, faults);
        demand.fixed_standbys = placing.places(&named);
        demand.standbys = demand.fixed_standbys.len();
        let wanted = match &def.standby {
            Some(Standby::Count(count)) => Some(count),
            _ => None,
        };
        let wanted = wanted.filter(|count| count.value > 0 && can_stand_by(name, kind, count.span, faults));
        let free = |host: &usize| !demand.fixed_standbys.contains(host);
        if let Some(replicas) = &def.replicas {
            demand.candidates = std::mem::take(&mut demand.fixed).into_iter().filter(free).collect();
            demand.replicas = replicas.value as usize;
        } else if wanted.is_some() {
            let full = |host: &usize| hosts[&placing.hosts[*host]].managed == Managed::Full;
            let other = |host: &usize| !demand.fixed.contains(host);
            demand.candidates = (0..placing.hosts.len()).filter(free).filter(other).filter(full).collect();
        } else {
            // Of members that agree by majority, it says what may fail at once.
            let is_idle = kind.front.quorum.as_ref().is_none_or(|quorum| quorum.domains.is_none());
            self.tell_idle(name, def, is_idle, faults);
            return;
        }
        demand.standbys += wanted.map_or(0, |count| count.value as usize);
        self.enough(name, def, wanted, demand, faults);
        self.has_domains(name, def, demand, placing, faults);
        hold(name, demand, placing);
        placing.solved.insert((*name).clone());
    }

    /// There are so many hosts to choose from; else as many as there are.
    fn enough(
        &self,
        name: &ServiceName,
        def: &PlacementDef,
        standby: Option<&At<u32>>,
        demand: &mut Demand,
        faults: &mut Faults,
    ) {
        let (there, fixed) = (demand.candidates.len(), demand.fixed.len());
        let chosen = if def.replicas.is_some() { demand.replicas } else { 0 };
        let spare = there.saturating_sub(chosen);
        let further = standby.map_or(0, |count| count.value as usize);
        let told = match (&def.replicas, standby) {
            (Some(replicas), _) if replicas.value == 0 => Some((
                format!("`{name}` is to run on no host"),
                replicas.span,
                "nothing would run".to_owned(),
                "say 1 or more, or remove the service",
            )),
            (Some(replicas), _) if chosen > there && there > 0 => Some((
                format!("`{name}` is to run on {chosen} hosts, and there are {there} to choose from"),
                replicas.span,
                format!("more than {there}"),
                "name more hosts or widen the selector, or lower `replicas`",
            )),
            (_, Some(count)) if further > spare => Some((
                format!("`{name}` is to stand by on {further} further hosts, of which {spare} are left"),
                count.span,
                "more than are left".to_owned(),
                "let it choose from more hosts, or lower `standby`",
            )),
            _ => None,
        };
        let Some((message, span, label, help)) = told else { return };
        if !self.names.hosts_are_uncertain() {
            let diagnostic = Diagnostic::new(codes::TOO_FEW_HOSTS, message).at(span, label).help(help);
            faults.push(diagnostic.about("services", name));
        }
        demand.replicas = fixed + chosen.min(there);
        demand.standbys = demand.fixed_standbys.len() + further.min(spare);
    }

    /// Some host has what instances are kept apart by.
    fn has_domains(
        &self,
        name: &ServiceName,
        def: &PlacementDef,
        demand: &mut Demand,
        placing: &Placing,
        faults: &mut Faults,
    ) {
        let Some(by) = &def.spread else { return };
        let hosts = &placing.problem.hosts;
        let has = |host: &usize| match spread(&by.value) {
            Spread::Host => true,
            Spread::Site => hosts[*host].site.is_some(),
            Spread::Label(label) => hosts[*host].labels.contains_key(&label),
        };
        if demand.candidates.is_empty() || demand.candidates.iter().any(has) {
            return;
        }
        demand.spread = None;
        if self.names.hosts_are_uncertain() {
            return;
        }
        let known: BTreeSet<&str> = hosts.iter().flat_map(|host| host.labels.keys()).map(String::as_str).collect();
        let message = format!("`{name}` is spread by `{}`, which none of its hosts has", by.value);
        faults.push(
            Diagnostic::new(codes::NO_DOMAIN, message)
                .at(by.span, "on no host that it may run on")
                .nearest(&by.value.to_string(), known.into_iter().chain(["host", "region", "site"]))
                .help("give the hosts that label, or spread by `site` or `host`")
                .about("services", name),
        );
    }
}

/// What a service takes wherever it runs, before its placement says more.
fn plain_demand(name: &ServiceName, service: &Service, kind: &Kind, kinds: &Kinds, placing: &Placing) -> Demand {
    let members = kind.front.members.iter().flat_map(|members| members.entries.values());
    let members = members.filter_map(|member| kinds.get(&member.value.kind.as_ref()?.value));
    let own = service.ports.iter().flat_map(|(port, number)| listens(kind, port, number.value));
    let mut ports: BTreeSet<Listen> = own.collect();
    let mut takes = usual(kind);
    takes.memory = service.memory.map_or(takes.memory, |at| at.value.bytes());
    takes.cpus = service.cpus.map_or(takes.cpus, |at| at.value.hundredths().into());
    for member in members {
        takes.add(&usual(member));
        ports.extend(usual_ports(member).iter().flat_map(|(port, number)| listens(member, port, number.value)));
    }
    let multiple = kind.front.multiple.is_some_and(|multiple| multiple.value);
    // Of what could not be read nobody knows where it would run.
    let known = service.hosts.iter().filter(|_| !service.poisoned);
    let fixed = placing.places(known);
    Demand {
        name: name.to_string(),
        kind: kind_of(service),
        replicas: fixed.len(),
        fixed,
        systems: kind.front.systems.iter().flatten().map(|system| system.value.to_string()).collect(),
        takes,
        gpu: kind.front.needs.as_ref().and_then(|needs| needs.gpu).is_some_and(|at| at.value),
        ports,
        most_of_kind: (!multiple).then_some(1),
        ..Demand::default()
    }
}

/// What services are alike by: their kind, and those that run images by the image too.
fn kind_of(service: &Service) -> String {
    match &service.image {
        Some(image) => format!("{} of {}", service.kind, image.repository()),
        None => service.kind.to_string(),
    }
}

/// What an instance of a kind usually takes.
fn usual(kind: &Kind) -> Amounts {
    let Some(needs) = &kind.front.needs else { return Amounts::default() };
    Amounts {
        memory: needs.memory.map_or(0, |at| at.value.bytes()),
        cpus: needs.cpus.map_or(0, |at| at.value.hundredths().into()),
        disk: needs.disk.map_or(0, |at| at.value.bytes()),
    }
}

/// What a placement says of the goods and of the kind.
fn needs(def: &PlacementDef, demand: &mut Demand) {
    if let Some(most) = def.max_per_host {
        let most = most.value.get() as usize;
        demand.most_of_kind = Some(demand.most_of_kind.map_or(most, |own| own.min(most)));
    }
    let Some(requires) = &def.requires else { return };
    if let Some(memory) = requires.memory {
        demand.takes.memory = memory.value.bytes();
        demand.promised.insert(Good::Memory);
    }
    if let Some(cpus) = requires.cpus {
        demand.takes.cpus = cpus.value.hundredths().into();
        demand.promised.insert(Good::Cpus);
    }
    if let Some(disk) = requires.disk {
        demand.takes.disk = disk.value.bytes();
        demand.promised.insert(Good::Disk);
    }
    if let Some(gpu) = requires.gpu {
        (demand.gpu, demand.gpu_promised) = (gpu.value, gpu.value);
    }
}

/// What was placed before, as far as it is still there.
fn hold(name: &ServiceName, demand: &mut Demand, placing: &Placing) {
    let Some(places) = placing.before.services.get(name) else { return };
    demand.held = placing.places(&places.hosts);
    demand.gone = places.hosts.len() - demand.held.len();
    demand.held_standbys = placing.places(&places.standbys);
    demand.kept = placing.places(&places.kept).into_iter().collect();
}

fn spread(by: &SpreadBy) -> Spread {
    match by {
        SpreadBy::Host => Spread::Host,
        SpreadBy::Site => Spread::Site,
        SpreadBy::Region => Spread::Label("region".to_owned()),
        SpreadBy::Label(label) => Spread::Label(label.to_string()),
    }
}

/// A port of a kind, once for each transport.
fn listens(kind: &Kind, port: &PortName, number: Port) -> impl Iterator<Item = Listen> + use<> {
    let fact = kind.front.ports.as_ref().and_then(|ports| ports.entries.get(port));
    let protocol = fact.and_then(|fact| fact.value.protocol).map_or(Protocol::Tcp, |at| at.value);
    let transports = [(Protocol::Tcp, false), (Protocol::Udp, true)].into_iter();
    transports.filter(move |(own, _)| protocol.includes(*own)).map(move |(_, udp)| (number.0.get(), udp))
}
