//! What the definition gives to a service changes what is generated for it.
//!
//! Nothing is known of kinds here: the body is filled in as it will be, and once more without the key in question.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::Value;

use crate::diag::{Diagnostic, Faults, codes};
use crate::kind::Kind;
use crate::model::Service;
use crate::nix::Templates;
use crate::place::{Draft, Entries, Peer};
use crate::source::Span;
use crate::value::{AccountName, Address, Cpus, Domain, HostName, Image, Port, PortName, RoleName, ServiceName, Size};

/// What the body of a kind sees; the names are those of docs/kinds.md.
#[derive(Serialize)]
struct Page<'a> {
    service: &'a ServiceName,
    host: &'a HostName,
    address: Address,
    domain: &'a Domain,
    aliases: Vec<String>,
    resources: Resources,
    role: Option<&'a RoleName>,
    ordinal: u32,
    ports: BTreeMap<&'a PortName, Port>,
    peers: Vec<Peer<'a>>,
    uses: BTreeMap<&'a str, Vec<Peer<'a>>>,
    settings: BTreeMap<&'a str, Value>,
    state: Option<String>,
    image: Option<&'a Image>,
    user: Option<&'a AccountName>,
    group: Option<&'a AccountName>,
    /// Only services without settings of the definition see more than nothing.
    ingress: Option<()>,
    names: Option<()>,
}

#[derive(Serialize, Default)]
struct Resources {
    memory: Option<Size>,
    cpus: Option<Cpus>,
}

/// Every setting and every state directory of the definition changes the module of some instance.
pub(super) fn change_something(draft: &Draft, templates: &Templates, faults: &mut Faults) {
    let fleet = draft.fleet();
    for (name, service) in &fleet.services {
        let Some(kind) = fleet.kinds.get(&service.kind) else { continue };
        let usual = kind.front.state.as_ref().and_then(|state| state.path.as_ref());
        let state = service.state_span.filter(|_| service.state.as_ref() != usual.map(|at| &at.value));
        let given: Vec<_> = given(kind, service);
        // What runs nowhere changes nothing, and a rule of its own says so.
        if given.is_empty() && state.is_none() || service.hosts.is_empty() {
            continue;
        }
        let template = format!("services/{}.nix.j2", kind.name);
        let mut pages = pages(draft.entries(), name, &service.hosts, kind);
        let fill = |pages: &[Page<'_>]| {
            pages.iter().map(|page| templates.render(&template, page).ok()).collect::<Option<Vec<_>>>()
        };
        // A template that fails is told of where it is filled in.
        let Some(whole) = fill(&pages) else { continue };
        for (setting, span, fallback) in given {
            let value = service.settings[setting].clone();
            set(&mut pages, setting, fallback);
            let without = fill(&pages);
            set(&mut pages, setting, value);
            if without.as_ref() == Some(&whole) {
                faults.push(idle(name, &format!("`{setting}`"), span));
            }
        }
        if let Some(span) = state {
            let path = usual.map(|at| at.value.as_str().replace("{service}", name.as_str()));
            pages.iter_mut().for_each(|page| page.state.clone_from(&path));
            if fill(&pages).as_ref() == Some(&whole) {
                faults.push(idle(name, "`state`", span));
            }
        }
    }
}

/// The settings that say something else than their default, with the place and the default.
fn given<'s>(kind: &Kind, service: &'s Service) -> Vec<(&'s str, Span, Value)> {
    let settings = kind.front.settings.as_ref();
    let named = kind.services_in(&service.settings);
    let one = |(name, node): (&'s String, &crate::load::Node)| {
        let fallback = settings?.entries.get(name.as_str())?.value.fallback();
        // A service that is named stands for its instances, which the page holds besides.
        let is_service = named.contains_key(name);
        (!is_service && service.settings.get(name) != Some(&fallback)).then_some((name.as_str(), node.span, fallback))
    };
    service.given.iter().filter_map(one).collect()
}

fn set(pages: &mut [Page<'_>], setting: &str, value: Value) {
    for page in pages {
        if let Some(present) = page.settings.get_mut(setting) {
            present.clone_from(&value);
        }
    }
}

/// One instance of every role: those of one role come out alike.
fn pages<'a>(entries: &'a Entries, name: &'a ServiceName, hosts: &'a [HostName], kind: &'a Kind) -> Vec<Page<'a>> {
    let entry = &entries.services[name];
    let mut roles = BTreeSet::new();
    let mut pages = Vec::new();
    // What stands alone has no role, however many there are.
    let several = if kind.front.roles.is_some() { hosts.len() } else { 1 };
    let named = kind.services_in(&entry.settings);
    let known = |(setting, other): (&String, &ServiceName)| {
        let (setting, _) = entry.settings.get_key_value(setting)?;
        let (other, _) = entries.services.get_key_value(other)?;
        Some((setting.as_str(), other))
    };
    let uses: Vec<_> = named.iter().filter_map(known).collect();
    for host in hosts.iter().take(several) {
        let Some(instances) = entries.instances.get(host) else { continue };
        let Some(instance) = instances.get(name).filter(|instance| roles.insert(instance.role.as_ref())) else {
            continue;
        };
        pages.push(Page {
            service: name,
            host,
            address: entries.hosts[host].address,
            domain: &entries.domain,
            aliases: entries.hosts[host].further_names(&entries.domain),
            resources: entry
                .resources
                .as_ref()
                .map(|resources| Resources { memory: resources.memory, cpus: resources.cpus })
                .unwrap_or_default(),
            role: instance.role.as_ref(),
            ordinal: instance.ordinal,
            ports: entry.ports_of(instance),
            peers: instance.peers.iter().filter_map(|other| entries.peer(other, name)).collect(),
            uses: uses.iter().map(|(setting, other)| (*setting, entries.instances_of(other))).collect(),
            settings: entry.settings.iter().map(|(setting, value)| (setting.as_str(), value.clone())).collect(),
            state: entry.state.as_ref().map(ToString::to_string),
            image: entry.image.as_ref(),
            user: kind.front.user.as_ref().map(|at| &at.value),
            group: kind.front.group.as_ref().map(|at| &at.value),
            ingress: None,
            names: None,
        });
    }
    pages
}

fn idle(service: &ServiceName, key: &str, span: Span) -> Diagnostic {
    Diagnostic::new(codes::NO_EFFECT, format!("{key} of `{service}` changes nothing"))
        .at(span, "what is generated is the same without it")
        .help("it has an effect only together with another key; add that, or remove this")
        .about("services", service)
}
