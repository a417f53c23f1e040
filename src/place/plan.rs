//! The plan: every decision as plain data, keyed by name and without places in the text.
//!
//! What follows from these entries (nodes, targets, firewall rules) is not stored.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use super::failover::FailoverEntry;
pub use super::ingress::{DnsEntry, IngressEntry, RouteEntry};
pub use super::monitoring::{GroupEntry, MonitoringEntry};
use crate::check::names::in_domain;
use crate::recipe::Recipe;
use crate::value::{
    AbsolutePath, AccountName, Address, AgeKey, Command, Cpus, Date, Device, DnsName, Domain, Duration, EscrowName,
    FailoverName, FleetName, FleetPath, FsType, GroupName, HardwareProfile, HostAddress, HostName, Image,
    InterfaceName, Jump, KindName, LabelName, Lifecycle, Locale, Mac, Managed, Mode, ModuleRef, MountOption,
    NetworkMode, PackageName, PersonName, Port, PortName, Protocol, Reach, RecipientKey, RoleName, SecretName,
    ServiceName, SiteName, Size, SshKey, SshOption, StateVersion, SudoCommand, System, Tag, TimeZone, UnitName,
};
use crate::watch::{HealthCheck, Scrape};

/// Everything that was decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entries {
    /// The fleet's name.
    pub name: FleetName,
    /// The domain of its hosts.
    pub domain: Domain,
    /// The machines.
    pub hosts: BTreeMap<HostName, HostEntry>,
    /// What is the same for every instance of a service.
    pub services: BTreeMap<ServiceName, Arc<ServiceEntry>>,
    /// What runs where.
    pub instances: BTreeMap<HostName, BTreeMap<ServiceName, Instance>>,
    /// Encrypted values and their recipients.
    pub secrets: BTreeMap<SecretName, SecretEntry>,
    /// The proxies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ingress: Option<IngressEntry>,
    /// The name servers that answer for services.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dns: Option<DnsEntry>,
    /// Who watches the fleet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub monitoring: Option<MonitoringEntry>,
    /// What moves between hosts.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub failover: BTreeMap<FailoverName, FailoverEntry>,
    /// The members of groups, where somebody watches them.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub groups: BTreeMap<GroupName, GroupEntry>,
    /// The recipients that people bring, by their short name.
    pub people: BTreeMap<PersonName, PersonEntry>,
    /// Keys that open every secret.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub escrow: BTreeMap<EscrowName, RecipientKey>,
}

/// A machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HostEntry {
    /// How much of it Cistern configures.
    pub managed: Managed,
    /// Where it is reached.
    pub address: Address,
    /// The site that it stands in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site: Option<SiteName>,
    /// The region of that site.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// The platform; unknown for what is only scraped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub system: Option<System>,
    /// Words that selectors match.
    pub tags: BTreeSet<Tag>,
    /// Labels that Prometheus attaches.
    pub labels: BTreeMap<LabelName, String>,
    /// Further names that it is known by.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub aliases: BTreeSet<DnsName>,
    /// What is done with it at present.
    #[serde(default = "usual_lifecycle", skip_serializing_if = "is_usual")]
    pub lifecycle: Lifecycle,
    /// Its public SSH host key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host_key: Option<SshKey>,
    /// What it has, when its facts tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub capacity: Option<Capacity>,
    /// How deploy-rs reaches it.
    pub deploy: DeployEntry,
    /// Its NixOS configuration, when Cistern writes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub machine: Option<Box<Machine>>,
}

/// What a machine has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Capacity {
    /// Logical processors.
    pub cpus: u32,
    /// Memory in bytes.
    pub memory: u64,
    /// Disks in bytes, all of them together.
    pub disks: u64,
}

