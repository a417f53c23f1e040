//! An inventory of Ansible's: hosts, groups, and what is said of them, in whichever file.

use std::collections::{BTreeMap, BTreeSet};

use super::ranges;
use crate::import::input::Input;
use crate::import::tree::{Body, Place, Tree};

/// The group of every host.
pub(super) const ALL: &str = "all";

/// The group of hosts that are in no other.
pub(super) const UNGROUPED: &str = "ungrouped";

/// How many hosts all patterns of an inventory may name, one that is named twice counted twice.
const MOST: usize = 100_000;

/// Variables by name; one that is set again beats the earlier one.
#[derive(Debug, Default, Clone)]
pub(super) struct Vars(pub BTreeMap<String, Tree>);

/// A machine.
#[derive(Debug, Default)]
pub(super) struct Host {
    /// Where it is named.
    pub mentions: Vec<Tree>,
    /// What the inventory says of it, beaten by what stands in host_vars/.
    pub vars: Vars,
}

/// A group.
#[derive(Debug, Default)]
pub(super) struct Group {
    /// Where it is named.
    pub mentions: Vec<Tree>,
    /// Its own hosts.
    pub hosts: BTreeSet<String>,
    /// The groups in it.
    pub children: BTreeSet<String>,
    /// What the inventory says of it.
    pub vars: Vars,
    /// What group_vars/ says of it.
    pub beside: Vars,
}

/// The whole inventory.
#[derive(Debug, Default)]
pub(super) struct Inventory {
    /// The hosts, in the order in which they are named first.
    pub order: Vec<String>,
    /// The hosts by name.
    pub hosts: BTreeMap<String, Host>,
    /// How many hosts were named so far.
    named: usize,
    /// The groups by name.
    pub groups: BTreeMap<String, Group>,
}

impl Vars {
    /// Sets a variable.
    pub(super) fn set(&mut self, name: &str, value: Tree) {
        let place = value.place.to_string();
        if let Some(earlier) = self.0.insert(name.to_owned(), value) {
            earlier.beaten(format!("{place} wins over it"));
        }
    }

    /// Sets every entry of a map.
    pub(super) fn extend(&mut self, map: &Tree) {
        for entry in map.entries() {
            self.set(&entry.key, entry.value.clone());
        }
    }
}

impl Inventory {
    /// The group of that name, made when it is new.
    pub(super) fn group(&mut self, name: &str) -> &mut Group {
        self.groups.entry(name.to_owned()).or_default()
    }

    /// Puts the hosts of a pattern into a group; `mention` is where they are named.
    ///
    /// # Errors
    /// What is wrong with the pattern.
    pub(super) fn add(
        &mut self,
        group: &str,
        pattern: &str,
        mention: Option<&Tree>,
        vars: &Vars,
    ) -> Result<(), String> {
        let many = || Err(format!("with it, the inventory names more than {MOST} hosts"));
        if self.named > MOST {
            return many();
        }
        let names = ranges::expand(pattern)?;
        self.named += names.len();
        if self.named > MOST {
            return many();
        }
        for name in names {
            if !self.hosts.contains_key(&name) {
                self.order.push(name.clone());
            }
            let host = self.hosts.entry(name.clone()).or_default();
            host.mentions.extend(mention.cloned());
            for (variable, value) in &vars.0 {
                host.vars.set(variable, value.clone());
            }
            self.group(group).hosts.insert(name);
        }
        Ok(())
    }

    /// Reads the groups of a YAML inventory. Returns what is wrong, with the place.
    pub(super) fn read_yaml(&mut self, root: &Tree) -> Result<(), (String, Place)> {
        if root.get("plugin").is_some() {
            return Err((
                "this is the configuration of an inventory plugin, which lists no hosts".to_owned(),
                root.place.clone(),
            ));
        }
        for entry in root.entries() {
            self.read_group(&entry.key, &entry.value)?;
        }
        Ok(())
    }

    fn read_group(&mut self, name: &str, tree: &Tree) -> Result<(), (String, Place)> {
        let broken = |why: &str, tree: &Tree| Err((why.to_owned(), tree.place.clone()));
        if !tree.is_map() {
            return broken("a group is a map with `hosts`, `vars` and `children`", tree);
        }
        self.group(name);
        if matches!(tree.body, Body::Null(_) | Body::Empty(_)) {
            self.group(name).mentions.push(tree.clone());
        }
        for entry in tree.entries() {
            let value = &entry.value;
            if matches!(value.body, Body::Null(_) | Body::Empty(_)) {
                self.group(name).mentions.push(value.clone());
                continue;
            }
            match entry.key.as_str() {
                "vars" if value.is_map() => self.group(name).vars.extend(value),
                "vars" => return broken("`vars` is a map", value),
                "hosts" => self.read_hosts(name, value)?,
                "children" if value.is_map() => {
                    for child in value.entries() {
                        self.group(name).children.insert(child.key.clone());
                        self.read_group(&child.key, &child.value)?;
                    }
                }
                "children" => return broken("`children` is a map of groups", value),
                _ => value.lost(
                    "a group of Ansible's has `hosts`, `vars` and `children`",
                    "Ansible passes over it as well; correct the key",
                ),
            }
        }
        Ok(())
    }

