//! `cistern import flake`: the nodes of deploy-rs and the configurations of a flake, as hosts with `managed: node`.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use serde::Deserialize;

use super::draft::{Draft, Item, Map};
use super::input::{Input, join};
use super::names;
use super::ssh::Ssh;
use super::tree::{Body, Entry, Leaf, Place, Tree};
use super::{Answers, Imported, Refused, finish};
use crate::diag::{Diagnostic, codes};
use crate::load::decode::Scalar;
use crate::value::{AccountName, Address, Domain, HostAddress, HostName, SshOption, SudoCommand, System};

/// The function that Nix applies to the flake; it takes first whether to look for systems.
pub const APPLY: &str = include_str!("flake.nix");

/// What Nix says of a flake.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Answer {
    deploy: BTreeMap<String, Value>,
    configurations: BTreeMap<String, Value>,
}

/// A value and its place: exactly one of `value`, `items` and `set` is there, or `value` is null.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Value {
    at: Option<At>,
    value: Option<serde_json::Value>,
    items: Option<Vec<Value>>,
    set: Option<BTreeMap<String, Value>>,
}

#[derive(Deserialize)]
struct At {
    file: String,
    line: u32,
    column: u32,
}

/// Makes a definition of what Nix printed for [`APPLY`].
///
/// # Errors
/// What makes it no flake with deploy-rs.
pub fn import(printed: &str, answers: &Answers) -> Result<Imported, Box<Refused>> {
    let mut input = Input::default();
    let mut draft = Draft::default();
    match serde_json::from_str::<Answer>(printed) {
        Ok(answer) if answer.deploy.contains_key("nodes") || !answer.configurations.is_empty() => {
            let place = Place { file: "flake.nix".into(), line: 0, column: 0 };
            let deploy = map(answer.deploy, "deploy", &place, &mut input);
            let configurations = map(answer.configurations, "nixosConfigurations", &place, &mut input);
            Proposal { answers, draft: &mut draft }.all(&deploy, &configurations);
        }
        Ok(_) => input.fault(
            Diagnostic::new(codes::NO_INVENTORY, "the flake has neither `deploy.nodes` nor `nixosConfigurations`")
                .file("flake.nix")
                .help("name the directory of a flake that deploy-rs deploys"),
        ),
        Err(error) => input.fault(
            Diagnostic::new(codes::NO_INVENTORY, format!("what nix printed of the flake cannot be read: {error}"))
                .file("flake.nix")
                .help("`deploy.nodes` is a set of sets"),
        ),
    }
    finish(draft, input, answers, "flake")
}

fn map(set: BTreeMap<String, Value>, path: &str, above: &Place, input: &mut Input) -> Tree {
    let entries: Vec<Entry> =
        set.into_iter().map(|(key, value)| Entry { value: tree(value, join(path, &key), above, input), key }).collect();
    let body =
        if entries.is_empty() { Body::Empty(input.keep(path.to_owned(), above.clone())) } else { Body::Map(entries) };
    Tree { path: path.to_owned(), place: above.clone(), tag: None, body }
}

fn tree(value: Value, path: String, above: &Place, input: &mut Input) -> Tree {
    let place =
        value.at.map_or_else(|| above.clone(), |at| Place { file: file(&at.file), line: at.line, column: at.column });
    let leaf = |input: &mut Input| -> Rc<Leaf> { input.keep(path.clone(), place.clone()) };
    let body = match (value.value, value.items, value.set) {
        (_, _, Some(set)) => return map(set, &path, &place, input),
        (_, Some(items), _) if items.is_empty() => Body::Empty(leaf(input)),
        (_, Some(items), _) => {
            let item = |(at, item)| tree(item, format!("{path}[{at}]"), &place, input);
            Body::List(items.into_iter().enumerate().map(item).collect())
        }
        (None | Some(serde_json::Value::Null), ..) => Body::Null(leaf(input)),
        (Some(serde_json::Value::String(text)), ..) => Body::Text(leaf(input), text),
        (Some(other), ..) => Body::Text(leaf(input), other.to_string()),
    };
    Tree { path, place, tag: None, body }
}

