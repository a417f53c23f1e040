//! `cistern import compose`: services of a compose file, on one host.
//!
//! Images that Cistern has a kind for become that kind, others containers.

mod context;
mod environment;
mod ports;
mod reasons;
mod service;
mod settings;
mod variables;
mod volumes;

use std::collections::{BTreeMap, BTreeSet};

use super::draft::Draft;
use super::input::{File, Input};
use super::kinds::{Image, Known};
use super::names::{self, Names};
use super::tree::Tree;
use super::{Answers, Imported, Refused, finish};
use crate::diag::{Diagnostic, codes};
use crate::source::Span;

use context::{Service, Shared};
use environment::Variable;

/// The name of the host when nobody gave one.
const HOST: &str = "server";

/// Reads a file beside the compose file; nothing when it cannot be read.
pub type Beside<'a> = &'a dyn Fn(&str) -> Option<File>;

/// Makes a definition of a compose file.
///
/// # Errors
/// What makes the file no compose file.
pub fn import(file: &File, beside: Beside<'_>, answers: &Answers) -> Result<Imported, Box<Refused>> {
    let mut input = Input::default();
    let mut draft = Draft::default();
    let root = input.yaml(file);
    match root {
        Some(root) if root.get("services").is_some_and(|services| !services.entries().is_empty()) => {
            all(&root, beside, answers, &mut input, &mut draft);
        }
        Some(_) => {
            let id = input.sources.find(&file.path).expect("it was just read");
            input.fault(
                Diagnostic::new(codes::NO_INVENTORY, format!("`{}` is not a compose file", file.path))
                    .at(Span::top(id), "a map with a map `services` is expected")
                    .help("name another format, as `cistern import ansible FILE`"),
            );
        }
        None => {}
    }
    finish(draft, input, answers, "compose")
}

fn all(root: &Tree, beside: Beside<'_>, answers: &Answers, input: &mut Input, draft: &mut Draft) {
    let dotenv = beside(".env").and_then(|file| input.text(&file)).map(|text| variables::read(&text, input));
    let mut known = variables::Known::of(dotenv.unwrap_or_default());
    let root = &known.fill(root);
    let host = answers.host.clone().unwrap_or_else(|| HOST.to_owned());
    draft.entry("hosts", &host);
    let mut shared = Shared { answers, volumes: BTreeMap::new(), secrets: secrets(root, draft) };
    top(root, answers, draft);
    let services = root.get("services").map(Tree::entries).unwrap_or_default();
    let names: BTreeSet<String> = services.iter().map(|entry| entry.key.clone()).collect();
    let kinds = kinds(root, answers, draft);
    let mut given = Names::default();
    for entry in services {
        let name = given.label(&entry.key);
        if name != entry.key {
            draft.note(format!("the service `{}` is called `{name}` here", entry.key));
        }
        entry.value.belongs("services", &name);
        if !entry.value.is_map() {
            entry.value.lost("a service is a map", "");
            continue;
        }
        let files = env_files(&entry.value, &name, beside, input, &mut known);
        let kind = kinds.get(&entry.key).copied();
        let mut service = Service { name: &name, host: &host, known: kind, all: &names, secrets: BTreeMap::new() };
        service::say(&mut service, &entry.value, files, &mut shared, draft);
    }
    for (entry, name) in root
        .get("secrets")
        .map(Tree::entries)
        .unwrap_or_default()
        .iter()
        .map(|entry| (entry, &shared.secrets[&entry.key]))
    {
        if !draft.entry("secrets", name).has("services") {
            draft.section("secrets").retain(|pair| pair.key != *name);
            entry.value.lost("no service reads this secret", "delete it, or bind it");
        }
    }
    let bound: BTreeSet<String> = draft.section("secrets").keys().map(str::to_owned).collect();
    draft.stored.retain(|(name, _)| bound.contains(name));
    known.settle();
}

