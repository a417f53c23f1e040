//! Volumes of a service: directories of the host, named volumes, and what a container keeps.

use std::collections::BTreeMap;

use super::context::Service;
use crate::import::draft::{Draft, Item, Map};
use crate::import::kinds::Known;
use crate::import::tree::Tree;
use crate::load::decode::Scalar;
use crate::value::AbsolutePath;

/// The keys of the long form that are read.
const KEYS: &[&str] = &["type", "source", "target", "read_only"];

/// Where what is mounted comes from.
enum Source {
    /// A directory of the host.
    Host(String),
    /// A path beside the compose file.
    Beside(String),
    /// A named volume.
    Named(String),
    /// Nothing: a new volume each time.
    Anonymous,
}

/// One mount.
struct Mount {
    source: Source,
    inside: String,
    /// `ro`, `z` and the like.
    mode: Option<String>,
}

/// Reads every volume of a service into its entry. `shared` are named volumes that have a directory already.
pub(super) fn read(service: &mut Service<'_>, tree: &Tree, shared: &mut BTreeMap<String, String>, draft: &mut Draft) {
    for entry in tree.items() {
        let mount = match entry.text() {
            Some(text) => short(text),
            None if !entry.entries().is_empty() => long(entry),
            None => Err("it is no volume".to_owned()),
        };
        match mount {
            Ok(mount) => match service.known {
                Some(known) => of_kind(service, known, mount, entry, draft),
                None => of_container(service, mount, entry, shared, draft),
            },
            Err(why) => entry.lost(why, "add it to the settings `volumes` by hand"),
        }
    }
}

fn short(text: &str) -> Result<Mount, String> {
    let parts: Vec<&str> = text.split(':').collect();
    let (source, inside, mode) = match parts[..] {
        [inside] => (Source::Anonymous, inside, None),
        [source, inside] => (source_of(source), inside, None),
        [source, inside, mode] => (source_of(source), inside, Some(mode.to_owned())),
        _ => return Err("it has more than three parts".to_owned()),
    };
    mount(source, inside, mode)
}

fn long(entry: &Tree) -> Result<Mount, String> {
    let text = |key: &str| entry.get(key).and_then(Tree::text);
    let inside = text("target").ok_or("it has no `target`")?;
    let source = match (text("type").unwrap_or("volume"), text("source")) {
        ("bind", Some(source)) => source_of(source),
        ("volume", Some(source)) => Source::Named(source.to_owned()),
        ("volume", None) => Source::Anonymous,
        _ => return Err("only directories and volumes can be mounted".to_owned()),
    };
    let read_only = entry.get("read_only").and_then(Tree::truth) == Some(true);
    mount(source, inside, read_only.then(|| "ro".to_owned()))
}

fn mount(source: Source, inside: &str, mode: Option<String>) -> Result<Mount, String> {
    let inside = if inside.len() > 1 { inside.trim_end_matches('/') } else { inside };
    if AbsolutePath::read(inside).is_err() {
        return Err("where it is mounted is no absolute path".to_owned());
    }
    let mode = mode.filter(|mode| mode != "rw");
    Ok(Mount { source, inside: inside.to_owned(), mode })
}

fn source_of(text: &str) -> Source {
    match text {
        _ if text.starts_with('/') => {
            Source::Host(if text.len() > 1 { text.trim_end_matches('/').to_owned() } else { text.to_owned() })
        }
        _ if text.starts_with(['.', '~']) || text.contains('/') => Source::Beside(text.to_owned()),
        _ => Source::Named(text.to_owned()),
    }
}

