//! What rules look at beside the fleet: the files, the templates, and the hand-written modules of hosts.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use crate::kind::Kind;
use crate::model::{Fleet, Hardware, Host};
use crate::nix::{Assigned, Outline, Survey, Templates, outline, survey};
use crate::source::{FileId, SourceFile, Sources, Span};
use crate::value::{KindName, ModuleRef};

/// Everything beside the fleet.
#[derive(Debug)]
pub struct Evidence<'a> {
    /// The files of the fleet directory, git's index, the date.
    pub sources: &'a Sources,
    /// The templates that files are made from.
    pub templates: &'a Templates,
    /// Every Nix file of the fleet directory, whether a host names it or not.
    pub modules: BTreeMap<&'a str, Module>,
    /// What the bodies of kinds set: of those in use, and of the fleet's own.
    outlines: BTreeMap<&'a KindName, Outline>,
}

/// A hand-written module.
#[derive(Debug)]
pub struct Module {
    /// Its file.
    pub file: FileId,
    /// What it sets and names.
    pub survey: Survey,
    /// The files that it imports, by their paths; none where one is out of sight.
    imports: Vec<Option<String>>,
}

/// The hand-written modules of one host, imports included.
pub struct Modules<'e> {
    /// Each by its path.
    pub list: BTreeMap<&'e str, &'e Module>,
    /// Whether they are all: none comes from a flake, or cannot be read.
    pub whole: bool,
}

impl<'a> Evidence<'a> {
    /// Reads every hand-written Nix file, and the bodies of kinds.
    pub fn new(fleet: &'a Fleet, sources: &'a Sources, templates: &'a Templates) -> Self {
        let files: Vec<_> = sources.below("").filter(|(_, file)| file.path.ends_with(".nix")).collect();
        let one = |(id, file): (FileId, &'a SourceFile)| (file.path.as_str(), module(id, file, sources));
        let modules = files.into_par_iter().map(one).collect();
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
            let Some((path, module)) = self.module(path) else {
                found.whole = false;
                continue;
            };
            if found.list.insert(path, module).is_none() {
                found.whole &= module.imports.iter().all(Option::is_some);
                open.extend(module.imports.iter().flatten().map(String::as_str));
            }
        }
        found
    }

    /// A module by its path: a file, or a directory with a `default.nix`.
    fn module(&self, path: &str) -> Option<(&'a str, &Module)> {
        let of = |path: &str| self.modules.get_key_value(path).map(|(path, module)| (*path, module));
        of(path).or_else(|| of(&format!("{path}/default.nix")))
    }

    /// What the body of a kind sets; none of a kind of Cistern's that is not in use.
    pub fn outline(&self, kind: &KindName) -> Option<&Outline> {
        self.outlines.get(kind)
    }
}

impl<'e> Modules<'e> {
    /// Lists what the modules set, each with the place of its value.
    pub fn assigned(&self) -> impl Iterator<Item = (Span, &'e Assigned)> + '_ {
        self.list.values().flat_map(|module| {
            let span = |one: &Assigned| Span::new(module.file, one.range.start, one.range.end);
            module.survey.assigned.iter().map(move |one| (span(one), one))
        })
    }
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

fn module(file: FileId, source: &SourceFile, sources: &Sources) -> Module {
    let survey = survey(&source.text);
    let there =
        |path: &String| [path.clone(), format!("{path}/default.nix")].iter().any(|path| sources.find(path).is_some());
    let files = survey.imports.files.iter().map(|path| resolve(&source.path, path).filter(there));
    let imports = files.chain(survey.imports.others.then_some(None)).collect();
    Module { file, survey, imports }
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
        sources.add("modules/a.nix", "{ imports = [ ./b.nix ../hardware ./gone.nix ]; }");
        sources.add("modules/b.nix", "{ a = 1; }");
        sources.add("hardware/default.nix", "{ }");
        let id = sources.find("modules/a.nix").unwrap();
        let found = module(id, sources.file(id), &sources);
        assert_eq!(found.imports, [Some("modules/b.nix".to_owned()), Some("hardware".to_owned()), None]);
        assert_eq!(resolve("modules/a.nix", "../../x.nix"), None);
    }
}
