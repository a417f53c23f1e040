//! `cistern import ansible`: an inventory as YAML or INI, with group_vars/ and host_vars/ beside it.
//!
//! `all` becomes `defaults`, every other group a profile with a tag, in the order in which Ansible lays them.

mod ini;
mod inventory;
mod ranges;
mod vars;

use std::collections::{BTreeMap, BTreeSet};

use super::draft::{Draft, Item, Map};
use super::input::{File, Input};
use super::names::{self, Names};
use super::tree::Tree;
use super::{Answers, Imported, Refused, finish};
use crate::diag::{Diagnostic, codes};
use crate::load::decode::Scalar;
use crate::source::Span;
use crate::value::{Address, Domain, HostAddress};

use inventory::{ALL, Inventory, UNGROUPED, Vars};
use vars::SSH_ARGS;

/// Makes a definition of an inventory. `beside` are the files below group_vars/ and host_vars/.
///
/// # Errors
/// What makes the file no inventory.
pub fn import(file: &File, beside: &[File], answers: &Answers) -> Result<Imported, Box<Refused>> {
    let mut input = Input::default();
    let mut inventory = read(file, &mut input);
    // Every host is in it, whether it is written down or not.
    inventory.group(ALL);
    for file in beside {
        read_beside(file, &mut inventory, &mut input);
    }
    inventory.settle();
    let mut import = Import { answers, draft: Draft::default(), profiles: Names::default(), secrets: Names::default() };
    match inventory.order() {
        Ok(order) if !input.faults.has_errors() => import.all(&inventory, &order),
        Ok(_) => {}
        Err(group) => input.fault(
            Diagnostic::new(codes::NO_INVENTORY, format!("the group `{group}` is inside of itself"))
                .file(&file.path)
                .help("take one of the groups out of the `children` of the other"),
        ),
    }
    finish(import.draft, input, answers, "ansible")
}

fn read(file: &File, input: &mut Input) -> Inventory {
    let extension =
        file.path.rsplit('/').next().and_then(|name| name.rsplit_once('.')).map_or("", |(_, extension)| extension);
    let is_yaml = match extension {
        "yml" | "yaml" | "json" => true,
        "ini" | "cfg" => false,
        _ => looks_like_yaml(&file.bytes),
    };
    if !is_yaml {
        return match input.text(file) {
            Some(text) => ini::read(&text, input),
            None => Inventory::default(),
        };
    }
    let mut inventory = Inventory::default();
    let Some(root) = input.yaml(file) else { return inventory };
    let outcome = if root.is_map() {
        inventory.read_yaml(&root)
    } else {
        Err(("an inventory is a map of groups".to_owned(), root.place.clone()))
    };
    if let Err((why, place)) = outcome {
        let id = input.sources.find(&file.path).expect("it was just read");
        input.fault(
            Diagnostic::new(codes::NO_INVENTORY, format!("{place}: {why}"))
                .at(Span::top(id), "not an inventory of Ansible's")
                .help("an inventory is a map of groups: `all: { hosts: { web1: { ansible_host: 192.168.1.5 } } }`"),
        );
    }
    inventory
}

/// A file without a telling name: the first line that says something decides.
fn looks_like_yaml(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with(['#', ';']));
    lines
        .next()
        .is_some_and(|line| line == "---" || line.starts_with('{') || !line.contains('=') && line.ends_with(':'))
}

/// A file of variables: `group_vars/web.yml`, or any file below `group_vars/web/`.
fn read_beside(file: &File, inventory: &mut Inventory, input: &mut Input) {
    let parts: Vec<&str> = file.path.split('/').collect();
    let Some(at) = parts.iter().rposition(|part| matches!(*part, "group_vars" | "host_vars")) else { return };
    let [of, .., last] = &parts[at..] else { return };
    let stem = |name: &str| {
        ["yml", "yaml", "json"].iter().find_map(|end| name.strip_suffix(end)?.strip_suffix('.').map(str::to_owned))
    };
    let name = match &parts[at + 1..] {
        [_] => stem(last).unwrap_or_else(|| (*last).to_owned()),
        [name, ..] => (*name).to_owned(),
        [] => return,
    };
    if let Some(vars) = inventory::read_vars(input, file) {
        inventory.beside(*of == "group_vars", &name, &vars);
    }
}

/// What is made so far.
struct Import<'a> {
    answers: &'a Answers,
    draft: Draft,
    profiles: Names,
    secrets: Names,
}

