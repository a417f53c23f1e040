//! The definition as it is written: every key that exists, once. The JSON Schema is derived from these types.

use std::num::NonZeroU32;

use serde_json::json;

use super::ingress::{DnsDef, IngressDef, ServiceIngressDef};
use super::shapes::{Accept, Filesystems, OneOrMore, Standby};
use crate::load::declare::definition;
use crate::load::decode::{At, Named};
use crate::load::merge::Sum;
use crate::recipe::GenerateDef;
use crate::value::{
    AbsolutePath, AccountName, Address, AgeKey, CodeId, Command, Cpus, DataLoss, Date, Device, DnsName, Domain,
    Duration, EscrowName, Failback, FailoverName, FleetName, FsType, GroupName, HardwareChoice, HostAddress, HostName,
    Image, InterfaceName, Jump, KeySource, KindName, KnownHosts, LabelName, Lifecycle, LintLevel, Locale, Mac, Managed,
    Mode, ModuleRef, MountOption, NetworkMode, PackageName, PersonName, Port, PortName, ProfileName, RecipientKey,
    Role, RouterId, SecretName, Selector, ServiceName, SettingName, SiteName, Size, SpreadBy, SshKey, SshOption,
    StateVersion, StorageName, Subnet, SudoCommand, System, Tag, TimeZone, Verbatim, Vip,
};
use crate::watch::definition::{HealthCheckDef, MonitoringDef, ScrapeDef};

/// The settings of a service: a map whose values the kind judges.
pub type Settings = Named<SettingName, Verbatim>;

/// Labels by their name.
pub type Labels = Named<LabelName, At<String>>;

definition! {
    /// A fleet of NixOS machines.
    pub struct FleetDef {
        /// The version of this language: 1.
        #[schemars(required, example = 1)]
        version: At<u32>,
        /// What the fleet is called and where its names live.
        #[schemars(required)]
        fleet: IdentityDef,
        /// The first layer of every host: what holds unless something later says otherwise.
        defaults: Layer,
        /// Places with a network of their own.
        sites: Named<SiteName, SiteDef>,
        /// Who may log in and decrypt.
        access: AccessDef,
        /// Layers that hosts take up by name.
        profiles: Named<ProfileName, ProfileDef>,
        /// The machines.
        hosts: Named<HostName, HostDef>,
        /// Sets of hosts, with a layer of their own.
        groups: Named<GroupName, GroupDef>,
        /// What runs, and where. The entry `jellyfin` is of the kind `jellyfin`, unless it says otherwise.
        services: Named<ServiceName, ServiceDef>,
        /// Encrypted values and who reads them.
        secrets: Named<SecretName, SecretDef>,
        /// The proxies that clients reach services through.
        ingress: IngressDef,
        /// The name servers that answer for services.
        dns: DnsDef,
        /// Who watches the fleet, and who is told.
        monitoring: MonitoringDef,
        /// What moves to another host when one fails.
        failover: Named<FailoverName, FailoverDef>,
        /// How bad findings are, by their code, for the whole fleet.
        lints: Named<CodeId, LintDef>,
    }
}

definition! {
    /// A service that another host takes over: its address moves there, or a lease, and what stands by starts.
    pub struct FailoverDef {
        /// The service. With standbys it runs only where the address or the lease is; without, on all hosts, and only the
        /// address moves.
        #[schemars(required)]
        service: At<ServiceName>,
        /// The address by which the service is reached, in the network of the hosts' site. Either this or `lease`.
        vip: At<Vip>,
        /// The service of kind `etcd` that grants one host at a time the right to run the service, wherever the hosts stand.
        #[schemars(example = &"etcd")]
        lease: At<ServiceName>,
        /// Who takes over, the first that works; the hosts of the service and then its standbys by default.
        hosts: Vec<At<HostName>>,
        /// What becomes of it when a host that is preferred is back; `manual` by default.
        failback: At<Failback>,
        /// Whether it may move without its data, for a service that keeps some and copies none.
        data_loss: At<DataLoss>,
        /// The number by which VRRP knows the address on its network; the last byte of the address by default.
        router_id: At<RouterId>,
        /// Findings about it that are allowed.
        #[schemars(example = json!([{ "code": "C244", "reason": "the state is a cache" }]))]
        accept: Vec<At<Accept>>,
    }
}

