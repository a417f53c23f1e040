//! `hosts/<host>.nix`: one NixOS module per host, holding only what that host needs.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;
use serde::Serialize;

use super::Context;
use super::failover::{Failover, failovers};
use super::firewall::{Allowed, allowed};
use super::header::hash_of;
use super::health::{self, Check, Wait};
use super::names::{KnownAddress, known_to};
use super::part::{HostTrace, Part, PartOf};
use super::pieces::{Piece, compose, places};
use super::render::Output;
use super::service::{Common, InstanceContext};
use super::units::{Unit, units};
use crate::diag::Faults;
use crate::nix::{Fragment, RelativePath};
use crate::place::plan::{Binding, HardwareEntry, HostEntry, Machine, NetworkEntry};
use crate::value::{
    AccountName, Address, Domain, FsType, HostName, InterfaceName, Locale, Mac, Mode, ModuleRef, MountOption,
    NetworkMode, PackageName, Protocol, SecretName, ServiceName, SshKey, StateVersion, System, TimeZone,
};

const TEMPLATE: &str = "host.nix.j2";

pub(super) fn emit(context: &Context<'_>) -> Vec<Output> {
    let services = context.services();
    let hosts: Vec<_> = context.entries().hosts.iter().collect();
    hosts
        .into_par_iter()
        .filter_map(|(name, entry)| Some(host(context, name, entry, entry.machine.as_deref()?, &services)))
        .collect()
}

/// A module as its template gave it, neither formatted nor put in its place.
#[derive(Debug)]
pub struct Text {
    /// The host that it is of.
    pub host: HostName,
    /// The service, when it is that of an instance.
    pub service: Option<ServiceName>,
    /// The template's name.
    pub template: String,
    /// What came out.
    pub body: String,
}

/// Fills in the templates of every host and instance.
pub(super) fn texts(context: &Context<'_>) -> Result<Vec<Text>, Box<Faults>> {
    let services = context.services();
    let hosts: Vec<_> = context.entries().hosts.iter().collect();
    let machines = hosts.into_par_iter().filter_map(|(name, host)| Some((name, host, host.machine.as_deref()?)));
    let texts: Result<Vec<Vec<Text>>, _> =
        machines.map(|(name, entry, machine)| texts_of(context, name, entry, machine, &services)).collect();
    Ok(texts?.into_iter().flatten().collect())
}

fn texts_of(
    context: &Context<'_>,
    name: &HostName,
    entry: &HostEntry,
    machine: &Machine,
    services: &BTreeMap<&ServiceName, Common>,
) -> Result<Vec<Text>, Box<Faults>> {
    let text = |service: Option<&ServiceName>, template: &str, body| Text {
        host: name.clone(),
        service: service.cloned(),
        template: template.to_owned(),
        body,
    };
    let page = Page { facts: Facts::new(context, name, entry, machine), pieces: Vec::new() };
    let mut all = vec![text(None, TEMPLATE, context.fill(TEMPLATE, &page)?)];
    let hardware = Hardware::new(&machine.hardware);
    if hardware.profile.is_some() {
        all.push(text(None, &hardware.template(), context.fill(&hardware.template(), &hardware)?));
    }
    for (service, instance) in context.entries().instances.get(name).into_iter().flatten() {
        let common = &services[service];
        let body = context.filled_in(&context.instance(name, service, instance, common), common)?;
        all.push(text(Some(service), common.template(), body));
    }
    Ok(all)
}

/// Writes the module of one host and no other file; nothing for a host that Cistern writes no module for.
///
/// # Errors
/// The faults of the user's own templates.
pub fn trace(context: &Context<'_>, wanted: &HostName) -> Result<Option<HostTrace>, Box<Faults>> {
    let Some((name, entry)) = context.entries().hosts.get_key_value(wanted) else { return Ok(None) };
    let Some(machine) = entry.machine.as_deref() else { return Ok(None) };
    let services = context.services_of(name);
    let bytes = host(context, name, entry, machine, &services).bytes?;
    let text = String::from_utf8_lossy(&bytes).into_owned();
    Ok(Some(HostTrace { text, parts: parts(context, name, entry, machine, &services)? }))
}

