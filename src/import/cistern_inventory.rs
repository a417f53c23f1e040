//! `cistern import cistern-inventory`: servers, their disks and services, the network and the ports of monitoring.

use std::collections::BTreeMap;

use super::answers::or_hole;
use super::confidential::valued_secret;
use super::draft::{Draft, Item, Map};
use super::input::{File, Input};
use super::kinds::{self, Known};
use super::names::{self, Names};
use super::tree::Tree;
use super::{Answers, Imported, Refused, finish};
use crate::diag::{Diagnostic, codes};
use crate::load::decode::Scalar;
use crate::source::Span;
use crate::value::{AbsolutePath, Address, Device, Domain, HostAddress, Mac, Port, Subnet};

/// The site that the inventory's one network becomes.
const SITE: &str = "home";

/// Exporters that the definition knows by name.
const EXPORTERS: &[&str] = &["node", "snmp"];

/// What is known so far.
struct Import<'a> {
    answers: &'a Answers,
    draft: Draft,
    hosts: Names,
    services: Names,
    /// The servers: what they are called there, and here.
    servers: BTreeMap<String, String>,
}

/// Makes a definition of an inventory in JSON or YAML.
///
/// # Errors
/// What makes the file no inventory.
pub fn import(file: &File, answers: &Answers) -> Result<Imported, Box<Refused>> {
    let mut input = Input::default();
    let root = input.yaml(file);
    let mut import = Import {
        answers,
        draft: Draft::default(),
        hosts: Names::default(),
        services: Names::default(),
        servers: BTreeMap::new(),
    };
    match &root {
        Some(root) if root.get("servers").is_some_and(Tree::is_map) => import.all(root),
        Some(_) => {
            let id = input.sources.find(&file.path).expect("it was just read");
            input.fault(
                Diagnostic::new(codes::NO_INVENTORY, format!("`{}` is not an inventory of Cistern's", file.path))
                    .at(Span::top(id), "a map with a map `servers` is expected")
                    .help("name another format, as `cistern import ansible FILE`"),
            );
        }
        None => {}
    }
    finish(import.draft, input, answers, "cistern-inventory")
}