/// The configuration of a host that Cistern writes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Machine {
    /// The release that it was installed with.
    pub state_version: StateVersion,
    /// How it boots.
    pub hardware: HardwareEntry,
    /// The path of its facts, when there are some.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub facts: Option<String>,
    /// How it gets its address.
    pub network: NetworkEntry,
    /// Its mounts; none when a hand-written file owns them.
    pub filesystems: BTreeMap<AbsolutePath, Mount>,
    /// Hand-written modules.
    pub modules: Vec<ModuleRef>,
    /// Packages that are not free and that it may use.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub allow_unfree: BTreeSet<PackageName>,
    /// Whether its SSH server takes passwords.
    pub password_auth: bool,
    /// The last day on which it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password_auth_until: Option<Date>,
    /// The hosts whose keys it knows.
    pub known_hosts: BTreeSet<HostName>,
    /// The keys of its administrators.
    pub root_keys: BTreeSet<SshKey>,
    /// The account that deploy-rs logs in with, when it is not root.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deploy_account: Option<AccountName>,
    /// The accounts of operators.
    pub accounts: BTreeMap<AccountName, Account>,
    /// The secrets that it reads.
    pub secrets: BTreeMap<SecretName, Binding>,
    /// Whether the audit log tells who reads them.
    #[serde(default, skip_serializing_if = "is_false")]
    pub audit_secret_reads: bool,
    /// The time zone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<TimeZone>,
    /// The locale.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub locale: Option<Locale>,
}

/// How a host boots.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HardwareEntry {
    /// One of Cistern's profiles.
    Profile {
        /// Which one.
        name: HardwareProfile,
        /// Why.
        reason: String,
        /// Whether the firmware is UEFI.
        uefi: bool,
        /// The disk that GRUB is written to.
        grub_device: Option<String>,
        /// Drivers that are needed before the root file system is there.
        initrd_modules: Vec<String>,
    },
    /// A hand-written file.
    File(FleetPath),
}

/// How a host gets its address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NetworkEntry {
    /// Where the address comes from.
    pub mode: NetworkMode,
    /// The interface that has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interface: Option<InterfaceName>,
    /// The MAC address that the interface's name is pinned to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mac: Option<Mac>,
    /// The length of the network's prefix, in bits; for static addressing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prefix_length: Option<u8>,
    /// The router.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gateway: Option<Address>,
    /// The name servers.
    pub dns: Vec<Address>,
}

/// A mounted file system.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mount {
    /// What is mounted.
    pub device: Device,
    /// Its type.
    pub fs_type: FsType,
    /// Mount options.
    pub options: Vec<MountOption>,
}

/// How deploy-rs reaches a host.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeployEntry {
    /// The name or address.
    pub hostname: HostAddress,
    /// The port of the SSH server, when it is not 22.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub port: Option<Port>,
    /// Whether the host's own server listens on that port (and not a router in front of it).
    pub own_port: bool,
    /// The account to log in with.
    pub ssh_user: AccountName,
    /// The account that activates.
    pub user: AccountName,
    /// The host to go through.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jump: Option<Jump>,
    /// More arguments for ssh.
    pub ssh_opts: Vec<SshOption>,
    /// How `user` is taken on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sudo: Option<SudoCommand>,
    /// Whether the host builds its own system.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remote_build: Option<bool>,
    /// Seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confirm_timeout: Option<u16>,
    /// Seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub activation_timeout: Option<u16>,
}

/// An operator's account on a host.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Account {
    /// Who logs in with it.
    pub keys: BTreeSet<SshKey>,
    /// What it may run as root.
    pub sudo: BTreeSet<Command>,
}

/// A secret on a host that reads it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Binding {
    /// The encrypted file, below the fleet directory.
    pub file: String,
    /// The owner.
    pub owner: AccountName,
    /// The group, when it is not the owner's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<AccountName>,
    /// The permission bits.
    pub mode: Mode,
    /// Where it is decrypted to, when it is not agenix' own place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<AbsolutePath>,
    /// The systemd services that read it; a plan that was written down says it only of values that were changed.
    #[serde(skip)]
    pub units: BTreeSet<UnitName>,
    /// What came of changes of its value; nothing as long as it is the first one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub renewed: Option<Renewed>,
}

fn usual_lifecycle() -> Lifecycle {
    Lifecycle::Active
}

fn is_usual(lifecycle: &Lifecycle) -> bool {
    *lifecycle == Lifecycle::Active
}

fn is_false(flag: &bool) -> bool {
    !*flag
}

/// What came of changes of a secret's value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Renewed {
    /// How often it was changed.
    pub epoch: u32,
    /// The systemd services that restart for that.
    pub units: BTreeSet<UnitName>,
}

