//! The front matter of a kind: every key that exists.

use serde_json::json;

use crate::diag::Faults;
use crate::load::declare::definition;
use crate::load::decode::{At, Decode, Keyed, Named, Scalar, unreadable, wrong_type};
use crate::load::{Body, Node};
use crate::recipe::GenerateDef;
use crate::value::{
    AbsolutePath, AccountName, Category, Cpus, HeaderName, ImageName, KindName, LabelName, OwnAuth, PackageName, Port,
    PortName, Protocol, ProxyFeature, Reach, RoleName, Scheme, SecretName, ServiceName, SettingName, Size,
    StateVersion, System, UnitName, UrlPath,
};
use crate::watch::definition::HealthCheckDef;

use super::setting::SettingDef;

definition! {
    /// What a kind of service is: the facts that every emitter shares.
    pub struct Front {
        /// The version of this format: 1.
        #[schemars(required, example = 1)]
        version: At<u32>,
        /// What it is, in one line.
        #[schemars(required, example = &"A media server")]
        summary: At<String>,
        /// Every listener.
        ports: Named<PortName, PortDef>,
        /// Whether the definition may name ports that are not listed.
        any_ports: At<bool>,
        /// Where it answers Prometheus.
        metrics: Metrics,
        /// How it shows that it works.
        #[schemars(example = json!({ "http": { "port": "web", "path": "/health" } }))]
        health_check: At<HealthCheckDef>,
        /// Where it shows dashboards: Cistern's are provisioned there, and alerts link to them.
        dashboards: Dashboards,
        /// Whether its template sees `monitoring`: where the files of monitoring lie, and who listens where.
        reads_monitoring: At<bool>,
        /// Where it keeps what must survive.
        state: StateFact,
        /// The account that it runs as, which owns its secrets.
        #[schemars(example = &"jellyfin")]
        user: At<AccountName>,
        /// The group of that account.
        #[schemars(example = &"jellyfin")]
        group: At<AccountName>,
        /// What the definition may set.
        settings: Named<SettingName, SettingDef>,
        /// The secrets that it can bring, each called as the service, a hyphen, and the name here.
        secrets: Named<SecretName, BroughtDef>,
        /// The parts that instances play in a cluster, in the order in which hosts take them up.
        roles: Ordered<RoleName, RoleDef>,
        /// Other kinds that come with it, on the same hosts.
        members: Named<ServiceName, MemberDef>,
        /// How many instances it takes.
        quorum: Quorum,
        /// Whether a host can run several services of the kind.
        multiple: At<bool>,
        /// The systemd services that do its work, without `.service`: what `resources` limits.
        units: Vec<At<UnitName>>,
        /// The platforms that it runs on; all by default.
        systems: Vec<At<System>>,
        /// Whether it may listen below 1024. By default a kind with a `user` may not, and any other may.
        privileged_ports: At<bool>,
        /// The setting that holds the address of its listeners; without it, they listen at every address.
        bind: At<SettingName>,
        /// What it is for: what the catalogue sorts by.
        category: At<Category>,
        /// The container that it runs, without tag and digest: a service of the kind pins it by `image`.
        image: At<ImageName>,
        /// The oldest release of NixOS that has its options.
        #[schemars(example = &"25.11")]
        release: At<StateVersion>,
        /// The packages that it runs and that are not free, by the names that nixpkgs gives them.
        #[schemars(example = json!(["unrar"]))]
        unfree: Vec<At<PackageName>>,
        /// What an instance usually takes.
        needs: NeedsDef,
        /// The kinds of which the fleet must have one: it does not work without.
        #[schemars(example = json!(["postgresql", "patroni"]))]
        depends_on: Vec<At<KindName>>,
        /// How a proxy passes requests on to it; without it, the kind takes no `ingress`.
        ingress: IngressFact,
        /// Whether its template sees `ingress`: what the proxies pass on. `ingress.kind` names such a kind.
        reads_ingress: At<bool>,
        /// What a proxy of the kind cannot do of all that the definition may ask.
        #[schemars(example = json!(["circuit_breaker"]))]
        ingress_cannot: Vec<At<ProxyFeature>>,
        /// How a proxy asks it whether somebody has logged in. `ingress.auth` names a service of such a kind.
        forward_auth: ForwardAuth,
        /// Whether its template sees `names`: what name servers answer. `dns.kind` names such a kind.
        reads_names: At<bool>,
        /// Whether its instances copy its state among themselves.
        replicated: At<bool>,
        /// Whether two instances at work at once would harm its data or each other.
        singleton: At<bool>,
    }
}

definition! {
    /// A listener.
    pub struct PortDef {
        /// The usual number.
        #[schemars(required)]
        number: At<Port>,
        /// Its transport; TCP by default.
        protocol: At<Protocol>,
        /// Whether the host's firewall lets others in.
        open: At<bool>,
        /// The setting that makes the host's firewall let others in, when it is given. Without it the service listens for its
        /// own host only.
        open_with: At<SettingName>,
        /// Who gets in where others do not; those who monitor get to ports of `metrics` and `health_check` in any case.
        reach: At<Reach>,
        /// Whether it is meant for the whole Internet.
        public: At<bool>,
        /// The NixOS option that sets it.
        #[schemars(example = &"services.sonarr.settings.server.port")]
        option: At<String>,
        /// Whether it cannot be set.
        fixed: At<bool>,
    }
}

definition! {
    /// Where a service answers Prometheus.
    pub struct Metrics {
        /// The name of the port.
        #[schemars(required, example = &"metrics")]
        port: At<PortName>,
        /// The path; `/metrics` by default.
        #[schemars(example = &"/metrics")]
        path: At<String>,
        /// Query parameters.
        #[schemars(example = json!({ "module": ["if_mib"] }))]
        params: Named<LabelName, Vec<At<String>>>,
        /// The job's name; the kind's by default.
        #[schemars(example = &"node")]
        job: At<String>,
    }
}

