//! Services: their kinds, ports, settings and hosts; the members of clusters; exporters.

use std::collections::{BTreeMap, BTreeSet};

use super::images::{image_fits, kind_name, tell_other_image};
use super::plain::{plain, usual_ports};
use super::watched::health_check;
use super::{Brings, Lower};
use crate::diag::{Diagnostic, Faults, codes};
use crate::kind::setting::SettingDef;
use crate::kind::{Kind, Kinds, NameIn};
use crate::load::Node;
use crate::load::decode::{At, Keyed, Scalar, unreadable};
use crate::model::definition::{PlacementDef, ServiceDef};
use crate::model::fleet::{Host, Service};
use crate::model::placing::Placing;
use crate::source::Span;
use crate::value::{HostName, KindName, Managed, Port, PortName, SecretName, Selector, ServiceName};

type Hosts = BTreeMap<HostName, Host>;

impl Lower<'_> {
    pub(super) fn services(
        &self,
        kinds: &Kinds,
        hosts: &Hosts,
        brings: &Brings,
        faults: &mut Faults,
    ) -> (BTreeMap<ServiceName, Service>, Placing) {
        let mut services = BTreeMap::new();
        for (name, def) in self.def.services.iter().flat_map(|services| &services.entries) {
            if let Some(service) = self.service(name, def, kinds, hosts, faults) {
                services.insert(name.clone(), service);
            }
        }
        self.exporters(kinds, hosts, &mut services, faults);
        self.brought_services(brings.monitoring.as_ref(), kinds, hosts, &mut services, faults);
        self.brought_by_sections(brings.ingress.as_ref(), brings.dns.as_ref(), kinds, &mut services, faults);
        // Whatever is there takes room; the members of a cluster go where it goes.
        let placing = self.placed(kinds, hosts, &mut services, faults);
        for name in self.def.services.iter().flat_map(|services| services.entries.keys()) {
            if let Some(service) = services.get(name).cloned() {
                self.members(name, &service, kinds, &mut services, faults);
            }
        }
        (services, placing)
    }

    fn service(
        &self,
        name: &ServiceName,
        keyed: &Keyed<ServiceDef>,
        kinds: &Kinds,
        hosts: &Hosts,
        faults: &mut Faults,
    ) -> Option<Service> {
        let (span, def) = (keyed.key, &keyed.value);
        let kind = self.kind_of(name, keyed, kinds, faults)?;
        let before = faults.counts();
        let mut secrets = BTreeSet::new();
        let settings = self.settings(name, kind, def, span, &mut secrets, faults);
        let resources = def.resources.as_ref();
        let placed = self.placement(name, def.placement.as_ref(), span, def.poisoned, hosts, faults);
        let selector = def.placement.as_ref().and_then(|placement| placement.selector.as_ref());
        let matches = |selector: &At<Selector>| hosts.values().any(|host| selector.value.matches(host));
        let given = def.settings.iter().flat_map(|settings| &settings.entries);
        let service = Service {
            span,
            kind: kind.name.clone(),
            image: def.image.as_ref().map(|image| image.value.clone()),
            runs_nowhere: placed.is_empty() && selector.is_some_and(matches),
            hosts: placed,
            standbys: Vec::new(),
            spread: def.placement.as_ref().and_then(|placement| Some(placement.spread.as_ref()?.value.clone())),
            ports: ports(kind, def, span, faults),
            is_exporter: false,
            is_brought: false,
            host_ports: BTreeMap::new(),
            owner: def.owner.as_ref().map(|owner| owner.value.clone()),
            depends_on: self.needed_services(def, faults),
            health_check: health_check(kind, def, faults),
            written_check: def.health_check.clone(),
            ingress: self.route(def, faults),
            scrape: self.scrape(def.scrape.as_ref(), faults),
            host_scrapes: BTreeMap::new(),
            state: state(kind, def, faults),
            settings,
            names: names(kind, def),
            memory: resources.and_then(|resources| resources.memory),
            cpus: resources.and_then(|resources| resources.cpus),
            given: given.map(|(name, value)| (name.to_string(), value.value.0.clone())).collect(),
            state_span: def.state.as_ref().and_then(|state| state.path.as_ref()).map(|path| path.span),
            secrets,
            poisoned: false,
        };
        Some(Service { poisoned: def.poisoned || faults.counts() != before, ..service })
    }

    fn kind_of<'k>(
        &self,
        name: &ServiceName,
        keyed: &Keyed<ServiceDef>,
        kinds: &'k Kinds,
        faults: &mut Faults,
    ) -> Option<&'k Kind> {
        let def = &keyed.value;
        if def.kind.is_none() && def.image.is_none() && def.poisoned {
            return None;
        }
        let wanted = kind_name(name, def, kinds)?;
        let span = match (&def.kind, &def.image) {
            (Some(kind), _) => kind.span,
            (None, Some(image)) => image.span,
            (None, None) => keyed.key,
        };
        image_fits(name, keyed, &wanted, kinds, faults);
        tell_other_image(name, def, kinds, faults);
        let kind = kinds.get(&wanted);
        if kind.is_none() && !kinds.is_poisoned(wanted.as_str()) {
            let known = kinds.names().map(KindName::as_str);
            let mut diagnostic = Diagnostic::new(codes::UNKNOWN_KIND, format!("there is no kind `{wanted}`")).at(
                span,
                if def.kind.is_some() { "not a kind" } else { "a service's kind is its own name by default" },
            );
            let own = format!("write templates/services/{wanted}.nix.j2");
            match crate::diag::nearest(wanted.as_str(), known) {
                Some(near) if def.kind.is_some() => diagnostic.suggestion = Some(near.to_owned()),
                Some(near) => diagnostic = diagnostic.help(format!("give `kind: {near}`, or {own}")),
                None if def.kind.is_some() => {
                    diagnostic = diagnostic.help(format!("give `image` for a container, or {own}"))
                }
                None => diagnostic = diagnostic.help(format!("give `kind`, give `image` for a container, or {own}")),
            }
            faults.push(diagnostic);
        }
        kind
    }

    fn placement(
        &self,
        name: &ServiceName,
        def: Option<&PlacementDef>,
        span: crate::source::Span,
        poisoned: bool,
        hosts: &Hosts,
        faults: &mut Faults,
    ) -> Vec<HostName> {
        let (list, selector) = def.map_or((None, None), |def| (def.hosts.as_ref(), def.selector.as_ref()));
        let chosen: Vec<&Host> = match (list, selector) {
            (Some(list), None) => {
                let mut seen = BTreeSet::new();
                let known = list.iter().filter(|host| self.names.host(host, faults));
                known.filter(|host| seen.insert(&host.value)).filter_map(|host| hosts.get(&host.value)).collect()
            }
            (None, Some(selector)) => self.names.select(selector, hosts, faults),
            (None, None) => {
                if !poisoned && !def.is_some_and(|def| def.poisoned) {
                    faults.push(
                        Diagnostic::new(codes::PLACEMENT, format!("nothing says where `{name}` runs"))
                            .at(span, "no placement")
                            .help("add `placement: { hosts: [NAME] }` or `placement: { selector: \"@TAG\" }`"),
                    );
                }
                return Vec::new();
            }
            (Some(list), Some(selector)) => {
                let mut diagnostic = Diagnostic::new(codes::PLACEMENT, format!("`{name}` is placed in two ways"))
                    .at(selector.span, "by a selector");
                if let Some(first) = list.first() {
                    diagnostic = diagnostic.at(first.span, "and by name");
                }
                faults.push(diagnostic.help("keep one of `hosts` and `selector`"));
                return Vec::new();
            }
        };
        if list.is_some_and(Vec::is_empty) {
            faults.push(
                Diagnostic::new(codes::PLACEMENT, format!("`{name}` is placed on no host"))
                    .at(span, "`hosts` is empty")
                    .help("name a host, or remove the service"),
            );
        }
        for host in list.into_iter().flatten().filter_map(|host| Some((host, hosts.get(&host.value)?))) {
            if host.1.managed != Managed::Full {
                faults.push(
                    Diagnostic::new(
                        codes::NO_EFFECT,
                        format!(
                            "`{name}` cannot be placed on `{}`, which is `managed: {}`",
                            host.0.value, host.1.managed
                        ),
                    )
                    .at(host.0.span, "gets no module from Cistern")
                    .at(host.1.span, "defined here")
                    .help("only hosts with `managed: full` run services of the definition"),
                );
            }
        }
        let full = chosen.into_iter().filter(|host| host.managed == Managed::Full);
        full.map(|host| host.name.clone()).collect()
    }

    fn settings(
        &self,
        service: &ServiceName,
        kind: &Kind,
        def: &ServiceDef,
        span: crate::source::Span,
        secrets: &mut BTreeSet<SecretName>,
        faults: &mut Faults,
    ) -> BTreeMap<String, serde_json::Value> {
        let nothing = BTreeMap::new();
        let known = kind.front.settings.as_ref().map_or(&nothing, |settings| &settings.entries);
        let given = def.settings.as_ref();
        let mut values = BTreeMap::new();
        let mut path = |name: &str, node: &Node, faults: &mut Faults| {
            let value = match SecretName::read(name) {
                Ok(value) => value,
                Err(why) => {
                    faults.push(unreadable::<SecretName>(name, node.span, &why));
                    return None;
                }
            };
            let name = At { value, span: node.span };
            if !self.names.secret(&name, faults) {
                return None;
            }
            secrets.insert(name.value.clone());
            Some(self.secret_path(&name.value).to_string())
        };
        for (name, value) in given.iter().flat_map(|given| &given.entries) {
            match known.get(name) {
                Some(setting) => {
                    let named = self.with_names(service, kind, name, &value.value.0, faults);
                    let judged = named.and_then(|node| setting.value.judge(&node, &mut path, faults));
                    let place = value.value.0.span;
                    let judged = judged.filter(|value| self.is_there(&setting.value, value, place, faults));
                    values.extend(judged.map(|value| (name.to_string(), value)));
                }
                None => {
                    let names: Vec<_> = known.keys().map(crate::value::SettingName::as_str).collect();
                    let mut diagnostic =
                        Diagnostic::new(codes::BAD_SETTING, format!("kind `{}` has no setting `{name}`", kind.name))
                            .at(value.key, "not a setting of this kind")
                            .nearest(name.as_str(), names.iter().copied());
                    if diagnostic.suggestion.is_none() {
                        diagnostic = diagnostic.help(match names.as_slice() {
                            [] => "this kind has no settings; a module of your own can set any option".to_owned(),
                            [only] => format!("its only setting is `{only}`"),
                            _ => format!("its settings are {}", crate::diag::listed(&names)),
                        });
                    }
                    faults.push(diagnostic);
                }
            }
        }
        for (name, setting) in known {
            let given =
                given.is_some_and(|given| given.entries.contains_key(name) || given.poisoned.contains(name.as_str()));
            if given {
                continue;
            }
            if let Some(own) = self.unasked(service, kind, name) {
                values.insert(name.to_string(), self.secret_path(&own).to_string().into());
                secrets.insert(own);
                continue;
            }
            if setting.value.required.as_ref().is_some_and(|required| required.value) && !def.poisoned {
                let what = setting.value.description.as_ref().map_or("", |text| text.value.as_str());
                let form = setting.value.form();
                faults.push(
                    Diagnostic::new(codes::BAD_SETTING, format!("the setting `{name}` is missing"))
                        .at(span, format!("kind `{}` needs it", kind.name))
                        .help(format!("add `{name}: {form}` under `settings`. {what}")),
                );
            }
            values.insert(name.to_string(), setting.value.fallback());
        }
        values
    }

    /// Says whether the service that a setting names exists.
    fn is_there(&self, setting: &SettingDef, value: &serde_json::Value, span: Span, faults: &mut Faults) -> bool {
        let name = value.as_str().filter(|_| setting.names_a_service());
        let Some(value) = name.and_then(|name| ServiceName::read(name).ok()) else { return true };
        self.names.service(&At { value, span }, faults)
    }

    /// Adds the services that come with a cluster, on its hosts.
    fn members(
        &self,
        name: &ServiceName,
        service: &Service,
        kinds: &Kinds,
        services: &mut BTreeMap<ServiceName, Service>,
        faults: &mut Faults,
    ) {
        let Some(kind) = kinds.get(&service.kind) else { return };
        for (suffix, member) in kind.front.members.iter().flat_map(|members| &members.entries) {
            let Some(wanted) = &member.value.kind else { continue };
            let Some(found) = kinds.get(&wanted.value) else {
                if !kinds.is_poisoned(wanted.value.as_str()) {
                    let known = kinds.names().map(KindName::as_str);
                    let diagnostic =
                        Diagnostic::new(codes::UNKNOWN_KIND, format!("there is no kind `{}`", wanted.value))
                            .at(wanted.span, "named as a member")
                            .nearest(wanted.value.as_str(), known);
                    faults.push(match diagnostic.suggestion {
                        Some(_) => diagnostic,
                        None => diagnostic.help(format!("write templates/services/{}.nix.j2", wanted.value)),
                    });
                }
                continue;
            };
            let Ok(full) = ServiceName::read(&format!("{name}-{suffix}")) else { continue };
            if let Some(own) = self.def.services.as_ref().and_then(|services| services.entries.get(&full)) {
                faults.push(
                    Diagnostic::new(codes::SPLIT_TWICE, format!("`{full}` comes with `{name}` and is defined as well"))
                        .at(own.key, "defined here")
                        .at(service.span, "brings a member of this name")
                        .help("rename one of the two"),
                );
                continue;
            }
            let mut member = plain(found, service.span, service.hosts.clone());
            member.standbys.clone_from(&service.standbys);
            for setting in found.front.settings.iter().flat_map(|settings| settings.entries.keys()) {
                if let Some(own) = self.unasked(&full, found, setting) {
                    member.settings.insert(setting.to_string(), self.secret_path(&own).to_string().into());
                    member.secrets.insert(own);
                }
            }
            services.insert(full, member);
        }
    }

    /// Makes a service of every exporter that layers name: one for the fleet, with the hosts that have it.
    fn exporters(
        &self,
        kinds: &Kinds,
        hosts: &Hosts,
        services: &mut BTreeMap<ServiceName, Service>,
        faults: &mut Faults,
    ) {
        let mut told = BTreeSet::new();
        for host in hosts.values() {
            for (exporter, def) in host.layer.exporters.iter().flat_map(|exporters| &exporters.entries) {
                let name = format!("{exporter}-exporter");
                let kind = KindName::read(&name).ok().and_then(|kind| kinds.get(&kind));
                let (Some(kind), Ok(service_name)) = (kind, ServiceName::read(&name)) else {
                    if told.insert(exporter.clone()) && !kinds.is_poisoned(&name) {
                        let known: Vec<_> =
                            kinds.names().filter_map(|kind| kind.as_str().strip_suffix("-exporter")).collect();
                        let mut diagnostic =
                            Diagnostic::new(codes::UNKNOWN_KIND, format!("there is no exporter `{exporter}`"))
                                .at(def.key, format!("no kind `{name}`"))
                                .nearest(exporter.as_str(), known.iter().copied());
                        if diagnostic.suggestion.is_none() {
                            diagnostic = diagnostic.help(format!("there are {}", crate::diag::listed(&known)));
                        }
                        faults.push(diagnostic);
                    }
                    continue;
                };
                if let Some(own) = self.def.services.as_ref().and_then(|s| s.entries.get(&service_name)) {
                    if told.insert(exporter.clone()) {
                        faults.push(
                            Diagnostic::new(codes::SPLIT_TWICE, format!("`{name}` is an exporter and a service"))
                                .at(own.key, "as a service")
                                .at(def.key, "as an exporter")
                                .help("keep the exporter"),
                        );
                    }
                    continue;
                }
                let exporter = || Service { is_exporter: true, ..plain(kind, def.key, Vec::new()) };
                let service = services.entry(service_name).or_insert_with(exporter);
                service.hosts.push(host.name.clone());
                if let Some(port) = def.value.port {
                    service.host_ports.insert(host.name.clone(), port);
                }
                if let Some(scrape) = self.scrape(def.value.scrape.as_ref(), faults) {
                    service.host_scrapes.insert(host.name.clone(), scrape);
                }
            }
        }
    }
}