/// What is the same for every instance of a service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceEntry {
    /// Its kind.
    pub kind: KindName,
    /// The container's image.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<Image>,
    /// Its listeners.
    pub ports: BTreeMap<PortName, Listener>,
    /// Where it keeps what must survive.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<AbsolutePath>,
    /// Every setting of the kind.
    pub settings: BTreeMap<String, Value>,
    /// Where it answers Prometheus.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metrics: Option<MetricsEntry>,
    /// What an instance may use.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resources: Option<ResourcesEntry>,
    /// Who answers for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// The services that it cannot work without.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub depends_on: BTreeSet<ServiceName>,
    /// How it shows that it works.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub health_check: Option<HealthCheck>,
    /// How clients reach it through the proxies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ingress: Option<RouteEntry>,
    /// How Prometheus asks it, where that is not the usual way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scrape: Option<Scrape>,
    /// Where it shows dashboards.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dashboards: Option<DashboardsEntry>,
}

/// Where a service shows dashboards.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DashboardsEntry {
    /// The name of the port.
    pub port: PortName,
    /// Its URL, where browsers do not reach it by the address of its host.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

/// What an instance of a service may use at most.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResourcesEntry {
    /// Memory.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memory: Option<Size>,
    /// Processors.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cpus: Option<Cpus>,
    /// The systemd services that each are held to that.
    pub units: Vec<UnitName>,
}

/// A listener.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listener {
    /// Its port.
    pub number: Port,
    /// Its transport.
    pub protocol: Protocol,
    /// Whether the firewall lets others in.
    pub open: bool,
    /// Who gets in where others do not; nobody where the service listens for its own host only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reach: Option<Reach>,
    /// Whether the proxies get in as well: what is behind them.
    #[serde(default, skip_serializing_if = "is_false")]
    pub proxied: bool,
}

/// Where a service answers Prometheus.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MetricsEntry {
    /// The job.
    pub job: String,
    /// The name of the port.
    pub port: PortName,
    /// The path.
    pub path: String,
    /// Query parameters.
    pub params: BTreeMap<LabelName, Vec<String>>,
}

/// A service on a host.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Instance {
    /// The part that it plays in a cluster.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<RoleName>,
    /// Its number among the members of its cluster, from 0; what stands alone is 0.
    pub ordinal: u32,
    /// The hosts of the other members of its cluster, in the order of their ordinals.
    pub peers: Vec<HostName>,
    /// Whether it is only prepared: everything is there, and nothing starts it by itself.
    #[serde(default, skip_serializing_if = "is_false")]
    pub standby: bool,
    /// Ports that differ from the service's.
    pub ports: BTreeMap<PortName, Port>,
    /// How Prometheus asks it, where that differs from the service's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scrape: Option<Scrape>,
}

/// An encrypted value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecretEntry {
    /// Whether every host has a value of its own.
    pub per_host: bool,
    /// The hosts that read it.
    pub hosts: BTreeSet<HostName>,
    /// The people who can decrypt it.
    pub people: BTreeSet<PersonName>,
    /// How old its value may become.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rotate_every: Option<Duration>,
    /// When the values of one that may not grow old were set, by their files.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub changed: BTreeMap<String, Date>,
    /// How its value is made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub generate: Option<Recipe>,
    /// Whether its previous value stays for a while after a rotation.
    #[serde(default, skip_serializing_if = "is_false")]
    pub previous: bool,
}

/// What a person can decrypt with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonEntry {
    /// age recipients, native ones or SSH keys.
    pub ssh_keys: Vec<SshKey>,
    /// Native age recipients.
    pub age_keys: Vec<AgeKey>,
    /// The hosts that they administer.
    pub hosts: BTreeSet<HostName>,
}

impl HostEntry {
    /// The names of a host and its address, as whoever connects may give them: an alias without a dot in the domain too.
    pub fn names(&self, host: &HostName, domain: &Domain) -> Vec<String> {
        let mut names = vec![host.to_string(), format!("{host}.{domain}"), self.address.to_string()];
        names.extend(self.further_names(domain));
        names
    }

    /// The aliases, those without a dot in the domain too.
    pub fn further_names(&self, domain: &Domain) -> Vec<String> {
        self.aliases.iter().flat_map(|alias| in_domain(alias, Some(domain))).collect()
    }
}

impl Entries {
    /// The port of an instance.
    pub fn port(&self, host: &HostName, service: &ServiceName, port: &PortName) -> Option<Port> {
        let instance = self.instances.get(host)?.get(service)?;
        let own = instance.ports.get(port).copied();
        own.or_else(|| self.services.get(service)?.ports.get(port).map(|listener| listener.number))
    }
}
