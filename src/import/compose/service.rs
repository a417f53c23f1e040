//! One service of Compose: the image, its ports, its command, its secrets, and every key that has no counterpart.

use std::collections::BTreeMap;

use super::context::{Service, Shared, names_service};
use super::environment::{self, Variable};
use super::ports::{self, Published};
use super::{reasons, settings, volumes};
use crate::import::Answers;
use crate::import::confidential::{named_secret, valued_secret};
use crate::import::draft::{Draft, Item};
use crate::import::kinds::{Image, Known};
use crate::import::tree::Tree;
use crate::import::words;
use crate::kind;
use crate::load::decode::Scalar;
use crate::value::PortName;

/// Says a service; `files` are the variables of its `env_file`.
pub(super) fn say(
    service: &mut Service<'_>,
    tree: &Tree,
    files: BTreeMap<String, Variable>,
    shared: &mut Shared<'_>,
    draft: &mut Draft,
) {
    draft.entry("services", service.name).map("placement").add("hosts", service.host);
    // What it says here is meant for a plain container, whatever it is called.
    if service.known.is_none() && kind::is_built_in(service.name) {
        draft.entry("services", service.name).set("kind", "container");
    }
    if let Some(secrets) = tree.get("secrets") {
        read_secrets(service, secrets, shared, draft);
    }
    let mut variables = files;
    if tree.get("image").is_none() {
        no_image(service, draft);
    }
    for entry in tree.entries() {
        let value = &entry.value;
        match entry.key.as_str() {
            "image" => image(service, value, shared.answers, draft),
            "volumes" => volumes::read(service, value, &mut shared.volumes, draft),
            "environment" => environment::read(value, &mut variables),
            "command" => command(service, value, draft),
            "user" => user(service, value, draft),
            "restart" => match value.text() {
                Some("always" | "unless-stopped") => value.carried(),
                _ => value.lost(
                    "systemd starts it again whenever it ends",
                    "set systemd.services.podman-NAME.serviceConfig.Restart in a module",
                ),
            },
            "container_name" if value.text() == Some(service.name) => value.carried(),
            // Read before, since settings may name them; ports behind, since they follow from settings.
            "secrets" | "env_file" | "ports" => {}
            key if key.starts_with("x-") => value.lost("keys that begin with x- are notes to other programs", ""),
            key => {
                if let Some((why, remedy)) = reasons::of_service(key) {
                    value.lost(why, remedy);
                }
            }
        }
    }
    match service.known {
        Some(known) => settings::of_kind(service, known, &variables, draft),
        None => environment::of_container(service, &variables, draft),
    }
    if let Some(ports) = tree.get("ports") {
        publish(service, ports, draft);
    }
    if let Some(known) = service.known.filter(|known| known.open && tree.get("ports").is_none()) {
        draft.note(format!(
            "the kind `{}` lets other hosts in at its port, which the file does not publish",
            known.kind
        ));
    }
    let settings = draft.entry("services", service.name).map("settings");
    if settings.is_empty() {
        draft.entry("services", service.name).retain(|pair| pair.key != "settings");
    }
}

fn image(service: &Service<'_>, value: &Tree, answers: &Answers, draft: &mut Draft) {
    let Some(text) = value.text() else {
        value.lost("it is no image", "");
        no_image(service, draft);
        return;
    };
    let image = Image::read(text);
    if let Some(known) = service.known {
        if known.kind != service.name {
            draft.entry("services", service.name).set("kind", known.kind);
        }
        match image.tag.or(image.digest) {
            None | Some("latest" | "release" | "stable") => value.carried(),
            Some(_) => value.lost(
                format!("it is the kind `{}` here, and the release is that of nixpkgs", known.kind),
                "compare the releases; for a kind with a `version`, set that",
            ),
        }
        return;
    }
    let tag = image.tag.map(|tag| format!(":{tag}")).unwrap_or_default();
    let base = format!("{}{tag}", image.full());
    let digest = image.digest.map(str::to_owned).or_else(|| answers.digests.get(text).cloned());
    let item = match digest {
        Some(digest) => Item::Text(format!("{base}@{digest}")),
        None => Item::hole(
            format!("{base}@sha256:…; `skopeo inspect --format {{{{.Digest}}}} docker://{base}` prints the digest"),
            format!("{base}@sha256:{}", "0".repeat(64)),
        ),
    };
    let legal = crate::value::Image::read(&base).is_ok();
    if !legal {
        value.lost("it is no image's name", "");
        no_image(service, draft);
        return;
    }
    draft.entry("services", service.name).set("image", item);
    value.carried();
}

