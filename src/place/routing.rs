//! How clients reach services: how that is decided, and what follows from it.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;

use super::ingress::{
    AcmeEntry, CircuitBreaker, Destination, DnsEntry, Failover, IngressEntry, RateLimit, RouteEntry, Weights,
};
use super::plan::{Entries, HostEntry};
use crate::check::service_names::named_services;
use crate::kind::Kind;
use crate::load::decode::Scalar;
use crate::model::ingress::{CircuitBreakerDef, RETRIES, RateLimitDef, WeightsDef};
use crate::model::{Fleet, Service, ServiceIngressDef, Site};
use crate::value::{Address, Duration, HostName, Lifecycle, Protocol, Scheme, ServiceName, Share, SiteName, Vip};
use crate::watch::Manner;

/// An instance that requests are passed on to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backend<'p> {
    /// Its host.
    pub host: &'p HostName,
    /// Where it listens.
    pub address: SocketAddr,
    /// How many requests it gets, in relation to the others.
    pub weight: u16,
}

/// Decides about the proxies.
pub(super) fn entry(fleet: &Fleet) -> Option<IngressEntry> {
    let ingress = fleet.ingress.as_ref()?;
    let acme = ingress.written.acme.as_ref();
    Some(IngressEntry {
        hosts: ingress.hosts.iter().cloned().collect(),
        tls: ingress.tls(),
        acme: acme.and_then(|acme| {
            let dns = acme.dns.as_ref();
            let account = |dns: &crate::model::ingress::AcmeDnsDef| {
                Some((dns.provider.as_ref()?.value.clone(), dns.secret.as_ref()?.value.clone()))
            };
            Some(AcmeEntry {
                email: acme.email.as_ref()?.value.clone(),
                server: acme.server.as_ref().map(|at| at.value.clone()),
                dns: dns.and_then(account),
            })
        }),
        auth: ingress.auth.clone(),
        external: ingress.is_external(),
        external_addresses: ingress.written.external_addresses.iter().flatten().map(|at| at.value).collect(),
    })
}

/// Decides about the name servers.
pub(super) fn dns_entry(fleet: &Fleet) -> Option<DnsEntry> {
    let dns = fleet.dns.as_ref()?;
    let forward: Vec<Address> = dns.written.forward.iter().flatten().map(|at| at.value).collect();
    let own: BTreeSet<_> = dns.hosts.iter().filter_map(|host| Some(fleet.hosts.get(host)?.address?.value)).collect();
    // One that asks itself would never answer.
    let of_site = |site: &Site| -> Vec<Address> {
        site.dns.iter().map(|at| at.value).filter(|address| !own.contains(address)).collect()
    };
    let sites = fleet.sites.iter().filter(|_| forward.is_empty());
    Some(DnsEntry {
        hosts: dns.hosts.iter().cloned().collect(),
        forward_at: sites
            .map(|(name, site)| (name.clone(), of_site(site)))
            .filter(|(_, servers)| !servers.is_empty())
            .collect(),
        forward,
        clients: fleet.sites.values().filter_map(|site| Some(site.subnet?.value)).collect(),
    })
}

/// Decides how clients reach a service; nothing where nobody passes requests on.
pub(super) fn route(fleet: &Fleet, name: &ServiceName, service: &Service, kind: &Kind) -> Option<RouteEntry> {
    let def = &service.ingress.as_ref()?.value;
    fleet.ingress.as_ref()?;
    let fact = kind.front.ingress.as_ref();
    let domain = fleet.domain.as_ref()?;
    let failover = def.failover.as_ref().and_then(|other| {
        let theirs = fleet.services.get(&other.value)?;
        let kind = fleet.kinds.get(&theirs.kind)?;
        let nothing = ServiceIngressDef::default();
        let to = destination(theirs.ingress.as_ref().map_or(&nothing, |at| &at.value), kind)?;
        Some(Failover { service: other.value.clone(), to })
    });
    Some(RouteEntry {
        names: def.names(name, domain).into_iter().map(|(name, _)| name).collect(),
        path: def.path.as_ref().map(|at| at.value.clone()).filter(|path| path.as_str() != "/"),
        to: destination(def, kind)?,
        auth: def.auth(kind),
        streaming: fact.and_then(|fact| fact.streaming).is_some_and(|at| at.value),
        max_body: fact.and_then(|fact| fact.max_body).map(|at| at.value),
        retries: def.retries.map_or(RETRIES, |at| at.value),
        circuit_breaker: def.circuit_breaker.as_ref().map(circuit_breaker),
        sticky: def.sticky.is_some_and(|at| at.value),
        rate_limit: def.rate_limit.as_ref().and_then(rate_limit),
        allow_from: def.allow_from.iter().flatten().map(|at| at.value).collect(),
        failover,
        weights: def.weights.as_ref().map_or(Weights::USUAL, weights),
        security_headers: def.security_headers.is_none_or(|at| at.value),
    })
}

