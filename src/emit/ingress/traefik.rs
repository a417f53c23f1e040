//! Routes as Traefik's dynamic configuration has them: <https://doc.traefik.io/traefik/>.
//!
//! Names that stand in more than one map are the services' own; nothing is discovered by labels.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Check, Route, Server};
use crate::place::ingress::CircuitBreaker;
use crate::value::Scheme;

/// The entry point for clients.
const ENTRY_POINT: &str = "websecure";

/// What gets certificates from a public authority.
pub(super) const RESOLVER: &str = "ingress";

/// The way to instances whose certificates nobody signed.
const ANY_CERTIFICATE: &str = "any-certificate";

/// Seconds for which browsers come by HTTPS only: a year.
const STRICT_FOR: u32 = 31_536_000;

/// The dynamic configuration.
#[derive(Debug, Serialize)]
pub(super) struct Dynamic {
    http: Http,
}

#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct Http {
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    routers: BTreeMap<String, Router>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    middlewares: BTreeMap<String, Middleware>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    services: BTreeMap<String, Service>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    servers_transports: BTreeMap<&'static str, Transport>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Router {
    rule: String,
    entry_points: [&'static str; 1],
    service: String,
    priority: usize,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    middlewares: Vec<String>,
    tls: Tls,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Tls {
    #[serde(skip_serializing_if = "Option::is_none")]
    cert_resolver: Option<&'static str>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
enum Middleware {
    IpAllowList(AllowList),
    RateLimit {
        average: u32,
        burst: u32,
    },
    Headers(Headers),
    #[serde(rename = "headers")]
    Strip(Strip),
    ForwardAuth(ForwardAuth),
    CircuitBreaker(Breaker),
    Retry(Retry),
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct AllowList {
    source_range: Vec<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Headers {
    content_type_nosniff: bool,
    custom_frame_options_value: &'static str,
    referrer_policy: &'static str,
    sts_seconds: u32,
}

/// Headers that no client may send: an empty text removes one.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Strip {
    custom_request_headers: BTreeMap<String, &'static str>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct ForwardAuth {
    address: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    auth_response_headers: Vec<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Breaker {
    expression: String,
    fallback_duration: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Retry {
    attempts: u32,
    initial_interval: &'static str,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
enum Service {
    LoadBalancer(LoadBalancer),
    Failover { service: String, fallback: String },
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct LoadBalancer {
    servers: Vec<Target>,
    #[serde(skip_serializing_if = "Option::is_none")]
    health_check: Option<HealthCheck>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sticky: Option<Sticky>,
    #[serde(skip_serializing_if = "Option::is_none")]
    servers_transport: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    response_forwarding: Option<Forwarding>,
}

#[derive(Debug, Serialize)]
struct Target {
    url: String,
    weight: u16,
}

#[derive(Debug, Serialize)]
struct HealthCheck {
    path: String,
    interval: String,
    timeout: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
}

#[derive(Debug, Serialize)]
struct Sticky {
    cookie: Cookie,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Cookie {
    name: String,
    secure: bool,
    http_only: bool,
    same_site: &'static str,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Forwarding {
    flush_interval: &'static str,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Transport {
    insecure_skip_verify: bool,
    forwarding_timeouts: Timeouts,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Timeouts {
    dial_timeout: &'static str,
}

impl Dynamic {
    /// Makes it of routes; `resolver` gets their certificates.
    pub(super) fn new(routes: &[Route<'_>], resolver: Option<&'static str>) -> Self {
        let mut http = Http::default();
        for route in routes {
            let name = route.service.to_string();
            let middlewares = middlewares(route, &mut http);
            let router = Router {
                rule: rule(route),
                entry_points: [ENTRY_POINT],
                service: name.clone(),
                // The longest path wins; by itself, Traefik takes the longest rule.
                priority: 1 + route.path.map_or(0, str::len),
                middlewares,
                tls: Tls { cert_resolver: resolver },
            };
            http.routers.insert(name, router);
            services(route, &mut http);
        }
        Self { http }
    }
}

/// When a request is the service's: its names, and the path with all below it.
fn rule(route: &Route<'_>) -> String {
    let names: Vec<_> = route.names.iter().map(|name| format!("Host(`{name}`)")).collect();
    let names = match names.as_slice() {
        [only] => only.clone(),
        several => format!("({})", several.join(" || ")),
    };
    match route.path {
        Some(path) => format!("{names} && (Path(`{path}`) || PathPrefix(`{path}/`))"),
        None => names,
    }
}

/// Adds what stands before a service, and lists it in its order: who is let in comes first.
fn middlewares(route: &Route<'_>, http: &mut Http) -> Vec<String> {
    let service = route.service;
    let mut chain: Vec<(String, Middleware)> = Vec::new();
    if !route.allow_from.is_empty() {
        let allowed = AllowList { source_range: route.allow_from.clone() };
        chain.push((format!("{service}-clients"), Middleware::IpAllowList(allowed)));
    }
    if let Some(limit) = route.rate_limit {
        let limit = Middleware::RateLimit { average: limit.average, burst: limit.burst };
        chain.push((format!("{service}-rate"), limit));
    }
    if route.security_headers {
        chain.push(("security-headers".to_owned(), Middleware::Headers(headers())));
    }
    if !route.strip.is_empty() {
        let custom_request_headers = route.strip.iter().map(|header| ((*header).to_owned(), "")).collect();
        chain.push(("no-identity".to_owned(), Middleware::Strip(Strip { custom_request_headers })));
    }
    if let Some(auth) = &route.auth {
        let asked = ForwardAuth {
            address: format!("http://{}{}", auth.place, auth.path),
            auth_response_headers: auth.headers.iter().map(|header| (*header).to_owned()).collect(),
        };
        chain.push(("forward-auth".to_owned(), Middleware::ForwardAuth(asked)));
    }
    if let Some(wanted) = route.circuit_breaker {
        chain.push((format!("{service}-breaker"), Middleware::CircuitBreaker(breaker(wanted))));
    }
    if route.retries > 0 {
        // Traefik passes a request on again only as long as no instance has got any of it.
        let retry = Retry { attempts: u32::from(route.retries) + 1, initial_interval: "100ms" };
        chain.push((format!("{service}-retry"), Middleware::Retry(retry)));
    }
    let names = chain.iter().map(|(name, _)| name.clone()).collect();
    http.middlewares.extend(chain);
    names
}

fn headers() -> Headers {
    Headers {
        content_type_nosniff: true,
        custom_frame_options_value: "SAMEORIGIN",
        referrer_policy: "strict-origin-when-cross-origin",
        sts_seconds: STRICT_FOR,
    }
}

fn breaker(wanted: &CircuitBreaker) -> Breaker {
    let share = wanted.error_ratio.as_str();
    let mut expression = format!("NetworkErrorRatio() > {share} || ResponseCodeRatio(500, 600, 0, 600) > {share}");
    if let Some(latency) = &wanted.latency {
        expression.push_str(&format!(" || LatencyAtQuantileMS(50.0) > {}", latency.seconds() * 1000));
    }
    Breaker { expression, fallback_duration: format!("{}s", wanted.open_for.seconds()) }
}

/// Adds the instances of a service, and those that answer while none of them works.
fn services(route: &Route<'_>, http: &mut Http) {
    let name = route.service.to_string();
    let own = Service::LoadBalancer(balancer(route, &route.servers, route.check.as_ref()));
    if route.scheme == Scheme::Https {
        http.servers_transports.insert(ANY_CERTIFICATE, any_certificate());
    }
    if route.fallback.is_empty() {
        http.services.insert(name, own);
        return;
    }
    // A hyphen more than names of services have: no other service is called so.
    let (first, second) = (format!("{name}--own"), format!("{name}--failover"));
    http.services.insert(second.clone(), Service::LoadBalancer(balancer(route, &route.fallback, None)));
    http.services.insert(first.clone(), own);
    http.services.insert(name, Service::Failover { service: first, fallback: second });
}

/// A host that is gone does not keep requests waiting.
fn any_certificate() -> Transport {
    Transport { insecure_skip_verify: true, forwarding_timeouts: Timeouts { dial_timeout: "3s" } }
}

fn balancer(route: &Route<'_>, servers: &[Server], check: Option<&Check<'_>>) -> LoadBalancer {
    let target =
        |server: &Server| Target { url: format!("{}://{}", route.scheme, server.place), weight: server.weight };
    LoadBalancer {
        servers: servers.iter().map(target).collect(),
        health_check: check.map(|check| HealthCheck {
            path: check.path.to_owned(),
            interval: check.interval.to_owned(),
            timeout: check.timeout.to_owned(),
            status: check.status,
        }),
        sticky: route.sticky.then(|| Sticky {
            cookie: Cookie {
                name: format!("{}-instance", route.service),
                secure: true,
                http_only: true,
                same_site: "lax",
            },
        }),
        servers_transport: (route.scheme == Scheme::Https).then_some(ANY_CERTIFICATE),
        response_forwarding: route.streaming.then_some(Forwarding { flush_interval: "-1ms" }),
    }
}
