//! Plan → Tree: every output file, in memory. The same plan gives the same bytes.
//!
//! An emitter is one file here and one row of [`EMITTERS`]. It knows no kind of service; kinds know no emitter.

mod alertmanager;
mod blackbox;
mod failover;
mod firewall;
mod grafana;
mod header;
mod health;
mod hosts;
mod hosts_index;
mod ingress;
mod known_hosts;
mod logs;
mod manifest;
mod monitoring;
mod names;
mod nodes;
mod part;
mod pieces;
mod plan_file;
mod prometheus;
mod render;
mod rules;
mod secrets;
mod units;
mod service;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use crate::diag::Faults;
use crate::nix::Templates;
use crate::place::Entries;
use crate::prove::Plan;
use crate::source::Sources;
use crate::tree::Tree;

pub use header::{Header, State};
pub use hosts::Text;
pub use hosts::trace;
pub use manifest::{FORMAT, foreign, newer};
use monitoring::Places;
pub use part::{HostTrace, Part, PartOf};
use pieces::Pieces;
use rayon::prelude::*;
use render::Output;
pub use rules::{AGE, ROTATE_AFTER};

/// Raised when the same templates and the same plan give other bytes than before, so that files are made anew.
const RENDERING: u32 = 2;

/// What emitters write from.
pub struct Context<'a> {
    plan: &'a Plan,
    templates: &'a Templates,
    /// The files that are there already: what did not change is taken from them.
    previous: &'a Tree,
    /// For the places of faults in the user's own templates.
    sources: &'a Sources,
    /// The hash of every template.
    stamps: BTreeMap<&'a str, String>,
    /// Modules that were formatted before.
    pieces: Pieces,
    /// Who listens where, once somebody has asked.
    places: OnceLock<Places>,
}

impl<'a> Context<'a> {
    /// Gathers what emitters write from.
    pub fn new(plan: &'a Plan, templates: &'a Templates, previous: &'a Tree, sources: &'a Sources) -> Self {
        let source = |name: &'a str| templates.source(name).unwrap_or_default();
        // One that includes others may include any of them.
        let all = || templates.names().map(|name| (name, source(name))).collect::<BTreeMap<_, _>>();
        let included = |name| source(name).contains("include").then(all);
        let used: BTreeSet<String> =
            plan.entries().services.values().map(|service| format!("services/{}.nix.j2", service.kind)).collect();
        let needed = |name: &&str| !name.starts_with("services/") || used.contains(*name);
        let stamp = |name: &'a str| (name, header::hash_of(&(RENDERING, source(name), included(name))));
        Self {
            plan,
            templates,
            previous,
            sources,
            stamps: templates.names().filter(needed).map(stamp).collect(),
            pieces: Pieces::default(),
            places: OnceLock::new(),
        }
    }

    fn entries(&self) -> &'a Entries {
        self.plan.entries()
    }

    fn places(&self) -> &Places {
        self.places.get_or_init(|| Places::new(self.entries()))
    }
}

/// One emitter: what it is called, and the function that gives its files.
pub struct Emitter {
    /// Its name, for messages and tests.
    pub name: &'static str,
    emit: fn(&Context<'_>) -> Vec<Output>,
}

impl Emitter {
    /// Writes its files into memory, and says how many there are.
    pub fn files(&self, context: &Context<'_>) -> usize {
        (self.emit)(context).len()
    }
}

/// Every emitter.
pub const EMITTERS: &[Emitter] = &[
    Emitter { name: "alertmanager", emit: alertmanager::emit },
    Emitter { name: "blackbox exporter", emit: blackbox::emit },
    Emitter { name: "grafana", emit: grafana::emit },
    Emitter { name: "hosts", emit: hosts::emit },
    Emitter { name: "hosts index", emit: hosts_index::emit },
    Emitter { name: "ingress", emit: ingress::emit },
    Emitter { name: "known hosts", emit: known_hosts::emit },
    Emitter { name: "logs", emit: logs::emit },
    Emitter { name: "nodes", emit: nodes::emit },
    Emitter { name: "plan", emit: plan_file::emit },
    Emitter { name: "prometheus", emit: prometheus::emit },
    Emitter { name: "rules", emit: rules::emit },
    Emitter { name: "secrets", emit: secrets::emit },
];

/// The tree, and the files of it that somebody else has changed.
#[derive(Debug)]
pub struct Emitted {
    /// Every output file.
    pub tree: Tree,
    /// Files whose body is not what Cistern wrote, by path.
    pub edited: Vec<String>,
    /// Files that were only reformatted, by path.
    pub reformatted: Vec<String>,
}

/// Writes every file into memory.
///
/// # Errors
/// The faults of the user's own templates. A fault of Cistern's own is a panic.
pub fn emit(context: &Context<'_>) -> Result<Emitted, Faults> {
    let mut tree = Tree::default();
    let (mut edited, mut reformatted) = (Vec::new(), Vec::new());
    let mut faults = Faults::default();
    let outputs: Vec<_> = EMITTERS.par_iter().map(|emitter| (emitter.emit)(context)).collect();
    for output in outputs.into_iter().flatten() {
        match output.state {
            State::Edited => edited.push(output.path.clone()),
            State::Reformatted => reformatted.push(output.path.clone()),
            State::Intact => {}
        }
        match output.bytes {
            Ok(bytes) => tree.insert(output.path, bytes),
            Err(found) => faults.append(*found),
        }
    }
    if faults.has_errors() {
        return Err(faults);
    }
    manifest::add(&mut tree);
    Ok(Emitted { tree, edited, reformatted })
}

/// Fills in the templates of every host and instance, and puts nothing together: for whoever looks at what they set.
///
/// # Errors
/// The faults of the user's own templates. A fault of Cistern's own is a panic.
pub fn texts(context: &Context<'_>) -> Result<Vec<Text>, Faults> {
    hosts::texts(context).map_err(|faults| *faults)
}
