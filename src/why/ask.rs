//! A question about one host: a path, in the definition or in NixOS.

use super::answer::{Leaf, Path};
use super::entries::Entries;
use super::expand::Ground;
use super::keys::{self, Keys};
use super::options::{OptionAnswer, Options};
use super::unset::NOBODY;
use super::view::View;
use crate::diag::nearest;

/// Sections of the definition whose names NixOS has as well.
const SHARED: [&str; 1] = ["services"];

/// What is known of a path.
#[derive(Debug, Default)]
pub struct Answer {
    /// The value of the definition at that path.
    pub leaf: Option<Leaf>,
    /// Which layers name the entry at that path.
    pub entry: Option<Leaf>,
    /// The values of the definition below it.
    pub below: Vec<Leaf>,
    /// The option of NixOS at that path.
    pub option: Option<OptionAnswer>,
    /// The options of the host's module below it.
    pub options: Vec<String>,
}

impl Answer {
    /// Says whether nothing at all is known of the path.
    pub fn is_empty(&self) -> bool {
        self.leaf.is_none() && self.below.is_empty() && self.option.is_none() && self.options.is_empty()
    }

    /// Says whether the host's module must be asked too: the path is no value of the definition, or one of NixOS' too.
    pub fn needs_options(&self, path: &str) -> bool {
        let first = path.split('.').next().unwrap_or_default();
        SHARED.contains(&first) || (self.leaf.is_none() && self.below.is_empty())
    }

    /// Adds what the host's module says.
    pub fn with_options(&mut self, options: &Options<'_, '_>, path: &str) {
        self.option = options.find(path);
        if self.option.is_none() {
            self.options = options.below(path);
        }
    }
}

/// A path without the quotes that Nix and YAML put around some names, and without the words that lead to a host.
pub fn plain_path(path: &str, host: &str) -> String {
    let bare = path.replace(['"', '\''], "");
    let below = bare.strip_prefix("hosts.").and_then(|rest| rest.strip_prefix(host)?.strip_prefix('.'));
    below.or_else(|| bare.strip_prefix("config.")).unwrap_or(&bare).to_owned()
}

/// Looks a path up in the definition.
pub fn ask(view: &View<'_>, path: &str) -> Answer {
    let own = view.leaves();
    let mut answer = found(&own, path);
    let words: Path = path.split('.').map(str::to_owned).collect();
    answer.entry = view.entry(&words);
    if answer.is_empty() {
        let entries = Entries(view);
        let root = root(&entries, path);
        if !root.is_empty() {
            answer = found(&of_host(view, &root, entries.leaves(&root)), path);
        }
    }
    answer
}

/// The known path that is nearest to one of which nothing is known.
pub fn near(view: &View<'_>, options: Option<&Options<'_, '_>>, path: &str) -> Option<String> {
    let mut known: Vec<String> = view.leaves().iter().map(Leaf::dotted).collect();
    let first = path.split('.').next().unwrap_or_default();
    if let Some(Keys::Fixed(sections)) = keys::definition().at::<&str>(&[]) {
        let names = sections.iter().map(|(name, _)| name.as_str());
        let section = nearest(first, names).unwrap_or("services").to_owned();
        let leaves = Entries(view).leaves(std::slice::from_ref(&section));
        known.extend(of_host(view, &[section], leaves).iter().map(Leaf::dotted));
    }
    known.extend(options.into_iter().flat_map(Options::names));
    // Whoever leaves something off at the end means what stands there too.
    let depth = path.split('.').count();
    let cut: Vec<String> = known.iter().map(|path| path.split('.').take(depth).collect::<Vec<_>>().join(".")).collect();
    let known = known.iter().chain(&cut).map(String::as_str);
    nearest(path, known).map(str::to_owned)
}

/// What some values say of a path: one of them, those below it, or a part of one.
fn found(leaves: &[Leaf], path: &str) -> Answer {
    let mut answer = Answer::default();
    for leaf in leaves {
        let dotted = leaf.dotted();
        if dotted == path {
            answer.leaf = Some(leaf.clone());
        } else if dotted.strip_prefix(path).is_some_and(|rest| rest.starts_with('.')) {
            answer.below.push(leaf.clone());
        } else if let Some(rest) = path.strip_prefix(&dotted).and_then(|rest| rest.strip_prefix('.')) {
            answer.leaf = answer.leaf.or_else(|| leaf.below(rest));
        }
    }
    // Of many values those that are nothing, and not by anybody's choice, say nothing.
    let says = |leaf: &Leaf| !leaf.value.is_null() || leaf.unset.as_deref() != Some(NOBODY);
    if answer.below.iter().any(says) {
        answer.below.retain(says);
    }
    answer
}

/// The keys of the definition that a path begins with, as far as they can be told: an entry's name may have dots.
fn root(entries: &Entries<'_, '_>, path: &str) -> Path {
    let (mut root, mut rest, mut keys) = (Path::new(), path, keys::definition());
    while !rest.is_empty() {
        let names: Vec<String> = match keys {
            Keys::Value => break,
            Keys::Fixed(list) => list.iter().map(|(name, _)| name.clone()).collect(),
            Keys::Named(_) => entries.names(&root).into_iter().collect(),
        };
        let begins = |name: &&String| {
            rest.strip_prefix(name.as_str()).is_some_and(|after| after.is_empty() || after.starts_with('.'))
        };
        let Some(name) = names.iter().filter(begins).max_by_key(|name| name.len()) else { break };
        // The last key is looked for among the values, which may have more to say.
        let Some(next) = keys.at(&[name]) else { break };
        if *next == Keys::Value {
            break;
        }
        rest = rest[name.len()..].trim_start_matches('.');
        root.push(name.clone());
        keys = next;
    }
    root
}

/// Of a whole section only what concerns the host.
fn of_host(view: &View<'_>, root: &[String], leaves: Vec<Leaf>) -> Vec<Leaf> {
    let [section] = root else { return leaves };
    let names: Vec<&str> = match section.as_str() {
        "groups" => view.groups().collect(),
        "hosts" => vec![view.name()],
        "secrets" => view.secrets().collect(),
        "services" => view.services().collect(),
        "sites" => view.host.site.iter().map(|site| site.value.as_str()).collect(),
        _ => return leaves,
    };
    let mut leaves = leaves;
    leaves.retain(|leaf| leaf.path.get(1).is_some_and(|name| names.contains(&name.as_str())));
    leaves
}
