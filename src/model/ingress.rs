//! Proxies and names: what the definition says of how clients reach services, and what follows from it alone.

use std::num::NonZeroU32;

use serde_json::json;

use super::shapes::OneOrMore;
use crate::kind::Kind;
use crate::load::declare::definition;
use crate::load::decode::{At, Named, Scalar};
use crate::source::Span;
use crate::value::{
    Address, DnsName, DnsProvider, Domain, Duration, HostName, IngressAuth, IngressTls, KindName, Mailbox, OwnAuth,
    Port, PortName, ProxyFeature, RoutePath, SecretName, Selector, ServiceName, Share, Subnet, WebUrl,
};

/// How often a request is passed on again, where the definition does not say.
pub const RETRIES: u16 = 2;

definition! {
    /// How clients reach a service through the proxies: those that `ingress` names.
    pub struct ServiceIngressDef {
        /// The names that clients ask for, one or a list; one without a dot is below the fleet's domain. The service's own by
        /// default.
        #[schemars(example = &"shop")]
        host: OneOrMore<DnsName>,
        /// The path that it has of these names, with all below it; everything by default. It stays in front of what the
        /// service is asked for.
        #[schemars(example = &"/shop")]
        path: At<RoutePath>,
        /// The name of the port, where the kind does not say.
        #[schemars(example = &"web")]
        port: At<PortName>,
        /// Who asks for a login: by default the service itself where its kind has a login, else the proxy.
        auth: At<IngressAuth>,
        /// How often a request is passed on again, where an instance cannot be reached or, if it is safe to repeat, does not
        /// answer; 2 by default.
        #[schemars(example = 2)]
        retries: At<u16>,
        /// When requests are answered with an error at once, to leave a service alone that has too much to do.
        circuit_breaker: CircuitBreakerDef,
        /// Whether a browser comes to the same instance again, by a cookie; `false` by default.
        #[schemars(example = true)]
        sticky: At<bool>,
        /// How many requests one address may send.
        rate_limit: RateLimitDef,
        /// The networks that clients are in; everybody by default.
        #[schemars(example = json!(["192.168.1.0/24"]))]
        allow_from: Vec<At<Subnet>>,
        /// The service that answers while no instance of this one works.
        #[schemars(example = &"shop-elsewhere")]
        failover: At<ServiceName>,
        /// How many requests instances get, in relation to each other.
        weights: WeightsDef,
        /// Whether answers carry headers that browsers protect their users by; `true` by default.
        #[schemars(example = false)]
        security_headers: At<bool>,
    }
}

definition! {
    /// When a proxy answers by itself.
    pub struct CircuitBreakerDef {
        /// The part of the answers that are errors of the service, from which on it does; `0.5` by default.
        error_ratio: At<Share>,
        /// How slow half of the answers are, from which on it does.
        #[schemars(example = &"5s")]
        latency: At<Duration>,
        /// For how long it does; `10s` by default.
        #[schemars(example = &"10s")]
        open_for: At<Duration>,
    }
}

definition! {
    /// How many requests one address may send.
    pub struct RateLimitDef {
        /// How many a second, on average.
        #[schemars(required, example = 20)]
        average: At<NonZeroU32>,
        /// How many at once; as many as `average` by default.
        #[schemars(example = 50)]
        burst: At<NonZeroU32>,
    }
}

definition! {
    /// How many requests instances get, in relation to each other; with 0 they get none as long as there are others.
    pub struct WeightsDef {
        /// Those on the proxy's own host; 4 by default.
        #[schemars(example = 4)]
        same_host: At<u16>,
        /// Those at its site; 2 by default.
        #[schemars(example = 2)]
        same_site: At<u16>,
        /// All others; 1 by default.
        #[schemars(example = 1)]
        elsewhere: At<u16>,
    }
}

definition! {
    /// The proxies that clients reach services through. They bring a service `ingress` to their hosts.
    pub struct IngressDef {
        /// The kind of the proxies; `traefik` by default.
        #[schemars(example = &"traefik")]
        kind: At<KindName>,
        /// The hosts that run one, by name.
        hosts: Vec<At<HostName>>,
        /// The hosts that run one, by a selector.
        #[schemars(example = &"@edge")]
        selector: At<Selector>,
        /// Ports of the proxies, where they are not the kind's usual ones.
        #[schemars(example = json!({ "https": 8443 }))]
        ports: Named<PortName, At<Port>>,
        /// Where certificates come from; `acme` by default where that is given, else `internal`.
        tls: At<IngressTls>,
        /// How certificates of a public authority are had.
        acme: AcmeDef,
        /// The service that the proxies ask whether somebody has logged in.
        #[schemars(example = &"authelia")]
        auth: At<ServiceName>,
        /// Whether `generated/ingress/traefik-http.json` is written, for instances of Traefik outside of the fleet; `false` by
        /// default.
        #[schemars(example = true)]
        external: At<bool>,
        /// The addresses of proxies outside of the fleet, which get to the services' ports as the fleet's own do.
        #[schemars(example = json!(["192.168.1.9"]))]
        external_addresses: Vec<At<Address>>,
    }
}

