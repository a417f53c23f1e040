//! Hand-written modules: what every Nix file of the fleet directory sets, as far as its text tells it.
//!
//! A module that is imported by a path counts as part of the one that imports it. What modules of other flakes set is
//! not known.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use crate::nix::{Assigned, Survey, survey};
use crate::source::{FileId, SourceFile, Sources, Span};

/// The Nix files of the fleet directory, whether a host names them or not.
#[derive(Debug, Default)]
pub struct Modules {
    /// By the path below the fleet directory.
    files: BTreeMap<String, Module>,
}

/// One file.
#[derive(Debug)]
pub struct Module {
    /// Its file.
    pub file: FileId,
    /// What it sets and names.
    pub survey: Survey,
    /// The places in `survey.assigned` by the first name of the option's path; the empty name stands for what is
    /// computed.
    firsts: BTreeMap<String, Vec<usize>>,
    /// The paths that it imports; none where one is out of sight.
    imports: Vec<Option<String>>,
}

/// The modules that some paths mean, with those that they import.
#[derive(Debug)]
pub struct Reached<'m> {
    /// Each with its path.
    pub list: BTreeMap<&'m str, &'m Module>,
    /// Whether they are all: each was there and told what it imports.
    pub whole: bool,
}

/// An option that a module sets.
#[derive(Debug, Clone, Copy)]
pub struct Setting<'m> {
    /// The option and its value.
    pub assigned: &'m Assigned,
    /// The path of the module.
    pub path: &'m str,
    file: FileId,
}

impl Setting<'_> {
    /// The place of the option.
    pub fn span(&self) -> Span {
        let key = self.assigned.key();
        Span::new(self.file, key.start, key.end)
    }
}

impl Modules {
    /// Reads every Nix file.
    pub fn read(sources: &Sources) -> Self {
        let files: Vec<_> = sources.below("").filter(|(_, file)| file.path.ends_with(".nix")).collect();
        let one = |(id, file): (FileId, &SourceFile)| (file.path.clone(), Module::read(id, file, sources));
        Self { files: files.into_par_iter().map(one).collect() }
    }

    /// Every file.
    pub fn all(&self) -> impl Iterator<Item = &Module> {
        self.files.values()
    }

    /// The modules that some paths mean, and those that they import.
    pub fn reached<'m>(&'m self, paths: impl Iterator<Item = &'m str>) -> Reached<'m> {
        let mut found = Reached { list: BTreeMap::new(), whole: true };
        self.visit(paths, |met| match met {
            Some((path, module)) => {
                found.list.insert(path, module);
            }
            None => found.whole = false,
        });
        found
    }

    /// Lists what some modules and those that they import set at an option's path or below it.
    pub fn settings<'m>(&'m self, paths: impl Iterator<Item = &'m str>, option: &[&str]) -> Vec<Setting<'m>> {
        let mut found = Vec::new();
        let firsts: Vec<&str> = option.first().copied().into_iter().chain([""]).collect();
        self.visit(paths, |met| {
            let Some((path, module)) = met else { return };
            let places = firsts.iter().filter_map(|first| module.firsts.get(*first)).flatten();
            let set = places.map(|place| &module.survey.assigned[*place]).filter(|set| set.is_below(option));
            found.extend(set.map(|assigned| Setting { assigned, path, file: module.file }));
        });
        found
    }

    /// Meets each module once, in the order in which they are named, what one imports behind it; `None` for what is
    /// out of sight.
    fn visit<'m>(&'m self, paths: impl Iterator<Item = &'m str>, mut meet: impl FnMut(Option<(&'m str, &'m Module)>)) {
        let mut open: Vec<Option<&str>> = paths.map(Some).collect();
        open.reverse();
        let mut seen = BTreeSet::new();
        while let Some(path) = open.pop() {
            let Some((path, module)) = path.and_then(|path| self.file(path)) else {
                meet(None);
                continue;
            };
            if seen.insert(path) {
                meet(Some((path, module)));
                open.extend(module.imports.iter().map(Option::as_deref));
            }
        }
    }

    /// A module by its path: a file, or a directory with a `default.nix`.
    fn file(&self, path: &str) -> Option<(&str, &Module)> {
        let found =
            self.files.get_key_value(path).or_else(|| self.files.get_key_value(&*format!("{path}/default.nix")));
        found.map(|(path, module)| (path.as_str(), module))
    }
}

impl<'m> Reached<'m> {
    /// Lists what the modules set, each with the place of its value.
    pub fn assigned(&self) -> impl Iterator<Item = (Span, &'m Assigned)> + '_ {
        self.list.values().flat_map(|module| {
            let span = |one: &Assigned| Span::new(module.file, one.range.start, one.range.end);
            module.survey.assigned.iter().map(move |one| (span(one), one))
        })
    }
}

impl Module {
    fn read(file: FileId, source: &SourceFile, sources: &Sources) -> Self {
        let survey = survey(&source.text);
        let mut firsts: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (place, one) in survey.assigned.iter().enumerate() {
            let first = one.path.first().and_then(|first| first.name.clone()).unwrap_or_default();
            firsts.entry(first).or_default().push(place);
        }
        let there = |path: &String| {
            [path.clone(), format!("{path}/default.nix")].iter().any(|path| sources.find(path).is_some())
        };
        let files = survey.imports.files.iter().map(|path| resolve(&source.path, path).filter(there));
        let imports = files.chain(survey.imports.others.then_some(None)).collect();
        Self { file, survey, firsts, imports }
    }
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
        let modules = Modules::read(&sources);
        let found = &modules.files["modules/a.nix"];
        assert_eq!(found.imports, [Some("modules/b.nix".to_owned()), Some("hardware".to_owned()), None]);
        assert_eq!(resolve("modules/a.nix", "../../x.nix"), None);
        let reached = modules.reached(["modules/a.nix"].into_iter());
        assert_eq!(
            reached.list.keys().copied().collect::<Vec<_>>(),
            ["hardware/default.nix", "modules/a.nix", "modules/b.nix"]
        );
        assert!(!reached.whole);
        assert_eq!(modules.settings(["modules/a.nix"].into_iter(), &["a"]).len(), 1);
    }
}
