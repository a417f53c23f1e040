//! Hand-written modules: what those that hosts name set, as far as their text tells it.
//!
//! A module that is imported by a path counts as part of the one that imports it. What modules of other flakes set is
//! not known.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use crate::nix::{Assigned, survey};
use crate::source::{FileId, Sources, Span};

/// What the hand-written modules of a fleet set.
#[derive(Debug, Default)]
pub struct Modules {
    /// Every file, by its path below the fleet directory.
    files: BTreeMap<String, Module>,
}

/// One file.
#[derive(Debug)]
struct Module {
    file: FileId,
    /// What it sets, by the first name of the option's path; the empty name stands for what is computed.
    set: BTreeMap<String, Vec<Assigned>>,
    imports: Vec<String>,
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
    /// Reads the modules of these paths, and those that they import.
    pub fn read<'p>(sources: &Sources, paths: impl Iterator<Item = &'p str>) -> Self {
        let paths: BTreeSet<&str> = paths.collect();
        let mut open: BTreeSet<String> = paths.into_iter().filter_map(|path| file_of(sources, path)).collect();
        let mut files = BTreeMap::new();
        while !open.is_empty() {
            let found: Vec<_> =
                open.into_par_iter().filter_map(|path| Some((Module::read(sources, &path)?, path))).collect();
            let imports: BTreeSet<_> = found.iter().flat_map(|(module, _)| module.imports.iter().cloned()).collect();
            files.extend(found.into_iter().map(|(module, path)| (path, module)));
            open = imports.into_iter().filter(|path| !files.contains_key(path)).collect();
        }
        Self { files }
    }

    /// Lists what some modules and those that they import set at an option's path or below it.
    pub fn settings<'m>(&'m self, modules: impl Iterator<Item = &'m str>, path: &[&str]) -> Vec<Setting<'m>> {
        let mut found = Vec::new();
        if self.files.is_empty() {
            return found;
        }
        let mut open: Vec<&str> = modules.collect();
        let mut seen = BTreeSet::new();
        open.reverse();
        while let Some(name) = open.pop() {
            let Some((name, module)) = self.file(name).filter(|(name, _)| seen.insert(*name)) else { continue };
            for assigned in path.first().into_iter().chain([&""]).filter_map(|first| module.set.get(*first)).flatten() {
                if assigned.is_below(path) {
                    found.push(Setting { assigned, path: name, file: module.file });
                }
            }
            open.extend(module.imports.iter().map(String::as_str));
        }
        found
    }

    fn file(&self, name: &str) -> Option<(&str, &Module)> {
        let found =
            self.files.get_key_value(name).or_else(|| self.files.get_key_value(&*format!("{name}/default.nix")));
        found.map(|(name, module)| (name.as_str(), module))
    }
}

/// The file that a path of a module means: itself, or the `default.nix` of a directory.
fn file_of(sources: &Sources, path: &str) -> Option<String> {
    [path.to_owned(), format!("{path}/default.nix")].into_iter().find(|path| sources.find(path).is_some())
}

impl Module {
    fn read(sources: &Sources, path: &str) -> Option<Self> {
        let file = sources.find(path)?;
        let text = &sources.file(file).text;
        let mut set: BTreeMap<String, Vec<Assigned>> = BTreeMap::new();
        let survey = survey(text);
        for one in survey.assigned {
            let first = one.path.first().and_then(|first| first.name.clone()).unwrap_or_default();
            set.entry(first).or_default().push(one);
        }
        let directory = path.rsplit_once('/').map_or("", |(directory, _)| directory);
        let imports = survey.imports.files;
        let imports = imports.iter().filter_map(|import| file_of(sources, &below(directory, import)?)).collect();
        Some(Self { file, set, imports })
    }
}

/// A relative path from a directory, when it stays below the fleet's.
fn below(directory: &str, path: &str) -> Option<String> {
    let mut parts: Vec<&str> = directory.split('/').filter(|part| !part.is_empty()).collect();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}