impl Import<'_> {
    fn all(&mut self, root: &Tree) {
        let servers = root.get("servers").map(Tree::entries).unwrap_or_default();
        for server in servers {
            let host = self.hosts.label(&server.key);
            self.servers.insert(server.key.clone(), host.clone());
            if host != server.key {
                self.draft.note(format!("the server `{}` is called `{host}` here", server.key));
            }
        }
        if let Some(network) = root.get("network") {
            self.network(network);
        }
        for server in servers {
            self.server(&server.key, &server.value, root.get("network").is_some());
        }
        for service in root.get("services").map(Tree::entries).unwrap_or_default() {
            self.service(&service.key, &service.value);
        }
        for server in servers {
            let host = self.servers[&server.key].clone();
            for service in server.value.get("services").map(Tree::items).unwrap_or_default() {
                self.runs(service, &host);
            }
        }
        for service in root.get("services").map(Tree::entries).unwrap_or_default() {
            let placed = self.services.label(&service.key);
            if service.value.entries().is_empty() && self.draft.section("services").has(&placed) {
                service.value.carried();
            }
        }
        if let Some(storage) = root.get("storage") {
            storage.lost(
                "the definition says where each service keeps its own",
                "name the directories in the services' settings and in your modules",
            );
        }
        for port in root.get("monitoring").map(Tree::entries).unwrap_or_default() {
            self.monitoring(&port.key, &port.value);
        }
    }

    fn network(&mut self, network: &Tree) {
        network.belongs("sites", SITE);
        let mut site = Map::default();
        for entry in network.entries() {
            let value = &entry.value;
            match entry.key.as_str() {
                "subnet" => set(&mut site, "subnet", value.read::<Subnet>().map(|subnet| subnet.0)),
                "gateway" => set(&mut site, "gateway", value.read::<Address>()),
                "dns" => site.set(
                    "dns",
                    Item::texts(
                        value.items().iter().filter_map(|item| item.read::<Address>()).map(|ip| ip.to_string()),
                    ),
                ),
                "dhcp_range" => dhcp_range(&mut site, value),
                _ => {}
            }
        }
        self.draft.section("sites").set(SITE, site);
    }

    fn server(&mut self, name: &str, server: &Tree, sited: bool) {
        let host = self.servers[name].clone();
        server.belongs("hosts", &host);
        if server.entries().is_empty() {
            server.carried();
        }
        let mut map = Map::default();
        if sited {
            map.set("site", SITE);
        }
        let mut notes = None;
        for entry in server.entries() {
            let value = &entry.value;
            match entry.key.as_str() {
                "hostname" => self.hostname(&host, value, &mut map),
                "address" | "ip" | "ip_address" => set(&mut map, "address", value.read::<Address>()),
                "mac_address" | "mac" => set(&mut map, "mac", value.read::<Mac>().map(|mac| mac.0)),
                "hardware_type" => hardware(value, &mut map),
                "role" | "location" if value.text().is_some_and(valued_secret) => {
                    value.lost(
                        "it seems to hold a secret, which no file that others read should",
                        "store it with agenix",
                    );
                }
                "role" | "location" => {
                    if let Some(text) = value.read::<String>() {
                        map.map("labels").set(&entry.key, text);
                    }
                }
                "storage" => self.disks(value, &mut map),
                _ if value.is_nothing() => value.carried(),
                "notes" => match value.text() {
                    Some(text) if !valued_secret(text) => notes = Some((value, text)),
                    _ => value.lost(
                        "it seems to hold a secret, which no file that others read should",
                        "store it with agenix",
                    ),
                },
                "deployed" | "last_updated" => value
                    .lost("the definition says what is meant to be, not what was done", "git and deploy-rs know it"),
                // Read once every server is known.
                "services" if value.items().is_empty() => value.carried(),
                _ => {}
            }
        }
        self.leave_out(server, &mut map);
        self.draft.section("hosts").set(&host, map);
        if let Some((value, text)) = notes {
            self.draft.section("hosts").comment(&host, format!("notes: {text}"));
            value.carried();
        }
    }

    /// Leaves out what would do nothing, because of how little of the host Cistern configures.
    fn leave_out(&self, server: &Tree, map: &mut Map) {
        let (keys, from): (&[&str], &[&str]) = match self.answers.managed.as_deref() {
            Some("node") => {
                (&["mac", "hardware", "storage", "filesystems"], &["mac_address", "mac", "hardware_type", "storage"])
            }
            Some("scrape") => (
                &["mac", "hardware", "storage", "filesystems", "system", "deploy"],
                &["mac_address", "mac", "hardware_type", "storage", "hostname"],
            ),
            _ => return,
        };
        map.retain(|pair| !keys.contains(&pair.key.as_str()));
        for value in from.iter().filter_map(|key| server.get(key)) {
            let address = value.text().is_some_and(|text| Address::read(text).is_ok());
            if !address && !value.items().is_empty() {
                let managed = self.answers.managed.as_deref().unwrap_or_default();
                value.lost(
                    format!("it does nothing on a host with `managed: {managed}`"),
                    "delete it, or let Cistern manage the hosts",
                );
            }
        }
    }

    fn hostname(&mut self, host: &str, value: &Tree, map: &mut Map) {
        let Some(text) = value.text() else {
            value.lost("it is not text", "");
            return;
        };
        if let Ok(address) = Address::read(text) {
            map.set("address", address.to_string());
            value.carried();
            return;
        }
        let known =
            self.answers.domain.clone().or_else(|| self.draft.section("fleet").text("domain").map(str::to_owned));
        let below = text.strip_prefix(host).and_then(|rest| rest.strip_prefix('.'));
        match below {
            _ if text == host => value.carried(),
            Some(domain) if known.as_deref() == Some(domain) => value.carried(),
            Some(domain) if known.is_none() && domain != "local" && Domain::read(domain).is_ok() => {
                self.draft.section("fleet").set("domain", domain);
                value.carried();
            }
            _ => set(map.map("deploy"), "hostname", value.read::<HostAddress>()),
        }
        map.retain(|pair| !matches!(&pair.item, Item::Map(map) if map.is_empty()));
    }

    fn disks(&mut self, value: &Tree, map: &mut Map) {
        let mut given = Names::default();
        for disk in value.items() {
            let mount = disk.get("mount").and_then(Tree::read::<AbsolutePath>);
            let device = disk.get("device").and_then(Tree::read::<Device>);
            let fs_type = disk.get("fs_type").or_else(|| disk.get("type")).and_then(Tree::read::<crate::value::FsType>);
            if let Some(size) = disk.get("size") {
                size.lost("sizes are read off the machine", "store a report of it: nixos-facter");
            }
            let (Some(mount), Some(device)) = (mount, device) else {
                disk.lost(
                    "a disk needs a `device` and a place to `mount` it",
                    "add it to `storage` of the host by hand",
                );
                continue;
            };
            let place = mount.as_str();
            let mut entry = Map::default();
            entry.set("device", device.as_str());
            let last = place.rsplit('/').next().unwrap_or_default();
            let root = place == "/" || place == "/boot" || place == "/nix";
            if !root {
                entry.set("mount", place);
            }
            let known = fs_type.map(|fs_type| fs_type.to_string()).or_else(|| self.answers.fs_type.clone());
            entry.set(
                "fs_type",
                or_hole(known.as_ref(), &format!("the type of the file system at {place}, as ext4"), "ext4"),
            );
            if root {
                map.map("filesystems").set(place, entry);
            } else {
                map.map("storage").set(&given.give(place, &names::label(last)), entry);
            }
        }
        if value.items().is_empty() {
            value.carried();
        }
    }

    /// A service of `services`: where it runs first, and where else.
    fn service(&mut self, name: &str, service: &Tree) {
        let named = self.services.label(name);
        service.belongs("services", &named);
        let known = kinds::named(name);
        let mut copies = Vec::new();
        for replica in service.get("replicas").map(Tree::items).unwrap_or_default() {
            match self.server_of(replica) {
                Some(_) if known.is_some_and(|known| known.kind == "postgresql") => {
                    replica
                        .lost("the kind `postgresql` has no copies", "back it up, or place a service of its own there");
                }
                Some(host) => copies.push((replica, host)),
                None => {}
            }
        }
        let cluster = !copies.is_empty() && known.is_some_and(|known| known.kind == "redis");
        if let Some(value) = service.get("replicas").filter(|value| value.items().is_empty()) {
            value.carried();
        }
        for server in service.get("primary").into_iter().chain(copies.iter().map(|(replica, _)| *replica)) {
            if let Some(host) = self.server_of(server) {
                self.place(name, &host, cluster);
                server.carried();
            }
        }
        if !copies.is_empty() && !cluster && self.draft.section("services").has(&named) {
            self.draft.note(format!("`{named}` runs on each of its hosts by itself: its instances share no state"));
        }
    }

    /// A service in the list of a server.
    fn runs(&mut self, service: &Tree, host: &str) {
        match service.text() {
            Some(name) => {
                self.place(name, host, false);
                service.carried();
            }
            None => service.lost("it is not the name of a service", ""),
        }
    }

    /// Places a service on a host, and says what it is when it is new.
    fn place(&mut self, name: &str, host: &str, cluster: bool) {
        let lower = name.to_ascii_lowercase().replace('_', "-");
        if lower == "prometheus" {
            self.draft.section("monitoring").add("hosts", host);
            return;
        }
        if let Some(exporter) = lower.strip_suffix("-exporter").filter(|exporter| EXPORTERS.contains(exporter)) {
            self.draft.entry("hosts", host).map("exporters").map(exporter);
            return;
        }
        let named = self.services.label(name);
        if !self.draft.section("services").has(&named) {
            if named != name {
                self.draft.note(format!("the service `{name}` is called `{named}` here"));
            }
            let kind = kinds::named(name);
            self.describe(&named, kind, cluster);
        }
        self.draft.entry("services", &named).map("placement").add("hosts", host);
    }

    fn describe(&mut self, named: &str, kind: Option<&'static Known>, cluster: bool) {
        let service = self.draft.entry("services", named);
        let Some(known) = kind else {
            let digest = format!("docker.io/library/x@sha256:{}", "0".repeat(64));
            service.set(
                "image",
                Item::hole("its image with a digest, as docker.io/NAME@sha256:…; or `kind: NAME` in its place", digest),
            );
            return;
        };
        let kind = if cluster { "redis-replicated" } else { known.kind };
        if kind != named {
            service.set("kind", kind);
        }
        let required: &[(&str, &str)] = match kind {
            "redis-replicated" => &[("password", "what its clients and copies log in with")],
            "grafana" => &[
                ("admin_password", "the password of the account `admin`"),
                ("secret_key", "what Grafana encrypts its database with"),
            ],
            _ => &[],
        };
        for (setting, what) in required {
            let secret = format!("{named}-{}", setting.replace('_', "-"));
            self.draft.entry("services", named).map("settings").set(setting, Item::secret(&secret));
            self.draft.entry("secrets", &secret);
            self.draft.store(&secret, *what);
        }
    }

    fn server_of(&self, value: &Tree) -> Option<String> {
        let host = value.text().and_then(|text| self.servers.get(text)).cloned();
        if host.is_none() {
            value.lost("it is the name of no server of this file", "correct the name, and place the service there");
        }
        host
    }

    /// `<what>_port`: the port of an exporter, of Prometheus, or of a service.
    fn monitoring(&mut self, key: &str, value: &Tree) {
        let Some(what) = key.strip_suffix("_port") else { return };
        let Some(port) = value.read::<Port>() else { return };
        let plain = what.replace('_', "-");
        let exporter = plain.strip_suffix("-exporter").unwrap_or(&plain);
        let service = names::label(what);
        if EXPORTERS.contains(&exporter) {
            self.exporter(exporter, value, port);
        } else if plain == "prometheus" {
            value.belongs("monitoring", "hosts");
            if port.0.get() != 9090 || !self.draft.root.has("monitoring") {
                value.lost(
                    "Prometheus runs on the hosts of `monitoring`, at its usual port 9090",
                    "set services.prometheus.port in a module",
                );
            }
        } else if self.draft.section("services").has(&service)
            && let Some((.., name)) =
                kinds::named(&service).filter(|known| !known.fixed).and_then(|known| known.ports.first())
        {
            value.belongs("services", &service);
            self.draft.entry("services", &service).map("ports").set(name, Item::word(port));
        } else {
            value.lost("no service of this file listens there", "give it to the service under `ports`");
        }
    }
}

