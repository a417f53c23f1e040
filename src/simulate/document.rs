//! What would happen, as one document: `--format json` prints it as it is, the table says the same in fewer words.

use schemars::JsonSchema;
use serde::Serialize;

use crate::value::{
    Address, Failback, FailoverName, FleetName, HostName, KindName, PersonName, RoleName, SecretName, ServiceName, Vip,
};

/// What happens while some hosts are down.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Simulation {
    /// Raised when a reader of an older version would misread this one; it is 1.
    pub version: u32,
    /// The fleet's name.
    pub fleet: FleetName,
    /// The hosts that are down, in the order of their names.
    pub down: Vec<HostName>,
    /// Whether a service stops or loses its quorum.
    pub stops: bool,
    /// The services with fewer instances than before, in the order of their names.
    pub services: Vec<ServiceLoss>,
    /// What `failover` says of the hosts that are down, and who takes over.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(default)]
    pub moves: Vec<Move>,
    /// The secrets that no host reads any more.
    pub secrets: Vec<SecretLoss>,
    /// What becomes of the monitoring, when the fleet has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub monitoring: Option<Watch>,
    /// Addresses in the settings of services that lead nowhere any more.
    pub routes: Vec<BrokenRoute>,
    /// Names that clients reach services by and that are not answered as before.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(default)]
    pub names: Vec<NameLoss>,
    /// The hosts that are up and find no name any more, because every name server that they ask is down.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(default)]
    pub resolvers: Vec<ResolverLoss>,
    /// How many there are of each.
    pub summary: Summary,
}

/// A service that has fewer instances than before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct ServiceLoss {
    /// The service.
    pub name: ServiceName,
    /// Its kind.
    pub kind: KindName,
    /// What that means for it.
    pub effect: Effect,
    /// How many instances it has.
    pub before: usize,
    /// How many of them are left.
    pub left: usize,
    /// How many members make a majority, for kinds with a quorum.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub needed: Option<usize>,
    /// The hosts that it is down on.
    pub down: Vec<HostName>,
    /// The hosts that it still runs on.
    pub up: Vec<HostName>,
    /// The hosts that are up and prepared for it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub standbys: Vec<HostName>,
    /// The hosts of which `failover` starts it on one.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(default)]
    pub taken_over_by: Vec<HostName>,
    /// The parts in the cluster that nobody plays any more.
    pub roles_gone: Vec<RoleName>,
}

/// What fewer instances mean for a service; the worst comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// No instance is left.
    Stops,
    /// What is left of the cluster is no majority of its members.
    LosesQuorum,
    /// No instance is left, and a host that stands by starts one.
    Moves,
    /// Some instances are left.
    LosesRedundancy,
}

/// An entry of `failover` that is short of a host.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Move {
    /// The entry.
    pub name: FailoverName,
    /// What is reached at its address, or runs under its lease.
    pub service: ServiceName,
    /// The address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<Vip>,
    /// The service whose lease says who has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lease: Option<ServiceName>,
    /// What that means for it.
    pub effect: MoveEffect,
    /// The host that has it while all are up; of a lease, one of these.
    pub from: Vec<HostName>,
    /// The host that has it now; of a lease, one of these.
    pub to: Vec<HostName>,
    /// What becomes of it when the hosts are up again.
    pub failback: Failback,
    /// The hosts that are left of those that may have it.
    pub left: Vec<HostName>,
}

/// What fewer hosts mean for what moves between them; the worst comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum MoveEffect {
    /// Nobody has it.
    Lost,
    /// Another host takes it over.
    Moves,
    /// It stays where it is, and fewer hosts can take it over.
    LosesRedundancy,
}

/// A secret that no host reads any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct SecretLoss {
    /// The secret.
    pub name: SecretName,
    /// The host whose own value this is, where each has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub host: Option<HostName>,
    /// The people who can still decrypt it; with none of them it is lost until a host is back.
    pub people: Vec<PersonName>,
}

/// What becomes of the monitoring.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Watch {
    /// The monitoring hosts that are down.
    pub down: Vec<HostName>,
    /// The monitoring hosts that are left; without one, nobody is alerted.
    pub up: Vec<HostName>,
    /// The targets that are down with their hosts.
    pub targets_down: Vec<Target>,
    /// The targets that are up and that no monitoring host asks any more.
    pub targets_unwatched: Vec<Target>,
}

/// What Prometheus asks.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Target {
    /// The job.
    pub job: String,
    /// The host.
    pub host: HostName,
    /// The service that answers.
    pub service: ServiceName,
    /// The address and the port.
    pub address: String,
}

/// A name that clients reach a service by, and that is not answered as before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct NameLoss {
    /// The name, with the path where the service has no more of it.
    pub name: String,
    /// The service.
    pub service: ServiceName,
    /// What that means for it.
    pub effect: NameEffect,
    /// The service that answers instead.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub takes_over: Option<ServiceName>,
    /// The service that proxies ask for a login, and that nobody answers for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub login: Option<ServiceName>,
    /// The hosts whose proxies are left.
    pub proxies: Vec<HostName>,
    /// The hosts that answer.
    pub answering: Vec<HostName>,
}

/// What becomes of a name; the worst comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum NameEffect {
    /// Nobody answers.
    Unreachable,
    /// Another service answers.
    FailsOver,
    /// Fewer instances answer, or fewer proxies pass requests on.
    LosesRedundancy,
}

/// A host that is up and finds no name any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct ResolverLoss {
    /// The host.
    pub host: HostName,
    /// The name servers that it asks.
    pub servers: Vec<Address>,
}

/// An address in the settings of a service that leads nowhere any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct BrokenRoute {
    /// The service that leads there.
    pub through: ServiceName,
    /// The setting that holds the address, its keys with dots between them.
    pub setting: String,
    /// The address.
    pub url: String,
    /// The service that is reached by it.
    pub service: ServiceName,
    /// The host of that service.
    pub host: HostName,
    /// Why it leads nowhere.
    pub cause: Cause,
}

/// Why an address leads nowhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// The service that leads there stops; what is behind it may run.
    Entrance,
    /// The host that it leads to is down.
    Target,
    /// Both.
    Both,
}

/// How many there are of each.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Summary {
    /// Hosts of the fleet.
    pub hosts: usize,
    /// Hosts that are down.
    pub hosts_down: usize,
    /// Services that stop.
    pub services_stopped: usize,
    /// Services that lose their quorum.
    pub services_without_quorum: usize,
    /// Services that a host that stands by takes over.
    #[serde(skip_serializing_if = "is_none")]
    #[schemars(default)]
    pub services_moved: usize,
    /// Entries of `failover` that another host takes over.
    #[serde(skip_serializing_if = "is_none")]
    #[schemars(default)]
    pub failovers: usize,
    /// Services that lose redundancy.
    pub services_reduced: usize,
    /// Secrets that no host reads any more; one for each host where each has a value of its own.
    pub secrets_without_reader: usize,
    /// Those of them that nobody can decrypt either.
    pub secrets_lost: usize,
    /// Targets that are down with their hosts.
    pub targets_down: usize,
    /// Targets that are up and unwatched.
    pub targets_unwatched: usize,
    /// Addresses that lead nowhere any more.
    pub routes_broken: usize,
    /// Names that nobody answers for.
    #[serde(skip_serializing_if = "is_none")]
    #[schemars(default)]
    pub names_unreachable: usize,
    /// Hosts that are up and find no name any more.
    #[serde(skip_serializing_if = "is_none")]
    #[schemars(default)]
    pub hosts_without_resolver: usize,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
fn is_none(number: &usize) -> bool {
    *number == 0
}