fn host(
    context: &Context<'_>,
    name: &HostName,
    entry: &HostEntry,
    machine: &Machine,
    services: &BTreeMap<&ServiceName, Common>,
) -> Output {
    let instances = running(context, name, services);
    let facts = Facts::new(context, name, entry, machine);
    let hardware = Hardware::new(&machine.hardware);
    let inputs = {
        let instances: Vec<_> = instances.iter().map(|(instance, _)| instance).collect();
        let stamps = [context.stamp(TEMPLATE), context.stamp(&hardware.template())];
        hash_of(&(&facts, &hardware, instances, stamps))
    };
    context.headed(format!("hosts/{name}.nix"), &format!("hosts.{name}"), &inputs, || {
        let mut pieces: Vec<Piece> = hardware.piece(context)?.into_iter().collect();
        for (instance, common) in &instances {
            pieces.push(context.body(instance, common)?);
        }
        let page = Page { facts, pieces: places(&pieces) };
        Ok(compose(context.nix(TEMPLATE, &page)?, &pieces))
    })
}

/// What runs on a host, each with what its template is filled in with.
fn running<'c>(
    context: &'c Context<'_>,
    name: &'c HostName,
    services: &'c BTreeMap<&ServiceName, Common>,
) -> Vec<(InstanceContext<'c>, &'c Common)> {
    let running = context.entries().instances.get(name).into_iter().flatten();
    let instance = |(service, instance)| {
        let common = &services[service];
        (context.instance(name, service, instance, common), common)
    };
    running.map(instance).collect()
}

/// Which lines of which templates a host's module came from, in the order in which they stand in it.
fn parts(
    context: &Context<'_>,
    name: &HostName,
    entry: &HostEntry,
    machine: &Machine,
    services: &BTreeMap<&ServiceName, Common>,
) -> Result<Vec<Part>, Box<Faults>> {
    let part = |of, template: &str, trace| Part { of, template: template.to_owned(), trace };
    let mut parts = Vec::new();
    let hardware = Hardware::new(&machine.hardware);
    if hardware.profile.is_some() {
        let template = hardware.template();
        parts.push(part(PartOf::Hardware, &template, context.trace(&template, &hardware)?));
    }
    for (instance, common) in running(context, name, services) {
        let (template, trace) = context.trace_body(&instance, common)?;
        parts.push(part(PartOf::Service(instance.service().clone()), template, trace));
    }
    // What the pieces set was traced above.
    let page = Page { facts: Facts::new(context, name, entry, machine), pieces: vec![Fragment::new("pieces")] };
    parts.push(part(PartOf::Host, TEMPLATE, context.trace(TEMPLATE, &page)?));
    Ok(parts)
}

/// Everything that the host's template sees.
#[derive(Serialize)]
struct Page<'a> {
    #[serde(flatten)]
    facts: Facts<'a>,
    /// Hardware and instances: modules of their own in `imports`.
    pieces: Vec<Fragment>,
}

/// What of the page comes from the plan as it is.
#[derive(Serialize)]
struct Facts<'a> {
    name: &'a HostName,
    domain: &'a Domain,
    address: Address,
    system: Option<System>,
    state_version: &'a StateVersion,
    inputs: bool,
    modules: Vec<Module<'a>>,
    facts: Option<RelativePath>,
    allow_unfree: &'a BTreeSet<PackageName>,
    network: Network<'a>,
    mounts: Vec<MountPoint<'a>>,
    tcp: BTreeSet<u16>,
    udp: BTreeSet<u16>,
    allowed: Vec<Allowed>,
    password_auth: bool,
    password_warning: Option<String>,
    ssh_port: Option<u16>,
    root_keys: &'a BTreeSet<SshKey>,
    deploy_account: Option<&'a AccountName>,
    accounts: Vec<Login<'a>>,
    sudo: Vec<SudoRule<'a>>,
    known_hosts: Vec<KnownHost<'a>>,
    secrets: Vec<Secret<'a>>,
    audit_secret_reads: bool,
    units: Vec<Unit>,
    checks: Vec<Check<'a>>,
    waits: Vec<Wait<'a>>,
    failovers: Vec<Failover<'a>>,
    service_names: Vec<KnownAddress>,
    time_zone: Option<&'a TimeZone>,
    locale: Option<&'a Locale>,
}

#[derive(Serialize)]
struct Module<'a> {
    file: Option<RelativePath>,
    attributes: Vec<&'a str>,
}