definition! {
    /// How certificates of a public authority are had.
    pub struct AcmeDef {
        /// The address that the authority writes to.
        #[schemars(required)]
        email: At<Mailbox>,
        /// The authority; Let's Encrypt by default.
        #[schemars(example = &"https://acme-staging-v02.api.letsencrypt.org/directory")]
        server: At<WebUrl>,
        /// Proves by records in the DNS that a name is yours; by default, the proxy answers a request at port 80.
        dns: AcmeDnsDef,
    }
}

definition! {
    /// Who keeps the records of the domain.
    pub struct AcmeDnsDef {
        /// The provider.
        #[schemars(required)]
        provider: At<DnsProvider>,
        /// The secret with the account there: lines `NAME=value`, as lego's documentation names them.
        #[schemars(required)]
        secret: At<SecretName>,
    }
}

definition! {
    /// Name servers that answer for services: `<service>.svc.<domain>`. They bring a service `dns` to their hosts.
    pub struct DnsDef {
        /// The kind of the name servers; `unbound` by default.
        #[schemars(example = &"unbound")]
        kind: At<KindName>,
        /// The hosts that run one, by name: those of a site serve it.
        hosts: Vec<At<HostName>>,
        /// The hosts that run one, by a selector.
        #[schemars(example = &"@dns")]
        selector: At<Selector>,
        /// The name servers that are asked for everything else; by default those of the site, else those of the root.
        forward: Vec<At<Address>>,
        /// Whether hosts ask the name servers of their site instead of those that the site names; `false` by default.
        #[schemars(example = true)]
        name_servers: At<bool>,
    }
}

/// The proxies, with names that exist.
#[derive(Debug, Clone)]
pub struct Ingress {
    /// The place of what says where they run, else of the section.
    pub span: Span,
    /// Their kind.
    pub kind: KindName,
    /// The hosts that run one.
    pub hosts: Vec<HostName>,
    /// The service that they ask, when it exists.
    pub auth: Option<ServiceName>,
    /// What the definition says of them, with every place.
    pub written: IngressDef,
    /// Whether something in it could not be read, or names nothing.
    pub poisoned: bool,
}

/// The name servers, with names that exist.
#[derive(Debug, Clone)]
pub struct NameServers {
    /// The place of what says where they run.
    pub span: Span,
    /// The hosts that run one.
    pub hosts: Vec<HostName>,
    /// What the definition says of them, with every place.
    pub written: DnsDef,
    /// Whether something in it could not be read, or names nothing.
    pub poisoned: bool,
}

impl Ingress {
    /// Where certificates come from.
    pub fn tls(&self) -> IngressTls {
        let usual = if self.written.acme.is_some() { IngressTls::Acme } else { IngressTls::Internal };
        self.written.tls.map_or(usual, |at| at.value)
    }

    /// Says whether anybody passes requests on.
    pub fn is_carried(&self) -> bool {
        !self.hosts.is_empty() || self.is_external()
    }

    /// Says whether proxies outside of the fleet are told as well.
    pub fn is_external(&self) -> bool {
        self.written.external.is_some_and(|at| at.value)
    }
}

impl ServiceIngressDef {
    /// The names that clients ask for, each with its place where it has one.
    pub fn names(&self, service: &ServiceName, domain: &Domain) -> Vec<(DnsName, Option<Span>)> {
        let full = |name: &str| {
            let text = if name.contains('.') { name.to_owned() } else { format!("{name}.{domain}") };
            DnsName::read(&text).ok()
        };
        match &self.host {
            Some(given) => given.0.iter().filter_map(|at| Some((full(at.value.as_str())?, Some(at.span)))).collect(),
            None => full(service.as_str()).map(|name| (name, None)).into_iter().collect(),
        }
    }

    /// Who asks for a login.
    pub fn auth(&self, kind: &Kind) -> IngressAuth {
        let own = kind.front.ingress.as_ref().and_then(|fact| fact.auth).map(|at| at.value);
        let usual = if own == Some(OwnAuth::Own) { IngressAuth::Own } else { IngressAuth::Forward };
        self.auth.map_or(usual, |at| at.value)
    }

    /// The port that requests go to.
    pub fn port<'a>(&'a self, kind: &'a Kind) -> Option<&'a PortName> {
        let own = self.port.as_ref();
        own.or_else(|| kind.front.ingress.as_ref()?.port.as_ref()).map(|at| &at.value)
    }

    /// Lists what it asks of a proxy that not every one can do.
    pub fn features(&self) -> Vec<ProxyFeature> {
        let sticky = self.sticky.is_some_and(|at| at.value);
        let asked = [
            (ProxyFeature::CircuitBreaker, self.circuit_breaker.is_some()),
            (ProxyFeature::RateLimit, self.rate_limit.is_some()),
            (ProxyFeature::Sticky, sticky),
            (ProxyFeature::StickyFailover, sticky && self.failover.is_some()),
            (ProxyFeature::Weights, self.weights.is_some()),
        ];
        asked.into_iter().filter(|(_, asked)| *asked).map(|(feature, _)| feature).collect()
    }
}
