//! The fleet: every layer resolved, every name known, every value typed; with the places for diagnostics.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::definition::Layer;
use super::facts::Facts;
use super::ingress::{Ingress, NameServers, ServiceIngressDef};
use super::modules::{Modules, Reached, Setting};
use super::placing::Placing;
use crate::diag::Levels;
use crate::kind::{Kinds, NameIn};
use crate::load::Node;
use crate::load::decode::{At, Keyed};
use crate::recipe::Written;
use crate::record::Record;
use crate::source::{Encrypted, Span};
use crate::value::{
    AbsolutePath, AccountName, Address, AgeKey, AlertName, Command, Cpus, Discovery, DnsName, Domain, Duration,
    EscrowName, Failback, FailoverName, FleetName, FleetPath, GroupName, HardwareProfile, HostName, Image,
    InterfaceName, KindName, LabelName, Lifecycle, Mac, Managed, Mode, ModuleRef, PersonName, Port, PortName,
    ProbeName, ProfileName, ReceiverName, RecipientKey, Role, RouterId, SecretName, Selectable, ServiceName, SiteName,
    Size, SpreadBy, SshKey, StateVersion, Subnet, System, Tag, Vip,
};
use crate::watch::definition::{HealthCheckDef, MonitoringDef};
use crate::watch::{Alert, HealthCheck, Logs, Probe, Receiver, Route, Scrape};

/// What the fleet is meant to be.
#[derive(Debug, Default)]
pub struct Fleet {
    /// The fleet's name.
    pub name: Option<FleetName>,
    /// The domain of its hosts.
    pub domain: Option<Domain>,
    /// Every site.
    pub sites: BTreeMap<SiteName, Site>,
    /// Every host.
    pub hosts: BTreeMap<HostName, Host>,
    /// Whether there may be hosts that could not be read.
    pub hosts_are_uncertain: bool,
    /// The members of every group.
    pub groups: BTreeMap<GroupName, BTreeSet<HostName>>,
    /// Profiles that no host takes up, by itself or by another profile.
    pub idle_profiles: BTreeMap<ProfileName, Span>,
    /// Groups whose layer says nothing.
    pub idle_groups: BTreeMap<GroupName, Span>,
    /// Every person with access.
    pub people: BTreeMap<PersonName, Person>,
    /// Whether there may be people who could not be read.
    pub people_are_uncertain: bool,
    /// Keys that open every secret.
    pub escrow: BTreeMap<EscrowName, At<RecipientKey>>,
    /// Every service, the members of clusters and the exporters included.
    pub services: BTreeMap<ServiceName, Service>,
    /// Every secret.
    pub secrets: BTreeMap<SecretName, Secret>,
    /// Whether there may be secrets, or readers of one, that could not be read.
    pub secrets_are_uncertain: bool,
    /// The proxies.
    pub ingress: Option<Ingress>,
    /// Whether something is said of them that could not be read.
    pub ingress_is_uncertain: bool,
    /// The name servers that answer for services.
    pub dns: Option<NameServers>,
    /// Whether something is said of them that could not be read.
    pub dns_is_uncertain: bool,
    /// Where Prometheus runs.
    pub monitoring: Option<Monitoring>,
    /// Whether something is said of that which could not be read.
    pub monitoring_is_uncertain: bool,
    /// How services were placed.
    pub placing: Placing,
    /// What moves between hosts.
    pub failover: BTreeMap<FailoverName, Failover>,
    /// The kinds that services can be of.
    pub kinds: Kinds,
    /// What the definition makes of findings.
    pub levels: Levels,
    /// What the hand-written modules set.
    pub modules: Modules,
    /// What is known of the encrypted files.
    pub kept: Kept,
    /// Files of the fleet directory, for rules about what exists.
    pub paths: BTreeSet<String>,
}

impl Fleet {
    /// Lists what the hand-written modules of a host set at an option's path or below it.
    pub fn settings<'f>(&'f self, host: &'f Host, path: &[&str]) -> Vec<Setting<'f>> {
        self.modules.settings(host.module_files().map(|(path, _)| path), path)
    }

    /// The hand-written modules of a host, with those that they import; not whole when one comes from a flake.
    pub fn modules_of<'f>(&'f self, host: &'f Host) -> Reached<'f> {
        let mut reached = self.modules.reached(host.module_files().map(|(path, _)| path));
        reached.whole &= !host.has_foreign_modules();
        reached
    }
}

/// A place with a network of its own.
#[derive(Debug, Clone)]
pub struct Site {
    /// The place of its name.
    pub span: Span,
    /// Its region.
    pub region: Option<String>,
    /// The network of its hosts.
    pub subnet: Option<At<Subnet>>,
    /// The router.
    pub gateway: Option<At<Address>>,
    /// The name servers.
    pub dns: Vec<At<Address>>,
    /// The first and the last address that DHCP hands out.
    pub dhcp_range: Option<(At<Address>, At<Address>)>,
    /// Whether something in it could not be read.
    pub poisoned: bool,
}

