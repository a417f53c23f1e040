//! What two derivations differ in by themselves, and not only because their inputs do.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::Serialize;

use super::derivation::Derivation;
use super::name::{Name, name_in};
use super::text::{beginning, shortened, visible, without_inputs};

/// Attributes that say again what a derivation says elsewhere.
const TOLD: &[&str] = &["builder", "name", "system"];

/// The kind of thing that differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, JsonSchema, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// The name of the derivation.
    Name,
    /// The platform that builds it.
    System,
    /// The program that builds it.
    Builder,
    /// The arguments of that program.
    Arguments,
    /// An attribute, which is a variable of the environment.
    Attribute,
    /// A file that was copied into the store.
    Source,
    /// Another derivation that is needed.
    Input,
    /// The hash of what is fetched.
    Hash,
}

/// One thing that differs.
#[derive(Debug, Clone, PartialEq, Eq, JsonSchema, Serialize)]
pub struct Difference {
    /// What it is.
    pub what: What,
    /// Which one; empty where there is one only.
    pub name: String,
    /// The old value, shortened to what surrounds the first difference; none where there was none.
    pub old: Option<String>,
    /// The new one.
    pub new: Option<String>,
}

/// How two derivations differ.
#[derive(Debug, Default)]
pub(super) struct Differences {
    /// What they differ in by themselves.
    pub(super) own: Vec<Difference>,
    /// Inputs that differ in their turn, by their paths.
    pub(super) inputs: Vec<(String, String)>,
    /// Inputs that are new, by their paths.
    pub(super) added: Vec<String>,
    /// Inputs that are gone.
    pub(super) removed: Vec<String>,
}

impl Differences {
    /// Compares two derivations.
    pub(super) fn of(old: &Derivation, new: &Derivation) -> Self {
        let mut found = Self::default();
        found.plain(What::Name, "", Some(&old.name), Some(&new.name), |name| Name::parse(name).package.to_owned());
        found.plain(What::System, "", Some(&old.system), Some(&new.system), str::to_owned);
        let masked = |text: &str| without_inputs(text, &old.store);
        found.text(What::Builder, "", (Some(&old.builder), Some(&new.builder)), &old.store, &masked);
        let [one, two] = [old, new].map(|derivation| derivation.arguments.join(" "));
        if old.arguments.iter().map(|text| masked(text)).ne(new.arguments.iter().map(|text| masked(text))) {
            let (old, new) = shortened(&one, &two, &old.store);
            found.push(What::Arguments, "", Some(old), Some(new));
        }
        found.attributes(old, new, &masked);
        found.sources(&old.sources, &new.sources);
        found.inputs(old, new);
        for name in keys(&old.fixed, &new.fixed) {
            found.plain(What::Hash, name, old.fixed.get(name), new.fixed.get(name), str::to_owned);
        }
        found
    }

    fn attributes(&mut self, old: &Derivation, new: &Derivation, masked: &dyn Fn(&str) -> String) {
        for name in keys(&old.attributes, &new.attributes) {
            // The paths of the outputs follow from all else.
            let is_output = old.outputs.contains_key(name) || new.outputs.contains_key(name);
            if !is_output && !TOLD.contains(&name.as_str()) {
                let values = (old.attributes.get(name), new.attributes.get(name));
                self.text(What::Attribute, name, values, &old.store, masked);
            }
        }
    }

    /// Compares texts without the paths of inputs in them.
    fn text(
        &mut self,
        what: What,
        name: &str,
        (old, new): (Option<&String>, Option<&String>),
        store: &str,
        masked: &dyn Fn(&str) -> String,
    ) {
        match (old, new) {
            (Some(old), Some(new)) if old == new || masked(old) == masked(new) => {}
            (Some(old), Some(new)) => {
                let (old, new) = shortened(old, new, store);
                self.push(what, name, Some(old), Some(new));
            }
            (old, new) => {
                let shown = |text: &String| beginning(text, store);
                self.push(what, name, old.map(shown), new.map(shown));
            }
        }
    }

    fn plain(&mut self, what: What, name: &str, old: Option<&String>, new: Option<&String>, seen: fn(&str) -> String) {
        if old.map(|text| seen(text)) != new.map(|text| seen(text)) {
            self.push(what, name, old.cloned(), new.cloned());
        }
    }

    fn push(&mut self, what: What, name: &str, old: Option<String>, new: Option<String>) {
        self.own.push(Difference { what, name: visible(name), old, new });
    }

    fn sources(&mut self, old: &BTreeSet<String>, new: &BTreeSet<String>) {
        for (name, olds, news) in paired(old.difference(new), new.difference(old)) {
            let mut news = news.into_iter();
            for old in olds {
                self.push(What::Source, &name, Some(old), news.next());
            }
            news.for_each(|new| self.push(What::Source, &name, None, Some(new)));
        }
    }

