//! Environment variables and commands of images that became kinds, as settings of the kind.

use std::collections::BTreeMap;

use super::context::Service;
use super::environment::{Variable, store};
use crate::import::draft::{Draft, Item};
use crate::import::kinds::Known;
use crate::import::tree::Tree;
use crate::import::words;
use crate::load::decode::Scalar;
use crate::value::TimeZone;

/// Where Compose shows secrets to a container.
const SECRETS: &str = "/run/secrets/";

/// Says the variables of a service that became a kind.
pub(super) fn of_kind(service: &Service<'_>, known: &Known, variables: &BTreeMap<String, Variable>, draft: &mut Draft) {
    for (name, variable) in variables {
        let (value, tree) = (variable.value.as_str(), &variable.tree);
        match (known.kind, name.as_str()) {
            (_, "TZ") => time_zone(service, value, tree, draft),
            (_, "PUID" | "PGID" | "UMASK" | "UMASK_SET") => {
                tree.lost(
                    format!("the kind `{}` runs as an account of its own", known.kind),
                    "set `media_group` for what it shares, and the owner of its files",
                );
            }
            ("postgresql", "POSTGRES_DB" | "POSTGRES_USER" | "POSTGRES_PASSWORD" | "POSTGRES_PASSWORD_FILE") => {}
            ("grafana", "GF_SECURITY_ADMIN_PASSWORD") => secret(service, "admin_password", tree, draft),
            ("grafana", "GF_SECURITY_SECRET_KEY") => secret(service, "secret_key", tree, draft),
            ("grafana", "GF_SECURITY_ADMIN_PASSWORD__FILE") => given(service, "admin_password", value, tree, draft),
            ("grafana", "GF_SECURITY_SECRET_KEY__FILE") => given(service, "secret_key", value, tree, draft),
            ("grafana", "GF_SECURITY_ADMIN_USER") if value == "admin" => tree.carried(),
            ("grafana", "GF_SERVER_DOMAIN") => set(service, "domain", value, tree, draft),
            ("grafana", "GF_SERVER_ROOT_URL") if !variable.confidential => set(service, "root_url", value, tree, draft),
            ("redis", "REDIS_PASSWORD") => secret(service, "password", tree, draft),
            ("transmission", "USER" | "PASS") => {
                let name = if name == "USER" { "rpc-username" } else { "rpc-password" };
                bind(
                    service,
                    "credentials",
                    &format!("JSON with \"{name}\", the value at {}", tree.place),
                    tree,
                    draft,
                );
            }
            ("sonarr" | "radarr" | "prowlarr", name) if name.contains("__") => store(service, name, tree, "", draft),
            _ => tree.lost(
                format!("the kind `{}` reads no environment", known.kind),
                "look for a setting of the kind, or set the NixOS option in a module",
            ),
        }
    }
    if known.kind == "postgresql" {
        database(service, variables, draft);
    }
    if known.kind == "grafana" {
        for (setting, what) in [
            ("admin_password", "the password of the account `admin`"),
            ("secret_key", "what Grafana encrypts its database with: the one that it had, else a new one"),
        ] {
            let settings = draft.entry("services", service.name).map("settings");
            if !settings.has(setting) {
                let name = format!("{}-{}", service.name, setting.replace('_', "-"));
                settings.set(setting, Item::secret(&name));
                draft.entry("secrets", &name);
                draft.store(&name, what);
            }
        }
    }
}