definition! {
    /// Where a service shows dashboards.
    pub struct Dashboards {
        /// The name of the port.
        #[schemars(required, example = &"web")]
        port: At<PortName>,
        /// The setting that holds its URL, where browsers do not reach it by the address of its host.
        #[schemars(example = &"root_url")]
        url: At<SettingName>,
    }
}

definition! {
    /// Where a service keeps what must survive.
    pub struct StateFact {
        /// The usual directory.
        #[schemars(example = &"/var/lib/jellyfin")]
        path: At<AbsolutePath>,
        /// The NixOS option that sets it.
        #[schemars(example = &"services.jellyfin.dataDir")]
        option: At<String>,
        /// Whether it cannot be set.
        fixed: At<bool>,
    }
}

definition! {
    /// A secret that a service of the kind brings.
    pub struct BroughtDef {
        /// What it is for.
        #[schemars(example = &"The key that other programs call it with.")]
        description: At<String>,
        /// How its value is made; `from` and `depends_on` name other secrets of the kind.
        #[schemars(required, example = json!({ "type": "alphanumeric" }))]
        generate: GenerateDef,
        /// Whether every host has a value of its own.
        per_host: At<bool>,
        /// The setting that takes it, where the definition says `generate` in its place.
        #[schemars(example = &"environment_file")]
        setting: At<SettingName>,
    }
}

definition! {
    /// What an instance usually takes, where the definition says nothing else.
    pub struct NeedsDef {
        /// How much memory.
        #[schemars(example = &"512M")]
        memory: At<Size>,
        /// How many processors.
        #[schemars(example = 0.5)]
        cpus: At<Cpus>,
        /// Room on disks.
        #[schemars(example = &"10G")]
        disk: At<Size>,
        /// Whether it needs a graphics processor.
        gpu: At<bool>,
    }
}

definition! {
    /// How a proxy passes requests on to a service.
    pub struct IngressFact {
        /// The name of the port.
        #[schemars(required, example = &"web")]
        port: At<PortName>,
        /// The protocol at that port; `http` by default.
        scheme: At<Scheme>,
        /// Whether it asks who somebody is.
        #[schemars(required)]
        auth: At<OwnAuth>,
        /// Whether answers may take long: they are passed on as they come, without a limit of time.
        streaming: At<bool>,
        /// The largest request that it takes.
        #[schemars(example = &"10G")]
        max_body: At<Size>,
    }
}

definition! {
    /// How a proxy asks a service whether somebody has logged in.
    pub struct ForwardAuth {
        /// The name of the port.
        #[schemars(required, example = &"web")]
        port: At<PortName>,
        /// What is asked for.
        #[schemars(required, example = &"/api/authz/forward-auth")]
        path: At<UrlPath>,
        /// What proxies of some kinds ask for in its place, by their kind. nginx takes only a bare refusal there, and has
        /// whoever is refused sent to the login by what stands in `path`.
        #[schemars(example = json!({ "nginx": "/api/authz/auth-request" }))]
        paths: Named<KindName, At<UrlPath>>,
        /// The headers of the answer that are passed on to the service.
        #[schemars(example = json!(["Remote-User", "Remote-Groups"]))]
        headers: Vec<At<HeaderName>>,
        /// The setting that holds the URL at which somebody logs in.
        #[schemars(example = &"url")]
        url: At<SettingName>,
        /// What stands behind that URL, before the address of the page that was asked for; for proxies that do not pass on a
        /// refusal as it is. Without it, the header `Location` of the refusal says where somebody logs in.
        #[schemars(example = &"/login?redirect_uri=")]
        login: At<UrlPath>,
    }
}

definition! {
    /// A part in a cluster.
    pub struct RoleDef {
        /// How many instances play it; all that are left when absent.
        #[schemars(example = 1)]
        count: At<u32>,
    }
}

definition! {
    /// A kind that comes with another one.
    pub struct MemberDef {
        /// Its kind.
        #[schemars(required)]
        kind: At<KindName>,
    }
}

definition! {
    /// How many instances a cluster takes.
    pub struct Quorum {
        /// The fewest.
        #[schemars(example = 3)]
        at_least: At<u32>,
        /// Whether their number must be odd.
        odd: At<bool>,
        /// The sites that they should stand in, so that the loss of one leaves enough of them.
        #[schemars(example = 3)]
        domains: At<u32>,
    }
}

/// A map whose order has a meaning.
#[derive(Debug, Clone)]
pub struct Ordered<K, V>(pub Vec<(K, Keyed<V>)>);

impl<K: Scalar, V: Decode> Decode for Ordered<K, V> {
    fn decode(node: &Node, faults: &mut Faults) -> Option<Self> {
        let Body::Map(entries) = &node.body else {
            faults.push(wrong_type(node, "a map"));
            return None;
        };
        let mut list = Vec::new();
        for entry in entries {
            match K::read(&entry.key) {
                Ok(key) => {
                    let value = V::decode(&entry.value, faults)?;
                    list.push((key, Keyed { key: entry.key_span, value }));
                }
                Err(why) => faults.push(unreadable::<K>(&entry.key, entry.key_span, &why)),
            }
        }
        Some(Self(list))
    }
}

impl<K: schemars::JsonSchema, V: schemars::JsonSchema> schemars::JsonSchema for Ordered<K, V> {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> std::borrow::Cow<'static, str> {
        format!("Ordered_{}", V::schema_name()).into()
    }
    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        Named::<K, V>::json_schema(generator)
    }
}