impl Import<'_> {
    fn all(&mut self, inventory: &Inventory, order: &[String]) {
        let called = self.host_names(inventory);
        let mut used = BTreeSet::new();
        let of_host: BTreeMap<&str, Vec<String>> =
            inventory.order.iter().map(|host| (host.as_str(), inventory.groups_of(host, order))).collect();
        for groups in of_host.values() {
            used.extend(groups.iter().cloned());
        }
        for name in order {
            let group = &inventory.groups[name];
            let idle = name == UNGROUPED && group.vars.0.is_empty();
            if name == ALL {
                self.defaults(&group.vars);
            } else if used.contains(name) && !idle {
                self.profile(name, &group.vars);
            } else {
                let why = "no host is in this group";
                group.vars.0.values().for_each(|value| value.lost(why, "delete it, or put hosts into it"));
                if !idle {
                    group.mentions.iter().for_each(|mention| mention.lost(why, "delete it, or put hosts into it"));
                }
            }
            if name == ALL || used.contains(name) || idle {
                group.mentions.iter().for_each(Tree::carried);
            }
        }
        for host in &inventory.order {
            let groups: Vec<&String> = of_host[host.as_str()]
                .iter()
                .filter(|group| *group != UNGROUPED || !inventory.groups[*group].vars.0.is_empty())
                .collect();
            self.host(host, &called[host], inventory, &groups);
        }
        self.secrets_of(inventory, &called, &used);
    }

    /// What each host is called here; a domain that all of them share becomes the fleet's.
    fn host_names(&mut self, inventory: &Inventory) -> BTreeMap<String, String> {
        let mut given = Names::default();
        let short = |name: &str| match name.split_once('.') {
            Some((first, rest)) if Address::read(name).is_err() && Domain::read(rest).is_ok() => {
                (first.to_owned(), Some(rest.to_owned()))
            }
            _ => (name.to_owned(), None),
        };
        let mut firsts: BTreeMap<String, usize> = BTreeMap::new();
        let mut domains = BTreeSet::new();
        for name in &inventory.order {
            let (first, domain) = short(name);
            *firsts.entry(first).or_default() += 1;
            domains.extend(domain);
        }
        if let (1, None, Some(domain)) = (domains.len(), &self.answers.domain, domains.first()) {
            self.draft.section("fleet").set("domain", domain.as_str());
        }
        let mut called = BTreeMap::new();
        for name in &inventory.order {
            let (first, _) = short(name);
            let wanted = match (Address::read(name), firsts[&first]) {
                (Ok(_), _) => names::label(&format!("host-{name}")),
                (_, 1) => names::label(&first),
                _ => names::label(name),
            };
            let new = given.give(name, &wanted);
            let domain =
                self.answers.domain.clone().or_else(|| self.draft.section("fleet").text("domain").map(str::to_owned));
            if new != *name && domain.is_none_or(|domain| *name != format!("{new}.{domain}")) {
                self.draft.note(format!("the host `{name}` is called `{new}` here"));
            }
            called.insert(name.clone(), new);
        }
        called
    }

    fn defaults(&mut self, vars: &Vars) {
        let mut layer = Map::default();
        self.layer(vars, &mut layer, false);
        for pair in layer.pairs {
            self.draft.section("defaults").set(&pair.key, pair.item);
        }
    }

    fn profile(&mut self, name: &str, vars: &Vars) {
        let profile = self.profiles.label(name);
        let tag = names::tag(name);
        if profile != name {
            self.draft.note(format!("the group `{name}` is the profile `{profile}` and the tag `{tag}` here"));
        }
        let mut layer = Map::default();
        layer.set("tags", Item::texts([tag]));
        vars.0.values().for_each(|value| value.belongs("profiles", &profile));
        self.layer(vars, &mut layer, false);
        self.draft.section("profiles").set(&profile, layer);
    }

    /// Says the variables of one layer, but for secrets, which are bound once every host is known.
    fn layer(&mut self, vars: &Vars, layer: &mut Map, is_host: bool) {
        let old = [
            ("ansible_ssh_user", "ansible_user"),
            ("ansible_ssh_port", "ansible_port"),
            ("ansible_ssh_host", "ansible_host"),
        ];
        for (name, value) in &vars.0 {
            if let Some(newer) = old.iter().find(|(older, _)| older == name).and_then(|(_, newer)| vars.0.get(*newer)) {
                value.beaten(format!("{} wins over it", newer.place));
                continue;
            }
            vars::say(name, value, layer, self.answers, is_host);
        }
        vars::say_ssh(&vars::ssh(vars), layer, self.answers);
    }

    fn host(&mut self, name: &str, host: &str, inventory: &Inventory, groups: &[&String]) {
        let found = &inventory.hosts[name];
        let mut layer = Map::default();
        found.mentions.iter().for_each(|mention| {
            mention.belongs("hosts", host);
            mention.carried();
        });
        found.vars.0.values().for_each(|value| value.belongs("hosts", host));
        let profiles: Vec<String> = groups.iter().map(|group| self.profiles.label(group)).collect();
        if !profiles.is_empty() {
            layer.set("profiles", Item::texts(profiles));
        }
        self.layer(&found.vars, &mut layer, true);
        if !layer.has("address") && Address::read(name).is_ok() {
            layer.set("address", name);
        }
        let reached = layer.has("address") || layer.inner("deploy").is_some_and(|deploy| deploy.has("hostname"));
        let implied = {
            let domain =
                self.answers.domain.clone().or_else(|| self.draft.section("fleet").text("domain").map(str::to_owned));
            domain.is_some_and(|domain| name == format!("{host}.{domain}"))
        };
        if !reached
            && !implied
            && !vars::is_idle("ansible_host", self.answers)
            && name.contains('.')
            && HostAddress::read(name).is_ok()
        {
            layer.map("deploy").set("hostname", name);
        }
        self.ssh_of_layers(inventory, groups, &found.vars, &mut layer);
        self.draft.section("hosts").set(host, layer);
    }

    /// Arguments of ssh that come from several layers add up in Ansible and replace each other in a definition, so
    /// the host says all of them.
    fn ssh_of_layers(&mut self, inventory: &Inventory, groups: &[&String], own: &Vars, layer: &mut Map) {
        let layers = std::iter::once(&inventory.groups[ALL].vars)
            .chain(groups.iter().map(|group| &inventory.groups[*group].vars))
            .chain([own]);
        let (mut together, mut giving, mut jumps) = (Vars::default(), 0, false);
        for vars in layers {
            let args = vars.0.iter().filter(|(name, _)| SSH_ARGS.contains(&name.as_str()));
            let before = together.0.len();
            let mut any = false;
            for (name, value) in args {
                together.0.insert(name.clone(), value.clone());
                any = true;
            }
            giving += usize::from(any || together.0.len() != before);
            jumps |= vars::ssh(vars).jump.is_some();
        }
        if giving < 2 {
            return;
        }
        let ssh = vars::ssh(&together);
        if jumps && ssh.jump.is_none() {
            for (name, value) in &own.0 {
                if SSH_ARGS.contains(&name.as_str()) {
                    value.lost(
                        "a host cannot take back the jump of its groups",
                        "move the jump to the hosts that need it",
                    );
                }
            }
        }
        vars::say_ssh(&ssh, layer, self.answers);
    }

    /// Binds what is confidential: a secret for each variable, read by the hosts that the variable was for.
    fn secrets_of(&mut self, inventory: &Inventory, called: &BTreeMap<String, String>, used: &BTreeSet<String>) {
        let mut on_hosts: BTreeMap<&str, Vec<(&str, &Tree)>> = BTreeMap::new();
        for name in &inventory.order {
            for (variable, value) in self.confidential(&inventory.hosts[name].vars) {
                on_hosts.entry(variable).or_default().push((&called[name], value));
            }
        }
        for (variable, hosts) in on_hosts {
            let secret = self.secrets.give(&format!("host {variable}"), &names::secret(&variable.replace('_', "-")));
            let names: Vec<&str> = hosts.iter().map(|(host, _)| *host).collect();
            let entry = self.draft.entry("secrets", &secret);
            entry.set("hosts", names.join(", "));
            if names.len() > 1 {
                entry.set("per_host", Item::word(true));
            }
            for (host, value) in hosts {
                let file = if names.len() > 1 { format!("{host}/{secret}") } else { secret.clone() };
                value.store(&file);
                self.draft.store(&file, format!("the value of `{variable}` at {}", value.place));
            }
        }
        for (group, found) in inventory.groups.iter().filter(|(name, _)| used.contains(*name) || *name == ALL) {
            let selector = if group == ALL { "*".to_owned() } else { format!("@{}", names::tag(group)) };
            for (variable, value) in self.confidential(&found.vars) {
                let secret =
                    self.secrets.give(&format!("{group} {variable}"), &names::secret(&variable.replace('_', "-")));
                self.draft.entry("secrets", &secret).set("hosts", selector.as_str());
                value.store(&secret);
                self.draft.store(&secret, format!("the value of `{variable}` at {}", value.place));
            }
        }
    }

    fn confidential<'v>(&self, vars: &'v Vars) -> Vec<(&'v str, &'v Tree)> {
        let secret = |(name, value): &(&String, &Tree)| vars::is_confidential(name, value);
        vars.0.iter().filter(secret).map(|(name, value)| (name.as_str(), value)).collect()
    }
}