fn destination(def: &ServiceIngressDef, kind: &Kind) -> Option<Destination> {
    let scheme = kind.front.ingress.as_ref().and_then(|fact| fact.scheme);
    Some(Destination { port: def.port(kind)?.clone(), scheme: scheme.map_or(Scheme::Http, |at| at.value) })
}

fn circuit_breaker(def: &CircuitBreakerDef) -> CircuitBreaker {
    let usual = || Share::read("0.5").expect("half of them");
    let usually = || Duration::read("10s").expect("a duration");
    CircuitBreaker {
        error_ratio: def.error_ratio.as_ref().map_or_else(usual, |at| at.value.clone()),
        latency: def.latency.as_ref().map(|at| at.value.clone()),
        open_for: def.open_for.as_ref().map_or_else(usually, |at| at.value.clone()),
    }
}

fn rate_limit(def: &RateLimitDef) -> Option<RateLimit> {
    let average = def.average.as_ref()?.value.get();
    Some(RateLimit { average, burst: def.burst.map_or(average, |at| at.value.get()) })
}

fn weights(def: &WeightsDef) -> Weights {
    let usual = Weights::USUAL;
    Weights {
        same_host: def.same_host.map_or(usual.same_host, |at| at.value),
        same_site: def.same_site.map_or(usual.same_site, |at| at.value),
        elsewhere: def.elsewhere.map_or(usual.elsewhere, |at| at.value),
    }
}

impl Entries {
    /// Lists the services that clients reach through proxies, with their routes.
    pub fn routed(&self) -> impl Iterator<Item = (&ServiceName, &RouteEntry)> {
        self.services.iter().filter_map(|(name, entry)| Some((name, entry.ingress.as_ref()?)))
    }