/// A machine.
#[derive(Debug, Clone)]
pub struct Host {
    /// The place of its name.
    pub span: Span,
    /// Its name.
    pub name: HostName,
    /// How much of it Cistern configures.
    pub managed: Managed,
    /// Where peers and Prometheus reach it.
    pub address: Option<At<Address>>,
    /// The site that it stands in.
    pub site: Option<At<SiteName>>,
    /// The release that it was installed with.
    pub state_version: Option<StateVersion>,
    /// Its public SSH host key.
    pub host_key: Option<At<SshKey>>,
    /// The MAC address of its card.
    pub mac: Option<At<Mac>>,
    /// Further names that it is known by.
    pub aliases: Vec<At<DnsName>>,
    /// What is done with it at present.
    pub lifecycle: Lifecycle,
    /// Its tags from all layers.
    pub tags: BTreeSet<Tag>,
    /// Its labels from all layers.
    pub labels: BTreeMap<LabelName, String>,
    /// Everything else that layers say.
    pub layer: Layer,
    /// The platform: by the facts, else by the definition.
    pub system: Option<System>,
    /// How it boots.
    pub hardware: Option<Hardware>,
    /// The interface that has its address.
    pub interface: Option<InterfaceName>,
    /// What the machine is.
    pub facts: Option<Facts>,
    /// Whether something in it could not be read.
    pub poisoned: bool,
}

impl Host {
    /// The hand-written modules of the fleet directory that it names, each with the place of its name: its hardware
    /// first.
    pub fn module_files(&self) -> impl Iterator<Item = (&str, Span)> {
        let hardware = match &self.hardware {
            Some(Hardware::File(path)) => {
                Some((&*path.0, self.layer.hardware.as_ref().map_or(self.span, |hardware| hardware.span)))
            }
            _ => None,
        };
        let modules = self.layer.modules.iter().flat_map(|modules| &modules.0);
        hardware.into_iter().chain(modules.filter_map(|module| match &module.value {
            ModuleRef::File(path) => Some((&*path.0, module.span)),
            ModuleRef::Flake { .. } => None,
        }))
    }

    /// Says whether it has modules whose text is not in the fleet directory.
    pub fn has_foreign_modules(&self) -> bool {
        let modules = self.layer.modules.iter().flat_map(|modules| &modules.0);
        modules.into_iter().any(|module| matches!(module.value, ModuleRef::Flake { .. }))
    }
}

impl Selectable for Host {
    fn name(&self) -> &HostName {
        &self.name
    }
    fn tags(&self) -> &BTreeSet<Tag> {
        &self.tags
    }
    fn labels(&self) -> &BTreeMap<LabelName, String> {
        &self.labels
    }
}

/// How a host boots, and why so.
#[derive(Debug, Clone)]
pub enum Hardware {
    /// One of Cistern's profiles.
    Profile {
        /// Which one.
        profile: HardwareProfile,
        /// Why, for the reader of the generated module.
        reason: String,
    },
    /// A file of the fleet directory.
    File(FleetPath),
}

/// A person with access.
#[derive(Debug, Clone)]
pub struct Person {
    /// The place of the name.
    pub span: Span,
    /// What they may do.
    pub role: Role,
    /// Their SSH keys.
    pub keys: Vec<SshKey>,
    /// Their age recipients.
    pub age_keys: Vec<AgeKey>,
    /// The account of an operator.
    pub account: AccountName,
    /// The hosts that they may log in to.
    pub hosts: BTreeSet<HostName>,
    /// What an operator may run as root.
    pub sudo: Vec<Command>,
    /// Whether something in it could not be read.
    pub poisoned: bool,
}

/// What runs, and where it was asked to.
#[derive(Debug, Clone)]
pub struct Service {
    /// The place of its name.
    pub span: Span,
    /// Its kind.
    pub kind: KindName,
    /// The container's image.
    pub image: Option<Image>,
    /// The hosts, in the order in which roles are taken up.
    pub hosts: Vec<HostName>,
    /// The hosts that are prepared for it and do not run it by themselves.
    pub standbys: Vec<HostName>,
    /// What its instances are kept apart by, where the definition says so.
    pub spread: Option<SpreadBy>,
    /// Every port, the kind's and the definition's.
    pub ports: BTreeMap<PortName, At<Port>>,
    /// Whether its selector matches only hosts whose modules are written by hand.
    pub runs_nowhere: bool,
    /// Whether layers name it, under `exporters`.
    pub is_exporter: bool,
    /// Whether `monitoring`, `ingress` or `dns` brings it.
    pub is_brought: bool,
    /// Ports that differ between hosts: exporters only.
    pub host_ports: BTreeMap<HostName, At<Port>>,
    /// Who answers for it.
    pub owner: Option<String>,
    /// The services that it cannot work without.
    pub depends_on: Vec<At<ServiceName>>,
    /// How it shows that it works: as the definition says, else as its kind does.
    pub health_check: Option<HealthCheck>,
    /// What the definition says of that, with every place.
    pub written_check: Option<At<HealthCheckDef>>,
    /// How clients reach it through the proxies.
    pub ingress: Option<At<ServiceIngressDef>>,
    /// How Prometheus asks for its figures.
    pub scrape: Option<Scrape>,
    /// The same where it differs between hosts: exporters only.
    pub host_scrapes: BTreeMap<HostName, Scrape>,
    /// Where it keeps what must survive.
    pub state: Option<AbsolutePath>,
    /// Every setting of the kind, with defaults and the paths of secrets filled in.
    pub settings: BTreeMap<String, Value>,
    /// The names that the definition gives in its settings.
    pub names: Vec<NameIn>,
    /// The memory that an instance may use.
    pub memory: Option<At<Size>>,
    /// The processors that an instance may use.
    pub cpus: Option<At<Cpus>>,
    /// The settings that the definition gives, as they are written.
    pub given: BTreeMap<String, Node>,
    /// Where the definition says what `state` is.
    pub state_span: Option<Span>,
    /// The secrets that its settings name.
    pub secrets: BTreeSet<SecretName>,
    /// Whether something in it could not be read.
    pub poisoned: bool,
}

