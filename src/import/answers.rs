//! What the command line tells beside the input, and what every host of a definition needs.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr};

use ipnet::IpNet;

use super::draft::{Draft, Item, Map};
use crate::load::decode::Scalar;

/// Values that the definition needs and that the input may lack, each checked already.
#[derive(Debug, Clone, Default)]
pub struct Answers {
    /// The fleet's name.
    pub name: Option<String>,
    /// The domain of its hosts.
    pub domain: Option<String>,
    /// Public SSH keys of an administrator.
    pub admin_keys: Vec<String>,
    /// The NixOS release that the hosts were installed with.
    pub state_version: Option<String>,
    /// What Nix calls the hosts' platform.
    pub system: Option<String>,
    /// How the hosts boot.
    pub hardware: Option<String>,
    /// The device of `/`.
    pub root_device: Option<String>,
    /// The device of `/boot`, where UEFI looks for boot loaders.
    pub boot_device: Option<String>,
    /// The type of file systems that the input names without one.
    pub fs_type: Option<String>,
    /// Addresses by the name of the host.
    pub addresses: BTreeMap<String, String>,
    /// Public host keys by the name of the host.
    pub host_keys: BTreeMap<String, String>,
    /// How much of the hosts Cistern configures, where it is not all.
    pub managed: Option<String>,
    /// The host of an input that knows of none.
    pub host: Option<String>,
    /// Whether every image stays a container.
    pub containers: bool,
    /// Variables that become labels.
    pub labels: BTreeSet<String>,
    /// Digests of images, by the image as the input names it.
    pub digests: BTreeMap<String, String>,
}

/// Fills in what every definition needs, from the answers or as lines to fill in.
pub(super) fn complete(draft: &mut Draft, answers: &Answers) {
    draft.root.set("version", Item::word(1));
    let fleet = draft.section("fleet");
    fleet.set_first("name", answers.name.clone().unwrap_or_else(|| "imported".to_owned()));
    match &answers.domain {
        Some(domain) => fleet.set("domain", domain.as_str()),
        None => fleet.set_first("domain", Item::hole("the domain of the hosts, as `example.org`", "example.org")),
    }
    let hosts: Vec<String> = draft.section("hosts").keys().map(str::to_owned).collect();
    let mut addresses = StandIns::of(draft);
    let readers = readers(draft);
    for host in &hosts {
        address(draft, host, answers, &mut addresses);
        if let Some(managed) = answers.managed.as_deref().filter(|managed| *managed != "full") {
            draft.entry("hosts", host).set_first("managed", managed);
        }
        if managed(draft, host) == "full" {
            let entry = draft.entry("hosts", host);
            let needs = "the NixOS release that it was installed with, as \"25.11\"";
            entry.set_first("state_version", or_hole(answers.state_version.as_ref(), needs, "\"25.11\""));
        }
        if let Some(key) = answers.host_keys.get(host) {
            draft.entry("hosts", host).set_first("host_key", key.as_str());
        } else if readers.contains(host) && managed(draft, host) != "scrape" {
            let needs = format!("what `ssh-keyscan -t ed25519 {host}` prints behind the name, as `ssh-ed25519 AAAA…`");
            let stand_in = key(addresses.next_number());
            draft.entry("hosts", host).set_first("host_key", Item::hole(needs, stand_in));
        }
    }
    machines(draft, &hosts, answers);
    let full = hosts.iter().any(|host| managed(draft, host) == "full");
    if full || !draft.section("secrets").is_empty() {
        access(draft, answers);
    }
    draft.root.retain(|pair| !matches!(&pair.item, Item::Map(map) if map.is_empty()));
    draft.arrange();
}

/// Where a host is reached.
fn address(draft: &mut Draft, host: &str, answers: &Answers, stand_ins: &mut StandIns) {
    if let Some(address) = answers.addresses.get(host) {
        draft.entry("hosts", host).set("address", address.as_str());
    } else if !draft.entry("hosts", host).has("address") {
        let site = draft.entry("hosts", host).text("site").map(str::to_owned);
        let subnet = site.and_then(|site| draft.entry("sites", &site).text("subnet")?.parse().ok());
        let needs = "where the other hosts reach it, as 192.168.1.50";
        let hole = Item::hole(needs, stand_ins.address(subnet).to_string());
        draft.entry("hosts", host).set("address", hole);
    }
}