#[derive(Serialize)]
struct Network<'a> {
    mode: NetworkMode,
    interface: Option<&'a InterfaceName>,
    mac: Option<&'a Mac>,
    family: &'static str,
    gateway_option: &'static str,
    prefix_length: Option<u8>,
    gateway: Option<Address>,
    dns: &'a [Address],
}

#[derive(Serialize)]
struct MountPoint<'a> {
    place: &'a str,
    device: &'a str,
    fs_type: &'a FsType,
    options: &'a [MountOption],
}

#[derive(Serialize)]
struct Login<'a> {
    name: &'a AccountName,
    keys: BTreeSet<&'a SshKey>,
}

#[derive(Serialize)]
struct SudoRule<'a> {
    account: &'a AccountName,
    run_as: &'a str,
    commands: Vec<String>,
}

#[derive(Serialize)]
struct KnownHost<'a> {
    name: &'a HostName,
    names: Vec<String>,
    key: &'a SshKey,
}

#[derive(Serialize)]
struct Secret<'a> {
    name: &'a SecretName,
    file: RelativePath,
    owner: &'a AccountName,
    group: Option<&'a AccountName>,
    mode: &'a Mode,
    path: Option<&'a str>,
}

impl<'a> Facts<'a> {
    fn new(context: &Context<'a>, name: &'a HostName, entry: &'a HostEntry, machine: &'a Machine) -> Self {
        let modules: Vec<_> =
            hardware_file(machine).into_iter().chain(machine.modules.iter().map(Module::new)).collect();
        let own_port = entry.deploy.port.filter(|_| entry.deploy.own_port);
        Self {
            name,
            domain: &context.entries().domain,
            address: entry.address,
            system: entry.system,
            state_version: &machine.state_version,
            inputs: modules.iter().any(|module| module.file.is_none()),
            modules,
            facts: machine.facts.as_deref().map(from_hosts),
            allow_unfree: &machine.allow_unfree,
            network: Network::new(&machine.network, entry.address),
            mounts: machine
                .filesystems
                .iter()
                .map(|(place, mount)| MountPoint {
                    place: place.as_str(),
                    device: mount.device.as_str(),
                    fs_type: &mount.fs_type,
                    options: &mount.options,
                })
                .collect(),
            tcp: open_ports(context, name, Protocol::Tcp),
            udp: open_ports(context, name, Protocol::Udp),
            allowed: allowed(context, name),
            password_auth: machine.password_auth,
            password_warning: machine.password_auth_until.map(|until| {
                format!(
                    "SSH on {name} takes passwords until {until} (ssh.password_auth_until in the fleet's definition)"
                )
            }),
            ssh_port: own_port.map(|port| port.0.get()),
            root_keys: &machine.root_keys,
            deploy_account: machine.deploy_account.as_ref(),
            accounts: logins(machine),
            sudo: sudo(entry, machine),
            known_hosts: machine.known_hosts.iter().filter_map(|peer| known_host(context, peer)).collect(),
            secrets: machine.secrets.iter().map(|(name, binding)| Secret::new(name, binding)).collect(),
            audit_secret_reads: machine.audit_secret_reads,
            units: units(context, name, machine),
            checks: health::checks(context, name),
            waits: health::waits(context, name),
            failovers: failovers(context, name),
            service_names: known_to(context, name),
            time_zone: machine.time_zone.as_ref(),
            locale: machine.locale.as_ref(),
        }
    }
}

impl<'a> Module<'a> {
    fn new(module: &'a ModuleRef) -> Self {
        match module {
            ModuleRef::File(path) => Self { file: Some(from_hosts(&path.0)), attributes: Vec::new() },
            ModuleRef::Flake { input, attributes } => {
                let attributes = std::iter::once(input).chain(attributes).map(String::as_str).collect();
                Self { file: None, attributes }
            }
        }
    }
}

impl<'a> Network<'a> {
    fn new(entry: &'a NetworkEntry, address: Address) -> Self {
        let v4 = address.0.is_ipv4();
        Self {
            mode: entry.mode,
            interface: entry.interface.as_ref(),
            mac: entry.mac.as_ref(),
            family: if v4 { "ipv4" } else { "ipv6" },
            gateway_option: if v4 { "defaultGateway" } else { "defaultGateway6" },
            prefix_length: entry.prefix_length,
            gateway: entry.gateway,
            dns: &entry.dns,
        }
    }
}

