//! Hosts: what each of them needs, and nothing that it does not.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use super::moving::takes_an_address;
use super::plan::{
    Account, Binding, Capacity, DeployEntry, HardwareEntry, HostEntry, Instance, Machine, Mount, NetworkEntry, Renewed,
    SecretEntry,
};
use crate::check::{addresses, boot, secrets};
use crate::load::decode::Scalar;
use crate::model::definition::Layer;
use crate::model::shapes::Filesystems;
use crate::model::{Fleet, Hardware, Host, Secret, Site};
use crate::value::{
    AbsolutePath, AccountName, Address, HardwareProfile, HostAddress, HostName, KnownHosts, Lifecycle, Managed, Mode,
    MountOption, NetworkMode, Role, SecretName, ServiceName, UnitName,
};

/// Drivers for a machine of which nothing is known: SATA, NVMe, USB and what virtual machines have.
const COMMON_MODULES: &[&str] =
    &["ahci", "nvme", "sd_mod", "usb_storage", "usbhid", "virtio_blk", "virtio_pci", "virtio_scsi", "xhci_pci"];

/// The options of a disk that the machine can boot without.
pub const OPTIONAL_DISK: &[&str] = &["nofail", "x-systemd.device-timeout=10s"];

type Instances = BTreeMap<HostName, BTreeMap<ServiceName, Instance>>;

pub(super) fn entries(
    fleet: &Fleet,
    secrets: &BTreeMap<SecretName, SecretEntry>,
    instances: &Instances,
) -> BTreeMap<HostName, HostEntry> {
    let mut read: BTreeMap<&HostName, Vec<&SecretName>> = BTreeMap::new();
    for (name, secret) in secrets {
        for host in &secret.hosts {
            read.entry(host).or_default().push(name);
        }
    }
    let everyone: BTreeSet<HostName> =
        fleet.hosts.values().filter(|host| host.host_key.is_some()).map(|host| host.name.clone()).collect();
    let place = Placing { fleet, instances, read, everyone };
    let hosts: Vec<_> = fleet.hosts.values().collect();
    hosts.into_par_iter().map(|host| (host.name.clone(), place.host(host))).collect()
}

struct Placing<'a> {
    fleet: &'a Fleet,
    instances: &'a Instances,
    /// The secrets of each host.
    read: BTreeMap<&'a HostName, Vec<&'a SecretName>>,
    /// Every host with a known key.
    everyone: BTreeSet<HostName>,
}