impl Import<'_> {
    /// The port of an exporter: where servers list it, and the node exporter everywhere if none does.
    fn exporter(&mut self, exporter: &str, value: &Tree, port: Port) {
        let mut any = false;
        for host in self.servers.values() {
            let entry = self.draft.entry("hosts", host);
            if entry.inner("exporters").is_some_and(|exporters| exporters.has(exporter)) {
                entry.map("exporters").map(exporter).set("port", Item::word(port));
                any = true;
            }
        }
        if !any && exporter == "node" {
            self.draft.section("defaults").map("exporters").map(exporter).set("port", Item::word(port));
        } else if !any {
            value.lost("no server lists that exporter", "name it under `exporters` of the hosts that it is for");
        }
    }
}

/// Sets a key where there is a value.
fn set(map: &mut Map, key: &str, value: Option<impl ToString>) {
    if let Some(value) = value {
        map.set(key, value.to_string());
    }
}

/// What a type of hardware tells: always the platform, the boot loader only where it is beyond doubt.
fn hardware(value: &Tree, map: &mut Map) {
    let text = value.text().unwrap_or_default().to_ascii_lowercase().replace(['_', ' '], "-");
    let (system, hardware) = match text.as_str() {
        "raspberry-pi-4" | "raspberrypi4" | "raspberry-pi-4b" | "rpi4" | "pi4" => {
            ("aarch64-linux", Some("raspberry-pi-4"))
        }
        "generic-efi" | "uefi" | "efi" => ("x86_64-linux", Some("generic-efi")),
        "generic-bios" | "bios" => ("x86_64-linux", Some("generic-bios")),
        "vm" | "qemu" | "kvm" | "virtual-machine" => ("x86_64-linux", Some("vm")),
        "x86-64" | "amd64" | "generic-x86-64" | "pc" | "mini-pc" | "nuc" | "intel-nuc" | "desktop" | "server" => {
            ("x86_64-linux", None)
        }
        "aarch64" | "arm64" | "generic-aarch64" => ("aarch64-linux", None),
        _ => {
            value.lost("Cistern has no profile of that hardware", "give the host `system` and `hardware`");
            return;
        }
    };
    map.set("system", system);
    if let Some(hardware) = hardware {
        map.set("hardware", hardware);
    }
    value.carried();
}

/// Two addresses: a list, a text with a hyphen, or a map of start and end.
fn dhcp_range(site: &mut Map, value: &Tree) {
    let ends: Vec<String> = match (value.text(), value.get("start"), value.get("end")) {
        (Some(text), ..) => text.split(['-', ' ', ',']).filter(|part| !part.is_empty()).map(str::to_owned).collect(),
        (None, Some(start), Some(end)) => [start, end].iter().filter_map(|end| end.text()).map(str::to_owned).collect(),
        _ => value.items().iter().filter_map(|item| item.text()).map(str::to_owned).collect(),
    };
    if ends.len() == 2 && ends.iter().all(|end| Address::read(end).is_ok()) {
        site.set("dhcp_range", Item::texts(ends));
        value.carried_keys(&["start", "end"]);
    } else {
        value.lost("it is not two addresses", "write `dhcp_range: [192.168.1.100, 192.168.1.199]`");
    }
}
