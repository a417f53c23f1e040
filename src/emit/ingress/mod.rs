//! What proxies pass on: the variable `ingress` of their kinds, and the file for those outside of the fleet.

mod traefik;

use std::collections::BTreeSet;

use serde::Serialize;

use super::Context;
use super::monitoring::secret_path;
use super::render::Output;
use crate::model::INGRESS;
use crate::place::ingress::{CircuitBreaker, Destination, RateLimit, RouteEntry, Weights};
use crate::place::{Backend, Entries};
use crate::value::{DnsName, Duration, HostName, IngressAuth, IngressTls, Mailbox, Scheme, ServiceName, Size, WebUrl};
use traefik::Dynamic;

/// The kind whose configuration is written for proxies outside of the fleet.
const TRAEFIK: &str = "traefik";

/// How often an instance is asked whether it works.
const INTERVAL: &str = "5s";

/// How long its answer may take.
const TIMEOUT: &str = "3s";

/// The variable `ingress`.
#[derive(Serialize)]
pub(super) struct Ingress<'a> {
    /// Where certificates come from.
    tls: IngressTls,
    acme: Option<Acme<'a>>,
    /// What is passed on, by the names that clients ask for.
    names: Vec<Name<'a>>,
    routes: Vec<Route<'a>>,
    /// Whether answers may take long for some of them.
    streaming: bool,
    /// The routes as Traefik's dynamic configuration.
    traefik: Dynamic,
}

/// How certificates of a public authority are had.
#[derive(Serialize)]
struct Acme<'a> {
    email: &'a Mailbox,
    server: Option<&'a WebUrl>,
    /// Who keeps the records of the domain, where it is proved by those.
    provider: Option<&'a str>,
    /// Where agenix puts the account there.
    environment_file: Option<String>,
}

/// A name, and what it leads to: the longest path first.
#[derive(Serialize)]
struct Name<'a> {
    name: &'a DnsName,
    routes: Vec<Route<'a>>,
}

/// What is passed on to a service.
#[derive(Clone, Serialize)]
struct Route<'a> {
    service: &'a ServiceName,
    names: &'a BTreeSet<DnsName>,
    path: Option<&'a str>,
    scheme: Scheme,
    servers: Vec<Server>,
    /// Those that answer while none of `servers` works.
    fallback: Vec<Server>,
    check: Option<Check<'a>>,
    retries: u16,
    circuit_breaker: Option<&'a CircuitBreaker>,
    sticky: bool,
    rate_limit: Option<RateLimit>,
    allow_from: Vec<String>,
    security_headers: bool,
    streaming: bool,
    /// The largest request in bytes.
    max_body: Option<u64>,
    auth: Option<Auth<'a>>,
    /// The headers that only the service that asks for logins may set.
    strip: Vec<&'a str>,
}

/// An instance.
#[derive(Clone, Serialize)]
struct Server {
    /// Its address and port.
    place: String,
    weight: u16,
}

/// What shows that an instance works.
#[derive(Clone, Serialize)]
struct Check<'a> {
    path: &'a str,
    /// The answer that is right; any of 200 to 399 when there is none.
    status: Option<u16>,
    interval: &'a str,
    timeout: &'a str,
}

/// Whom the proxy asks whether somebody has logged in.
#[derive(Clone, Serialize)]
struct Auth<'a> {
    service: &'a ServiceName,
    /// The address and the port.
    place: String,
    path: &'a str,
    /// The headers that are passed on to the service.
    headers: Vec<&'a str>,
    /// What sends those who have not to where they do, at a service whose answer for this kind of proxy is a bare refusal.
    refusal: Option<&'a str>,
    /// Where somebody logs in, before the address of the page that was asked for; the refusal says so where there is none.
    login: Option<String>,
}

impl<'a> Ingress<'a> {
    /// What the proxy of a host sees; nothing for a service that is not the one that `ingress` brings.
    pub(super) fn new(context: &'a Context<'_>, host: &HostName, service: &ServiceName) -> Option<Self> {
        let entries = context.entries();
        let ingress = entries.ingress.as_ref().filter(|_| service.as_str() == INGRESS)?;
        let kind = entries.services.get(service)?.kind.as_str();
        let routes = routes(context, Some(host), kind);
        let public = ingress.tls == IngressTls::Acme;
        Some(Self {
            tls: ingress.tls,
            acme: ingress.acme.as_ref().filter(|_| public).map(|acme| Acme {
                email: &acme.email,
                server: acme.server.as_ref(),
                provider: acme.dns.as_ref().map(|(provider, _)| provider.as_str()),
                environment_file: acme.dns.as_ref().map(|(_, secret)| secret_path(entries, host, secret)),
            }),
            names: names(&routes),
            streaming: routes.iter().any(|route| route.streaming),
            traefik: Dynamic::new(&routes, public.then_some(traefik::RESOLVER)),
            routes,
        })
    }
}