/// The platform, the boot loader and `/`: on the only host that lacks them, else once for all.
fn machines(draft: &mut Draft, hosts: &[String], answers: &Answers) {
    let needs = "what Nix calls the machine: x86_64-linux or aarch64-linux";
    let system = or_hole(answers.system.as_ref(), needs, "x86_64-linux");
    let needs = "how it boots: generic-efi, generic-bios, raspberry-pi-4, vm, or a file as ./hardware/NAME.nix";
    let hardware = or_hole(answers.hardware.as_ref(), needs, "vm");
    let mut lacking = |key: &str, levels: &[&str]| -> Vec<String> {
        let lacks = |host: &&String| levels.contains(&&*managed(draft, host)) && !draft.entry("hosts", host).has(key);
        hosts.iter().filter(lacks).cloned().collect()
    };
    let (systemless, loaderless) = (lacking("system", &["full", "node"]), lacking("hardware", &["full"]));
    if let Some(layer) = shared(draft, &systemless) {
        layer.set_first("system", system);
    }
    if let Some(layer) = shared(draft, &loaderless) {
        layer.set_first("hardware", hardware);
    }
    let by_file = answers.hardware.as_ref().is_some_and(|hardware| hardware.starts_with("./"));
    let mut rootless = hosts.to_vec();
    rootless.retain(|host| {
        let mounts = draft.entry("hosts", host).inner("filesystems").is_some_and(|mounts| mounts.has("/"));
        managed(draft, host) == "full" && !mounts && !by_file
    });
    if let Some(layer) = shared(draft, &rootless) {
        let mut root = Map::default();
        let needs = "what is mounted at /, as /dev/disk/by-label/nixos";
        root.set("device", or_hole(answers.root_device.as_ref(), needs, "/dev/vda1"));
        root.set("fs_type", or_hole(answers.fs_type.as_ref(), "its type, as ext4", "ext4"));
        layer.map("filesystems").set_first("/", root);
    }
    if !by_file {
        partitions(draft, hosts, answers);
    }
}

/// The EFI partition of hosts that boot by UEFI and mount none.
fn partitions(draft: &mut Draft, hosts: &[String], answers: &Answers) {
    let mut full = hosts.to_vec();
    full.retain(|host| managed(draft, host) == "full");
    let (common, mut bootless) = (draft.section("defaults").text("hardware").map(str::to_owned), full.clone());
    bootless.retain(|host| {
        let entry = draft.entry("hosts", host);
        let mounted = entry.inner("filesystems").is_some_and(|mounts| mounts.has("/boot") || mounts.has("/boot/efi"));
        entry.text("hardware").or(common.as_deref()) == Some("generic-efi") && !mounted
    });
    let needs = "the EFI partition, as /dev/disk/by-label/BOOT";
    let mut boot = Map::default();
    boot.set("device", or_hole(answers.boot_device.as_ref(), needs, "/dev/vda2"));
    boot.set("fs_type", "vfat");
    boot.set("options", Item::texts(["umask=0077"]));
    // Others that boot by BIOS would be refused a partition that nothing uses.
    if bootless.len() == full.len() {
        if let Some(layer) = shared(draft, &bootless) {
            layer.map("filesystems").set_first("/boot", boot);
        }
        return;
    }
    for host in &bootless {
        draft.entry("hosts", host).map("filesystems").set_first("/boot", boot.clone());
    }
}

/// The layer for what these hosts lack: the only one's own, or what all hosts share.
fn shared<'d>(draft: &'d mut Draft, lacking: &[String]) -> Option<&'d mut Map> {
    match lacking {
        [] => None,
        [only] => Some(draft.entry("hosts", only)),
        _ => Some(draft.section("defaults")),
    }
}

fn access(draft: &mut Draft, answers: &Answers) {
    let admin = draft.section("access").map("people").map("admin");
    admin.set_first("role", "admin");
    let needs = "your public SSH key in brackets, as [ssh-ed25519 AAAA… you]";
    admin.set_first(
        "keys",
        match answers.admin_keys.as_slice() {
            [] => Item::hole(needs, format!("[{}]", key(0))),
            keys => Item::texts(keys.iter().cloned()),
        },
    );
}

fn managed(draft: &mut Draft, host: &str) -> String {
    draft.entry("hosts", host).text("managed").unwrap_or("full").to_owned()
}

/// An answer, or a line to fill in.
pub(super) fn or_hole(answer: Option<&String>, needs: &str, stand_in: &str) -> Item {
    answer.map_or_else(|| Item::hole(needs, stand_in), |answer| Item::Text(answer.clone()))
}

