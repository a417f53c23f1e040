//! Rules about containers: what lets one take over its host needs somebody who says why.

use std::collections::BTreeMap;

use super::told;
use crate::diag::{Code, Diagnostic, Faults, codes};
use crate::load::{Body, Node};
use crate::model::{Fleet, Service};
use crate::nix::{Assigned, Literal};
use crate::source::Span;
use crate::value::{HostName, Managed};

/// The kind whose settings are judged.
const KIND: &str = "container";

/// Capabilities that are as good as root on the host.
const AS_ROOT: &[&str] = &["ALL", "DAC_READ_SEARCH", "SYS_ADMIN", "SYS_BOOT", "SYS_MODULE", "SYS_PTRACE", "SYS_RAWIO"];

/// Directories that hold the host itself, or all of its secrets.
const HOST: &[&str] = &[
    "/",
    "/boot",
    "/dev",
    "/etc",
    "/etc/ssh",
    "/proc",
    "/root",
    "/run",
    "/run/agenix",
    "/run/agenix.d",
    "/run/secrets",
    "/sys",
    "/var/run",
];

/// Names of the sockets of those who start containers, and the directories that hold nothing else.
const SOCKETS: &[&str] = &["containerd.sock", "crio.sock", "docker.sock", "podman.sock"];
const SOCKET_DIRECTORIES: &[&str] =
    &["/run/containerd", "/run/docker", "/run/podman", "/var/run/docker", "/var/run/podman"];

/// Devices that hold the memory or the disks of the host.
const DEVICES: &[&str] = &[
    "/dev/disk/",
    "/dev/dm-",
    "/dev/kmem",
    "/dev/mapper/",
    "/dev/mem",
    "/dev/nvme",
    "/dev/port",
    "/dev/sd",
    "/dev/vd",
];