/// Every name, once.
fn names<'a>(routes: &[Route<'a>]) -> Vec<Name<'a>> {
    let all: BTreeSet<&DnsName> = routes.iter().flat_map(|route| route.names).collect();
    let of = |name: &DnsName| {
        let mut found: Vec<_> = routes.iter().filter(|route| route.names.contains(name)).cloned().collect();
        found.sort_by_key(|route| std::cmp::Reverse(route.path.map_or(0, str::len)));
        found
    };
    all.into_iter().map(|name| Name { name, routes: of(name) }).collect()
}

/// What is passed on by a proxy of some kind that stands on a host, or outside of the fleet.
fn routes<'a>(context: &'a Context<'_>, near: Option<&HostName>, kind: &str) -> Vec<Route<'a>> {
    let entries = context.entries();
    entries.routed().map(|(service, route)| one(entries, service, route, near, auth(context, near, kind))).collect()
}

fn one<'a>(
    entries: &'a Entries,
    service: &'a ServiceName,
    route: &'a RouteEntry,
    near: Option<&HostName>,
    asked: Option<Auth<'a>>,
) -> Route<'a> {
    let servers = |service: &ServiceName, to: &Destination| {
        let found = entries.backends(service, to, route.weights, near);
        found.iter().map(Server::new).collect()
    };
    let forward = route.auth == IngressAuth::Forward;
    Route {
        service,
        names: &route.names,
        path: route.path.as_ref().map(|path| path.as_str().trim_end_matches('/')),
        scheme: route.to.scheme,
        servers: servers(service, &route.to),
        fallback: route.failover.as_ref().map(|other| servers(&other.service, &other.to)).unwrap_or_default(),
        check: check(entries, service, &route.to),
        retries: route.retries,
        circuit_breaker: route.circuit_breaker.as_ref(),
        sticky: route.sticky,
        rate_limit: route.rate_limit,
        allow_from: route.allow_from.iter().map(|network| network.0.to_string()).collect(),
        security_headers: route.security_headers,
        streaming: route.streaming,
        max_body: route.max_body.map(Size::bytes),
        strip: asked.as_ref().filter(|_| !forward).map(|auth| auth.headers.clone()).unwrap_or_default(),
        auth: asked.filter(|_| forward),
    }
}

fn check<'a>(entries: &'a Entries, service: &ServiceName, to: &Destination) -> Option<Check<'a>> {
    let (path, status) = entries.page(service, to)?;
    let said = entries.services.get(service)?.health_check.as_ref()?;
    Some(Check {
        path,
        status,
        interval: said.interval.as_ref().map_or(INTERVAL, Duration::as_str),
        timeout: said.timeout.as_ref().map_or(TIMEOUT, Duration::as_str),
    })
}

/// Whom a proxy asks: the nearest instance of the service that the definition names.
fn auth<'a>(context: &'a Context<'_>, near: Option<&HostName>, kind: &str) -> Option<Auth<'a>> {
    let entries = context.entries();
    let service = entries.ingress.as_ref()?.auth.as_ref()?;
    let entry = entries.services.get(service)?;
    let fact = context.plan.kinds().get(&entry.kind)?.front.forward_auth.as_ref()?;
    let to = Destination { port: fact.port.as_ref()?.value.clone(), scheme: Scheme::Http };
    let nearest = entries.backends(service, &to, Weights::USUAL, near).first()?.address;
    let own = fact.paths.iter().flat_map(|paths| &paths.entries).find(|(name, _)| name.as_str() == kind);
    let usual = fact.path.as_ref()?;
    let usual = &usual.value;
    let path = own.map_or(usual, |(_, path)| &path.value);
    Some(Auth {
        service,
        place: nearest.to_string(),
        path: path.as_str(),
        refusal: (path != usual).then_some(usual.as_str()),
        headers: fact.headers.iter().flatten().map(|header| header.value.as_str()).collect(),
        login: fact.login.as_ref().zip(fact.url.as_ref()).and_then(|(login, setting)| {
            let url = entry.settings.get(setting.value.as_str())?.as_str()?;
            Some(format!("{}{}", url.trim_end_matches('/'), login.value))
        }),
    })
}

impl Server {
    fn new(backend: &Backend<'_>) -> Self {
        Self { place: backend.address.to_string(), weight: backend.weight }
    }
}

/// `ingress/traefik-http.json`: what instances of Traefik outside of the fleet ask for, by their HTTP provider.
pub(super) fn emit(context: &Context<'_>) -> Vec<Output> {
    if !context.entries().ingress.as_ref().is_some_and(|ingress| ingress.external) {
        return Vec::new();
    }
    let routes = routes(context, None, TRAEFIK);
    let mut text = serde_json::to_string_pretty(&Dynamic::new(&routes, None)).expect("text, numbers and lists");
    text.push('\n');
    vec![context.plain("ingress/traefik-http.json", text.into_bytes())]
}