definition! {
    /// What becomes of a finding in the whole fleet.
    pub struct LintDef {
        /// Whether it is allowed, a warning or an error.
        #[schemars(required)]
        level: At<LintLevel>,
        /// Why; whoever reads it in a year will ask.
        #[schemars(required, example = &"the router leaves these addresses out")]
        reason: At<String>,
    }
}

definition! {
    /// What the fleet is called.
    pub struct IdentityDef {
        /// The fleet's name.
        #[schemars(required)]
        name: At<FleetName>,
        /// The domain of its hosts: `<host>.<domain>`.
        #[schemars(required)]
        domain: At<Domain>,
    }
}

definition! {
    /// What defaults, sites, profiles, groups and hosts can say of a machine.
    pub layer Layer {
        /// The time zone of the machine; NixOS' own by default.
        time_zone: At<TimeZone>,
        /// The locale of the machine; NixOS' own by default.
        locale: At<Locale>,
        /// Words that selectors match, and groups of deploy-rs; they add up over the layers.
        tags: Sum<Tag>,
        /// Labels that selectors match and Prometheus attaches. Those that Cistern or Prometheus sets cannot be given:
        /// `host`, `site`, `region`, `service`, `job`, `instance`, and what begins with `__`.
        #[schemars(example = json!({ "environment": "production" }))]
        labels: Labels,
        /// NixOS modules of yours: files, or outputs of the flake's inputs. They have the last word over what Cistern writes,
        /// and add up over the layers.
        modules: Sum<ModuleRef>,
        /// Packages that are not free and may be used, by the names that nixpkgs gives them; they add up over the layers.
        allow_unfree: Sum<PackageName>,
        /// The SSH server and client.
        ssh: SshDef,
        /// What the kernel's audit log tells.
        audit: AuditDef,
        /// How deploy-rs reaches the machine.
        deploy: DeployDef,
        /// Prometheus exporters, by the name of their kind without `-exporter`.
        #[schemars(example = json!({ "node": {} }))]
        exporters: Named<KindName, ExporterDef>,
        /// The platform, where no facts tell it.
        system: At<System>,
        /// How it boots and which drivers it needs; `auto`, by what the facts say, where there are facts. A file of yours then
        /// also owns the boot loader and, unless `filesystems` is given, the mounts.
        hardware: At<HardwareChoice>,
        /// How it gets its address.
        network: NetworkDef,
        /// What it needs to boot, by the place of the mount; or `manual` when a module of yours mounts everything.
        #[schemars(example = json!({ "/": { "device": "/dev/disk/by-label/nixos", "fs_type": "ext4" } }))]
        filesystems: Filesystems,
        /// Disks that it can boot without. A dead one does not keep the machine from booting.
        storage: Named<StorageName, StorageDef>,
    }
}

definition! {
    /// The SSH server and client.
    pub layer SshDef {
        /// Whether passwords are accepted; `false` by default.
        #[schemars(example = false)]
        password_auth: At<bool>,
        /// The last day on which they are: without one they are refused.
        #[schemars(example = &"2027-01-31")]
        password_auth_until: At<Date>,
        /// Whose host keys it knows; `peers` by default.
        known_hosts: At<KnownHosts>,
    }
}

definition! {
    /// What the kernel's audit log tells.
    pub layer AuditDef {
        /// Whether it tells who reads decrypted secrets, which `ausearch -k cistern-secrets` shows; `false` by default. Services
        /// that read theirs often fill the log.
        #[schemars(example = true)]
        secret_reads: At<bool>,
    }
}