/// The database, its owner of the same name, and the owner's password.
fn database(service: &Service<'_>, variables: &BTreeMap<String, Variable>, draft: &mut Draft) {
    let plain =
        |name: &str| variables.get(name).filter(|variable| !variable.confidential && !variable.value.is_empty());
    let user = plain("POSTGRES_USER");
    let wanted = plain("POSTGRES_DB").or(user);
    if let Some(wanted) = wanted {
        draft.entry("services", service.name).map("settings").add("databases", &wanted.value);
        wanted.tree.carried();
    }
    let owner = wanted.map(|wanted| wanted.value.as_str());
    if let Some(user) = user {
        if Some(user.value.as_str()) == owner {
            user.tree.carried();
        } else {
            user.tree.lost("a database belongs to the account of its own name", "rename the account, or the database");
        }
    }
    let same = user.is_none_or(|user| Some(user.value.as_str()) == owner);
    for name in ["POSTGRES_PASSWORD", "POSTGRES_PASSWORD_FILE"] {
        let Some(variable) = variables.get(name) else { continue };
        let Some(owner) = owner.filter(|_| same) else {
            variable.tree.lost(
                "accounts of the host itself log in to PostgreSQL without a password",
                "bind a secret under `passwords` for who comes over the network",
            );
            continue;
        };
        let listed = variable
            .value
            .strip_prefix(SECRETS)
            .filter(|secret| name.ends_with("_FILE") && service.secrets.contains_key(*secret));
        let file = listed.map(|secret| service.secrets[secret].clone());
        if name.ends_with("_FILE") && file.is_none() {
            variable.tree.lost("the file is no secret of this service", "bind a secret under `passwords`");
            continue;
        }
        let secret = file.clone().unwrap_or_else(|| format!("{}-password", service.name));
        draft.entry("services", service.name).map("settings").map("passwords").set(owner, Item::secret(&secret));
        draft.entry("secrets", &secret);
        if file.is_some() {
            variable.tree.carried();
        } else {
            draft.store(&secret, format!("the password at {}", variable.tree.place));
            variable.tree.store(&secret);
        }
    }
}

/// `redis-server` with its options. Returns whether every one of them is a setting.
pub(super) fn redis_command(service: &Service<'_>, tree: &Tree, draft: &mut Draft) {
    let words = match tree.text() {
        Some(text) => words::texts(text).unwrap_or_default(),
        None => tree.items().iter().filter_map(|item| item.text().map(str::to_owned)).collect(),
    };
    let mut rest = words.into_iter().skip_while(|word| word == "redis-server");
    let mut settings: Vec<(&str, Item)> = Vec::new();
    let mut password = false;
    while let Some(option) = rest.next() {
        let value = rest.next();
        match (option.as_str(), value.as_deref()) {
            ("--requirepass", Some(_)) => password = true,
            ("--appendonly", Some(value @ ("yes" | "no"))) => {
                settings.push(("append_only", Item::word(value == "yes")))
            }
            ("--maxmemory", Some(value)) => settings.push(("max_memory", value.into())),
            ("--maxmemory-policy", Some(value)) => settings.push(("eviction", value.into())),
            _ => {
                tree.lost(
                    "the kind `redis` has no setting for one of these options",
                    "set services.redis.servers.NAME.settings in a module",
                );
                return;
            }
        }
    }
    let map = draft.entry("services", service.name).map("settings");
    for (name, item) in settings {
        map.set(name, item);
    }
    tree.carried();
    if password {
        secret(service, "password", tree, draft);
    }
}

fn set(service: &Service<'_>, setting: &str, value: &str, tree: &Tree, draft: &mut Draft) {
    draft.entry("services", service.name).map("settings").set(setting, value);
    tree.carried();
}

/// A setting that takes a secret of the file.
fn given(service: &Service<'_>, setting: &str, value: &str, tree: &Tree, draft: &mut Draft) {
    match value.strip_prefix(SECRETS).and_then(|name| service.secrets.get(name)) {
        Some(name) => {
            draft.entry("services", service.name).map("settings").set(setting, Item::secret(name));
            tree.carried();
        }
        None => tree.lost("the file is no secret of this service", "bind a secret to the setting"),
    }
}

/// A setting that takes a secret whose value stands in the file.
fn secret(service: &Service<'_>, setting: &str, tree: &Tree, draft: &mut Draft) {
    bind(service, setting, &format!("the value at {}, and nothing else", tree.place), tree, draft);
}

fn bind(service: &Service<'_>, setting: &str, what: &str, tree: &Tree, draft: &mut Draft) {
    let name = format!("{}-{}", service.name, setting.replace('_', "-"));
    draft.entry("services", service.name).map("settings").set(setting, Item::secret(&name));
    draft.entry("secrets", &name);
    draft.store(&name, what);
    tree.store(&name);
}

/// Kinds take the time zone of their host.
fn time_zone(service: &Service<'_>, value: &str, tree: &Tree, draft: &mut Draft) {
    let host = draft.entry("hosts", service.host);
    match host.text("time_zone") {
        _ if TimeZone::read(value).is_err() => tree.lost("it is no time zone", ""),
        Some(present) if present != value => {
            tree.lost("another service gave the host another time zone", "a host has one")
        }
        _ => {
            host.set("time_zone", value);
            tree.carried();
        }
    }
}