fn no_image(service: &Service<'_>, draft: &mut Draft) {
    let stand_in = format!("docker.io/library/x@sha256:{}", "0".repeat(64));
    draft
        .entry("services", service.name)
        .set("image", Item::hole("its image with a digest, as registry.example.org/NAME@sha256:…", stand_in));
}

/// Says the published ports.
fn publish(service: &Service<'_>, tree: &Tree, draft: &mut Draft) {
    let mut read: Vec<(Published, &Tree)> = Vec::new();
    for entry in tree.items() {
        match ports::read(entry) {
            Ok(found) => read.extend(found.into_iter().map(|port| (port, entry))),
            Err(why) => entry.lost(why, "name the port of the host under `ports`"),
        }
    }
    match service.known {
        Some(known) => publish_kind(service, known, &read, draft),
        None => publish_container(service, &read, draft),
    }
}

fn publish_kind(service: &Service<'_>, known: &Known, read: &[(Published, &Tree)], draft: &mut Draft) {
    for (port, tree) in read {
        let protocol = if port.udp { "udp" } else { "tcp" };
        let Some((usual, _, name)) =
            known.ports.iter().find(|(number, transport, _)| *number == port.inside && *transport == protocol)
        else {
            // Peers of Transmission come by UDP as well, at the same port.
            let both = port.udp
                && known.kind == "transmission"
                && known.ports.iter().any(|(number, ..)| *number == port.inside);
            if both {
                tree.carried_keys(ports::KEYS);
            } else {
                tree.lost(
                    format!("the kind `{}` does not listen there", known.kind),
                    "open it in a module, or import with `--containers`",
                );
            }
            continue;
        };
        if port.outside != *usual {
            draft.entry("services", service.name).map("ports").set(name, Item::word(port.outside));
        }
        tree.carried_keys(ports::KEYS);
        let local = port
            .address
            .as_deref()
            .is_some_and(|address| address.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback()));
        if known.kind == "transmission" && *name == "web" && !local {
            tree.lost(
                "the port is carried, but Transmission answers only the hosts that `clients` names",
                "set `clients`, as [\"192.168.1.*\"]",
            );
        }
        if !known.open && !local {
            let settings = draft.entry("services", service.name).map("settings");
            let why = match known.kind {
                "redis" if settings.has("password") => {
                    settings.set("listen", Item::word(true));
                    continue;
                }
                "redis" => "the port is carried, but Redis answers other hosts only with a password",
                _ => "the port is carried, but PostgreSQL keeps to the host itself until `networks` says who may come",
            };
            tree.lost(
                why,
                if known.kind == "redis" { "bind a secret to `password`, and set `listen`" } else { "set `networks`" },
            );
        }
    }
}

fn publish_container(service: &Service<'_>, read: &[(Published, &Tree)], draft: &mut Draft) {
    let udp_free: Vec<_> = read.iter().filter(|(port, _)| !port.udp).collect();
    let first = udp_free.first().map(|(port, _)| port.address.clone());
    let one = udp_free.iter().all(|(port, _)| Some(&port.address) == first.as_ref());
    // With several addresses, what is meant for everybody stays, and what is not is never let out.
    let bind = if one { first.flatten() } else { None };
    if let Some(address) = &bind {
        draft.entry("services", service.name).map("settings").set("bind", address.as_str());
    }
    for (port, tree) in read {
        if port.udp {
            tree.lost("ports of containers are TCP", "publish it with extraOptions in a module");
            continue;
        }
        if port.address != bind {
            tree.lost(
                "a container publishes all of its ports at one address",
                "publish it in a module, or let a proxy reach it",
            );
            continue;
        }
        let wanted = port.name.clone().map(|name| name.to_lowercase()).filter(|name| PortName::read(name).is_ok());
        let plain = if udp_free.len() == 1 { "web".to_owned() } else { format!("p{}", port.outside) };
        let name = wanted.unwrap_or(plain);
        let entry = draft.entry("services", service.name);
        if entry.inner("ports").is_some_and(|ports| ports.has(&name)) {
            tree.lost("the same port is published twice", "");
            continue;
        }
        entry.map("ports").set(&name, Item::word(port.outside));
        if port.inside != port.outside {
            entry.map("settings").map("container_ports").set(&name, Item::word(port.inside));
        }
        tree.carried_keys(ports::KEYS);
    }
}

