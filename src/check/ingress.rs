//! Rules about how clients reach services through proxies.

use std::collections::BTreeMap;
use std::net::IpAddr;

use crate::diag::{Diagnostic, Faults, codes, counted, listed};
use crate::kind::Kind;
use crate::load::decode::At;
use crate::model::{Fleet, Ingress, Service, ServiceIngressDef};
use crate::nix::Literal;
use crate::source::Span;
use crate::value::{HostName, IngressAuth, IngressTls, PortName, Protocol, ProxyFeature, ServiceName, why_not_public};
use crate::watch::Manner;

/// A service with a route.
#[derive(Clone, Copy)]
struct Routed<'f> {
    name: &'f ServiceName,
    service: &'f Service,
    kind: &'f Kind,
    route: &'f At<ServiceIngressDef>,
}

/// Lists the services that have a route, with what is known of their kinds.
fn routed(fleet: &Fleet) -> impl Iterator<Item = Routed<'_>> {
    fleet.services.iter().filter(|(_, service)| !service.poisoned).filter_map(|(name, service)| {
        let kind = fleet.kinds.get(&service.kind)?;
        Some(Routed { name, service, kind, route: service.ingress.as_ref()? })
    })
}

/// No two services claim one name and path.
pub(super) fn names_stand_once(fleet: &Fleet, faults: &mut Faults) {
    let Some(domain) = &fleet.domain else { return };
    let mut first: BTreeMap<(String, String), (&ServiceName, Span)> = BTreeMap::new();
    for Routed { name, route, .. } in routed(fleet) {
        let path = route.value.path.as_ref().map_or("", |path| path.value.as_str()).trim_end_matches('/').to_owned();
        for (host, span) in route.value.names(name, domain) {
            let span = span.unwrap_or(route.span);
            let claim = (host.to_string(), path.clone());
            let Some((other, place)) = first.get(&claim) else {
                first.insert(claim, (name, span));
                continue;
            };
            let message = match *other == name {
                true => format!("`{name}` claims `{host}{path}` twice"),
                false => format!("`{other}` and `{name}` both claim `{host}{path}`"),
            };
            faults.push(
                Diagnostic::new(codes::ROUTE_TWICE, message)
                    .at(span, "again")
                    .at(*place, "first here")
                    .help("give one of them another name, or a `path`")
                    .about("services", name)
                    .about("services", other),
            );
        }
    }
}

/// What proxies ask for logins answers them, and is reached without one.
pub(super) fn logins_are_answered(fleet: &Fleet, faults: &mut Faults) {
    let asked = fleet.ingress.as_ref().and_then(|ingress| Some((ingress, ingress.auth.as_ref()?)));
    let Some((ingress, name)) = asked else { return };
    let Some(service) = fleet.services.get(name).filter(|service| !service.poisoned) else { return };
    let Some(kind) = fleet.kinds.get(&service.kind) else { return };
    let said = ingress.written.auth.as_ref().map_or(ingress.span, |at| at.span);
    if kind.front.forward_auth.is_none() {
        let answering = fleet.kinds.iter().filter(|kind| kind.front.forward_auth.is_some());
        let known: Vec<_> = answering.map(|kind| format!("`{}`", kind.name)).collect();
        let help = match known.is_empty() {
            true => "its kind has to say `forward_auth`".to_owned(),
            false => format!("name a service of one of the kinds {}", listed(&known)),
        };
        faults.push(
            Diagnostic::new(codes::NOT_ASKED_FOR_LOGINS, format!("proxies cannot ask `{name}` who somebody is"))
                .at(said, format!("its kind `{}` does not say `forward_auth`", kind.name))
                .at(service.span, "defined here")
                .help(help)
                .about("services", name),
        );
        return;
    }
    let own = service.ingress.as_ref().filter(|route| route.value.auth(kind) == IngressAuth::Forward);
    if let Some(route) = own {
        faults.push(
            Diagnostic::new(codes::NOT_ASKED_FOR_LOGINS, format!("nobody could log in at `{name}`"))
                .at(route.span, "asks for a login before it shows where to log in")
                .at(said, "asked by the proxies")
                .help("add `auth: own`")
                .about("services", name),
        );
    }
}