impl Service {
    /// Lists the hosts that have it: those that run it, then those that stand by.
    pub fn places(&self) -> impl Iterator<Item = &HostName> + Clone {
        self.hosts.iter().chain(&self.standbys)
    }
}

/// A service that another host takes over.
#[derive(Debug, Clone)]
pub struct Failover {
    /// The place of its name.
    pub span: Span,
    /// The service.
    pub service: At<ServiceName>,
    /// The address that moves.
    pub vip: Option<At<Vip>>,
    /// The service that grants one host at a time the right to run it.
    pub lease: Option<At<ServiceName>>,
    /// Who takes over, in this order.
    pub hosts: Vec<At<HostName>>,
    /// What becomes of it when a host that is preferred is back.
    pub failback: Option<At<Failback>>,
    /// Where the definition says that state may be lost.
    pub data_loss: Option<Span>,
    /// The number by which VRRP knows the address.
    pub router_id: Option<At<RouterId>>,
    /// Whether something in it could not be read.
    pub poisoned: bool,
}

/// The encrypted files as they lie there, and what is known of them beside.
#[derive(Debug, Clone, Default)]
pub struct Kept {
    /// What the files say of themselves, by their path below the fleet directory.
    pub files: Encrypted,
    /// What Cistern took note of.
    pub record: Record,
    /// Today, in days since 1970-01-01; 0 when nobody asked the clock.
    pub today: i64,
}

/// An encrypted value and who reads it.
#[derive(Debug, Clone)]
pub struct Secret {
    /// The place of its name.
    pub span: Span,
    /// The services that read it, those whose settings name it included.
    pub services: BTreeSet<ServiceName>,
    /// The hosts that read it without a service.
    pub hosts: BTreeSet<HostName>,
    /// The owner of the file.
    pub owner: Option<At<AccountName>>,
    /// The group of the file.
    pub group: Option<At<AccountName>>,
    /// Its permission bits.
    pub mode: Option<At<Mode>>,
    /// Whether every host has a value of its own.
    pub per_host: bool,
    /// Where it is decrypted to.
    pub path: AbsolutePath,
    /// Where the definition chose that path.
    pub own_path: Option<Span>,
    /// How old its value may become.
    pub rotate_every: Option<Duration>,
    /// How its value is made.
    pub generate: Option<Written>,
    /// Whether its previous value stays for a while after a rotation.
    pub previous: bool,
    /// The service that brings it.
    pub brought_by: Option<ServiceName>,
    /// Whether all hosts that the definition names are only scraped, and read nothing.
    pub only_scraped: bool,
    /// Whether something in it could not be read.
    pub poisoned: bool,
}

/// Who watches the fleet, and who is told.
#[derive(Debug, Clone)]
pub struct Monitoring {
    /// The hosts that run Prometheus.
    pub hosts: Vec<At<HostName>>,
    /// How long samples are kept.
    pub retention: Option<Duration>,
    /// How often targets are scraped.
    pub scrape_interval: Option<Duration>,
    /// How Prometheus learns of targets.
    pub discovery: Discovery,
    /// What is said of alerts.
    pub alerts: BTreeMap<AlertName, Keyed<Alert>>,
    /// Who is told.
    pub receivers: BTreeMap<ReceiverName, Keyed<Receiver>>,
    /// The receiver of what no route takes.
    pub receiver: Option<At<ReceiverName>>,
    /// Who is told of what, in order.
    pub routes: Vec<At<Route>>,
    /// How long alerts are gathered before the first message.
    pub group_wait: Option<Duration>,
    /// How long until a message tells of changes.
    pub group_interval: Option<Duration>,
    /// What is asked outside of the fleet.
    pub probes: BTreeMap<ProbeName, Keyed<Probe>>,
    /// Logs.
    pub logs: Option<Logs>,
    /// What the definition says of it, with every place.
    pub written: MonitoringDef,
}