fn command(service: &Service<'_>, tree: &Tree, draft: &mut Draft) {
    match service.known.map(|known| known.kind) {
        Some("redis") => return settings::redis_command(service, tree, draft),
        Some(kind) => {
            tree.lost(
                format!("the kind `{kind}` starts its program itself"),
                "look for a setting of the kind, or set the NixOS option in a module",
            );
            return;
        }
        None => {}
    }
    let words = match tree.text() {
        Some(text) => words::texts(text),
        None => tree.items().iter().map(|item| item.text().map(str::to_owned)).collect(),
    };
    let Some(words) = words.filter(|words| !words.is_empty()) else {
        tree.lost("it is no list of words, or a secret stands in it", "give it as `cmd`, without secrets");
        return;
    };
    let secret = |word: &String| valued_secret(word) || word.starts_with('-') && named_secret(word);
    if words.iter().any(secret) {
        tree.lost(
            "a secret seems to stand in it, and every account of the host can read the command of a program",
            "give the secret as a variable or a file, and the rest as `cmd`",
        );
        return;
    }
    let named = words.iter().find_map(|word| names_service(word, service));
    draft.entry("services", service.name).map("settings").set("cmd", Item::texts(words));
    match named {
        Some(other) => tree.lost(
            format!(
                "the definition says it, but it names the service `{other}`, which is a name of Compose's own network"
            ),
            "write the host's address, or its name",
        ),
        None => tree.carried(),
    }
}

/// `1000` or `1000:1000`.
fn user(service: &Service<'_>, tree: &Tree, draft: &mut Draft) {
    let text = tree.text().unwrap_or_default();
    let (uid, gid) = text.split_once(':').unwrap_or((text, text));
    match uid.parse::<u32>() {
        Ok(number) if uid == gid && service.known.is_none() => {
            draft.entry("services", service.name).map("settings").set("uid", Item::word(number));
            tree.carried();
        }
        _ if service.known.is_some() => tree.lost("the kind runs as an account of its own", ""),
        _ => tree.lost(
            "a container runs as a user and a group of one number",
            "set `uid`, or the option `user` in a module",
        ),
    }
}

/// Secrets of the file that the service reads: files of their own names below /run/secrets.
fn read_secrets(service: &mut Service<'_>, tree: &Tree, shared: &Shared<'_>, draft: &mut Draft) {
    for item in tree.items() {
        let source = item.text().or_else(|| item.get("source").and_then(Tree::text));
        let Some((source, name)) = source.and_then(|source| Some((source, shared.secrets.get(source)?))) else {
            item.lost("the file has no secret of that name", "add it under `secrets`");
            continue;
        };
        let target = item.get("target").and_then(Tree::text).unwrap_or(source);
        let inside = if target.starts_with('/') { target.to_owned() } else { format!("/run/secrets/{target}") };
        service.secrets.insert(target.to_owned(), name.clone());
        draft.entry("secrets", name).add("services", service.name);
        if service.known.is_none() {
            let outside = format!("/run/agenix/{name}");
            draft.entry("services", service.name).map("settings").map("volumes").set(&format!("{inside}:ro"), outside);
        }
        for entry in item.entries() {
            match entry.key.as_str() {
                "source" | "target" => entry.value.carried(),
                "mode" if entry.value.text().is_some_and(|mode| mode.trim_start_matches('0') == "400") => {
                    entry.value.carried()
                }
                _ => entry.value.lost(
                    "a secret has one owner and mode for all its readers",
                    "set `owner`, `group` and `mode` of the secret",
                ),
            }
        }
        if item.text().is_some() {
            item.carried();
        }
    }
}
