//! Instances: what a kind's template is filled in with, and the module that comes out.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;

use super::Context;
use super::header::hash_of;
use super::ingress::Ingress;
use super::monitoring::Monitoring;
use super::names::Names;
use super::pieces::Piece;
use crate::diag::Faults;
use crate::nix::{Shared, Trace, share};
use crate::place::Peer;
use crate::place::plan::{Instance, ServiceEntry};
use crate::value::{AccountName, Address, Cpus, Domain, HostName, Image, Port, PortName, RoleName, ServiceName, Size};

/// What the instances of a service have in common, made ready once.
pub(super) struct Common {
    entry: Arc<ServiceEntry>,
    /// The settings that name services, with the services.
    uses: BTreeMap<String, ServiceName>,
    settings: Shared,
    user: Option<AccountName>,
    group: Option<AccountName>,
    template: String,
    /// Whether the template sees who watches the fleet.
    reads_monitoring: bool,
    /// Whether the template sees what proxies pass on.
    reads_ingress: bool,
    /// Whether the template sees what name servers answer.
    reads_names: bool,
    /// The hash of the service and of its kind's template.
    stamp: String,
}

/// What a template sees of an instance.
#[derive(Serialize)]
pub(super) struct InstanceContext<'a> {
    service: &'a ServiceName,
    host: &'a HostName,
    address: Address,
    domain: &'a Domain,
    aliases: Vec<String>,
    role: Option<&'a RoleName>,
    ordinal: u32,
    ports: BTreeMap<&'a PortName, Port>,
    peers: Vec<Peer<'a>>,
    /// The instances of the services that settings name.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    uses: BTreeMap<&'a str, Vec<Peer<'a>>>,
    /// What kinds that monitor see of the fleet.
    monitoring: Option<Monitoring<'a>>,
    /// What kinds of proxies see of the routes.
    ingress: Option<Ingress<'a>>,
    /// What kinds of name servers see of the services.
    names: Option<Names>,
    /// The hash of what all instances share.
    stamp: &'a str,
}

/// An instance with what all of the service share.
#[derive(Serialize)]
struct Page<'a> {
    #[serde(flatten)]
    instance: &'a InstanceContext<'a>,
    settings: &'a Shared,
    state: Option<&'a str>,
    image: Option<&'a Image>,
    resources: Resources,
    user: Option<&'a AccountName>,
    group: Option<&'a AccountName>,
}

/// What the instance may use, for bodies that say so to something other than systemd.
#[derive(Serialize, Default)]
struct Resources {
    memory: Option<Size>,
    cpus: Option<Cpus>,
}

impl Context<'_> {
    /// Makes every service ready.
    pub(super) fn services(&self) -> BTreeMap<&ServiceName, Common> {
        self.entries().services.iter().map(|(name, entry)| (name, self.common(entry))).collect()
    }

    /// Makes the services of one host ready.
    pub(super) fn services_of(&self, host: &HostName) -> BTreeMap<&ServiceName, Common> {
        let names = self.entries().instances.get(host).into_iter().flat_map(BTreeMap::keys);
        names.map(|name| (name, self.common(&self.entries().services[name]))).collect()
    }

    fn common(&self, entry: &Arc<ServiceEntry>) -> Common {
        let kind = self.plan.kinds().get(&entry.kind).expect("a plan holds services of known kinds only");
        let template = format!("services/{}.nix.j2", entry.kind);
        Common {
            uses: kind.services_in(&entry.settings),
            settings: share(&entry.settings),
            user: kind.front.user.as_ref().map(|at| at.value.clone()),
            group: kind.front.group.as_ref().map(|at| at.value.clone()),
            stamp: hash_of(&(&**entry, self.stamp(&template))),
            entry: entry.clone(),
            reads_monitoring: kind.front.reads_monitoring.as_ref().is_some_and(|at| at.value),
            reads_ingress: kind.front.reads_ingress.is_some_and(|at| at.value),
            reads_names: kind.front.reads_names.is_some_and(|at| at.value),
            template,
        }
    }

    /// What the template of an instance is filled in with.
    pub(super) fn instance<'c>(
        &'c self,
        host: &'c HostName,
        service: &'c ServiceName,
        instance: &'c Instance,
        common: &'c Common,
    ) -> InstanceContext<'c> {
        let entries = self.entries();
        let peers = instance.peers.iter().filter_map(|peer| entries.peer(peer, service));
        let uses = common.uses.iter().map(|(setting, service)| (setting.as_str(), entries.instances_of(service)));
        InstanceContext {
            service,
            host,
            address: entries.hosts[host].address,
            domain: &entries.domain,
            aliases: entries.hosts[host].further_names(&entries.domain),
            role: instance.role.as_ref(),
            ordinal: instance.ordinal,
            ports: common.entry.ports_of(instance),
            peers: peers.collect(),
            uses: uses.collect(),
            monitoring: common.reads_monitoring.then(|| Monitoring::new(self, host, service)).flatten(),
            ingress: common.reads_ingress.then(|| Ingress::new(self, host, service)).flatten(),
            names: common.reads_names.then(|| Names::new(self, host, service)).flatten(),
            stamp: &common.stamp,
        }
    }

    /// Fills in the template of an instance, and formats what comes out.
    pub(super) fn body(&self, instance: &InstanceContext<'_>, common: &Common) -> Result<Piece, Box<Faults>> {
        let body = self.filled_in(instance, common)?;
        self.piece(&common.template, format!("services.{}", instance.service), body)
    }

    /// Fills in the template of an instance.
    pub(super) fn filled_in(&self, instance: &InstanceContext<'_>, common: &Common) -> Result<String, Box<Faults>> {
        self.fill(&common.template, &Page::new(instance, common))
    }

    /// Which lines of its template an instance's module came from.
    pub(super) fn trace_body<'c>(
        &self,
        instance: &InstanceContext<'_>,
        common: &'c Common,
    ) -> Result<(&'c str, Trace), Box<Faults>> {
        Ok((&common.template, self.trace(&common.template, &Page::new(instance, common))?))
    }
}

impl InstanceContext<'_> {
    /// The service that it is one of.
    pub(super) fn service(&self) -> &ServiceName {
        self.service
    }
}

impl<'a> Page<'a> {
    fn new(instance: &'a InstanceContext<'a>, common: &'a Common) -> Self {
        Self {
            instance,
            settings: &common.settings,
            state: common.entry.state.as_ref().map(crate::value::AbsolutePath::as_str),
            image: common.entry.image.as_ref(),
            resources: common.entry.resources.as_ref().map_or_else(Resources::default, |resources| Resources {
                memory: resources.memory,
                cpus: resources.cpus,
            }),
            user: common.user.as_ref(),
            group: common.group.as_ref(),
        }
    }
}

impl Common {
    /// The name of the kind's template.
    pub(super) fn template(&self) -> &str {
        &self.template
    }
}
