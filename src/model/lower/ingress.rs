//! Proxies and name servers: the services that they bring, and what services say of their routes.

use std::collections::{BTreeMap, BTreeSet};

use super::Lower;
use super::plain::plain;
use crate::diag::{Diagnostic, Faults, codes};
use crate::kind::{Kind, Kinds};
use crate::load::decode::{At, Named, Scalar};
use crate::model::definition::ServiceDef;
use crate::model::fleet::{Host, Service};
use crate::model::ingress::{Ingress, NameServers, ServiceIngressDef};
use crate::source::Span;
use crate::value::{HostName, KindName, Managed, Port, PortName, SecretName, Selector, ServiceName};

type Hosts = BTreeMap<HostName, Host>;
type Services = BTreeMap<ServiceName, Service>;

/// The service that `ingress` brings.
pub const INGRESS: &str = "ingress";

/// The service that `dns` brings.
pub const NAME_SERVER: &str = "dns";

/// The kinds of both, unless the definition names another.
const USUAL_PROXY: &str = "traefik";
const USUAL_NAME_SERVER: &str = "unbound";

/// What a section brings.
struct Bringing<'a> {
    name: &'static str,
    kind: &'a KindName,
    /// The place of `kind`, else of the section.
    span: Span,
    hosts: &'a [HostName],
    poisoned: bool,
    ports: Option<&'a Named<PortName, At<Port>>>,
    secrets: BTreeSet<SecretName>,
    /// The fact that a kind for it has.
    fact: &'static str,
    reads: fn(&Kind) -> bool,
}