/// The path in the flake: Nix looks at a copy of it in its store.
fn file(path: &str) -> Rc<str> {
    path.split_once("-source/").map_or(path, |(_, inside)| inside).into()
}

struct Proposal<'a> {
    answers: &'a Answers,
    draft: &'a mut Draft,
}

impl Proposal<'_> {
    fn all(&mut self, deploy: &Tree, configurations: &Tree) {
        let nodes = deploy.get("nodes").map(Tree::entries).unwrap_or_default();
        let names: BTreeSet<&str> = nodes.iter().map(|node| node.key.as_str()).collect();
        self.domain(nodes);
        for node in nodes {
            let configuration = configurations.get(&node.key);
            match (configuration, HostName::read(&node.key)) {
                (Some(configuration), Ok(name)) => self.node(name.as_str(), &node.value, deploy, configuration),
                (None, _) => node.value.lost(
                    format!(
                        "there is no nixosConfigurations.{}, which a node of Cistern's activates",
                        names::label(&node.key)
                    ),
                    "call node and configuration alike, or add the host by hand",
                ),
                (Some(configuration), Err(why)) => {
                    for tree in [&node.value, configuration] {
                        tree.lost(
                            format!("its name is not one of a host: {why}"),
                            "rename the node and its configuration",
                        );
                    }
                }
            }
        }
        for configuration in configurations.entries().iter().filter(|entry| !names.contains(entry.key.as_str())) {
            match HostName::read(&configuration.key) {
                Ok(name) => {
                    self.host(name.as_str(), &configuration.value);
                    self.draft.note(format!("nixosConfigurations.{name} has no node of deploy-rs: remove the host if it is no machine of its own"));
                }
                Err(why) => configuration.value.lost(format!("its name is not one of a host: {why}"), "rename it"),
            }
        }
        if nodes.is_empty()
            && let Some(nodes) = deploy.get("nodes")
        {
            nodes.carried();
        }
    }

    /// A domain that every host shares whose name begins with the node's.
    fn domain(&mut self, nodes: &[Entry]) {
        let domain = |node: &Entry| {
            let rest = node.value.get("hostname")?.text()?.strip_prefix(&node.key)?.strip_prefix('.')?.to_owned();
            Domain::read(&rest).is_ok().then_some(rest)
        };
        let domains: BTreeSet<String> = nodes.iter().filter_map(domain).collect();
        if let (1, None, Some(domain)) = (domains.len(), &self.answers.domain, domains.first()) {
            self.draft.section("fleet").set("domain", domain.as_str());
        }
    }

    fn host(&mut self, name: &str, configuration: &Tree) -> &mut Map {
        configuration.belongs("hosts", name);
        configuration.carried();
        let host = self.draft.entry("hosts", name);
        host.set("managed", "node");
        if let Some(system) = configuration.text().and_then(|text| System::read(text).ok()) {
            host.set("system", system.to_string());
        }
        host
    }

    fn node(&mut self, name: &str, node: &Tree, deploy: &Tree, configuration: &Tree) {
        node.belongs("hosts", name);
        let domain =
            self.answers.domain.clone().or_else(|| self.draft.section("fleet").text("domain").map(str::to_owned));
        let host = self.host(name, configuration);
        let profiles = node.get("profiles").map(Tree::entries).unwrap_or_default();
        let system = profiles.iter().find(|profile| profile.key == "system").map(|profile| &profile.value);
        for profile in profiles.iter().filter(|profile| profile.key != "system") {
            profile.value.lost(
                "Cistern deploys one profile, `system`",
                "deploy the others beside it, or bring them into the configuration",
            );
        }
        if let Some(path) = system.and_then(|system| system.get("path")) {
            path.carried();
        }
        let mut settings = Map::default();
        // What stands nearer to the profile wins, but arguments of ssh add up, the nearest first.
        let layers: Vec<&Tree> = system.into_iter().chain([node, deploy]).collect();
        let mut said: BTreeMap<&str, &Tree> = BTreeMap::new();
        let mut opts = Vec::new();
        for entry in layers.iter().flat_map(|layer| layer.entries()) {
            match entry.key.as_str() {
                "nodes" | "profiles" | "path" => {}
                "sshOpts" => {
                    opts.extend(entry.value.items().iter().filter_map(Tree::read::<SshOption>).map(|o| o.to_string()));
                }
                key => match said.get(key) {
                    Some(nearer) => entry.value.beaten(format!("{} wins over it", nearer.path)),
                    None => {
                        said.insert(key, &entry.value);
                    }
                },
            }
            if entry.key == "sshOpts" && entry.value.items().is_empty() {
                entry.value.carried();
            }
        }
        // Whatever cannot be told apart stays as it is, and `check` says why.
        match Ssh::read(opts.iter().cloned()) {
            Some(ssh) => ssh.say(&mut settings),
            None => settings.set("ssh_opts", Item::texts(opts)),
        }
        for (key, value) in said {
            match key {
                "hostname" => hostname(name, value, domain.as_deref(), host, &mut settings),
                "groups" | "tags" => {
                    for item in value.items() {
                        if let Some(tag) = item.read::<crate::value::Tag>() {
                            host.add("tags", tag.as_str());
                        }
                    }
                }
                _ => setting(key, value, &mut settings),
            }
        }
        if !settings.is_empty() {
            host.set("deploy", settings);
        }
    }
}