definition! {
    /// How deploy-rs reaches a machine.
    pub layer DeployDef {
        /// The name or address to connect to; the host's `address` by default.
        hostname: At<HostAddress>,
        /// The port of its SSH server; 22 by default. Without a `hostname`, the machine's own server listens there; with one, the
        /// port is that of a router in front of it.
        #[schemars(example = 22)]
        port: At<Port>,
        /// The account to log in with; `root` by default. One that is not root is made with the keys of the admins and trusted by
        /// Nix.
        ssh_user: At<AccountName>,
        /// The account that activates; `root` by default.
        #[schemars(example = &"root")]
        user: At<AccountName>,
        /// The host to go through: `[user@]host[:port]`.
        jump: At<Jump>,
        /// More arguments for ssh.
        ssh_opts: Vec<At<SshOption>>,
        /// How `user` is taken on; `sudo -u` by default.
        sudo: At<SudoCommand>,
        /// Whether the machine builds its own system; deploy-rs' own default otherwise.
        remote_build: At<bool>,
        /// Seconds to wait for the confirmation before rolling back; deploy-rs' own default otherwise.
        #[schemars(example = 30)]
        confirm_timeout: At<u16>,
        /// Seconds that an activation may take; deploy-rs' own default otherwise.
        #[schemars(example = 240)]
        activation_timeout: At<u16>,
    }
}

definition! {
    /// An exporter.
    pub layer ExporterDef {
        /// Its port; that of its kind by default.
        #[schemars(example = 9100)]
        port: At<Port>,
        /// How Prometheus asks it.
        scrape: ScrapeDef,
    }
}

definition! {
    /// How a machine gets its address.
    pub layer NetworkDef {
        /// Where the address comes from; `dhcp` by default. `static` takes the prefix, the gateway and the name servers of the
        /// site.
        mode: At<NetworkMode>,
        /// The interface that has the address; by default the one with the host's `mac`, else the only one of the facts.
        interface: At<InterfaceName>,
    }
}

definition! {
    /// A disk that the machine can boot without.
    pub layer StorageDef {
        /// What is mounted. One of the layers must give it.
        #[schemars(example = &"/dev/disk/by-id/ata-X-part1")]
        device: At<Device>,
        /// Where. One of the layers must give it.
        mount: At<AbsolutePath>,
        /// Its type. One of the layers must give it.
        fs_type: At<FsType>,
        /// Mount options, in place of `nofail` and a device timeout of ten seconds.
        options: Vec<At<MountOption>>,
    }
}

definition! {
    /// A place with a network of its own; a failure domain.
    pub struct SiteDef {
        /// A region, which becomes a label of all its targets.
        #[schemars(example = &"eu-west")]
        region: At<String>,
        /// The network of its hosts; their addresses are held against it.
        subnet: At<Subnet>,
        /// The router.
        #[schemars(example = &"192.168.1.1")]
        gateway: At<Address>,
        /// The name servers.
        #[schemars(example = ["192.168.1.1"])]
        dns: Vec<At<Address>>,
        /// The first and the last address that DHCP hands out; no static one may lie there.
        #[schemars(example = ["192.168.1.100", "192.168.1.199"])]
        dhcp_range: Vec<At<Address>>,
        /// Findings about it that are allowed.
        #[schemars(example = json!([{ "code": "C052", "reason": "the router leaves it out" }]))]
        accept: Vec<At<Accept>>,
        ..layer: Layer,
    }
}

definition! {
    /// Who may log in and decrypt.
    pub struct AccessDef {
        /// People by a short name.
        people: Named<PersonName, PersonDef>,
        /// Keys that open every secret and are kept away for the day on which all others are lost.
        #[schemars(example = json!({ "safe": "age12wm435jcm247sv4f40gqute5n9mqnx8ve2v4j376z7lz579s5thsw6ylm5" }))]
        escrow: Named<EscrowName, At<RecipientKey>>,
    }
}

