//! Environment variables of a service: settings, or lines of a secret.

use std::collections::BTreeMap;

use super::context::{Service, names_service};
use super::variables::CONFIDENTIAL;
use crate::import::confidential::is_secret;
use crate::import::draft::{Draft, Item};
use crate::import::tree::{Body, Tree};

/// A variable: its value, and whether a secret is part of it.
#[derive(Debug, Clone)]
pub(super) struct Variable {
    pub(super) value: String,
    pub(super) confidential: bool,
    pub(super) tree: Tree,
}

/// The variables of `environment`, a map or a list of `NAME=value`.
pub(super) fn read(tree: &Tree, into: &mut BTreeMap<String, Variable>) {
    for entry in tree.entries() {
        add(&entry.key, &entry.value, None, into);
    }
    for item in if tree.entries().is_empty() { tree.items() } else { &[] } {
        let whole = scalar(item);
        match whole.as_deref().and_then(|text| text.split_once('=')) {
            Some((name, value)) => add(name, item, Some(value.to_owned()), into),
            None if whole.is_some() => {
                item.lost("its value is taken from the shell that starts Compose", "write the value down")
            }
            None => item.lost("it is no variable", ""),
        }
    }
}

/// Adds a variable; `value` is given where it is a part of the scalar.
pub(super) fn add(name: &str, tree: &Tree, value: Option<String>, into: &mut BTreeMap<String, Variable>) {
    let Some(value) = value.or_else(|| scalar(tree)) else {
        match tree.body {
            Body::Null(_) => tree.lost("its value is taken from the shell that starts Compose", "write the value down"),
            _ => tree.lost("it is no text", ""),
        }
        return;
    };
    let legal = !name.is_empty() && !name.contains(['=', '\0']) && !value.contains('\0');
    if !legal {
        tree.lost("it cannot be an environment variable", "");
        return;
    }
    let confidential = tree.tag.as_deref() == Some(CONFIDENTIAL) || is_secret(name, &value);
    if let Some(earlier) = into.insert(name.to_owned(), Variable { value, confidential, tree: tree.clone() }) {
        earlier.tree.beaten(format!("{} wins over it", tree.place));
    }
}

/// The text of a scalar, with or without a secret in it.
fn scalar(tree: &Tree) -> Option<String> {
    match &tree.body {
        Body::Text(_, text) if tree.tag.is_none() || tree.tag.as_deref() == Some(CONFIDENTIAL) => Some(text.clone()),
        _ => None,
    }
}

/// Says the variables of a container.
pub(super) fn of_container(service: &Service<'_>, variables: &BTreeMap<String, Variable>, draft: &mut Draft) {
    for (name, variable) in variables {
        if variable.confidential {
            let hint = names_service(&variable.value, service)
                .map(|other| format!(", with the host's address in place of `{other}`"));
            store(service, name, &variable.tree, hint.as_deref().unwrap_or_default(), draft);
            continue;
        }
        draft.entry("services", service.name).map("settings").map("environment").set(name, variable.value.as_str());
        match names_service(&variable.value, service) {
            Some(other) => variable.tree.lost(
                format!("the definition says it, but it names the service `{other}`, which is a name of Compose's own network"),
                "write the host's address, or its name",
            ),
            None => variable.tree.carried(),
        }
    }
}

/// Puts a variable into the environment file of a service, which is a secret.
pub(super) fn store(service: &Service<'_>, name: &str, tree: &Tree, hint: &str, draft: &mut Draft) {
    let secret = format!("{}-env", service.name);
    draft.entry("services", service.name).map("settings").set("environment_file", Item::secret(&secret));
    draft.entry("secrets", &secret);
    draft.store(&secret, format!("a line {name}=… with the value at {}{hint}", tree.place));
    tree.store(&secret);
}