/// Requests go to a port that proxies get to.
pub(super) fn ports_are_there(fleet: &Fleet, faults: &mut Faults) {
    for Routed { name, service, kind, route } in routed(fleet) {
        let told = route.value.port.as_ref().map_or(route.span, |port| port.span);
        let Some(port) = route.value.port(kind) else {
            let ports: Vec<_> = tcp_ports(service, kind).map(|port| format!("`{port}`")).collect();
            let help = match ports.as_slice() {
                [] => "remove `ingress`: it listens at no TCP port".to_owned(),
                [only] => format!("say `port: {}`, if it speaks HTTP there", only.trim_matches('`')),
                several => format!("say `port` with one of {}, where it speaks HTTP", listed(several)),
            };
            faults.push(not_routable(name, &format!("kind `{}` takes no `ingress`", kind.name), told).help(help));
            continue;
        };
        if !service.ports.contains_key(port) {
            let known: Vec<_> = service.ports.keys().map(PortName::as_str).collect();
            faults.push(
                not_routable(name, &format!("it has no port `{port}`"), told)
                    .nearest(port.as_str(), known.iter().copied())
                    .help(format!("its ports are {}", listed(&known))),
            );
            continue;
        }
        let Some(ingress) = fleet.ingress.as_ref().filter(|_| is_on_loopback(kind, service)) else { continue };
        let alone = |host: &HostName| ingress.hosts.len() == 1 && ingress.hosts.contains(host);
        if let Some(elsewhere) = service.hosts.iter().find(|host| !alone(host)) {
            let why = format!("it listens on the loopback of `{elsewhere}`, which no other host gets to");
            faults.push(
                not_routable(name, &why, told)
                    .help("let it listen at every address: the firewall lets only the proxies in"),
            );
        }
    }
}

/// Says whether a service listens for its own host only.
fn is_on_loopback(kind: &Kind, service: &Service) -> bool {
    let bound = kind.front.bind.as_ref().and_then(|setting| service.settings.get(setting.value.as_str())?.as_str());
    bound.and_then(|address| address.parse::<IpAddr>().ok()).is_some_and(|address| address.is_loopback())
}

fn not_routable(name: &ServiceName, why: &str, span: Span) -> Diagnostic {
    Diagnostic::new(codes::NOT_ROUTABLE, format!("no proxy can pass requests on to `{name}`"))
        .at(span, why)
        .about("services", name)
}

fn tcp_ports<'f>(service: &'f Service, kind: &'f Kind) -> impl Iterator<Item = &'f PortName> {
    let facts = kind.front.ports.as_ref();
    service.ports.keys().filter(move |port| {
        let fact = facts.and_then(|facts| facts.entries.get(*port)).and_then(|fact| fact.value.protocol);
        fact.is_none_or(|protocol| protocol.value.includes(Protocol::Tcp))
    })
}

/// Public certificates are asked for names that can have one.
pub(super) fn names_can_have_certificates(fleet: &Fleet, faults: &mut Faults) {
    let (Some(ingress), Some(domain)) = (&fleet.ingress, &fleet.domain) else { return };
    if ingress.tls() != IngressTls::Acme || ingress.hosts.is_empty() {
        return;
    }
    for Routed { name, route, .. } in routed(fleet) {
        for (host, span) in route.value.names(name, domain) {
            let Some(why) = why_not_public(host.as_str()) else { continue };
            faults.push(
                Diagnostic::new(codes::ACME_OF_PRIVATE_NAME, format!("no public certificate can be had for `{host}`"))
                    .at(span.unwrap_or(route.span), why)
                    .help("use a name of a public domain, or `ingress.tls: internal`")
                    .about("services", name),
            );
        }
    }
}

/// Certificates come from where the definition says, and what it says of that is used.
pub(super) fn authorities_are_known(fleet: &Fleet, faults: &mut Faults) {
    let asked = fleet.ingress.as_ref().and_then(|ingress| Some((ingress, ingress.written.tls?)));
    let Some((ingress, tls)) = asked.filter(|(ingress, _)| !ingress.hosts.is_empty()) else { return };
    match (tls.value, &ingress.written.acme) {
        (IngressTls::Acme, None) => faults.push(
            Diagnostic::new(codes::MISSING_KEY, "`ingress.acme` is missing")
                .at(tls.span, "certificates of which authority, and for whom?")
                .help("add `acme: { email: NAME@DOMAIN }` under `ingress`, or remove `tls`"),
        ),
        (IngressTls::Internal, Some(acme)) => {
            let Some(email) = &acme.email else { return };
            faults.push(
                Diagnostic::new(codes::NO_EFFECT, "`ingress.acme` does nothing here")
                    .at(email.span, "no authority is asked")
                    .at(tls.span, "the proxies make certificates of their own")
                    .help("remove `acme`, with the secret that only it names, or `tls: internal`"),
            );
        }
        _ => {}
    }
}