definition! {
    /// A person.
    pub struct PersonDef {
        /// Public SSH keys, or files of the fleet directory that hold one a line.
        #[schemars(required)]
        keys: Vec<At<KeySource>>,
        /// What they may do.
        #[schemars(required)]
        role: At<Role>,
        /// age recipients of an admin, in place of the SSH keys; for those whose SSH keys age cannot use.
        age_keys: Vec<At<AgeKey>>,
        /// The account of an operator; the short name by default.
        #[schemars(example = &"ana")]
        account: At<AccountName>,
        /// The hosts that they may log in to; all by default.
        #[schemars(example = &"environment=staging")]
        hosts: At<Selector>,
        /// Commands that an operator may run as root, by name or absolute path.
        sudo: Vec<At<Command>>,
    }
}

definition! {
    /// A layer that hosts take up by name.
    pub struct ProfileDef {
        /// The profiles that it builds on, one or a list, the first one lowest.
        #[schemars(example = &"base")]
        extends: OneOrMore<ProfileName>,
        ..layer: Layer,
    }
}

definition! {
    /// A machine.
    pub struct HostDef {
        /// How much of it Cistern configures; `full` by default.
        managed: At<Managed>,
        /// Where the other hosts and Prometheus reach it.
        #[schemars(required)]
        address: At<Address>,
        /// The site that it stands in.
        site: At<SiteName>,
        /// The NixOS release that it was installed with, which a full host must give; never changed later.
        state_version: At<StateVersion>,
        /// Its public SSH host key, to which secrets are encrypted.
        host_key: At<SshKey>,
        /// Layers that it takes up, the later ones winning.
        profiles: Vec<At<ProfileName>>,
        /// The MAC address of the card that has its address. Its interface then keeps its name.
        mac: At<Mac>,
        /// Further names that it is known by, with or without a dot.
        aliases: Vec<At<DnsName>>,
        /// What is done with it at present; `active` by default.
        lifecycle: At<Lifecycle>,
        /// Findings about it that are allowed.
        #[schemars(example = json!([{ "code": "C052", "reason": "the router leaves it out" }]))]
        accept: Vec<At<Accept>>,
        ..layer: Layer,
    }
}

definition! {
    /// A set of hosts, with a layer of their own.
    pub struct GroupDef {
        /// The members, by a selector.
        selector: At<Selector>,
        /// The members, by name.
        hosts: Vec<At<HostName>>,
        /// Which group wins where two set the same key: the higher one; 0 by default.
        #[schemars(example = 10)]
        priority: At<i64>,
        ..layer: Layer,
    }
}

definition! {
    /// What runs, and where.
    pub struct ServiceDef {
        /// The kind: a file in templates/services/. The service's own name by default.
        kind: At<KindName>,
        /// A container image with a digest; the kind is then `container`.
        image: At<Image>,
        /// Where it runs: either `hosts` or `selector`, and how many of them.
        #[schemars(required)]
        placement: PlacementDef,
        /// Ports that are not the kind's usual ones, by name.
        ports: Named<PortName, At<Port>>,
        /// Where it keeps what must survive, where that is not the kind's usual directory.
        state: StateDef,
        /// What an instance may use at most.
        resources: ResourcesDef,
        /// Who answers for it: the label `owner` of its targets, by which routes choose.
        #[schemars(example = &"web")]
        owner: At<String>,
        /// The services that it cannot work without: when one of them is down, nobody is told that it is as well.
        #[schemars(example = ["postgresql"])]
        depends_on: Vec<At<ServiceName>>,
        /// How it shows that it works, where that is not what its kind says.
        #[schemars(example = json!({ "http": { "port": "web", "path": "/health" } }))]
        health_check: At<HealthCheckDef>,
        /// How clients reach it through the proxies; without it they do not.
        #[schemars(example = json!({ "host": "jellyfin" }))]
        ingress: At<ServiceIngressDef>,
        /// How Prometheus asks for its figures.
        #[schemars(example = json!({ "scheme": "https" }))]
        scrape: ScrapeDef,
        /// What the kind can be told; `{secret: NAME}` stands for that secret's run-time path and makes the service its reader.
        #[schemars(example = json!({ "media_group": "media" }))]
        settings: Settings,
        /// Findings about it that are allowed.
        #[schemars(example = json!([{ "code": "C052", "reason": "the router leaves it out" }]))]
        accept: Vec<At<Accept>>,
    }
}