impl<'a> Secret<'a> {
    fn new(name: &'a SecretName, binding: &'a Binding) -> Self {
        Self {
            name,
            file: from_hosts(&binding.file),
            owner: &binding.owner,
            group: binding.group.as_ref(),
            mode: &binding.mode,
            path: binding.path.as_ref().map(crate::value::AbsolutePath::as_str),
        }
    }
}

/// A path of the fleet directory, as a file in `generated/hosts/` sees it.
fn from_hosts(path: &str) -> RelativePath {
    RelativePath::new(&format!("../../{path}")).expect("paths of a plan are relative and plain")
}

fn hardware_file(machine: &Machine) -> Option<Module<'_>> {
    match &machine.hardware {
        HardwareEntry::File(path) => Some(Module { file: Some(from_hosts(&path.0)), attributes: Vec::new() }),
        HardwareEntry::Profile { .. } => None,
    }
}

fn open_ports(context: &Context<'_>, host: &HostName, protocol: Protocol) -> BTreeSet<u16> {
    let entries = context.entries();
    let mut open = BTreeSet::new();
    for (service, instance) in entries.instances.get(host).into_iter().flatten() {
        for (name, listener) in &entries.services[service].ports {
            if listener.open && listener.protocol.includes(protocol) {
                open.insert(instance.ports.get(name).copied().unwrap_or(listener.number).0.get());
            }
        }
    }
    open
}

/// The accounts of operators, and the one that deploy-rs logs in with, which administrators hold the keys of.
fn logins(machine: &Machine) -> Vec<Login<'_>> {
    let mut logins: BTreeMap<&AccountName, BTreeSet<&SshKey>> =
        machine.accounts.iter().map(|(name, account)| (name, account.keys.iter().collect())).collect();
    if let Some(account) = &machine.deploy_account {
        logins.entry(account).or_default().extend(&machine.root_keys);
    }
    logins.into_iter().map(|(name, keys)| Login { name, keys }).collect()
}

/// What operators may run as root, and what the account of deploy-rs may take on.
fn sudo<'a>(entry: &'a HostEntry, machine: &'a Machine) -> Vec<SudoRule<'a>> {
    let deploy = machine.deploy_account.iter().map(|account| SudoRule {
        account,
        run_as: entry.deploy.user.as_str(),
        commands: vec!["ALL".to_owned()],
    });
    let operators = machine.accounts.iter().filter(|(_, account)| !account.sudo.is_empty());
    let operators = operators.map(|(name, account)| {
        let full = |command: &str| match command.starts_with('/') {
            true => command.to_owned(),
            false => format!("/run/current-system/sw/bin/{command}"),
        };
        let commands = account.sudo.iter().map(|command| full(command.as_str())).collect();
        SudoRule { account: name, run_as: "root", commands }
    });
    deploy.chain(operators).collect()
}

fn known_host<'a>(context: &Context<'a>, peer: &'a HostName) -> Option<KnownHost<'a>> {
    let entries = context.entries();
    let entry = &entries.hosts[peer];
    Some(KnownHost { name: peer, names: entry.names(peer, &entries.domain), key: entry.host_key.as_ref()? })
}

/// The boot loader and the drivers, as a template of `templates/hardware/` sees them.
#[derive(Serialize)]
struct Hardware<'a> {
    profile: Option<String>,
    reason: &'a str,
    uefi: bool,
    grub_device: Option<&'a str>,
    initrd_modules: &'a [String],
}

impl<'a> Hardware<'a> {
    fn new(entry: &'a HardwareEntry) -> Self {
        match entry {
            HardwareEntry::File(_) => {
                Self { profile: None, reason: "", uefi: false, grub_device: None, initrd_modules: &[] }
            }
            HardwareEntry::Profile { name, reason, uefi, grub_device, initrd_modules } => Self {
                profile: Some(name.to_string()),
                reason,
                uefi: *uefi,
                grub_device: grub_device.as_deref(),
                initrd_modules,
            },
        }
    }

    fn template(&self) -> String {
        format!("hardware/{}.nix.j2", self.profile.as_deref().unwrap_or_default())
    }

    fn piece(&self, context: &Context<'_>) -> Result<Option<Piece>, Box<Faults>> {
        let Some(profile) = &self.profile else { return Ok(None) };
        let body = context.fill(&self.template(), self)?;
        context.piece(&self.template(), format!("hardware: {profile}, {}", self.reason), body).map(Some)
    }
}
