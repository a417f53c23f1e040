//! What rules look at beside the fleet: the files, the templates, and the hand-written modules of hosts.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use crate::kind::Kind;
use crate::model::{Fleet, Hardware, Host};
use crate::nix::{Assigned, Outline, Templates, assigned, imports, outline};
use crate::source::{FileId, SourceFile, Sources, Span};
use crate::value::{KindName, Managed, ModuleRef};

/// Everything beside the fleet.
#[derive(Debug)]
pub struct Evidence<'a> {
    /// The files of the fleet directory, git's index, the date.
    pub sources: &'a Sources,
    /// The templates that files are made from.
    pub templates: &'a Templates,
    /// The modules that hosts name, and those that they import.
    modules: BTreeMap<String, Module>,
    /// What the bodies of kinds set: of those in use, and of the fleet's own.
    outlines: BTreeMap<&'a KindName, Outline>,
}

/// A hand-written module.
#[derive(Debug)]
pub struct Module {
    /// Its file.
    pub file: FileId,
    /// What it sets.
    pub assigned: Vec<Assigned>,
    imports: Vec<String>,
    /// Whether nothing that it imports is out of sight.
    whole: bool,
}

/// The hand-written modules of one host, imports included.
pub struct Modules<'e> {
    /// Each by its path.
    pub list: BTreeMap<&'e str, &'e Module>,
    /// Whether they are all: none comes from a flake, or cannot be read.
    pub whole: bool,
}

impl<'a> Evidence<'a> {
    /// Reads the modules of every host that Cistern configures.
    pub fn new(fleet: &'a Fleet, sources: &'a Sources, templates: &'a Templates) -> Self {
        let full = fleet.hosts.values().filter(|host| host.managed == Managed::Full);
        let mut open: BTreeSet<String> = full.flat_map(named).map(|(path, _)| path.to_owned()).collect();
        let mut modules = BTreeMap::new();
        while !open.is_empty() {
            let read: Vec<_> = open.par_iter().filter_map(|path| Some((path.clone(), read(path, sources)?))).collect();
            modules.extend(read);
            let wanted = open.iter().filter_map(|path| modules.get(path)).flat_map(|module| &module.imports);
            open = wanted.filter(|path| !modules.contains_key(*path)).cloned().collect();
            open.retain(|path| sources.find(path).is_some());
        }
        let used: BTreeSet<_> = fleet.services.values().map(|service| &service.kind).collect();
        let kinds: Vec<_> = fleet.kinds.iter().filter(|kind| kind.own || used.contains(&kind.name)).collect();
        let body = |kind: &'a Kind| (&kind.name, outline(&sources.file(kind.file).text));
        Self { sources, templates, modules, outlines: kinds.into_par_iter().map(body).collect() }
    }

    /// The hand-written modules of a host.
    pub fn modules_of(&self, host: &Host) -> Modules<'_> {
        let layer = host.layer.modules.iter().flat_map(|modules| &modules.0);
        let whole = !layer.into_iter().any(|module| matches!(module.value, ModuleRef::Flake { .. }));
        let mut found = Modules { list: BTreeMap::new(), whole };
        let mut open: Vec<&str> = named(host).map(|(path, _)| path).collect();
        while let Some(path) = open.pop() {
            match self.modules.get_key_value(path) {
                Some((path, module)) if found.list.insert(path, module).is_none() => {
                    found.whole &= module.whole;
                    open.extend(module.imports.iter().map(String::as_str));
                }
                Some(_) => {}
                None => found.whole = false,
            }
        }
        found
    }

    /// What the body of a kind sets; none of a kind of Cistern's that is not in use.
    pub fn outline(&self, kind: &KindName) -> Option<&Outline> {
        self.outlines.get(kind)
    }
}

impl<'e> Modules<'e> {
    /// Lists what the modules set, with the place of the option's path and that of the value.
    pub fn assigned(&self) -> impl Iterator<Item = (Place, &'e Assigned)> + '_ {
        self.list.values().flat_map(|module| {
            let span = |range: std::ops::Range<usize>| Span::new(module.file, range.start, range.end);
            module.assigned.iter().map(move |one| (Place { key: span(one.key()), value: span(one.range.clone()) }, one))
        })
    }
}

/// Where an option is set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The option's path.
    pub key: Span,
    /// Its value.
    pub value: Span,
}

/// The files of the fleet directory that a host takes in by itself, each with the place that names it.
pub fn named(host: &Host) -> impl Iterator<Item = (&str, Span)> {
    let modules = host.layer.modules.iter().flat_map(|modules| &modules.0).filter_map(|at| match &at.value {
        ModuleRef::File(path) => Some((&*path.0, at.span)),
        ModuleRef::Flake { .. } => None,
    });
    let hardware = match &host.hardware {
        Some(Hardware::File(path)) => {
            Some((&*path.0, host.layer.hardware.as_ref().map_or(host.span, |hardware| hardware.span)))
        }
        _ => None,
    };
    modules.chain(hardware)
}

/// Reads a module: a file, or the `default.nix` of a directory.
fn read(path: &str, sources: &Sources) -> Option<Module> {
    let file = sources.find(path).or_else(|| sources.find(&format!("{path}/default.nix")))?;
    let SourceFile { path: own, text } = sources.file(file);
    let found = imports(text);
    let resolved: Vec<_> = found.files.iter().filter_map(|file| resolve(own, file)).collect();
    let files: Vec<_> = resolved
        .iter()
        .map(|path| match sources.find(path) {
            Some(_) => path.clone(),
            None => format!("{path}/default.nix"),
        })
        .collect();
    let whole = !found.others && files.len() == found.files.len();
    Some(Module { file, assigned: assigned(text), imports: files, whole })
}

/// A path as a file sees it, below the fleet directory; none where it leaves that.
fn resolve(from: &str, path: &str) -> Option<String> {
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            _ => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn imports_are_found_beside_the_file_that_names_them() {
        let mut sources = Sources::default();
        sources.add("modules/a.nix", "{ imports = [ ./b.nix ../hardware ]; }");
        sources.add("modules/b.nix", "{ a = 1; }");
        sources.add("hardware/default.nix", "{ }");
        let module = read("modules/a.nix", &sources).unwrap();
        assert_eq!(module.imports, ["modules/b.nix", "hardware/default.nix"]);
        assert!(module.whole);
        assert!(read("hardware", &sources).is_some());
        assert_eq!(resolve("modules/a.nix", "../../x.nix"), None);
    }
}
