//! `prometheus/blackbox.yml`: the ways in which the blackbox exporter asks.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::Context;
use super::header::hash_of;
use super::render::Output;
use crate::load::decode::Scalar;
use crate::place::Entries;
use crate::place::ingress::RouteEntry;
use crate::value::{DnsName, Duration, IngressTls, Scheme, ServiceName};
use crate::watch::{HealthCheck, Manner, Probe};

/// The service that asks; each monitoring host has one for itself.
const EXPORTER: &str = "blackbox-exporter";

/// How long an answer may take; Prometheus may allow less.
const TIMEOUT: &str = "5s";

/// A way to ask.
#[derive(Debug, Clone, Copy)]
pub(super) enum Way<'a> {
    /// A page.
    Http {
        /// The answers that are right; any of 200 to 299 when there are none.
        status: &'a BTreeSet<u16>,
        /// Whether any certificate will do.
        any_certificate: bool,
    },
    /// A page behind a proxy: whatever the service says is right, as long as both answer.
    Web {
        /// Whether any certificate will do.
        any_certificate: bool,
    },
    /// A port that takes connections.
    Tcp,
    /// A port that speaks TLS.
    Tls {
        /// Whether any certificate will do.
        any_certificate: bool,
    },
    /// A ping.
    Icmp,
    /// A name server.
    Dns {
        /// The name that it is asked for.
        name: &'a DnsName,
    },
}

#[derive(Serialize)]
struct Configuration {
    modules: BTreeMap<String, Module>,
}

#[derive(Serialize)]
struct Module {
    prober: &'static str,
    timeout: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    http: Option<Http>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tcp: Option<Tcp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    icmp: Option<Icmp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    dns: Option<Dns>,
}

#[derive(Serialize)]
struct Http {
    preferred_ip_protocol: &'static str,
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    valid_status_codes: BTreeSet<u16>,
    follow_redirects: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    tls_config: Option<AnyCertificate>,
}

#[derive(Serialize)]
struct Tcp {
    preferred_ip_protocol: &'static str,
    tls: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    tls_config: Option<AnyCertificate>,
}

#[derive(Serialize)]
struct Icmp {
    preferred_ip_protocol: &'static str,
}

#[derive(Serialize)]
struct Dns {
    preferred_ip_protocol: &'static str,
    query_name: String,
    query_type: &'static str,
}

#[derive(Serialize)]
struct AnyCertificate {
    insecure_skip_verify: bool,
}

/// What a service behind a proxy may answer: 404 would be the proxy's own, and 500 and more that there is nobody.
const ANSWERS: [u16; 12] = [200, 204, 301, 302, 303, 307, 308, 400, 401, 403, 405, 429];

/// What a name is looked up as first; an address is what it is.
const PREFERRED: &str = "ip4";

pub(super) fn emit(context: &Context<'_>) -> Vec<Output> {
    let entries = context.entries();
    let Some(monitoring) = entries.monitoring.as_ref().filter(|_| place(entries).is_some()) else { return Vec::new() };
    let checks = entries.checks().filter_map(|check| Some((Way::of_check(check.check)?, check.check.timeout.as_ref())));
    let others = monitoring.probes.values().map(Way::of_probe).chain([Way::Icmp]).chain(Way::of_names(entries));
    let ways = checks.chain(others.map(|way| (way, None)));
    let modules = ways.map(|(way, timeout)| (way.module(timeout), way.described(timeout))).collect();
    let configuration = Configuration { modules };
    let inputs = hash_of(&configuration);
    let body = || Ok(serde_saphyr::to_string(&configuration).expect("text, numbers and lists"));
    vec![context.headed("prometheus/blackbox.yml".to_owned(), "monitoring", &inputs, body)]
}

/// The ways to services that are open to clients from everywhere, and so to those who ask.
pub(super) fn public(entries: &Entries) -> impl Iterator<Item = &RouteEntry> {
    entries.routed().map(|(_, route)| route).filter(|route| route.allow_from.is_empty())
}

/// Where Prometheus finds the exporter of its own host; nothing when there is none.
pub(super) fn place(entries: &Entries) -> Option<String> {
    let name = ServiceName::read(EXPORTER).expect("a service's name");
    let service = entries.services.get(&name)?;
    let port = service.ports.get(&service.metrics.as_ref()?.port)?;
    Some(format!("127.0.0.1:{}", port.number))
}

