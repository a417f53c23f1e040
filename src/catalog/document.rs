//! A kind as one document: `--format json` prints it as it is, pages and tables say the same in fewer words.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use crate::value::{
    AbsolutePath, AccountName, Category, Cpus, ImageName, KindName, OwnAuth, PackageName, Port, PortName, Protocol,
    Reach, RoleName, Scheme, SecretName, ServiceName, SettingName, Size, StateVersion, System, UnitName,
};

/// Some kinds.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Catalog {
    /// Raised when a reader of an older version would misread this one; it is 1.
    pub version: u32,
    /// The kinds: in the order of their names, or the best first where they were searched for.
    pub kinds: Vec<KindPage>,
}

/// A kind of service.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct KindPage {
    /// Its name.
    pub name: KindName,
    /// What it is, in one line.
    pub summary: String,
    /// What it is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category: Option<Category>,
    /// Whether it is the fleet's own.
    pub own: bool,
    /// The section of the definition that brings it, where it is no service of its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub brought_by: Option<String>,
    /// The container that it runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image: Option<ImageName>,
    /// The oldest release of NixOS that has its options.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub release: Option<StateVersion>,
    /// The packages that are not free.
    pub unfree: Vec<PackageName>,
    /// The platforms that it runs on; all of them when there are none.
    pub systems: Vec<System>,
    /// Its listeners.
    pub ports: Vec<PortRow>,
    /// Whether the definition may name further ports.
    pub any_ports: bool,
    /// How it shows that it works.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub health_check: Option<HealthRow>,
    /// Where it answers Prometheus.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metrics: Option<MetricsRow>,
    /// How a proxy passes requests on to it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ingress: Option<IngressRow>,
    /// Where it keeps what must survive.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<StateRow>,
    /// The account that it runs as.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<AccountName>,
    /// The group of that account.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<AccountName>,
    /// The systemd services that do its work, without `.service`.
    pub units: Vec<UnitName>,
    /// What an instance usually takes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub needs: Option<NeedsRow>,
    /// The kinds of which the fleet must have one.
    pub depends_on: Vec<KindName>,
    /// The parts in a cluster, in the order in which hosts take them up.
    pub roles: Vec<RoleName>,
    /// The kinds that come with it.
    pub members: Vec<MemberRow>,
    /// How many instances it takes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quorum: Option<QuorumRow>,
    /// Whether its instances copy its state among themselves.
    pub replicated: bool,
    /// Whether two instances at work at once would harm its data or each other.
    pub singleton: bool,
    /// Whether a host can run several services of the kind.
    pub multiple: bool,
    /// The secrets that it can bring.
    pub secrets: Vec<SecretRow>,
    /// What the definition may set.
    pub settings: Vec<SettingRow>,
    /// What to add to fleet.yaml to have it.
    pub example: String,
}

/// A listener.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct PortRow {
    /// Its name.
    pub name: PortName,
    /// The usual number.
    pub number: Port,
    /// Its transport.
    pub protocol: Protocol,
    /// Whether the host's firewall lets others in.
    pub open: bool,
    /// The setting that lets others in when it is given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub open_with: Option<SettingName>,
    /// Who gets in where others do not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reach: Option<Reach>,
    /// Whether it is meant for the whole Internet.
    pub public: bool,
    /// The NixOS option that sets it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub option: Option<String>,
    /// Whether it cannot be set.
    pub fixed: bool,
}

/// How a service shows that it works.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct HealthRow {
    /// In which way it is asked.
    pub manner: String,
    /// The port that is asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub port: Option<PortName>,
    /// The path of the page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
}

/// Where a service answers Prometheus.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct MetricsRow {
    /// The port.
    pub port: PortName,
    /// The path.
    pub path: String,
}

/// How a proxy passes requests on.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct IngressRow {
    /// The port.
    pub port: PortName,
    /// The protocol at that port.
    pub scheme: Scheme,
    /// Whether it asks by itself who somebody is.
    pub auth: OwnAuth,
    /// Whether answers may take long.
    pub streaming: bool,
    /// The largest request that it takes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_body: Option<Size>,
}

/// Where a service keeps what must survive.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct StateRow {
    /// The usual directory.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<AbsolutePath>,
    /// The NixOS option that sets it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub option: Option<String>,
    /// Whether it cannot be set.
    pub fixed: bool,
}

/// What an instance usually takes.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct NeedsRow {
    /// Memory.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub memory: Option<Size>,
    /// Processors.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cpus: Option<Cpus>,
    /// Room on disks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disk: Option<Size>,
    /// Whether it needs a graphics processor.
    pub gpu: bool,
}

/// A kind that comes with another one.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct MemberRow {
    /// What its service is called behind the name of the other one.
    pub name: ServiceName,
    /// The kind.
    pub kind: KindName,
}

/// How many instances a cluster takes.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct QuorumRow {
    /// The fewest.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at_least: Option<u32>,
    /// Whether their number must be odd.
    pub odd: bool,
}

/// A secret that a service can bring.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct SecretRow {
    /// What it is called behind the name of the service.
    pub name: SecretName,
    /// What it is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// How its value is made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub made_as: Option<String>,
    /// The setting that takes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub setting: Option<SettingName>,
}

/// What the definition may set.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct SettingRow {
    /// Its name.
    pub name: SettingName,
    /// Its type, in words: `list of text`, `secret`.
    pub r#type: String,
    /// What it does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Whether the definition must give it.
    pub required: bool,
    /// What it is when the definition does not say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default: Option<Value>,
    /// An example.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub example: Option<Value>,
    /// The values that are allowed.
    pub values: Vec<Value>,
}
