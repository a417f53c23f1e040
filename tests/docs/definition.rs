//! `docs/definition.md`: every key of the definition, from its schema.

use std::collections::{BTreeMap, BTreeSet};

use cistern::schema;
use cistern::source::SPLIT;
use serde_json::Value as Json;

use crate::page::{anchor, made_from, prose, table, yaml};

/// What the struct of the layers is called in the schema.
const LAYER: &str = "Layer";

const HEAD: &str = "This page lists every key, with its type and an example. [language.md](language.md) says how the keys work\n\
together. `cistern schema` prints the same for editors.\n\n\
A key that is not listed is an error, and so is one that would do nothing where it stands. `*` is a name that you give.\n\
**Bold** keys are required.\n";

/// The page.
pub(crate) fn page() -> String {
    let schema = schema::definition();
    let sections = Sections::of(&schema);
    let mut text = format!("# Every key of the definition\n\n{}\n{HEAD}", made_from("`cistern schema`"));
    for section in &sections.list {
        text += &format!("\n## {}\n\n{}", section.heading, sections.section(section));
    }
    text + "\n## The kinds that come with Cistern\n\n" + KINDS
}

/// A struct of the schema, and where its keys stand.
struct Section<'s> {
    heading: String,
    node: &'s Json,
}

struct Sections<'s> {
    schema: &'s Json,
    list: Vec<Section<'s>>,
    /// Headings by the name of the definition.
    headings: BTreeMap<&'s str, String>,
    layer: BTreeSet<&'s str>,
}

impl<'s> Sections<'s> {
    fn of(schema: &'s Json) -> Self {
        let layer = keys(&schema["$defs"][LAYER]).map(|(key, _)| key).collect();
        let mut sections = Self { schema, list: Vec::new(), headings: BTreeMap::new(), layer };
        sections.headings.insert(LAYER, "A layer".to_owned());
        sections.add("fleet.yaml", "", schema);
        sections.add("A layer", "layer.", &schema["$defs"][LAYER]);
        sections
    }

    /// Adds a struct, and those below it.
    fn add(&mut self, heading: &str, path: &str, node: &'s Json) {
        self.list.push(Section { heading: heading.to_owned(), node });
        for (key, below) in self.own(node, heading == "A layer") {
            let (name, below, star) = self.held(below);
            let Some(below) = below.filter(|_| name.is_none_or(|name| !self.headings.contains_key(name))) else {
                continue;
            };
            let heading = format!("{path}{key}{star}");
            if let Some(name) = name {
                self.headings.insert(name, heading.clone());
            }
            self.add(&heading, &format!("{heading}."), below);
        }
    }

    /// The struct that a value is, or is a map of: its name, its node, and `.*` for a map, `[]` for a list.
    fn held(&self, node: &'s Json) -> (Option<&'s str>, Option<&'s Json>, &'static str) {
        if let Some(name) = name(node) {
            return (Some(name), Some(&self.schema["$defs"][name]), "");
        }
        if node.get("properties").is_some() {
            return (None, Some(node), "");
        }
        if node["items"].is_object() {
            let (name, held, _) = self.held(&node["items"]);
            return (name, held, "[]");
        }
        let below = &node["additionalProperties"];
        if below.is_object() {
            let (name, held, _) = self.held(below);
            return (name, held, ".*");
        }
        let mut alternatives = node["anyOf"].as_array().into_iter().flatten().map(|node| self.held(node));
        alternatives.find(|(_, held, _)| held.is_some()).unwrap_or((None, None, ""))
    }

    /// The keys of a struct without those that it shares with the layers.
    fn own(&self, node: &'s Json, whole: bool) -> Vec<(&'s str, &'s Json)> {
        let shared = !whole && self.is_layered(node);
        keys(node).filter(|(key, _)| !shared || !self.layer.contains(key)).collect()
    }

    fn is_layered(&self, node: &Json) -> bool {
        self.layer.iter().all(|key| node["properties"].get(key).is_some())
    }