impl Placing<'_> {
    fn host(&self, host: &Host) -> HostEntry {
        let site = host.site.as_ref().and_then(|site| self.fleet.sites.get(&site.value));
        HostEntry {
            managed: host.managed,
            address: host.address.expect("a checked host has an address").value,
            site: host.site.as_ref().map(|site| site.value.clone()),
            region: site.and_then(|site| site.region.clone()),
            system: host.system,
            tags: host.tags.clone(),
            labels: host.labels.clone(),
            aliases: host.aliases.iter().map(|alias| alias.value.clone()).collect(),
            lifecycle: host.lifecycle,
            host_key: host.host_key.as_ref().map(|key| key.value.clone()),
            capacity: host.facts.as_ref().map(|facts| Capacity {
                cpus: facts.cpus,
                memory: facts.memory,
                disks: facts.disks.iter().filter_map(|disk| disk.bytes).sum(),
            }),
            deploy: deploy(host),
            machine: (host.managed == Managed::Full).then(|| Box::new(self.machine(host))),
        }
    }

    fn machine(&self, host: &Host) -> Machine {
        let layer = &host.layer;
        let deploy_account = deploy(host).ssh_user;
        let ssh = layer.ssh.as_ref();
        Machine {
            state_version: host.state_version.clone().expect("a checked host has a state version"),
            hardware: hardware(host),
            facts: host.facts.as_ref().map(|_| format!("facts/{}.json", host.name)),
            network: self.network(host),
            filesystems: mounts(layer),
            modules: layer.modules.iter().flat_map(|modules| &modules.0).map(|at| at.value.clone()).collect(),
            allow_unfree: layer.allow_unfree.iter().flat_map(|names| &names.0).map(|at| at.value.clone()).collect(),
            password_auth: ssh.and_then(|ssh| ssh.password_auth).is_some_and(|at| at.value),
            password_auth_until: ssh
                .filter(|ssh| ssh.password_auth.is_some_and(|at| at.value))
                .and_then(|ssh| ssh.password_auth_until)
                .map(|at| at.value),
            known_hosts: self.known_hosts(host),
            root_keys: self.root_keys(host),
            deploy_account: (deploy_account.as_str() != "root").then_some(deploy_account),
            accounts: self.accounts(host),
            secrets: self.secrets(host),
            audit_secret_reads: layer.audit.as_ref().and_then(|audit| audit.secret_reads).is_some_and(|at| at.value),
            time_zone: layer.time_zone.as_ref().map(|at| at.value.clone()),
            locale: layer.locale.as_ref().map(|at| at.value.clone()),
        }
    }

    fn network(&self, host: &Host) -> NetworkEntry {
        let mode = addresses::mode(host);
        let site = host.site.as_ref().and_then(|site| self.fleet.sites.get(&site.value));
        let by_hand = site.filter(|_| mode == NetworkMode::Static);
        let pinned = host.mac.as_ref().filter(|_| mode != NetworkMode::Manual);
        NetworkEntry {
            mode,
            interface: host.interface.clone().filter(|_| {
                mode == NetworkMode::Static || pinned.is_some() || takes_an_address(self.fleet, &host.name)
            }),
            mac: pinned.map(|mac| mac.value.clone()),
            prefix_length: by_hand.and_then(|site| site.subnet).map(|subnet| subnet.value.0.prefix_len()),
            gateway: by_hand.and_then(|site| site.gateway).map(|gateway| gateway.value),
            dns: self.name_servers(host, by_hand),
        }
    }

    /// The name servers that a host asks: those of the fleet where the definition says so, else those that its site names.
    fn name_servers(&self, host: &Host, by_hand: Option<&Site>) -> Vec<Address> {
        let asked = self.fleet.dns.as_ref().filter(|dns| dns.written.name_servers.is_some_and(|at| at.value));
        let Some(dns) = asked else {
            return by_hand.iter().flat_map(|site| &site.dns).map(|server| server.value).collect();
        };
        let site = |host: &Host| host.site.as_ref().map(|at| at.value.clone());
        let named: Vec<&Host> = dns.hosts.iter().filter_map(|name| self.fleet.hosts.get(name)).collect();
        let active: Vec<&Host> = named.iter().filter(|other| other.lifecycle != Lifecycle::Inactive).copied().collect();
        // Without any, C236 is told; a host with no name server at all would be worse off when they are back.
        let all = if active.is_empty() { named } else { active };
        let mut own: Vec<&Host> =
            all.iter().filter(|other| host.site.is_some() && site(other) == site(host)).copied().collect();
        if own.is_empty() {
            own = all;
        }
        own.into_iter().filter_map(|other| Some(other.address?.value)).collect()
    }

    /// The keys that a host knows: those of the members of its clusters, or of everyone when it asks for that.
    fn known_hosts(&self, host: &Host) -> BTreeSet<HostName> {
        let wanted = host.layer.ssh.as_ref().and_then(|ssh| ssh.known_hosts).map(|at| at.value);
        let mut known = match wanted {
            Some(KnownHosts::All) => self.everyone.clone(),
            _ => {
                let instances = self.instances.get(&host.name).into_iter().flat_map(|services| services.values());
                instances.flat_map(|instance| instance.peers.iter().cloned()).collect()
            }
        };
        known.retain(|name| *name != host.name && self.everyone.contains(name));
        known
    }

    fn root_keys(&self, host: &Host) -> BTreeSet<crate::value::SshKey> {
        let people = self.fleet.people.values();
        let admins = people.filter(|person| person.role == Role::Admin && person.hosts.contains(&host.name));
        admins.flat_map(|person| person.keys.iter().cloned()).collect()
    }

    fn accounts(&self, host: &Host) -> BTreeMap<AccountName, Account> {
        let mut accounts: BTreeMap<AccountName, Account> = BTreeMap::new();
        for person in self.fleet.people.values() {
            if person.role == Role::Operator && person.hosts.contains(&host.name) {
                let account = accounts.entry(person.account.clone()).or_default();
                account.keys.extend(person.keys.iter().cloned());
                account.sudo.extend(person.sudo.iter().cloned());
            }
        }
        accounts
    }

    fn secrets(&self, host: &Host) -> BTreeMap<SecretName, Binding> {
        let names = self.read.get(&host.name).into_iter().flatten();
        names.map(|name| ((*name).clone(), self.binding(name, host))).collect()
    }

    fn binding(&self, name: &SecretName, host: &Host) -> Binding {
        let secret = &self.fleet.secrets[name];
        let running = self.instances.get(&host.name);
        let runs = |service: &ServiceName| running.is_some_and(|running| running.contains_key(service));
        let user = reader_account(self.fleet, secret, runs);
        let file = secrets::file(name, secret.per_host.then_some(&host.name));
        let units = reading_units(self.fleet, secret, runs);
        let epoch = self.fleet.kept.record.files.get(&file).map_or(0, |file| file.epoch);
        let root = || AccountName::read("root").expect("a plain word");
        Binding {
            renewed: (epoch > 0).then(|| Renewed { epoch, units: units.clone() }),
            file,
            owner: secret.owner.clone().map(|at| at.value).or(user).unwrap_or_else(root),
            group: secret.group.clone().map(|at| at.value),
            mode: secret
                .mode
                .clone()
                .map(|at| at.value)
                .unwrap_or_else(|| Mode::read("0400").expect("four octal digits")),
            path: secret.own_path.map(|_| secret.path.clone()),
            units,
        }
    }
}

