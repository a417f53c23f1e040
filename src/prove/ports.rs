//! No two listeners of a host want the same port at the same address, Cistern's own included.

use std::collections::BTreeMap;
use std::net::IpAddr;

use crate::diag::{Diagnostic, Faults, codes};
use crate::place::{Draft, bound_to};
use crate::source::Span;
use crate::value::{HostName, KindName, Managed, Protocol, ServiceName};

/// Who wants a port, and where that was said.
#[derive(Debug, Clone)]
struct Claim<'d> {
    protocol: Protocol,
    port: u16,
    /// Where it listens; none for every address.
    address: Option<IpAddr>,
    who: Who<'d>,
    span: Span,
    /// The kind of a service, where a host runs one of it only: that two of them meet is told elsewhere.
    single: Option<&'d KindName>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Who<'d> {
    Ssh,
    Service(&'d ServiceName),
}

impl std::fmt::Display for Who<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Ssh => f.write_str("the SSH server"),
            Self::Service(name) => write!(f, "`{name}`"),
        }
    }
}

impl Claim<'_> {
    /// Says whether one of the two would fail to start.
    fn clashes(&self, other: &Self) -> bool {
        let transport = self.protocol.includes(other.protocol) || other.protocol.includes(self.protocol);
        let address = self.address.is_none() || other.address.is_none() || self.address == other.address;
        let told = self.single.is_some() && self.single == other.single && self.who != other.who;
        self.port == other.port && transport && address && !told
    }
}

struct Clash {
    host: HostName,
    hosts: usize,
    spans: [Span; 2],
}

/// Reports the first clash of every pair of services, with the number of hosts where they meet.
pub(super) fn stand_once(draft: &Draft, faults: &mut Faults) {
    let mut clashes: BTreeMap<(Who<'_>, Who<'_>, u16), Clash> = BTreeMap::new();
    for (host, entry) in draft.entries().hosts.iter().filter(|(_, entry)| entry.managed == Managed::Full) {
        let own_ssh = entry.deploy.port.filter(|_| entry.deploy.own_port).map_or(22, |port| port.0.get());
        let mut claims = own(draft, host, own_ssh);
        claims.extend(listeners(draft, host));
        // Sorted by port, those of one port stay in their order: the SSH server first.
        claims.sort_by_key(|claim| claim.port);
        for same in claims.chunk_by(|a, b| a.port == b.port) {
            for (at, claim) in same.iter().enumerate() {
                let Some(first) = same[..at].iter().find(|first| first.clashes(claim)) else { continue };
                clashes
                    .entry((first.who, claim.who, claim.port))
                    .or_insert_with(|| Clash { host: host.clone(), hosts: 0, spans: [first.span, claim.span] })
                    .hosts += 1;
            }
        }
    }
    for ((first, second, port), clash) in clashes {
        faults.push(told(first, second, port, &clash));
    }
}

fn told(first: Who<'_>, second: Who<'_>, port: u16, clash: &Clash) -> Diagnostic {
    let place = match clash.hosts {
        1 => format!("on host `{}`", clash.host),
        many => format!("on {many} hosts, `{}` among them", clash.host),
    };
    let diagnostic = if first == second {
        Diagnostic::new(codes::PORT_TWICE, format!("{first} wants port {port} twice {place}"))
            .at(clash.spans[1], "here")
            .at(clash.spans[0], "and here")
            .help("give one of its ports another number under `ports`")
    } else {
        Diagnostic::new(codes::PORT_TWICE, format!("{first} and {second} both want port {port} {place}"))
            .at(clash.spans[1], format!("{second} wants {port}"))
            .at(clash.spans[0], format!("so does {first}"))
            .help("give one of them another port under `ports`, or place it elsewhere")
    };
    [second, first].into_iter().fold(diagnostic.about("hosts", &clash.host), |diagnostic, who| match who {
        Who::Service(name) => diagnostic.about("services", name),
        _ => diagnostic,
    })
}

/// What listens on a host besides its services.
fn own<'d>(draft: &'d Draft, host: &HostName, own_ssh: u16) -> Vec<Claim<'d>> {
    let span = draft.fleet().hosts[host].span;
    let claim = |who, port| Claim { protocol: Protocol::Tcp, port, address: None, who, span, single: None };
    vec![claim(Who::Ssh, own_ssh)]
}

fn listeners<'d>(draft: &'d Draft, host: &HostName) -> impl Iterator<Item = Claim<'d>> + 'd {
    let host = host.clone();
    let instances = draft.entries().instances.get(&host).into_iter().flatten();
    instances.flat_map(move |(name, instance)| {
        let service = &draft.fleet().services[name];
        let entry = &draft.entries().services[name];
        let host = host.clone();
        let kind = draft.fleet().kinds.get(&service.kind);
        let multiple = kind.and_then(|kind| kind.front.multiple).is_some_and(|multiple| multiple.value);
        let single = (!multiple).then_some(&service.kind);
        let address = kind.and_then(|kind| bound_to(kind, service));
        entry.ports.iter().map(move |(port, listener)| {
            let number = instance.ports.get(port).copied().unwrap_or(listener.number);
            let said = service.host_ports.get(&host).or_else(|| service.ports.get(port)).map(|at| at.span);
            let span = said.filter(|span| span.file == service.span.file).unwrap_or(service.span);
            let who = Who::Service(name);
            Claim { protocol: listener.protocol, port: number.0.get(), address, who, span, single }
        })
    })
}