    fn section(&self, section: &Section<'s>) -> String {
        let layer = section.heading == "A layer";
        let mut text = format!("{}\n\n", described(section.node));
        let inside = layer || section.heading.starts_with("layer.");
        text += if layer {
            "These keys stand in each of the layers, which are laid over each other in this order: `defaults`, the host's site, its\n\
             profiles, its groups, the host itself.\n\n"
        } else if inside {
            "What several layers say here is laid over each other, key by key.\n\n"
        } else if self.is_layered(section.node) {
            "Beside these keys, which are not of a layer, stand those of [a layer](#a-layer).\n\n"
        } else {
            ""
        };
        if let Some(file) = section.heading.strip_suffix(".*").filter(|name| SPLIT.contains(name)) {
            text += &format!("An entry may stand in a file of its own, `{file}/<name>.yaml`.\n\n");
        }
        let required =
            |key: &str| section.node["required"].as_array().is_some_and(|all| all.iter().any(|one| one == key));
        let rows: Vec<_> = self
            .own(section.node, layer)
            .into_iter()
            .map(|(key, node)| {
                let shown = if required(key) { format!("**`{key}`**") } else { format!("`{key}`") };
                let example = node["examples"].get(0).or_else(|| node["enum"].get(0));
                let example = example.map_or(String::new(), |example| format!("`{key}: {}`", yaml(example)));
                let layered = if inside || node["$ref"] == format!("#/$defs/{LAYER}") { "yes" } else { "no" };
                vec![shown, self.type_of(node), said(node), example, layered.to_owned()]
            })
            .collect();
        text + &table(&["key", "is", "says", "example", "layer"], &rows)
    }

    /// What stands in a place, in words.
    fn type_of(&self, node: &'s Json) -> String {
        if let Some(words) = node["enum"].as_array() {
            return listed(words);
        }
        if let Some(words) = node["anyOf"][0]["enum"].as_array() {
            let other = node["examples"].as_array().into_iter().flatten().find(|example| !words.contains(example));
            return listed(words) + &other.map_or(String::new(), |example| format!(", or such as `{}`", yaml(example)));
        }
        if let Some(word) = node.get("const") {
            return format!("`{}`", yaml(word));
        }
        if let Some(what) = node["$comment"].as_str() {
            return what.to_owned();
        }
        if let Some(alternatives) = node["anyOf"].as_array() {
            return alternatives.iter().map(|node| self.type_of(node)).collect::<Vec<_>>().join(", or ");
        }
        if let Some(name) = name(node) {
            let heading = &self.headings[name];
            return if name == LAYER {
                "[a layer](#a-layer)".to_owned()
            } else {
                format!("[keys](#{})", anchor(heading))
            };
        }
        match node["type"].as_str() {
            Some("array") => format!("a list, each item {}", self.type_of(&node["items"])),
            Some("object") if node.get("properties").is_some() => {
                let heading =
                    self.list.iter().find(|section| std::ptr::eq(section.node, node)).map(|section| &section.heading);
                format!("[keys](#{})", anchor(heading.expect("every struct has a section")))
            }
            Some("object") => {
                let key = self.type_of(&node["propertyNames"]);
                format!("a map from {key} to {}", self.type_of(&node["additionalProperties"]))
            }
            Some("integer") => "a whole number".to_owned(),
            Some("boolean") => "true or false".to_owned(),
            Some("string") => "text".to_owned(),
            _ => "anything".to_owned(),
        }
    }
}

fn listed(words: &[Json]) -> String {
    words.iter().map(|word| format!("`{}`", yaml(word))).collect::<Vec<_>>().join(", ")
}

/// The description of a key, and the meaning of its words.
fn said(node: &Json) -> String {
    let mut text = described(node);
    let meanings = node["enumDescriptions"].as_array().into_iter().flatten();
    for (word, meaning) in node["enum"].as_array().into_iter().flatten().zip(meanings) {
        text += &format!("<br>`{}`: {}", yaml(word), meaning.as_str().unwrap_or_default());
    }
    text
}

fn described(node: &Json) -> String {
    prose(node["description"].as_str().unwrap_or_default())
}

fn keys(node: &Json) -> impl Iterator<Item = (&str, &Json)> {
    node["properties"].as_object().into_iter().flatten().map(|(key, node)| (key.as_str(), node))
}

/// The name of the definition that a node refers to.
fn name(node: &Json) -> Option<&str> {
    node["$ref"].as_str()?.strip_prefix("#/$defs/")
}

/// Where the kinds are listed, and what holds for all of them.
const KINDS: &str = "[catalog.md](catalog.md) lists them by what they are for, with their ports and settings. A kind whose name ends in
`-exporter` is named under `exporters` of a layer, without that ending. Where a setting is missing, a module of yours sets any NixOS
option. [kinds.md](kinds.md) says how to write a kind.
";
