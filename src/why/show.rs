//! Hosts as their layers resolve them, written as a definition would say it.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::answer::{Layer, Leaf};
use super::entries::Entries;
use super::shown::{value, word};
use super::unset::NOBODY;
use super::view::View;

/// The keys of a group that say who is in it.
const OF_GROUPS: [&str; 3] = ["selector", "hosts", "priority"];

/// Everything that concerns some hosts, by its path from the top.
fn leaves(views: &[View<'_>]) -> Vec<Leaf> {
    let mut found = Vec::new();
    for view in views {
        let top = ["hosts", view.name()].map(str::to_owned);
        let own = view.leaves().into_iter();
        found.extend(own.map(|leaf| Leaf { path: top.iter().chain(&leaf.path).cloned().collect(), ..leaf }));
    }
    for section in ["groups", "services", "secrets"] {
        let mut entries: BTreeMap<&str, &View<'_>> = BTreeMap::new();
        for view in views {
            let names: Vec<&str> = match section {
                "groups" => view.groups().collect(),
                "services" => view.services().collect(),
                _ => view.secrets().collect(),
            };
            names.into_iter().for_each(|name| _ = entries.entry(name).or_insert(view));
        }
        for (name, view) in entries {
            let mut leaves = Entries(view).leaves(&[section, name].map(str::to_owned));
            leaves.retain(|leaf| section != "groups" || OF_GROUPS.contains(&leaf.path[2].as_str()));
            found.extend(leaves);
        }
    }
    found
}

/// Writes hosts as YAML, with a comment behind what nobody set.
pub fn yaml(views: &[View<'_>]) -> String {
    let mut text = String::new();
    let mut before: &[String] = &[];
    let leaves = leaves(views);
    for leaf in &leaves {
        let (key, above) = leaf.path.split_last().expect("every value has a key");
        let same = before.iter().zip(above).take_while(|(a, b)| a == b).count();
        for (depth, name) in above.iter().enumerate().skip(same) {
            text.push_str(&format!("{}{}:\n", "  ".repeat(depth), word(name)));
        }
        before = above;
        let indent = "  ".repeat(above.len());
        let comment = comment(leaf);
        text.push_str(&match (&leaf.value, comment) {
            (Value::Null, Some(why)) if why != NOBODY => format!("{indent}# {} is not set: {why}\n", word(key)),
            (Value::Null, _) => format!("{indent}# {} is not set\n", word(key)),
            (shown, None) => format!("{indent}{}: {}\n", word(key), value(shown)),
            (shown, Some(why)) => format!("{indent}{}: {} # {why}\n", word(key), value(shown)),
        });
    }
    text
}

/// What is said of a value that the definition does not hold itself.
fn comment(leaf: &Leaf) -> Option<String> {
    let by =
        leaf.said.first().filter(|said| matches!(said.layer, Layer::Kind | Layer::Facts)).map(|said| said.by.clone());
    let said: Vec<String> = leaf.unset.clone().or(by).into_iter().chain(leaf.notes.iter().cloned()).collect();
    (!said.is_empty()).then(|| said.join("; "))
}

/// Writes hosts as one JSON document: `{version, hosts, groups?, services?, secrets?, unset}`.
///
/// `version` is 1. `unset` holds, by its path, why a value is what it is that nobody set; what is nothing is `null`.
pub fn json(views: &[View<'_>]) -> String {
    let mut document = json!({ "version": 1, "hosts": {} });
    let mut unset = Map::new();
    for leaf in leaves(views) {
        if let Some(why) = comment(&leaf) {
            unset.insert(leaf.dotted(), why.into());
        }
        let place = leaf.path.iter().fold(&mut document, |value, key| &mut value[key.as_str()]);
        *place = leaf.value;
    }
    document["unset"] = unset.into();
    serde_json::to_string_pretty(&document).expect("a document holds nothing but text and numbers")
}