definition! {
    /// Where a service runs.
    pub struct PlacementDef {
        /// The hosts by name, in order; with `replicas`, those to choose from.
        hosts: Vec<At<HostName>>,
        /// Every host that matches, each with an instance of its own; with `replicas`, those to choose from.
        selector: At<Selector>,
        /// How many of these hosts run it: Cistern chooses them, and `placement.lock` keeps the choice. All of them by default.
        #[schemars(example = 2)]
        replicas: At<u32>,
        /// Hosts that are prepared and do not start it: how many further ones, or which.
        #[schemars(example = 1)]
        standby: Standby,
        /// What its instances are kept apart by, as far as there are enough: `host`, `site`, `region` or a label.
        spread: At<SpreadBy>,
        /// How many services of its kind (containers: of its image) a host runs at most, where it runs. Never two of one service.
        #[schemars(example = 1)]
        max_per_host: At<NonZeroU32>,
        /// The services that it shares no host with.
        #[schemars(example = ["postgresql"])]
        avoid: Vec<At<ServiceName>>,
        /// The service that it should be near to: on one of its hosts, else at one of its sites.
        near: At<ServiceName>,
        /// What an instance must have, by the facts of its host and after all others there; hosts without facts are left out.
        requires: RequiresDef,
    }
}

definition! {
    /// What an instance must have.
    pub struct RequiresDef {
        /// Memory in bytes, or with K, M, G or T.
        memory: At<Size>,
        /// Processors, such as 1.5.
        cpus: At<Cpus>,
        /// Room on disks in bytes, or with K, M, G or T.
        #[schemars(example = &"50G")]
        disk: At<Size>,
        /// Whether it needs a graphics processor.
        #[schemars(example = true)]
        gpu: At<bool>,
    }
}

definition! {
    /// What an instance may use at most.
    pub struct ResourcesDef {
        /// Memory in bytes, or with K, M, G or T.
        memory: At<Size>,
        /// Processors, such as 1.5.
        cpus: At<Cpus>,
    }
}

definition! {
    /// Where a service keeps what must survive.
    pub struct StateDef {
        /// The directory.
        #[schemars(example = &"/var/lib/jellyfin")]
        path: At<AbsolutePath>,
    }
}

definition! {
    /// An encrypted value: `secrets/<name>.age`, or `secrets/<host>/<name>.age` for each host.
    pub struct SecretDef {
        /// The services that read it; those whose settings name it read it in any case.
        services: Vec<At<ServiceName>>,
        /// The hosts that read it without a service.
        hosts: At<Selector>,
        /// The account that owns the file; by default the one that the service runs as, else root.
        #[schemars(example = &"root")]
        owner: At<AccountName>,
        /// The group of the file; by default that of the account, else root.
        group: At<AccountName>,
        /// Its permission bits; `"0400"` by default.
        mode: At<Mode>,
        /// Whether every host has a value of its own, in `secrets/<host>/<name>.age`; `false` by default.
        per_host: At<bool>,
        /// Where it is decrypted to; `/run/agenix/<name>` by default.
        #[schemars(example = &"/run/keys/wg")]
        path: At<AbsolutePath>,
        /// How old its value may become; `cistern secrets rotate --due` renews what is older.
        #[schemars(example = &"90d")]
        rotate_every: At<Duration>,
        /// How its value is made; `cistern secrets create` makes what is missing.
        #[schemars(example = json!({ "type": "alphanumeric" }))]
        generate: GenerateDef,
        /// Whether the value before the last rotation stays for a while, as `<name>.previous`; `false` by default.
        previous: At<bool>,
        /// Findings about it that are allowed.
        #[schemars(example = json!([{ "code": "C052", "reason": "the router leaves it out" }]))]
        accept: Vec<At<Accept>>,
    }
}
