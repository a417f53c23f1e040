//! Walks every key that can stand somewhere, and asks of each what was said.

use std::collections::BTreeSet;

use super::answer::{Leaf, Path};
use super::keys::Keys;

/// What values are asked of.
pub(super) trait Ground {
    /// The names of a map's entries.
    fn names(&self, path: &[String]) -> BTreeSet<String>;

    /// What was said of a value; of a map only when something else was put in its place.
    fn said(&self, path: &[String], keys: &Keys) -> Option<Leaf>;

    /// What a value is that nobody set.
    fn unset(&self, path: &[String]) -> Leaf;
}

/// Lists every value below a path.
pub(super) fn expand(keys: &Keys, ground: &dyn Ground, path: &mut Path, found: &mut Vec<Leaf>) {
    if !path.is_empty()
        && let Some(leaf) = ground.said(path, keys)
    {
        found.push(leaf);
        return;
    }
    let mut below = |name: &str, keys: &Keys, path: &mut Path| {
        path.push(name.to_owned());
        expand(keys, ground, path, found);
        path.pop();
    };
    match keys {
        Keys::Value => found.push(ground.unset(path)),
        Keys::Fixed(list) => list.iter().for_each(|(name, keys)| below(name, keys, path)),
        Keys::Named(inner) => {
            let names = ground.names(path);
            names.iter().for_each(|name| below(name, inner, path));
            if names.is_empty() {
                found.push(ground.unset(path));
            }
        }
    }
}
