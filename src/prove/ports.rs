//! No two listeners of a host want the same port, Cistern's own included.

use std::collections::BTreeMap;

use crate::diag::{Diagnostic, Faults, codes};
use crate::place::Draft;
use crate::source::Span;
use crate::value::{HostName, KindName, Managed, Protocol};

/// The port of Prometheus on a monitoring host.
pub const PROMETHEUS: u16 = 9090;

/// Who wants a port, and where that was said.
struct Claim<'d> {
    who: String,
    span: Span,
    /// The kind of a service, where a host runs one of it only: that two of them meet is told elsewhere.
    single: Option<&'d KindName>,
}

/// Reports the first clash of every pair of services, with the number of hosts where they meet.
pub(super) fn stand_once(draft: &Draft, faults: &mut Faults) {
    let mut clashes: BTreeMap<(String, String, u16), Clash> = BTreeMap::new();
    for (host, entry) in draft.entries().hosts.iter().filter(|(_, entry)| entry.managed == Managed::Full) {
        let mut claims: BTreeMap<(Protocol, u16), Claim<'_>> = BTreeMap::new();
        let own_ssh = entry.deploy.port.filter(|_| entry.deploy.own_port).map_or(22, |port| port.0.get());
        let span = draft.fleet().hosts[host].span;
        claims.insert((Protocol::Tcp, own_ssh), Claim { who: "the SSH server".into(), span, single: None });
        if let Some(monitoring) = &draft.entries().monitoring
            && monitoring.hosts.contains(host)
        {
            let mut named = draft.fleet().monitoring.iter().flat_map(|monitoring| &monitoring.hosts);
            let span = named.find(|name| name.value == *host).map_or(span, |name| name.span);
            claims.insert((Protocol::Tcp, PROMETHEUS), Claim { who: "Prometheus".into(), span, single: None });
        }
        for (protocol, port, claim) in listeners(draft, host) {
            match claims.get(&(protocol, port)) {
                Some(first) if first.single.is_some() && first.single == claim.single && first.who != claim.who => {}
                Some(first) => {
                    clashes
                        .entry((first.who.clone(), claim.who.clone(), port))
                        .or_insert_with(|| Clash { host: host.clone(), hosts: 0, spans: [first.span, claim.span] })
                        .hosts += 1
                }
                None => {
                    claims.insert((protocol, port), claim);
                }
            }
        }
    }
    for ((first, second, port), clash) in clashes {
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
        faults.push(diagnostic);
    }
}

struct Clash {
    host: HostName,
    hosts: usize,
    spans: [Span; 2],
}

fn listeners<'d>(draft: &'d Draft, host: &HostName) -> impl Iterator<Item = (Protocol, u16, Claim<'d>)> + 'd {
    let host = host.clone();
    let instances = draft.entries().instances.get(&host).into_iter().flatten();
    instances.flat_map(move |(name, instance)| {
        let service = &draft.fleet().services[name];
        let entry = &draft.entries().services[name];
        let host = host.clone();
        let front = draft.fleet().kinds.get(&service.kind).map(|kind| &kind.front);
        let multiple = front.and_then(|front| front.multiple).is_some_and(|multiple| multiple.value);
        let single = (!multiple).then_some(&service.kind);
        entry.ports.iter().map(move |(port, listener)| {
            let number = instance.ports.get(port).copied().unwrap_or(listener.number);
            let said = service.host_ports.get(&host).or_else(|| service.ports.get(port)).map(|at| at.span);
            let span = said.filter(|span| span.file == service.span.file).unwrap_or(service.span);
            (listener.protocol, number.0.get(), Claim { who: format!("`{name}`"), span, single })
        })
    })
}