/// The top-level keys beside `services` and `secrets`.
fn top(root: &Tree, answers: &Answers, draft: &mut Draft) {
    let used = |name: &str| {
        let services = root.get("services").map(Tree::entries).unwrap_or_default();
        services.iter().flat_map(|entry| entry.value.get("volumes").map(Tree::items).unwrap_or_default()).any(
            |volume| {
                volume.text().is_some_and(|text| text.split(':').next() == Some(name))
                    || volume.get("source").and_then(Tree::text) == Some(name)
            },
        )
    };
    for entry in root.entries() {
        let value = &entry.value;
        match entry.key.as_str() {
            "services" | "secrets" => {}
            "version" => value.carried(),
            "name" => match value.text() {
                Some(name) => {
                    let label = names::label(name);
                    if answers.name.is_none() {
                        draft.section("fleet").set("name", label.as_str());
                    }
                    value.carried();
                }
                None => value.lost("it is no name", ""),
            },
            "volumes" => {
                for volume in value.entries() {
                    let plain = volume.value.entries().is_empty();
                    match (used(&volume.key), plain) {
                        (true, true) => volume.value.carried(),
                        (false, _) => volume.value.lost("no service mounts it", "delete it"),
                        (true, false) => {
                            if let Some((why, remedy)) = reasons::of_file("volumes") {
                                volume.value.lost(why, remedy);
                            }
                        }
                    }
                }
            }
            key => {
                if let Some((why, remedy)) = reasons::of_file(key) {
                    value.lost(why, remedy);
                }
            }
        }
    }
}

/// The secrets of the file: what each is called here. Their values are to be stored.
fn secrets(root: &Tree, draft: &mut Draft) -> BTreeMap<String, String> {
    let mut names = BTreeMap::new();
    let mut given = Names::default();
    for entry in root.get("secrets").map(Tree::entries).unwrap_or_default() {
        let name = given.give(&entry.key, &names::secret(&entry.key));
        let what =
            match (entry.value.get("file").and_then(Tree::text), entry.value.get("environment").and_then(Tree::text)) {
                (Some(file), _) => format!("what is in `{file}`"),
                (_, Some(variable)) => format!("the value of the variable `{variable}`"),
                _ => "the value of the secret that Compose took from elsewhere".to_owned(),
            };
        entry.value.belongs("secrets", &name);
        entry.value.store(&name);
        draft.store(&name, what);
        draft.entry("secrets", &name);
        names.insert(entry.key.clone(), name);
    }
    names
}

/// The services that become kinds. What a kind cannot say stays a container.
fn kinds(root: &Tree, answers: &Answers, draft: &mut Draft) -> BTreeMap<String, &'static Known> {
    let mut kinds: BTreeMap<String, &'static Known> = BTreeMap::new();
    if answers.containers {
        return kinds;
    }
    let services = root.get("services").map(Tree::entries).unwrap_or_default();
    for entry in services.iter().filter(|entry| entry.value.get("build").is_none()) {
        let image = entry.value.get("image").and_then(Tree::text);
        let Some(known) = image.and_then(|image| Image::read(image).known()) else { continue };
        let ports = entry.value.get("ports").map(Tree::items).unwrap_or_default();
        let read: Vec<_> = ports.iter().filter_map(|port| ports::read(port).ok()).flatten().collect();
        let bound = known.open && read.iter().any(|port| port.address.is_some());
        let moved = known.fixed && read.iter().any(|port| port.inside != port.outside);
        let why = match (bound, moved) {
            (true, _) => "publishes a port at one address, and the kind would let every host in",
            (_, true) => "publishes its port as another one, which the kind cannot",
            _ => {
                kinds.insert(entry.key.clone(), known);
                continue;
            }
        };
        draft.note(format!("`{}` stays a container: it {why}", entry.key));
    }
    let mut of_kind: BTreeMap<&str, usize> = BTreeMap::new();
    for known in kinds.values() {
        *of_kind.entry(known.kind).or_default() += 1;
    }
    kinds.retain(|name, known| {
        let single = of_kind[known.kind] == 1;
        if !single {
            draft.note(format!("`{name}` stays a container: a host runs one service of the kind `{}`", known.kind));
        }
        single
    });
    kinds
}

/// The variables of a service's `env_file`: one file or a list, the later ones winning.
fn env_files(
    service: &Tree,
    name: &str,
    beside: Beside<'_>,
    input: &mut Input,
    known: &mut variables::Known,
) -> BTreeMap<String, Variable> {
    let mut found = BTreeMap::new();
    for item in service.get("env_file").map(Tree::items).unwrap_or_default() {
        let path = item.text().or_else(|| item.get("path").and_then(Tree::text));
        let Some(path) = path else {
            item.lost("it names no file", "");
            continue;
        };
        let inside = !path.starts_with('/') && !path.split('/').any(|part| part == "..");
        let file = if inside { beside(path) } else { None };
        let Some(text) = file.and_then(|file| input.text(&file)) else {
            let why = if inside {
                "the file is not there"
            } else {
                "the file lies outside of this directory and is not read"
            };
            item.lost(why, "give its variables under `environment`, and import again");
            continue;
        };
        for (variable, value) in variables::read(&text, input) {
            value.belongs("services", name);
            let filled = known.fill(&value);
            environment::add(&variable, &filled, None, &mut found);
        }
        item.carried_keys(&["path", "required"]);
    }
    found
}
