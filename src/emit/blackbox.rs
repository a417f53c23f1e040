//! `prometheus/blackbox.yml`: the ways in which the blackbox exporter asks.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::Context;
use super::header::hash_of;
use super::render::Output;
use crate::load::decode::Scalar;
use crate::place::Entries;
use crate::value::{DnsName, Scheme, ServiceName};
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
    timeout: &'static str,
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

/// What a name is looked up as first; an address is what it is.
const PREFERRED: &str = "ip4";

pub(super) fn emit(context: &Context<'_>) -> Vec<Output> {
    let entries = context.entries();
    let Some(monitoring) = entries.monitoring.as_ref().filter(|_| place(entries).is_some()) else { return Vec::new() };
    let checks = entries.checks().map(|check| Way::of_check(check.check));
    let ways = checks.chain(monitoring.probes.values().map(Way::of_probe)).chain([Way::Icmp]);
    let modules = ways.map(|way| (way.module(), way.described())).collect();
    let configuration = Configuration { modules };
    let inputs = hash_of(&configuration);
    let body = || Ok(serde_saphyr::to_string(&configuration).expect("text, numbers and lists"));
    vec![context.headed("prometheus/blackbox.yml".to_owned(), "monitoring", &inputs, body)]
}

/// Where Prometheus finds the exporter of its own host; nothing when there is none.
pub(super) fn place(entries: &Entries) -> Option<String> {
    let name = ServiceName::read(EXPORTER).expect("a service's name");
    let service = entries.services.get(&name)?;
    let port = service.ports.get(&service.metrics.as_ref()?.port)?;
    Some(format!("127.0.0.1:{}", port.number))
}

impl<'a> Way<'a> {
    /// How a service of the fleet is asked. It is asked by its address, which stands in no certificate.
    pub(super) fn of_check(check: &'a HealthCheck) -> Self {
        match &check.manner {
            Manner::Http { scheme, status, .. } => Self::Http { status, any_certificate: *scheme == Scheme::Https },
            Manner::Tcp => Self::Tcp,
            Manner::Tls => Self::Tls { any_certificate: true },
            Manner::Dns { name } => Self::Dns { name },
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

    /// What is asked for, in one word.
    pub(super) fn sort(self) -> &'static str {
        match self {
            Self::Http { .. } => "http",
            Self::Tcp => "tcp",
            Self::Tls { .. } => "tls",
            Self::Icmp => "icmp",
            Self::Dns { .. } => "dns",
        }
    }

    /// The name of the module: two that differ have different names.
    pub(super) fn module(self) -> String {
        let mut name = self.sort().to_owned();
        match self {
            Self::Http { any_certificate: true, .. } | Self::Tls { any_certificate: true } => {
                name.push_str("-any-certificate");
            }
            Self::Dns { name: asked } => name.push_str(&format!("-{asked}")),
            Self::Http { .. } | Self::Tls { .. } | Self::Tcp | Self::Icmp => {}
        }
        if let Self::Http { status, .. } = self {
            name.extend(status.iter().map(|code| format!("-{code}")));
        }
        name
    }

    fn described(self) -> Module {
        let certificate = |any: bool| any.then_some(AnyCertificate { insecure_skip_verify: true });
        let prober = match self {
            Self::Tls { .. } => "tcp",
            other => other.sort(),
        };
        let mut module = Module { prober, timeout: TIMEOUT, http: None, tcp: None, icmp: None, dns: None };
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