fn of_container(
    service: &mut Service<'_>,
    mount: Mount,
    entry: &Tree,
    shared: &mut BTreeMap<String, String>,
    draft: &mut Draft,
) {
    let (name, what) = match &mount.source {
        Source::Host(path) if path.ends_with("docker.sock") || path.ends_with("podman.sock") => {
            entry.lost(
                "with the socket the container owns the whole host",
                "find another way, or write a module that you can answer for",
            );
            return;
        }
        Source::Host(path) if AbsolutePath::read(path).is_err() => {
            entry.lost("what is mounted is no plain absolute path", "");
            return;
        }
        Source::Host(path) => {
            bind(service, &mount, path, entry, draft);
            return;
        }
        Source::Anonymous => {
            entry.lost(
                "a volume without a name is thrown away with the container",
                "give it a directory of the host under `volumes`, if it should survive",
            );
            return;
        }
        Source::Beside(path) if is_file(path) => {
            entry.lost(
                "a single file beside the compose file",
                "put it on the host with `environment.etc` in a module, and name its path under `volumes`",
            );
            return;
        }
        Source::Beside(path) => (path.clone(), format!("`{path}` beside the compose file")),
        Source::Named(name) => (format!("volume {name}"), format!("the volume `{name}`")),
    };
    let own = format!("/var/lib/{}", service.name);
    let taken = draft.entry("services", service.name).has("state");
    if let Some(path) = shared.get(&name).cloned() {
        bind(service, &mount, &path, entry, draft);
        return;
    }
    let last = crate::import::names::label(name.trim_start_matches("volume ").rsplit('/').next().unwrap_or_default());
    let mut path = if taken || mount.mode.is_some() { format!("{own}-{last}") } else { own };
    if shared.values().any(|present| *present == path) {
        path = format!("{path}-{}", shared.len());
    }
    shared.insert(name, path.clone());
    if taken || mount.mode.is_some() {
        draft.note(format!(
            "make the directory {path} and copy {what} into it: podman mounts what exists and creates nothing"
        ));
        bind(service, &mount, &path, entry, draft);
    } else {
        draft.note(format!("copy {what} to {path}"));
        let map = draft.entry("services", service.name);
        map.map("state").set("path", path);
        map.map("settings").set("state_mount", mount.inside);
        entry.carried_keys(KEYS);
    }
}

/// Mounts a directory of the host.
fn bind(service: &Service<'_>, mount: &Mount, outside: &str, entry: &Tree, draft: &mut Draft) {
    let inside = match &mount.mode {
        Some(mode) => format!("{}:{mode}", mount.inside),
        None => mount.inside.clone(),
    };
    draft.entry("services", service.name).map("settings").map("volumes").set(&inside, outside);
    entry.carried_keys(KEYS);
}

/// A kind keeps its state where it does; other directories it sees as they are on the host.
fn of_kind(service: &Service<'_>, known: &Known, mount: Mount, entry: &Tree, draft: &mut Draft) {
    let is_state = known.state.contains(&mount.inside.as_str());
    match mount.source {
        Source::Host(path) if is_state && known.movable && AbsolutePath::read(&path).is_ok() => {
            let mut state = Map::default();
            state.set("path", Item::Text(path));
            draft.entry("services", service.name).set("state", state);
            entry.carried_keys(KEYS);
        }
        Source::Beside(name) | Source::Named(name) if is_state => {
            draft.note(format!(
                "copy what `{}` keeps in `{name}` to where the kind `{}` keeps its state",
                service.name, known.kind
            ));
            entry.carried_keys(KEYS);
        }
        _ if is_state => {
            entry.lost(format!("the kind `{}` keeps its state at a place of its own", known.kind), "copy it there")
        }
        _ => entry.lost(
            format!("the kind `{}` runs on the host itself and sees its directories as they are there", known.kind),
            "correct the paths in its own settings; or import with `--containers`",
        ),
    }
}

/// Says whether a path has the look of a file.
fn is_file(path: &str) -> bool {
    let last = path.rsplit('/').next().unwrap_or_default();
    last.trim_start_matches('.')
        .rsplit_once('.')
        .is_some_and(|(stem, end)| !stem.is_empty() && end != "d" && end.len() <= 5)
}
