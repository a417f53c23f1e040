//! Listeners that may not have their port, and listeners that the whole Internet gets to.

use std::collections::{BTreeMap, BTreeSet};

use crate::diag::{Diagnostic, Faults, codes};
use crate::kind::{Front, Kind};
use crate::model::{Host, Service};
use crate::nix::Literal;
use crate::place::Draft;
use crate::place::plan::Instance;
use crate::source::Span;
use crate::value::{HostName, Managed, Port, PortName, ServiceName};

/// The first port that anybody may listen on.
const UNPRIVILEGED: u16 = 1024;

/// A listener of an instance.
struct Listener<'d> {
    name: &'d ServiceName,
    kind: &'d Kind,
    host: &'d Host,
    port: &'d PortName,
    number: Port,
    span: Span,
}

/// Calls `look` with every listener of every instance that the firewall treats so.
fn each<'d>(
    draft: &'d Draft,
    wanted: impl Fn(&Front, &PortName, u16, bool) -> bool,
    mut look: impl FnMut(Listener<'d>),
) {
    let fleet = draft.fleet();
    for (host, instances) in &draft.entries().instances {
        for (name, instance) in instances {
            let (Some(service), Some(host)) = (fleet.services.get(name), fleet.hosts.get(host)) else { continue };
            let Some(kind) = fleet.kinds.get(&service.kind).filter(|_| host.managed == Managed::Full) else { continue };
            for (port, listener) in &draft.entries().services[name].ports {
                let number = instance.ports.get(port).copied().unwrap_or(listener.number);
                if wanted(&kind.front, port, number.0.get(), listener.open) {
                    look(Listener { name, kind, host, port, number, span: span(service, host, instance, port) });
                }
            }
        }
    }
}

/// Where the port was said, when that is in the definition.
fn span(service: &Service, host: &Host, instance: &Instance, port: &PortName) -> Span {
    let own = instance.ports.get(port).and_then(|_| service.host_ports.get(&host.name));
    let said = own.or_else(|| service.ports.get(port)).map(|at| at.span);
    said.filter(|span| span.file == service.span.file).unwrap_or(service.span)
}

/// Nobody wants a port below 1024 who may not have it; told once for each port of a service.
pub(super) fn ports_may_be_had(draft: &Draft, faults: &mut Faults) {
    let mut told: BTreeSet<(&ServiceName, &PortName)> = BTreeSet::new();
    let privileged = |front: &Front, _: &PortName, number: u16, _| number < UNPRIVILEGED && !may_have(front);
    each(draft, privileged, |listener| {
        let Listener { name, port, number, host, .. } = listener;
        if is_allowed(draft, &listener) || !told.insert((name, port)) {
            return;
        }
        let kind = &listener.kind.name;
        let why = match &listener.kind.front.user {
            Some(user) => format!("kind `{kind}` runs as `{}`", user.value),
            None => format!("kind `{kind}` runs without the right to it"),
        };
        faults.push(
            Diagnostic::new(codes::PRIVILEGED_PORT, format!("`{name}` may not listen on port {number}"))
                .at(listener.span, why)
                .help("take a port from 1024 on, and put a reverse proxy in front")
                .about("services", name)
                .about("hosts", &host.name),
        );
    });
}

fn may_have(front: &Front) -> bool {
    let of_root = front.user.as_ref().is_none_or(|user| user.value.as_str() == "root");
    front.privileged_ports.map_or(of_root, |may| may.value)
}

/// Says whether a module of the host lets it have the port.
fn is_allowed(draft: &Draft, listener: &Listener<'_>) -> bool {
    let (fleet, host) = (draft.fleet(), listener.host);
    let lowered = fleet.settings(host, &["boot", "kernel", "sysctl", "net.ipv4.ip_unprivileged_port_start"]);
    let lowered = lowered.iter().any(|setting| match &setting.assigned.value {
        Literal::Number(first) => *first <= i64::from(listener.number.0.get()),
        _ => true,
    });
    let units = listener.kind.front.units.iter().flatten();
    lowered
        || units.map(|unit| unit.value.as_str().replace("{service}", listener.name.as_str())).any(|unit| {
            let path = ["systemd", "services", &unit, "serviceConfig", "AmbientCapabilities"];
            !fleet.settings(host, &path).is_empty()
        })
}

/// Only what is meant for everybody is let in where everybody comes by: told once for each port of a service, and of an
/// exporter once for each host, which is what says that it has one.
pub(super) fn open_ports_are_meant(draft: &Draft, faults: &mut Faults) {
    type Ports<'d> = BTreeMap<(&'d ServiceName, &'d PortName, Option<&'d HostName>), (Listener<'d>, usize)>;
    let mut found: Ports<'_> = BTreeMap::new();
    let unmeant = |front: &Front, port: &PortName, _: u16, open: bool| open && !is_public(front, port);
    each(draft, unmeant, |listener| {
        if listener.host.address.is_some_and(|address| address.value.is_public()) {
            let host = is_exporter(listener.kind).then_some(&listener.host.name);
            found.entry((listener.name, listener.port, host)).or_insert((listener, 0)).1 += 1;
        }
    });
    for ((name, port, of_host), (listener, hosts)) in found {
        let host = listener.host;
        let place = match hosts {
            1 => format!("on host `{}`", host.name),
            many => format!("on {many} hosts, `{}` among them", host.name),
        };
        let address = host.address.map_or(host.span, |address| address.span);
        let mut diagnostic = Diagnostic::new(
            codes::OPEN_TO_THE_WORLD,
            format!("port `{port}` ({}) of `{name}` is open to the whole Internet {place}", listener.number),
        )
        .at(listener.span, "the firewall lets everybody in")
        .at(address, "a public address");
        if let Some(bind) = &listener.kind.front.bind {
            diagnostic =
                diagnostic.help(format!("keep it to the host with `settings: {{ {}: 127.0.0.1 }}`", bind.value));
        }
        diagnostic = diagnostic.help("place it on a host with a private address, behind a reverse proxy or a VPN");
        faults.push(match of_host {
            Some(host) => diagnostic.about("hosts", host).about("services", name),
            None => diagnostic.about("services", name).about("hosts", &host.name),
        });
    }
}

/// Exporters are asked for by hosts, and have no entry of their own.
fn is_exporter(kind: &Kind) -> bool {
    kind.name.as_str().ends_with("-exporter")
}

fn is_public(front: &Front, port: &PortName) -> bool {
    let def = front.ports.as_ref().and_then(|ports| ports.entries.get(port));
    def.and_then(|def| def.value.public).is_some_and(|public| public.value)
}