    fn read_hosts(&mut self, group: &str, tree: &Tree) -> Result<(), (String, Place)> {
        if let Some(pattern) = tree.text() {
            return self.add(group, pattern, Some(tree), &Vars::default()).map_err(|why| (why, tree.place.clone()));
        }
        if !tree.is_map() {
            return Err(("`hosts` is a map of hosts".to_owned(), tree.place.clone()));
        }
        for entry in tree.entries() {
            let (mut vars, value) = (Vars::default(), &entry.value);
            if !value.is_map() {
                return Err(("what stands below a host is a map of variables".to_owned(), value.place.clone()));
            }
            vars.extend(value);
            let mention = value.entries().is_empty().then_some(value);
            self.add(group, &entry.key, mention, &vars).map_err(|why| (why, value.place.clone()))?;
        }
        Ok(())
    }

    /// Takes in a file of group_vars/ or host_vars/: the variables of one group or host.
    pub(super) fn beside(&mut self, of_group: bool, name: &str, vars: &Tree) {
        let (what, target) = if of_group {
            ("group", self.groups.get_mut(name).map(|group| &mut group.beside))
        } else {
            ("host", self.hosts.get_mut(name).map(|host| &mut host.vars))
        };
        match target {
            Some(target) if vars.is_map() => {
                if vars.entries().is_empty() {
                    vars.carried();
                }
                target.extend(vars);
            }
            Some(_) => vars.lost("a file of variables is a map", "correct the file"),
            None => vars.lost(format!("the inventory has no {what} `{name}`"), "rename the file, or delete it"),
        }
    }

    /// Puts group_vars/ over what the inventory itself says, as Ansible does: `all` of group_vars/ beats every group there.
    pub(super) fn settle(&mut self) {
        self.group(ALL);
        let of_all = self.groups[ALL].beside.clone();
        for (name, group) in &mut self.groups {
            if name != ALL {
                for (variable, winner) in &of_all.0 {
                    if let Some(beaten) = group.vars.0.remove(variable) {
                        beaten.beaten(format!("{} wins over it", winner.place));
                    }
                }
            }
            for (variable, value) in std::mem::take(&mut group.beside).0 {
                group.vars.set(&variable, value);
            }
        }
    }

    /// The groups of a host without `all`, in the order in which Ansible lays them: by depth, priority and name.
    pub(super) fn groups_of(&self, host: &str, order: &[String]) -> Vec<String> {
        let mut found: BTreeSet<&str> = BTreeSet::new();
        let mut open: Vec<&str> =
            self.groups.iter().filter(|(_, group)| group.hosts.contains(host)).map(|(name, _)| name.as_str()).collect();
        while let Some(name) = open.pop() {
            if found.insert(name) {
                open.extend(
                    self.groups
                        .iter()
                        .filter(|(_, group)| group.children.contains(name))
                        .map(|(name, _)| name.as_str()),
                );
            }
        }
        order.iter().filter(|name| found.contains(name.as_str()) && *name != ALL).cloned().collect()
    }

    /// Every group in the order in which Ansible lays them.
    ///
    /// # Errors
    /// A group that is inside of itself.
    pub(super) fn order(&self) -> Result<Vec<String>, String> {
        let mut depth: BTreeMap<&str, usize> =
            self.groups.keys().map(|name| (name.as_str(), usize::from(name != ALL))).collect();
        for round in 0..=self.groups.len() {
            let mut moved = None;
            for (name, group) in &self.groups {
                for child in &group.children {
                    let wanted = depth[name.as_str()] + 1;
                    if depth.get(child.as_str()).is_some_and(|depth| *depth < wanted) {
                        depth.insert(child, wanted);
                        moved = Some(child);
                    }
                }
            }
            match moved {
                None => break,
                Some(child) if round == self.groups.len() => return Err(child.clone()),
                Some(_) => {}
            }
        }
        let priority = |name: &str| {
            let given =
                self.groups[name].vars.0.get("ansible_group_priority").and_then(|value| value.text()?.parse().ok());
            given.unwrap_or(1i64)
        };
        let mut order: Vec<String> = self.groups.keys().cloned().collect();
        order.sort_by_key(|name| (depth[name.as_str()], priority(name), name.clone()));
        Ok(order)
    }
}

/// Reads the variables of a file beside the inventory; a file that is encrypted as a whole is told as one value.
pub(super) fn read_vars(input: &mut Input, file: &crate::import::File) -> Option<Tree> {
    let text = String::from_utf8_lossy(&file.bytes);
    if text.trim_start().starts_with("$ANSIBLE_VAULT") {
        let read = input.text(file)?;
        let leaf = input.leaf(&read, "(the whole file)".to_owned(), 0);
        let tree = Tree::text_of(leaf, String::new());
        tree.lost("the file is encrypted as a whole", "`ansible-vault view` shows it; store what is in it with agenix");
        return None;
    }
    let says_nothing = |line: &str| matches!(line.trim(), "" | "---" | "...") || line.trim_start().starts_with('#');
    if text.lines().all(says_nothing) {
        return None;
    }
    input.yaml(file)
}
