//! Every string of a JSON Schema, by the way to it.

use serde_json::Value as Json;

/// One step from a document to a string in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Step {
    /// A key that the schema names.
    Key(String),
    /// An entry of a map with keys of the user's.
    Entry,
    /// The key of such an entry, which is a string itself.
    Name,
    /// An item of a list.
    Item,
}

/// A string in a document.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    /// The way to it.
    pub(crate) steps: Vec<Step>,
    /// Whether it is a choice between words.
    pub(crate) choice: bool,
}

/// The way as text, such as `hosts.*.tags[]`; `<name>` is the key of an entry.
pub(crate) fn shown(steps: &[Step]) -> String {
    let mut text = String::new();
    for step in steps {
        match step {
            Step::Key(key) => text += &format!(".{key}"),
            Step::Entry => text += ".*",
            Step::Name => text += ".<name>",
            Step::Item => text += "[]",
        }
    }
    text.trim_start_matches('.').to_owned()
}

/// Lists every string of a schema once.
pub(crate) fn strings(schema: &Json) -> Vec<Place> {
    let mut walk = Walk { schema, places: Vec::new(), open: Vec::new() };
    walk.node(schema, &[]);
    let mut places: Vec<Place> = Vec::new();
    for place in walk.places {
        match places.iter_mut().find(|other| other.steps == place.steps) {
            Some(other) => other.choice &= place.choice,
            None => places.push(place),
        }
    }
    places
}

struct Walk<'s> {
    schema: &'s Json,
    places: Vec<Place>,
    /// The definitions that one is in; a schema may contain itself.
    open: Vec<String>,
}

impl Walk<'_> {
    fn node(&mut self, node: &Json, steps: &[Step]) {
        let then = |step: Step| [steps, &[step]].concat();
        if let Some(reference) = node.get("$ref") {
            let name = reference.as_str().and_then(|text| text.strip_prefix("#/$defs/")).expect("a local reference");
            if !self.open.iter().any(|open| open == name) {
                self.open.push(name.to_owned());
                let schema = self.schema;
                self.node(&schema["$defs"][name], steps);
                self.open.pop();
            }
            return;
        }
        let alternatives: Vec<&Json> =
            ["anyOf", "oneOf", "allOf"].iter().filter_map(|key| node[key].as_array()).flatten().collect();
        let string = match &node["type"] {
            Json::String(name) => name == "string",
            Json::Array(names) => names.iter().any(|name| name == "string"),
            // Without a type, anything goes, unless something else says more.
            _ => {
                let more = ["properties", "additionalProperties", "items", "const", "enum"];
                node.get("const").is_some_and(Json::is_string)
                    || node.get("enum").is_some()
                    || alternatives.is_empty() && more.iter().all(|key| node.get(key).is_none())
            }
        };
        if string {
            let choice = node.get("const").is_some() || node.get("enum").is_some();
            self.places.push(Place { steps: steps.to_vec(), choice });
            return;
        }
        for alternative in alternatives {
            self.node(alternative, steps);
        }
        for (key, below) in node["properties"].as_object().into_iter().flatten() {
            self.node(below, &then(Step::Key(key.clone())));
        }
        let below = &node["additionalProperties"];
        if below.is_object() || below == true {
            self.places.push(Place { steps: then(Step::Name), choice: false });
            self.node(below, &then(Step::Entry));
        }
        if let Some(below) = node.get("items") {
            self.node(below, &then(Step::Item));
        }
    }
}