/// The names in the settings that the definition gives.
fn names(kind: &Kind, def: &ServiceDef) -> Vec<NameIn> {
    let mut found = Vec::new();
    let (Some(known), Some(given)) = (&kind.front.settings, &def.settings) else { return found };
    for (name, value) in &given.entries {
        if let Some(setting) = known.entries.get(name) {
            setting.value.names_in(&value.value.0, &|other| given.entries.contains_key(other), &mut found);
        }
    }
    found
}

fn ports(kind: &Kind, def: &ServiceDef, _: crate::source::Span, faults: &mut Faults) -> BTreeMap<PortName, At<Port>> {
    let mut ports = usual_ports(kind);
    let any = kind.front.any_ports.as_ref().is_some_and(|any| any.value);
    for (name, given) in def.ports.iter().flat_map(|ports| &ports.entries) {
        let usual = kind.front.ports.as_ref().and_then(|ports| ports.entries.get(name));
        match usual {
            Some(usual) => {
                let number = usual.value.number.as_ref();
                let fixed = usual.value.fixed.as_ref().is_some_and(|fixed| fixed.value);
                if let Some(number) = number.filter(|number| fixed && number.value != given.value.value) {
                    faults.push(
                        Diagnostic::new(
                            codes::FIXED,
                            format!("port `{name}` of kind `{}` is always {}", kind.name, number.value),
                        )
                        .at(given.value.span, "cannot be another")
                        .help("the NixOS module has no option for it; remove the key"),
                    );
                }
            }
            None if !any => {
                let known: Vec<_> = ports.keys().map(PortName::as_str).collect();
                let mut diagnostic =
                    Diagnostic::new(codes::UNKNOWN_PORT, format!("kind `{}` has no port `{name}`", kind.name))
                        .at(given.key, "not one of its ports")
                        .nearest(name.as_str(), known.iter().copied());
                if diagnostic.suggestion.is_none() {
                    diagnostic = diagnostic.help(match known.as_slice() {
                        [] => "it listens nowhere".to_owned(),
                        [only] => format!("its only port is `{only}`"),
                        _ => format!("its ports are {}", crate::diag::listed(&known)),
                    });
                }
                faults.push(diagnostic);
                continue;
            }
            None => {}
        }
        ports.insert(name.clone(), given.value);
    }
    ports
}

fn state(kind: &Kind, def: &ServiceDef, faults: &mut Faults) -> Option<crate::value::AbsolutePath> {
    let fact = kind.front.state.as_ref();
    let usual = fact.and_then(|fact| fact.path.as_ref()).map(|path| path.value.clone());
    let Some(given) = def.state.as_ref().and_then(|state| state.path.as_ref()) else { return usual };
    let any = kind.front.any_ports.as_ref().is_some_and(|any| any.value);
    let fixed = fact.is_none_or(|fact| fact.fixed.as_ref().is_some_and(|fixed| fixed.value)) && !any;
    if fixed && usual.as_ref() != Some(&given.value) {
        let diagnostic = match &usual {
            Some(path) => {
                Diagnostic::new(codes::FIXED, format!("kind `{}` always keeps its state in {path}", kind.name))
                    .at(given.span, "cannot be another")
                    .help("the NixOS module has no option for it; remove the key")
            }
            None => Diagnostic::new(codes::FIXED, format!("kind `{}` keeps no state", kind.name))
                .at(given.span, "this would do nothing")
                .help("remove the key"),
        };
        faults.push(diagnostic);
    }
    Some(given.value.clone())
}