/// The hosts that read a secret, as far as names tell: tags and `*` are taken for every host.
fn readers(draft: &mut Draft) -> BTreeSet<String> {
    let mut readers = BTreeSet::new();
    let all: Vec<String> = draft.section("hosts").keys().map(str::to_owned).collect();
    let mut services = BTreeSet::new();
    let secrets: Vec<String> = draft.section("secrets").keys().map(str::to_owned).collect();
    for name in secrets {
        let entry = draft.entry("secrets", &name);
        if let Some(selector) = entry.text("hosts").map(str::to_owned) {
            readers.extend(all.iter().filter(|host| selects(draft, &selector, host)).cloned().collect::<Vec<_>>());
        } else if let Some(Item::List(items)) = entry.get("services") {
            services.extend(
                items.iter().filter_map(|item| if let Item::Text(text) = item { Some(text.clone()) } else { None }),
            );
        }
    }
    let names: Vec<String> = draft.section("services").keys().map(str::to_owned).collect();
    for name in names {
        let entry = draft.entry("services", &name);
        let reads = services.contains(&name) || entry.get("settings").is_some_and(names_secret);
        if reads && let Some(Item::List(items)) = entry.map("placement").get("hosts") {
            readers.extend(
                items.iter().filter_map(|item| if let Item::Text(text) = item { Some(text.clone()) } else { None }),
            );
        }
    }
    readers
}

fn selects(draft: &mut Draft, selector: &str, host: &str) -> bool {
    selector.split(", ").any(|term| match term.strip_prefix('@') {
        Some(tag) => {
            let profiles = match draft.entry("hosts", host).get("profiles") {
                Some(Item::List(items)) => items.clone(),
                _ => Vec::new(),
            };
            profiles.iter().any(|profile| {
                let Item::Text(profile) = profile else { return false };
                matches!(draft.entry("profiles", profile).get("tags"), Some(Item::List(tags)) if tags.iter().any(|item| matches!(item, Item::Text(text) if text == tag)))
            })
        }
        None => term == "*" || term == host,
    })
}

fn names_secret(item: &Item) -> bool {
    match item {
        Item::Map(map) => map.has("secret") || map.pairs.iter().any(|pair| names_secret(&pair.item)),
        Item::List(items) => items.iter().any(names_secret),
        _ => false,
    }
}

/// Values that stand for those to fill in, each another.
struct StandIns {
    taken: BTreeSet<IpAddr>,
    number: u32,
}

impl StandIns {
    fn of(draft: &mut Draft) -> Self {
        let hosts: Vec<String> = draft.section("hosts").keys().map(str::to_owned).collect();
        let sites: Vec<String> = draft.section("sites").keys().map(str::to_owned).collect();
        let own = hosts.iter().filter_map(|host| draft.entry("hosts", host).text("address")?.parse().ok());
        let mut taken: BTreeSet<IpAddr> = own.collect();
        taken
            .extend(sites.iter().filter_map(|site| draft.entry("sites", site).text("gateway")?.parse::<IpAddr>().ok()));
        Self { taken, number: 0 }
    }

    fn next_number(&mut self) -> u32 {
        self.number += 1;
        self.number
    }

    fn address(&mut self, subnet: Option<IpNet>) -> IpAddr {
        if let Some(free) =
            subnet.and_then(|subnet| subnet.hosts().take(100_000).find(|address| !self.taken.contains(address)))
        {
            self.taken.insert(free);
            return free;
        }
        loop {
            let number = self.next_number();
            let address = IpAddr::V4(Ipv4Addr::from(u32::from(Ipv4Addr::new(10, 255, 0, 0)) + number));
            if self.taken.insert(address) {
                return address;
            }
        }
    }
}

/// A public key that belongs to nobody.
fn key(number: u32) -> String {
    let mut bytes = [0; 32];
    bytes[28..].copy_from_slice(&number.to_be_bytes());
    let key = ssh_key::PublicKey::from(ssh_key::public::KeyData::Ed25519(ssh_key::public::Ed25519PublicKey(bytes)));
    key.to_openssh().expect("a key of this type can be written")
}

/// The first fault of an answer of the command line, `None` when it is fine.
pub fn judged<T: Scalar>(text: &str) -> Result<String, String> {
    T::read(text).map(|_| text.to_owned()).map_err(|why| {
        let why = if why.is_empty() { String::new() } else { format!(": {why}") };
        format!("not {}{why}", T::WHAT)
    })
}

/// `NAME=VALUE`, the value checked.
pub fn judged_pair<T: Scalar>(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("write NAME=VALUE")?;
    Ok((name.to_owned(), judged::<T>(value)?))
}