impl Lower<'_> {
    /// The proxies, with names that exist.
    pub(super) fn ingress(&self, hosts: &Hosts, faults: &mut Faults) -> Option<Ingress> {
        let def = self.def.ingress.as_ref()?;
        let before = faults.counts();
        let (hosts, span) = self.chosen(INGRESS, def.hosts.as_ref(), def.selector.as_ref(), hosts, faults);
        let auth = def.auth.as_ref().filter(|name| self.names.service(name, faults));
        if let Some(acme) = &def.acme {
            if acme.email.is_none() && !acme.poisoned {
                self.missing("ingress.acme.email", "the address that the authority writes to", faults);
            }
            let dns = acme.dns.as_ref().filter(|dns| !dns.poisoned);
            if dns.is_some_and(|dns| dns.provider.is_none()) {
                self.missing("ingress.acme.dns.provider", "who keeps the records, such as `cloudflare`", faults);
            }
            if dns.is_some_and(|dns| dns.secret.is_none()) {
                self.missing("ingress.acme.dns.secret", "name the secret with the account there", faults);
            }
        }
        Some(Ingress {
            span,
            kind: kind_of(def.kind.as_ref(), USUAL_PROXY),
            hosts,
            auth: auth.map(|name| name.value.clone()),
            written: def.clone(),
            poisoned: def.poisoned || faults.counts() != before,
        })
    }

    /// The name servers, with names that exist.
    pub(super) fn name_servers(&self, hosts: &Hosts, faults: &mut Faults) -> Option<NameServers> {
        let def = self.def.dns.as_ref()?;
        let before = faults.counts();
        if def.hosts.is_none() && def.selector.is_none() && !def.poisoned {
            self.missing("dns.hosts", "name the hosts that answer for services", faults);
        }
        let (hosts, span) = self.chosen(NAME_SERVER, def.hosts.as_ref(), def.selector.as_ref(), hosts, faults);
        Some(NameServers { span, hosts, written: def.clone(), poisoned: def.poisoned || faults.counts() != before })
    }

    /// How clients reach a service, where what it names exists.
    pub(super) fn route(&self, def: &ServiceDef, faults: &mut Faults) -> Option<At<ServiceIngressDef>> {
        let route = def.ingress.as_ref()?;
        let known = route.value.failover.as_ref().is_none_or(|other| self.names.service(other, faults));
        let limit = route.value.rate_limit.as_ref().filter(|limit| !limit.poisoned);
        if limit.is_some_and(|limit| limit.average.is_none()) {
            faults.push(
                Diagnostic::new(codes::MISSING_KEY, "`average` is missing in `rate_limit`")
                    .at(route.span, "not whole")
                    .help("add `average: 20`, the requests a second"),
            );
        }
        known.then(|| route.clone())
    }

    /// The hosts that a section names in one of two ways, and the place where it does.
    fn chosen(
        &self,
        section: &str,
        list: Option<&Vec<At<HostName>>>,
        selector: Option<&At<Selector>>,
        hosts: &Hosts,
        faults: &mut Faults,
    ) -> (Vec<HostName>, Span) {
        let first = list.and_then(|list| list.first());
        let Some(span) = first.map(|host| host.span).or(selector.map(|at| at.span)) else {
            return (Vec::new(), self.top);
        };
        if let (Some(selector), Some(first)) = (selector, first) {
            faults.push(
                Diagnostic::new(codes::PLACEMENT, format!("`{section}` is placed in two ways"))
                    .at(selector.span, "by a selector")
                    .at(first.span, "and by name")
                    .help("keep one of `hosts` and `selector`"),
            );
            return (Vec::new(), span);
        }
        let named = self.hosts_named(list, faults);
        for at in &named {
            let Some(host) = hosts.get(&at.value).filter(|host| host.managed != Managed::Full) else { continue };
            faults.push(
                Diagnostic::new(
                    codes::NO_EFFECT,
                    format!("`{section}` cannot be on `{}`, which is `managed: {}`", at.value, host.managed),
                )
                .at(at.span, "gets no module from Cistern")
                .at(host.span, "defined here")
                .help("only hosts with `managed: full` run services of the definition"),
            );
        }
        let mut names: BTreeSet<HostName> = named.into_iter().map(|host| host.value).collect();
        let selected = selector.map(|selector| self.names.select(selector, hosts, faults)).unwrap_or_default();
        names.extend(selected.into_iter().map(|host| host.name.clone()));
        names.retain(|name| hosts.get(name).is_some_and(|host| host.managed == Managed::Full));
        (names.into_iter().collect(), span)
    }

    /// Adds the services of the proxies and of the name servers.
    pub(super) fn brought_by_sections(
        &self,
        ingress: Option<&Ingress>,
        dns: Option<&NameServers>,
        kinds: &Kinds,
        services: &mut Services,
        faults: &mut Faults,
    ) {
        if let Some(ingress) = ingress {
            let secret = ingress.written.acme.as_ref().and_then(|acme| acme.dns.as_ref()?.secret.as_ref());
            let known = secret.filter(|name| self.names.secret(name, faults)).map(|name| name.value.clone());
            let bringing = Bringing {
                name: INGRESS,
                kind: &ingress.kind,
                span: ingress.written.kind.as_ref().map_or(ingress.span, |at| at.span),
                hosts: &ingress.hosts,
                poisoned: ingress.poisoned || known.is_none() && secret.is_some(),
                ports: ingress.written.ports.as_ref(),
                secrets: known.into_iter().collect(),
                fact: "reads_ingress",
                reads: |kind| kind.front.reads_ingress.is_some_and(|at| at.value),
            };
            self.bring(&bringing, kinds, services, faults);
        }
        if let Some(dns) = dns {
            let bringing = Bringing {
                name: NAME_SERVER,
                kind: &kind_of(dns.written.kind.as_ref(), USUAL_NAME_SERVER),
                span: dns.written.kind.as_ref().map_or(dns.span, |at| at.span),
                hosts: &dns.hosts,
                poisoned: dns.poisoned,
                ports: None,
                secrets: BTreeSet::new(),
                fact: "reads_names",
                reads: |kind| kind.front.reads_names.is_some_and(|at| at.value),
            };
            self.bring(&bringing, kinds, services, faults);
        }
    }

    fn bring(&self, bringing: &Bringing<'_>, kinds: &Kinds, services: &mut Services, faults: &mut Faults) {
        let (section, wanted, span) = (bringing.name, bringing.kind, bringing.span);
        let Some(kind) = kinds.get(wanted).filter(|kind| (bringing.reads)(kind)) else {
            if !kinds.is_poisoned(wanted.as_str()) {
                let fitting = kinds.iter().filter(|kind| (bringing.reads)(kind));
                let known: Vec<_> = fitting.map(|kind| kind.name.as_str()).collect();
                faults.push(
                    Diagnostic::new(codes::UNKNOWN_KIND, format!("`{wanted}` is no kind for `{section}`"))
                        .at(span, format!("not one whose file says `{}`", bringing.fact))
                        .help(format!("there are {}", crate::diag::listed(&known)))
                        .nearest(wanted.as_str(), known.iter().copied()),
                );
            }
            return;
        };
        let Ok(name) = ServiceName::read(section) else { return };
        if let Some(own) = self.def.services.as_ref().and_then(|services| services.entries.get(&name)) {
            faults.push(
                Diagnostic::new(
                    codes::SPLIT_TWICE,
                    format!("`{name}` comes with the section `{name}` and is a service"),
                )
                .at(own.key, "as a service")
                .at(span, "the section brings it")
                .help("give the service another name, or remove the section"),
            );
            services.remove(&name);
        }
        let mut service = Service {
            is_brought: true,
            secrets: bringing.secrets.clone(),
            poisoned: bringing.poisoned,
            ..plain(kind, span, bringing.hosts.to_vec())
        };
        for (port, given) in bringing.ports.iter().flat_map(|ports| &ports.entries) {
            if service.ports.insert(port.clone(), given.value).is_none() {
                faults.push(
                    Diagnostic::new(codes::UNKNOWN_PORT, format!("kind `{wanted}` has no port `{port}`"))
                        .at(given.key, "not one of its ports"),
                );
            }
        }
        services.insert(name, service);
    }
}

fn kind_of(given: Option<&At<KindName>>, usual: &str) -> KindName {
    given.map_or_else(|| KindName::read(usual).expect("a plain name"), |at| at.value.clone())
}