/// Nobody is let in by a list that lets in nobody.
pub(super) fn somebody_gets_in(fleet: &Fleet, faults: &mut Faults) {
    for Routed { name, route, .. } in routed(fleet) {
        if route.value.allow_from.as_ref().is_some_and(Vec::is_empty) {
            faults.push(
                Diagnostic::new(codes::NOBODY_GETS_IN, format!("no client would get to `{name}`"))
                    .at(route.span, "`allow_from` is empty")
                    .help("name networks, or remove `allow_from` to let everybody in")
                    .about("services", name),
            );
        }
    }
}

/// Somebody passes requests on.
pub(super) fn proxies_are_there(fleet: &Fleet, faults: &mut Faults) {
    if fleet.ingress_is_uncertain || fleet.hosts_are_uncertain {
        return;
    }
    let Some(first) = routed(fleet).next() else {
        idle(fleet, faults);
        return;
    };
    if fleet.ingress.as_ref().is_some_and(Ingress::is_carried) {
        return;
    }
    let whose = match routed(fleet).count() - 1 {
        0 => format!("`{}` is", first.name),
        others => format!("`{}` and {} are", first.name, counted(others, "other service")),
    };
    let message = format!("{whose} to be reached through proxies that are nowhere");
    let mut diagnostic = Diagnostic::new(codes::NO_PROXY, message).at(first.route.span, "who passes requests on?");
    let named = |ingress: &&Ingress| ingress.written.hosts.is_some() || ingress.written.selector.is_some();
    if let Some(ingress) = fleet.ingress.as_ref().filter(named) {
        diagnostic = diagnostic.at(ingress.span, "names no host that Cistern configures");
    }
    let help = "add `ingress: { hosts: [NAME] }` beside `services`";
    faults.push(diagnostic.help(help).about("services", first.name));
}

/// Proxies have something to pass on.
fn idle(fleet: &Fleet, faults: &mut Faults) {
    let uncertain = fleet.services.values().any(|service| service.poisoned);
    let Some(ingress) = fleet.ingress.as_ref().filter(|ingress| ingress.is_carried() && !uncertain) else { return };
    faults.push(
        Diagnostic::new(codes::NO_EFFECT, "the proxies have nothing to pass on")
            .at(ingress.span, "no service has an `ingress`")
            .help("add `ingress: {}` to the services that clients shall reach, or remove the section"),
    );
}

/// What lets in everybody has somebody before it who does not.
pub(super) fn somebody_asks(fleet: &Fleet, faults: &mut Faults) {
    let asked = fleet.ingress.as_ref().is_some_and(|ingress| ingress.written.auth.is_some());
    if fleet.ingress_is_uncertain || asked {
        return;
    }
    for Routed { name, kind, route, .. } in routed(fleet) {
        if route.value.auth(kind) != IngressAuth::Forward || route.value.port(kind).is_none() {
            continue;
        }
        let (span, label) = match &route.value.auth {
            Some(auth) => (auth.span, "asked by whom?".to_owned()),
            None => (route.span, format!("kind `{}` has no login of its own", kind.name)),
        };
        faults.push(
            Diagnostic::new(codes::NOBODY_ASKS, format!("nobody asks who somebody is before `{name}`"))
                .at(span, label)
                .help("name a service in `ingress.auth`, or let everybody in with `auth: none`")
                .about("services", name),
        );
    }
}