/// A finding: its code and what it says.
type Found = (&'static Code, String);

/// No container of the definition, or of a hand-written module, could take over its host.
pub(super) fn stay_inside(fleet: &Fleet, faults: &mut Faults) {
    for (name, service) in fleet.services.iter().filter(|(_, service)| service.kind.as_str() == KIND) {
        for (span, (code, what)) in of_service(service) {
            let diagnostic = Diagnostic::new(code, format!("the container `{name}` {what}"));
            faults.push(diagnostic.at(span, label(code)).help(help(code)).about("services", name));
        }
    }
    let mut found: BTreeMap<(Span, String, &str), Vec<&HostName>> = BTreeMap::new();
    for host in fleet.hosts.values().filter(|host| host.managed == Managed::Full) {
        for (place, one) in fleet.modules_of(host).assigned() {
            for (code, what) in of_module(one) {
                found.entry((place, what, code.id)).or_default().push(&host.name);
            }
        }
    }
    for ((span, what, id), hosts) in found {
        let code = codes::find(id).expect("it is one of the table");
        told::once(fleet, code, hosts, faults, |among| {
            let message = format!("a container of {} {what}", among.to_string().trim_end_matches(','));
            Diagnostic::new(code, message).at(span, label(code)).help(help(code))
        });
    }
}

fn of_service(service: &Service) -> Vec<(Span, Found)> {
    let mut found = Vec::new();
    let mut push = |span: Span, one: Option<Found>| found.extend(one.map(|one| (span, one)));
    if let (Some(state), Some(span)) = (&service.state, service.state_span) {
        push(span, mount(state.as_str()));
    }
    for (setting, node) in &service.given {
        for (key, value) in leaves(node) {
            let text = text(value);
            push(
                value.span,
                match setting.as_str() {
                    "privileged" if text == "true" => Some(privileged()),
                    "capabilities" if text == "true" => capability(key),
                    "devices" => device(text),
                    "networks" => network(text),
                    "volumes" => mount(text),
                    _ => None,
                },
            );
        }
    }
    found
}

/// The texts of a value, each with the key that it stands behind.
fn leaves(node: &Node) -> Vec<(&str, &Node)> {
    match &node.body {
        Body::Null => Vec::new(),
        Body::Text(_) => vec![("", node)],
        Body::List(items) => items.iter().map(|item| ("", item)).collect(),
        Body::Map(entries) => entries.iter().map(|entry| (&*entry.key, &entry.value)).collect(),
    }
}

fn text(node: &Node) -> &str {
    if let Body::Text(scalar) = &node.body { &scalar.text } else { "" }
}

/// `virtualisation.oci-containers.containers.<name>.…` of a module.
fn of_module(one: &Assigned) -> Vec<Found> {
    if !one.is_below(&["virtualisation", "oci-containers", "containers"]) || one.path.len() < 5 {
        return Vec::new();
    }
    let name = |at: usize| one.path.get(at).and_then(|segment| segment.name.as_deref()).unwrap_or_default();
    let items: Vec<&str> = match &one.value {
        Literal::List(items) => {
            items.iter().filter_map(|i| if let Literal::Text(t) = i { Some(t.as_str()) } else { None }).collect()
        }
        _ => Vec::new(),
    };
    let each = |of: fn(&str) -> Option<Found>| items.iter().filter_map(|item| of(item)).collect();
    match (name(4), &one.value) {
        ("privileged", Literal::Bool(true)) => vec![privileged()],
        ("capabilities", Literal::Bool(true)) => capability(name(5)).into_iter().collect(),
        ("devices", _) => each(device),
        ("networks", _) => each(network),
        ("volumes", _) => each(|volume| mount(volume.split(':').next().unwrap_or_default())),
        ("extraOptions", _) => each(option),
        _ => Vec::new(),
    }
}

/// An argument of podman or docker.
fn option(text: &str) -> Option<Found> {
    let value = |names: &[&str]| names.iter().find_map(|name| text.strip_prefix(name)?.strip_prefix('='));
    if text == "--privileged" || text == "--privileged=true" {
        return Some(privileged());
    }
    if let Some(capabilities) = value(&["--cap-add"]) {
        return capability(capabilities);
    }
    if let Some(volume) = value(&["--volume", "-v"]) {
        return mount(volume.split(':').next().unwrap_or_default());
    }
    value(&["--network", "--net"]).and_then(network).or_else(|| value(&["--device"]).and_then(device))
}

fn privileged() -> Found {
    (codes::PRIVILEGED, "is privileged".to_owned())
}

fn capability(name: &str) -> Option<Found> {
    let bare = name.to_ascii_uppercase();
    let bare = bare.strip_prefix("CAP_").unwrap_or(&bare);
    AS_ROOT.contains(&bare).then(|| (codes::PRIVILEGED, format!("has the capability {bare}")))
}

fn device(text: &str) -> Option<Found> {
    let path = text.split(':').next().unwrap_or_default();
    DEVICES.iter().any(|start| path.starts_with(start)).then(|| (codes::PRIVILEGED, format!("can write to {path}")))
}

fn network(text: &str) -> Option<Found> {
    (text == "host").then(|| (codes::HOST_NETWORK, "shares the network of its host".to_owned()))
}

fn mount(path: &str) -> Option<Found> {
    let plain = if path.len() > 1 { path.trim_end_matches('/') } else { path };
    let name = plain.rsplit('/').next().unwrap_or_default();
    if SOCKETS.contains(&name) || SOCKET_DIRECTORIES.contains(&plain) {
        Some((codes::HOST_MOUNT, format!("sees {plain}, by which it can start containers as root")))
    } else if HOST.contains(&plain) {
        Some((codes::HOST_MOUNT, format!("sees {plain} of its host")))
    } else {
        None
    }
}

fn label(code: &Code) -> &'static str {
    match code.id {
        id if id == codes::HOST_MOUNT.id => "belongs to the host",
        id if id == codes::HOST_NETWORK.id => "every port of the host is its own",
        _ => "it could take over the host",
    }
}

fn help(code: &Code) -> String {
    let instead = match code.id {
        id if id == codes::HOST_MOUNT.id => "mount the one file or directory that it needs",
        id if id == codes::HOST_NETWORK.id => "publish its `ports`",
        _ => "give it the one device or capability that it needs",
    };
    format!("{instead}; where there is no other way: `accept: [{{ code: {}, reason: \"…\" }}]`", code.id)
}