    /// Lists the instances that requests are passed on to by a proxy on some host, or by one outside of the fleet: what
    /// gets most comes first.
    ///
    /// One that somebody works on gets none as long as there are others.
    pub fn backends(
        &self,
        service: &ServiceName,
        to: &Destination,
        weights: Weights,
        near: Option<&HostName>,
    ) -> Vec<Backend<'_>> {
        let all: Vec<_> = self.working(service).collect();
        let active = |entry: &HostEntry| entry.lifecycle == Lifecycle::Active;
        let some_are_active = all.iter().any(|(_, entry)| active(entry));
        let site = near.and_then(|host| self.hosts.get(host)?.site.as_ref());
        let vip = self.moving_address(service);
        let mut found = Vec::new();
        for (host, entry) in all.into_iter().filter(|(_, entry)| active(entry) || !some_are_active) {
            let Some(port) = self.port(host, service, &to.port) else { continue };
            let weight = match () {
                () if near == Some(host) => weights.same_host,
                () if site.is_some() && site == entry.site.as_ref() => weights.same_site,
                () => weights.elsewhere,
            };
            // What moves is wherever its address is.
            let address = vip.map_or(entry.address, Vip::address);
            found.push(Backend { host, address: SocketAddr::new(address.0, port.0.get()), weight });
        }
        // Without any other, those that should get nothing get it all the same.
        match found.iter().any(|backend: &Backend<'_>| backend.weight > 0) {
            true => found.retain(|backend| backend.weight > 0),
            false => found.iter_mut().for_each(|backend| backend.weight = 1),
        }
        found.sort_by_key(|backend| (Reverse(backend.weight), backend.host));
        found.truncate(if vip.is_some() { 1 } else { found.len() });
        found
    }

    /// Lists the instances that do their work, with their hosts: of what moves, all that may do it.
    pub fn working<'p>(&'p self, service: &ServiceName) -> impl Iterator<Item = (&'p HostName, &'p HostEntry)> {
        let hosts = self.hosts.iter().filter(|(_, entry)| entry.lifecycle != Lifecycle::Inactive);
        let moves = self.failover_of(service).is_some_and(|(_, failover)| self.moves(failover));
        hosts.filter(move |(host, _)| {
            let instance = self.instances.get(*host).and_then(|services| services.get(service));
            instance.is_some_and(|instance| !instance.standby || moves)
        })
    }

    /// The page that shows a proxy whether an instance works: its path and the answer that is right, where there is one.
    pub fn page(&self, service: &ServiceName, to: &Destination) -> Option<(&str, Option<u16>)> {
        let check =
            self.services.get(service)?.health_check.as_ref().filter(|check| check.port.as_ref() == Some(&to.port))?;
        match &check.manner {
            Manner::Http { path, status, .. } if status.len() <= 1 => Some((path.as_str(), status.first().copied())),
            _ => None,
        }
    }

    /// The port at which proxies take requests with TLS.
    pub fn ingress_port(&self) -> u16 {
        let service = self.services.get(crate::model::INGRESS);
        service.and_then(|service| service.ports.get("https")).map_or(443, |listener| listener.number.0.get())
    }

    /// Lists the addresses of proxies: they get to what is behind them.
    pub fn proxies(&self) -> BTreeSet<Address> {
        let Some(ingress) = &self.ingress else { return BTreeSet::new() };
        let own = ingress.hosts.iter().filter_map(|host| Some(self.hosts.get(host)?.address));
        own.chain(ingress.external_addresses.iter().copied()).collect()
    }

    /// The ports of a host that proxies get to through its firewall.
    pub fn proxied_ports(&self, host: &HostName, protocol: Protocol) -> BTreeSet<u16> {
        let mut ports = BTreeSet::new();
        for (service, instance) in self.instances.get(host).into_iter().flatten() {
            for (name, listener) in &self.services[service].ports {
                if listener.proxied && listener.protocol.includes(protocol) {
                    ports.insert(instance.ports.get(name).copied().unwrap_or(listener.number).0.get());
                }
            }
        }
        ports
    }

    /// What a service is called inside of the fleet.
    pub fn internal_name(&self, service: &ServiceName) -> String {
        format!("{service}.svc.{}", self.domain)
    }

    /// The addresses of a service's instances, those of a site first; the one that moves, where there is such a one.
    pub fn addresses(&self, service: &ServiceName, site: Option<&SiteName>) -> Vec<Address> {
        let mut found: Vec<_> = self.working(service).collect();
        found.sort_by_key(|(host, entry)| (site.is_none() || entry.site.as_ref() != site, *host));
        let vip = self.failover_of(service).and_then(|(_, failover)| failover.vip);
        if let Some(vip) = vip {
            return vec![vip.address()];
        }
        let mut addresses: Vec<Address> = found.into_iter().map(|(_, entry)| entry.address).collect();
        let mut seen = BTreeSet::new();
        addresses.retain(|address| seen.insert(*address));
        addresses
    }

    /// The services whose names a host needs: those that its own cannot work without, and those that their settings name.
    pub fn needed_names(&self, host: &HostName) -> BTreeSet<&ServiceName> {
        let own = self.instances.get(host).into_iter().flat_map(BTreeMap::keys);
        let entries = own.filter_map(|service| self.services.get(service));
        entries
            .flat_map(|entry| {
                let named = entry.settings.values().flat_map(|value| self.names_in(value));
                entry.depends_on.iter().chain(named)
            })
            .filter_map(|name| Some(self.services.get_key_value(name)?.0))
            .collect()
    }

    /// The services that the texts of a setting name.
    fn names_in(&self, value: &serde_json::Value) -> Vec<&ServiceName> {
        use serde_json::Value;
        match value {
            Value::String(text) => {
                let named = named_services(text, self.domain.as_str());
                named.filter_map(|name| Some(self.services.get_key_value(name)?.0)).collect()
            }
            Value::Array(items) => items.iter().flat_map(|item| self.names_in(item)).collect(),
            Value::Object(map) => map.values().flat_map(|item| self.names_in(item)).collect(),
            Value::Null | Value::Bool(_) | Value::Number(_) => Vec::new(),
        }
    }
}