/// Proxies can do what is asked of them.
pub(super) fn proxies_can(fleet: &Fleet, faults: &mut Faults) {
    let Some(ingress) = fleet.ingress.as_ref().filter(|ingress| !ingress.hosts.is_empty()) else { return };
    let Some(kind) = fleet.kinds.get(&ingress.kind) else { return };
    let cannot: Vec<_> = kind.front.ingress_cannot.iter().flatten().map(|at| at.value).collect();
    let said = ingress.written.kind.as_ref().map_or(ingress.span, |at| at.span);
    for Routed { name, route, .. } in routed(fleet) {
        for feature in route.value.features().into_iter().filter(|feature| cannot.contains(feature)) {
            let (what, keys) = match feature {
                ProxyFeature::StickyFailover => {
                    ("cannot do `sticky` together with `failover`".to_owned(), "one of the two".to_owned())
                }
                _ => (format!("has no `{feature}`"), format!("`{feature}`")),
            };
            let message = format!("`{}` {what}, which `{name}` asks for", kind.name);
            faults.push(
                Diagnostic::new(codes::PROXY_CANNOT, message)
                    .at(route.span, "asked for here")
                    .at(said, "the kind of the proxies")
                    .help(format!("remove {keys}, or take `ingress.kind: traefik`"))
                    .about("services", name),
            );
        }
    }
    if ingress.tls() == IngressTls::Internal && cannot.contains(&ProxyFeature::InternalTls) {
        faults.push(
            Diagnostic::new(codes::PROXY_CANNOT, format!("`{}` makes no certificates of its own", kind.name))
                .at(ingress.written.tls.map_or(ingress.span, |at| at.span), "certificates from where?")
                .at(said, "the kind of the proxies")
                .help("add `acme: { email: NAME@DOMAIN }` under `ingress`, or take `kind: traefik` or `kind: caddy`"),
        );
    }
}

/// Nobody gets past a proxy that asks for a login.
pub(super) fn nobody_goes_past(fleet: &Fleet, faults: &mut Faults) {
    for Routed { name, service, kind, route } in routed(fleet) {
        let wanted = route.value.auth(kind) == IngressAuth::Forward;
        let port = route.value.port(kind).and_then(|port| service.ports.get(port));
        let Some(number) = port.filter(|_| wanted).map(|port| i64::from(port.value.0.get())) else { continue };
        for host in service.hosts.iter().chain(&service.standbys) {
            let Some((span, what)) = opening(fleet, host, number) else { continue };
            let message = format!("port {number} of `{name}` is open beside the proxy on host `{host}`");
            faults.push(
                Diagnostic::new(codes::PAST_THE_PROXY, message)
                    .at(span, what)
                    .at(route.span, "the proxy asks for a login")
                    .help("leave the port to Cistern, which lets only the proxies in")
                    .about("services", name)
                    .about("hosts", host),
            );
        }
    }
}

/// Where a hand-written module of a host lets everybody in at a port, and how.
fn opening(fleet: &Fleet, host: &HostName, number: i64) -> Option<(Span, &'static str)> {
    let host = fleet.hosts.get(host)?;
    let off = fleet.settings(host, &["networking", "firewall", "enable"]);
    if let Some(off) = off.iter().find(|setting| setting.assigned.value == Literal::Bool(false)) {
        return Some((off.span(), "switches the firewall off"));
    }
    let open = fleet.settings(host, &["networking", "firewall", "allowedTCPPorts"]);
    let lets_in = |value: &Literal| match value {
        Literal::List(items) => items.contains(&Literal::Number(number)),
        _ => false,
    };
    open.iter().find(|setting| lets_in(&setting.assigned.value)).map(|setting| (setting.span(), "lets everybody in"))
}

/// What fails over is seen to fail.
pub(super) fn failures_are_seen(fleet: &Fleet, faults: &mut Faults) {
    for Routed { name, service, kind, route } in routed(fleet) {
        let Some(other) = &route.value.failover else { continue };
        let port = route.value.port(kind);
        let seen = service.health_check.as_ref().is_some_and(|check| {
            check.port.as_ref() == port && matches!(&check.manner, Manner::Http { status, .. } if status.len() <= 1)
        });
        let theirs = fleet.services.get(&other.value).filter(|theirs| !theirs.poisoned);
        let reachable = theirs.is_none_or(|theirs| {
            let own = theirs.ingress.as_ref().is_some_and(|own| own.value.port.is_some());
            own || fleet.kinds.get(&theirs.kind).is_none_or(|kind| kind.front.ingress.is_some())
        });
        let (message, label, help) = match (other.value == *name, seen, reachable) {
            (true, ..) => (
                format!("`{name}` would take its own place"),
                "the service itself",
                "name another service, or remove `failover`",
            ),
            (_, false, _) => (
                format!("nothing shows a proxy that `{name}` fails"),
                "takes its place when it does",
                "add `health_check: { http: { port: …, path: … } }` at the port that requests go to",
            ),
            (_, _, false) => (
                format!("no proxy can pass requests on to `{}`", other.value),
                "its kind takes no `ingress`",
                "give that service an `ingress` with a `port`, or name another",
            ),
            _ => continue,
        };
        faults.push(
            Diagnostic::new(codes::FAILOVER_UNSEEN, message).at(other.span, label).help(help).about("services", name),
        );
    }
}