    fn inputs(&mut self, old: &Derivation, new: &Derivation) {
        for (path, outputs) in &old.inputs {
            if let Some(others) = new.inputs.get(path).filter(|others| *others != outputs) {
                let shown = |outputs: &BTreeSet<String>| Some(outputs.iter().cloned().collect::<Vec<_>>().join(" "));
                self.push(What::Input, name_in(path), shown(outputs), shown(others));
            }
        }
        let gone = old.inputs.keys().filter(|path| !new.inputs.contains_key(*path));
        let fresh = new.inputs.keys().filter(|path| !old.inputs.contains_key(*path));
        for (_, olds, news) in paired(gone, fresh) {
            let both = olds.len().min(news.len());
            for path in &olds[both..] {
                self.push(What::Input, name_in(path), Some(path.clone()), None);
                self.removed.push(path.clone());
            }
            for path in &news[both..] {
                self.push(What::Input, name_in(path), None, Some(path.clone()));
                self.added.push(path.clone());
            }
            self.inputs.extend(olds.into_iter().zip(news));
        }
    }
}

/// Every name of two maps, in order.
fn keys<'m, V>(old: &'m BTreeMap<String, V>, new: &'m BTreeMap<String, V>) -> BTreeSet<&'m String> {
    old.keys().chain(new.keys()).collect()
}

/// Paths of the store by the names of their packages; those of one package in the order of their names.
fn paired<'p>(
    old: impl Iterator<Item = &'p String>,
    new: impl Iterator<Item = &'p String>,
) -> Vec<(String, Vec<String>, Vec<String>)> {
    let mut packages: BTreeMap<&str, [BTreeSet<(&str, &String)>; 2]> = BTreeMap::new();
    let sides = old.map(|path| (0, path)).chain(new.map(|path| (1, path)));
    for (side, path) in sides {
        let name = name_in(path);
        packages.entry(Name::parse(name).package).or_default()[side].insert((name, path));
    }
    let paths = |paths: BTreeSet<(&str, &String)>| paths.into_iter().map(|(_, path)| path.clone()).collect();
    packages.into_iter().map(|(package, [old, new])| (package.to_owned(), paths(old), paths(new))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: &str = "4ykjprpvb0lplxvp1lprirgd1dry7469";
    const NEW: &str = "1dfwg1amfac6p09x3zb7b5z7yb1jzsn5";

    fn path(hash: &str, name: &str) -> String {
        format!("/nix/store/{hash}-{name}")
    }

    fn derivation(hash: &str, version: &str) -> Derivation {
        let attributes = [
            ("out", path(hash, "unit")),
            ("text", format!("ExecStart={}/bin/sshd -D", path(hash, &format!("openssh-{version}")))),
        ];
        Derivation {
            name: "unit".into(),
            store: "/nix/store".into(),
            attributes: attributes.map(|(name, value)| (name.to_owned(), value)).into(),
            inputs: [(path(hash, &format!("openssh-{version}.drv")), BTreeSet::from(["out".to_owned()]))].into(),
            outputs: [("out".to_owned(), path(hash, "unit"))].into(),
            ..Derivation::default()
        }
    }

    #[test]
    fn inputs_alone_are_no_difference_of_its_own() {
        let found = Differences::of(&derivation(OLD, "9.9p1"), &derivation(NEW, "10.0p2"));
        assert_eq!(found.own, []);
        assert_eq!(found.inputs, [(path(OLD, "openssh-9.9p1.drv"), path(NEW, "openssh-10.0p2.drv"))]);
    }

    #[test]
    fn own_differences_are_found() {
        let (old, mut new) = (derivation(OLD, "9.9p1"), derivation(OLD, "9.9p1"));
        new.attributes.insert("text".into(), format!("ExecStart={}/bin/sshd -e", path(OLD, "openssh-9.9p1")));
        new.attributes.insert("more".into(), "1".into());
        new.sources.insert(path(NEW, "banner"));
        new.inputs.insert(path(NEW, "curl-8.drv"), BTreeSet::new());
        new.builder = "/bin/bash".into();
        let found = Differences::of(&old, &new);
        let shown: Vec<_> = found.own.iter().map(|found| (found.what, found.name.as_str())).collect();
        let expected = [
            (What::Builder, ""),
            (What::Attribute, "more"),
            (What::Attribute, "text"),
            (What::Source, "banner"),
            (What::Input, "curl-8"),
        ];
        assert_eq!(shown, expected);
        assert_eq!(found.own[2].old.as_deref(), Some("ExecStart=…/openssh-9.9p1/bin/sshd -D"));
        assert_eq!(found.added, [path(NEW, "curl-8.drv")]);
        assert!(found.inputs.is_empty());
    }

    #[test]
    fn another_output_of_an_input_counts() {
        let (old, mut new) = (derivation(OLD, "9.9p1"), derivation(OLD, "9.9p1"));
        new.inputs.values_mut().for_each(|outputs| *outputs = BTreeSet::from(["man".to_owned()]));
        let found = Differences::of(&old, &new);
        assert_eq!(found.own.len(), 1);
        assert_eq!((found.own[0].what, found.own[0].new.as_deref()), (What::Input, Some("man")));
    }
}
