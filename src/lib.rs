//! Cistern compiles the definition of a NixOS fleet.
//!
//! ```text
//! Sources ─load→ Raw ─lower→ Fleet ─check→ Checked ─place→ Draft ─prove→ Plan ─emit→ Tree ─diff→ Report
//! ```
//!
//! Each arrow is one function, each noun one type, and no arrow points back: a module uses only modules that
//! stand above it in the list below. `tests/tidy.rs` says so.

mod git;
pub mod age_file;
pub mod source;
pub mod diag;
pub mod nix;
pub mod tree;
pub mod load;
pub mod value;
mod circles;
pub mod solve;
pub mod record;
pub mod accepted;
pub mod placement_lock;
pub mod recipe;
pub mod watch;
pub mod kind;
pub mod model;
pub mod schema;
pub mod alerts;
pub mod check;
pub mod place;
pub mod audit;
pub mod prove;
pub mod emit;
pub mod options;
pub mod why;
pub mod simulate;
pub mod placed;
pub mod coverage;
pub mod status;
pub mod graph;
pub mod diff;
pub mod current;
pub mod eval;
pub mod planfile;
pub mod scaffold;
pub mod edit;
pub mod catalog;
pub mod registry;
pub mod import;
pub mod secrets;
pub mod cli;

use std::io;
use std::path::Path;

use diag::Faults;
use model::Fleet;
use nix::Templates;
use prove::Plan;
use source::Sources;

/// What became of a fleet directory on its way to a plan.
#[derive(Debug)]
pub struct Compiled {
    /// The files, for the places of diagnostics.
    pub sources: Sources,
    /// Every fault that was found.
    pub faults: Faults,
    /// The plan, when there is no error among them.
    pub plan: Option<Plan>,
    /// The templates that files are made from.
    pub templates: Templates,
}

/// Goes the way from a fleet directory to a plan.
///
/// # Errors
/// The machine's faults only; those of the fleet are in [`Compiled::faults`].
pub fn compile(directory: &Path) -> io::Result<Compiled> {
    let mut sources = Sources::read(directory)?;
    kind::add_built_in(&mut sources);
    Ok(compile_sources(sources))
}

/// Goes the way from files in memory to a plan; [`kind::add_built_in`] was called on them.
pub fn compile_sources(sources: Sources) -> Compiled {
    compile_to_level(sources, false)
}

/// Goes the same way past errors that leave the plan whole: for what mends them.
pub fn compile_leniently(sources: Sources) -> Compiled {
    compile_to_level(sources, true)
}

fn compile_to_level(sources: Sources, lenient: bool) -> Compiled {
    let (raw, mut faults) = load::load(&sources);
    let templates = kind::templates(&sources, &mut faults);
    let (mut fleet, found) = model::lower(raw, &sources);
    faults.append(found);
    fleet.levels.lenient = lenient;
    compile_fleet(sources, fleet, faults, templates)
}

/// Goes the rest of the way, from a fleet to a plan.
pub fn compile_fleet(sources: Sources, fleet: Fleet, mut faults: Faults, templates: Templates) -> Compiled {
    let plan = match check::check(fleet, &sources, &templates, &mut faults) {
        Some(checked) => prove::prove(place::place(checked), &templates, &mut faults),
        None => None,
    };
    Compiled { sources, faults, plan, templates }
}