fn hostname(name: &str, value: &Tree, domain: Option<&str>, host: &mut Map, settings: &mut Map) {
    let text = value.text().unwrap_or_default();
    if Address::read(text).is_ok() {
        host.set("address", text);
        value.carried();
    } else if domain.is_some_and(|domain| text == format!("{name}.{domain}")) {
        // The name follows from the domain, but deploy-rs is told the address, which may be another way.
        settings.set("hostname", text);
        value.carried();
    } else if let Some(hostname) = value.read::<HostAddress>() {
        settings.set("hostname", hostname.as_str());
    }
}

/// One setting of deploy-rs.
fn setting(key: &str, value: &Tree, settings: &mut Map) {
    match key {
        "sshUser" => text(settings, "ssh_user", value.read::<AccountName>()),
        "user" => text(settings, "user", value.read::<AccountName>()),
        "sudo" => text(settings, "sudo", value.read::<SudoCommand>()),
        "remoteBuild" => word(settings, "remote_build", value.read::<bool>()),
        "confirmTimeout" => word(settings, "confirm_timeout", value.read::<u16>()),
        "activationTimeout" => word(settings, "activation_timeout", value.read::<u16>()),
        "magicRollback" | "autoRollback" if value.truth() == Some(true) => value.carried(),
        "magicRollback" | "autoRollback" => {
            value.lost(
                "Cistern's nodes always roll back",
                "give `--magic-rollback false` or `--auto-rollback false` when you deploy",
            );
        }
        "fastConnection" | "interactiveSudo" if value.truth() == Some(false) => value.carried(),
        "fastConnection" => {
            value.lost("the definition has no key for it", "give `--fast-connection true` when you deploy")
        }
        "interactiveSudo" => {
            value.lost("the definition has no key for it", "give `--interactive-sudo true` when you deploy")
        }
        "profilesOrder" if value.items().iter().all(|item| item.text() == Some("system")) => value.carried(),
        "profilesOrder" => value.lost("Cistern deploys one profile, `system`", ""),
        "tempPath" => value.lost("the definition has no key for it", "give `--temp-path` when you deploy"),
        _ => value.lost("deploy-rs has no such setting that Cistern knows", ""),
    }
}

fn text(map: &mut Map, key: &str, value: Option<impl ToString>) {
    if let Some(value) = value {
        map.set(key, value.to_string());
    }
}

fn word(map: &mut Map, key: &str, value: Option<impl ToString>) {
    if let Some(value) = value {
        map.set(key, Item::word(value.to_string()));
    }
}
