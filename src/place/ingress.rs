//! How clients reach services: what was decided of it.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::value::{
    Address, DnsName, DnsProvider, Duration, HostName, IngressAuth, IngressTls, Mailbox, PortName, RoutePath, Scheme,
    SecretName, ServiceName, Share, SiteName, Size, Subnet, WebUrl,
};

/// The proxies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IngressEntry {
    /// The hosts that run one.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub hosts: BTreeSet<HostName>,
    /// Where certificates come from.
    pub tls: IngressTls,
    /// How certificates of a public authority are had.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acme: Option<AcmeEntry>,
    /// The service that they ask whether somebody has logged in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auth: Option<ServiceName>,
    /// Whether proxies outside of the fleet are told as well.
    #[serde(default, skip_serializing_if = "is_false")]
    pub external: bool,
    /// The addresses of those.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub external_addresses: BTreeSet<Address>,
}

/// How certificates of a public authority are had.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AcmeEntry {
    /// The address that the authority writes to.
    pub email: Mailbox,
    /// The authority, where it is not the usual one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server: Option<WebUrl>,
    /// Who keeps the records of the domain, and the secret with the account there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dns: Option<(DnsProvider, SecretName)>,
}

/// How clients reach a service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RouteEntry {
    /// The names that they ask for.
    pub names: BTreeSet<DnsName>,
    /// The path that it has of these names; everything by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<RoutePath>,
    /// Where requests go.
    pub to: Destination,
    /// Who asks for a login.
    pub auth: IngressAuth,
    /// Whether answers may take long.
    #[serde(default, skip_serializing_if = "is_false")]
    pub streaming: bool,
    /// The largest request that it takes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_body: Option<Size>,
    /// How often a request is passed on again.
    pub retries: u16,
    /// When the proxy answers by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub circuit_breaker: Option<CircuitBreaker>,
    /// Whether a browser comes to the same instance again.
    #[serde(default, skip_serializing_if = "is_false")]
    pub sticky: bool,
    /// How many requests one address may send.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rate_limit: Option<RateLimit>,
    /// The networks that clients are in; everybody when there are none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub allow_from: Vec<Subnet>,
    /// Who answers while no instance works.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failover: Option<Failover>,
    /// How many requests instances get, in relation to each other.
    #[serde(default, skip_serializing_if = "Weights::is_usual")]
    pub weights: Weights,
    /// Whether answers carry headers that browsers protect their users by.
    pub security_headers: bool,
}

/// A port of a service that requests go to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Destination {
    /// The name of the port.
    pub port: PortName,
    /// The protocol there.
    pub scheme: Scheme,
}

/// Another service, and where its requests go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failover {
    /// The service.
    pub service: ServiceName,
    /// Its port.
    pub to: Destination,
}

/// When a proxy answers by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CircuitBreaker {
    /// The part of the answers that are errors.
    pub error_ratio: Share,
    /// How slow half of the answers are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub latency: Option<Duration>,
    /// For how long.
    pub open_for: Duration,
}

/// How many requests one address may send.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RateLimit {
    /// A second, on average.
    pub average: u32,
    /// At once.
    pub burst: u32,
}

/// How many requests instances get, in relation to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Weights {
    /// Those on the proxy's own host.
    pub same_host: u16,
    /// Those at its site.
    pub same_site: u16,
    /// All others.
    pub elsewhere: u16,
}

/// The name servers that answer for services.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DnsEntry {
    /// The hosts that run one.
    pub hosts: BTreeSet<HostName>,
    /// Who is asked for everything else.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub forward: Vec<Address>,
    /// The same at sites that name servers of their own, where the definition names none for all.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub forward_at: BTreeMap<SiteName, Vec<Address>>,
    /// The networks of the sites, whose machines may ask.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub clients: Vec<Subnet>,
}

impl Weights {
    /// Those that hold where the definition says nothing.
    pub const USUAL: Self = Self { same_host: 4, same_site: 2, elsewhere: 1 };

    fn is_usual(&self) -> bool {
        *self == Self::USUAL
    }
}

impl Default for Weights {
    fn default() -> Self {
        Self::USUAL
    }
}

fn is_false(flag: &bool) -> bool {
    !*flag
}