/// The account that reads a secret on a host, when it is one and the same for all readers there.
pub fn reader_account(fleet: &Fleet, secret: &Secret, runs: impl Fn(&ServiceName) -> bool) -> Option<AccountName> {
    let mut accounts: BTreeSet<_> = secret
        .services
        .iter()
        .filter(|service| runs(service))
        .filter_map(|service| fleet.services.get(service))
        .filter_map(|service| fleet.kinds.get(&service.kind))
        .map(|kind| kind.front.user.as_ref().map(|at| at.value.clone()))
        .collect();
    accounts.pop_first().filter(|_| accounts.is_empty()).flatten()
}

/// The systemd services that read a secret on a host, as kinds name them.
fn reading_units(fleet: &Fleet, secret: &Secret, runs: impl Fn(&ServiceName) -> bool) -> BTreeSet<UnitName> {
    let services = secret.services.iter().filter(|service| runs(service));
    let kinds = services.filter_map(|name| Some((name, fleet.kinds.get(&fleet.services.get(name)?.kind)?)));
    let units = kinds.flat_map(|(name, kind)| kind.front.units.iter().flatten().map(move |unit| unit.value.of(name)));
    units.collect()
}

fn hardware(host: &Host) -> HardwareEntry {
    match host.hardware.as_ref().expect("a checked host has hardware") {
        Hardware::File(path) => HardwareEntry::File(path.clone()),
        Hardware::Profile { profile, reason } => HardwareEntry::Profile {
            name: *profile,
            reason: reason.clone(),
            uefi: boot::is_uefi(host),
            grub_device: boot::grub_disk(*profile, host)
                .filter(|_| boot::needs_disk(*profile, host))
                .map(str::to_owned),
            initrd_modules: initrd_modules(*profile, host),
        },
    }
}

fn initrd_modules(profile: HardwareProfile, host: &Host) -> Vec<String> {
    let seen = host.facts.as_ref().map(|facts| facts.boot_modules.as_slice()).unwrap_or_default();
    let bare = matches!(profile, HardwareProfile::GenericBios | HardwareProfile::GenericEfi);
    if seen.is_empty() && bare {
        return COMMON_MODULES.iter().map(|&module| module.to_owned()).collect();
    }
    seen.to_vec()
}

fn mounts(layer: &Layer) -> BTreeMap<AbsolutePath, Mount> {
    let mut mounts = BTreeMap::new();
    if let Some(Filesystems::Mounts(named)) = &layer.filesystems {
        for (place, mount) in &named.entries {
            let def = &mount.value;
            let (Some(device), Some(fs_type)) = (&def.device, &def.fs_type) else { continue };
            let options = def.options.iter().flatten().map(|at| at.value.clone()).collect();
            let mount = Mount { device: device.value.clone(), fs_type: fs_type.value.clone(), options };
            mounts.insert(place.clone(), mount);
        }
    }
    for disk in layer.storage.iter().flat_map(|storage| storage.entries.values()) {
        let def = &disk.value;
        let (Some(device), Some(place), Some(fs_type)) = (&def.device, &def.mount, &def.fs_type) else { continue };
        let usual = || OPTIONAL_DISK.iter().map(|o| MountOption::read(o).expect("a plain option")).collect();
        let options = def.options.as_ref().map_or_else(usual, |o| o.iter().map(|at| at.value.clone()).collect());
        let mount = Mount { device: device.value.clone(), fs_type: fs_type.value.clone(), options };
        mounts.insert(place.value.clone(), mount);
    }
    mounts
}

fn deploy(host: &Host) -> DeployEntry {
    let def = host.layer.deploy.clone().unwrap_or_default();
    let root = || AccountName::read("root").expect("a plain word");
    let address = host.address.expect("a checked host has an address").value.to_string();
    DeployEntry {
        own_port: def.hostname.is_none(),
        hostname: def.hostname.map_or_else(|| HostAddress::read(&address).expect("an address is one"), |at| at.value),
        port: def.port.map(|at| at.value).filter(|port| port.0.get() != 22),
        ssh_user: def.ssh_user.map_or_else(root, |at| at.value),
        user: def.user.map_or_else(root, |at| at.value),
        jump: def.jump.map(|at| at.value),
        ssh_opts: def.ssh_opts.into_iter().flatten().map(|at| at.value).collect(),
        sudo: def.sudo.map(|at| at.value),
        remote_build: def.remote_build.map(|at| at.value),
        confirm_timeout: def.confirm_timeout.map(|at| at.value),
        activation_timeout: def.activation_timeout.map(|at| at.value),
    }
}