impl<'a> Way<'a> {
    /// How a service of the fleet is asked: by its address, which stands in no certificate. Nobody runs a command from
    /// elsewhere.
    pub(super) fn of_check(check: &'a HealthCheck) -> Option<Self> {
        match &check.manner {
            Manner::Http { scheme, status, .. } => {
                Some(Self::Http { status, any_certificate: *scheme == Scheme::Https })
            }
            Manner::Tcp => Some(Self::Tcp),
            Manner::Tls => Some(Self::Tls { any_certificate: true }),
            Manner::Dns { name } => Some(Self::Dns { name }),
            Manner::Exec(_) => None,
        }
    }

    /// How something outside of the fleet is asked.
    pub(super) fn of_probe(probe: &'a Probe) -> Self {
        match probe {
            Probe::Http { status, .. } => Self::Http { status, any_certificate: false },
            Probe::Tcp(_) => Self::Tcp,
            Probe::Tls(_) => Self::Tls { any_certificate: false },
            Probe::Icmp(_) => Self::Icmp,
            Probe::Dns { name, .. } => Self::Dns { name },
        }
    }

    /// How the names are asked that clients reach services by; nothing where there are none, or nobody here passes on.
    pub(super) fn of_names(entries: &Entries) -> Option<Self> {
        let ingress = entries.ingress.as_ref().filter(|ingress| !ingress.hosts.is_empty())?;
        public(entries).next()?;
        Some(Self::Web { any_certificate: ingress.tls == IngressTls::Internal })
    }

    /// What is asked for, in one word.
    pub(super) fn sort(self) -> &'static str {
        match self {
            Self::Http { .. } | Self::Web { .. } => "http",
            Self::Tcp => "tcp",
            Self::Tls { .. } => "tls",
            Self::Icmp => "icmp",
            Self::Dns { .. } => "dns",
        }
    }

    /// The name of the module: two that differ have different names.
    pub(super) fn module(self, timeout: Option<&Duration>) -> String {
        let mut name = if matches!(self, Self::Web { .. }) { "web" } else { self.sort() }.to_owned();
        match self {
            Self::Http { any_certificate: true, .. }
            | Self::Web { any_certificate: true }
            | Self::Tls { any_certificate: true } => {
                name.push_str("-any-certificate");
            }
            Self::Dns { name: asked } => name.push_str(&format!("-{asked}")),
            Self::Http { .. } | Self::Web { .. } | Self::Tls { .. } | Self::Tcp | Self::Icmp => {}
        }
        if let Self::Http { status, .. } = self {
            name.extend(status.iter().map(|code| format!("-{code}")));
        }
        name.extend(timeout.map(|timeout| format!("-within-{timeout}")));
        name
    }

    fn described(self, timeout: Option<&Duration>) -> Module {
        let certificate = |any: bool| any.then_some(AnyCertificate { insecure_skip_verify: true });
        let prober = match self {
            Self::Tls { .. } => "tcp",
            other => other.sort(),
        };
        let timeout = timeout.map_or_else(|| TIMEOUT.to_owned(), ToString::to_string);
        let mut module = Module { prober, timeout, http: None, tcp: None, icmp: None, dns: None };
        match self {
            Self::Http { status, any_certificate } => {
                module.http = Some(Http {
                    preferred_ip_protocol: PREFERRED,
                    // Who counts on being sent elsewhere wants to see just that.
                    follow_redirects: !status.iter().any(|code| (300..400).contains(code)),
                    valid_status_codes: status.clone(),
                    tls_config: certificate(any_certificate),
                });
            }
            Self::Web { any_certificate } => {
                module.http = Some(Http {
                    preferred_ip_protocol: PREFERRED,
                    valid_status_codes: BTreeSet::from(ANSWERS),
                    follow_redirects: false,
                    tls_config: certificate(any_certificate),
                });
            }
            Self::Tcp => module.tcp = Some(Tcp { preferred_ip_protocol: PREFERRED, tls: false, tls_config: None }),
            Self::Tls { any_certificate } => {
                let tls_config = certificate(any_certificate);
                module.tcp = Some(Tcp { preferred_ip_protocol: PREFERRED, tls: true, tls_config });
            }
            Self::Icmp => module.icmp = Some(Icmp { preferred_ip_protocol: PREFERRED }),
            Self::Dns { name } => {
                let query_name = name.to_string();
                module.dns = Some(Dns { preferred_ip_protocol: PREFERRED, query_name, query_type: "A" });
            }
        }
        module
    }
}
