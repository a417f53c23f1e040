//! A fleet directory in memory, and what Cistern makes of it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use cistern::diag::{Faults, Renderer};
use cistern::emit::{self, Context};
use cistern::prove::Plan;
use cistern::source::Sources;
use cistern::tree::Tree;
use cistern::{Compiled, compile_sources, kind, load};
use serde_json::Value;

/// The files of a fleet directory, in memory.
#[derive(Clone)]
pub(crate) struct Fleet {
    /// Their texts, by their paths.
    pub(crate) files: BTreeMap<String, String>,
    /// Every file, read or not.
    pub(crate) paths: BTreeSet<String>,
}

impl Fleet {
    pub(crate) fn read(dir: &Path) -> Self {
        let sources = Sources::read(dir).unwrap_or_else(|error| panic!("{}: {error}", dir.display()));
        let files = sources.below("").map(|(_, file)| (file.path.clone(), file.text.clone())).collect();
        Self { files, paths: sources.paths }
    }

    pub(crate) fn compile(&self) -> Compiled {
        let mut sources = Sources::default();
        for (path, text) in &self.files {
            sources.add(path.as_str(), text.as_str());
        }
        sources.paths.extend(self.paths.iter().cloned());
        kind::add_built_in(&mut sources);
        compile_sources(sources)
    }

    /// The tree from scratch, of a fleet that has no fault.
    #[track_caller]
    pub(crate) fn tree(&self) -> Tree {
        let compiled = self.compile();
        let told = Renderer::new(&compiled.sources, false).all(&compiled.faults);
        assert!(compiled.plan.is_some(), "{told}");
        write(&compiled, &Tree::default()).expect("no template fails")
    }

    /// The tree when another one is there already; nothing when the fleet has faults.
    pub(crate) fn tree_over(&self, previous: &Tree) -> Option<Tree> {
        write(&self.compile(), previous)
    }

    /// A file of the definition as a value.
    pub(crate) fn value(&self, path: &str) -> Value {
        let mut sources = Sources::default();
        let id = sources.add(path, self.files[path].as_str());
        let node = load::parse(id, sources.file(id), &mut Faults::default());
        node.unwrap_or_else(|| panic!("{path} cannot be read")).to_json()
    }

    /// Every file of the definition as a value.
    pub(crate) fn definition(&self) -> BTreeMap<String, Value> {
        let ours = self.files.keys().filter(|path| path.ends_with(".yaml"));
        ours.map(|path| (path.clone(), self.value(path))).collect()
    }

    /// The definition in one piece.
    pub(crate) fn joined(&self) -> Value {
        let mut whole = self.value("fleet.yaml");
        for (path, value) in self.definition() {
            let Some((section, entry)) = path.strip_suffix(".yaml").and_then(|path| path.split_once('/')) else {
                continue;
            };
            whole[section][entry] = value;
        }
        whole
    }

    /// The same fleet with another definition, in one file.
    pub(crate) fn with(&self, definition: &Value) -> Self {
        let mut fleet = self.clone();
        fleet.files.retain(|path, _| !path.ends_with(".yaml"));
        fleet.files.insert("fleet.yaml".to_owned(), definition.to_string());
        fleet
    }
}

/// The tree of a fleet when another one is there already; nothing when the fleet has faults.
pub(crate) fn write(compiled: &Compiled, previous: &Tree) -> Option<Tree> {
    let context = Context::new(compiled.plan.as_ref()?, &compiled.templates, previous, &compiled.sources);
    let emitted = emit::emit(&context).ok()?;
    assert_eq!((emitted.edited, emitted.reformatted), (vec![], vec![]), "nobody touched what was written");
    Some(emitted.tree)
}

pub(crate) fn plan(compiled: &Compiled) -> &Plan {
    compiled.plan.as_ref().expect("the fleet has no fault")
}
