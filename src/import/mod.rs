//! Ways in: what other programs know of a fleet, as a definition.
//!
//! ```text
//! Files ─input→ Tree ─cistern_inventory, ansible, compose, flake→ Draft ─complete→ ─write→ text ─compile→ proof
//! ```
//!
//! Every leaf of the input is carried over or named in the report, because the report is made from the leaves that
//! no importer marked. What is confidential never enters the draft. What the input does not tell and no option
//! answers is a line to fill in, and the rest is checked with something of the right form in its place.

pub mod ansible;
mod answers;
pub mod cistern_inventory;
pub mod compose;
mod confidential;
mod draft;
pub mod flake;
mod input;
mod kinds;
mod names;
mod report;
mod ssh;
mod tree;
mod words;
mod write;

use crate::diag::{Faults, codes, counted};
use crate::source::Sources;
use crate::{Compiled, compile_sources, kind};

pub use answers::{Answers, judged, judged_pair};
pub use input::File;
pub use report::{Counts, faults};

use draft::Draft;
use input::Input;

/// What became of an input.
#[derive(Debug)]
pub struct Imported {
    /// The definition.
    pub definition: String,
    /// What to tell whoever imports, a line each; every value that was not carried over among it.
    pub report: String,
    /// The result in one line.
    pub summary: String,
    /// Whether every value was carried over, and the definition passes `cistern check` as it stands.
    pub whole: bool,
    /// How many values came to what.
    pub counts: Counts,
}

/// Why nothing could be imported.
#[derive(Debug)]
pub struct Refused {
    /// What is wrong.
    pub faults: Faults,
    /// The files, for its places.
    pub sources: Sources,
}

/// Ends an import: completes the draft, writes it, and compiles what was written.
fn finish(mut draft: Draft, input: Input, answers: &Answers, from: &str) -> Result<Imported, Box<Refused>> {
    if input.faults.has_errors() {
        return Err(Box::new(Refused { faults: input.faults, sources: input.sources }));
    }
    answers::complete(&mut draft, answers);
    let counts = report::count(input.leaves());
    let head = comments(&mut draft, &input, from, counts);
    let written = write::write(&draft, &head);
    let compiled = prove(&written.filled);
    let passes = compiled.plan.is_some();
    let mut report = report::losses(input.leaves());
    for (name, what) in &draft.stored {
        report.push_str(&format!("to store: cistern secrets set {name}: {}\n", write::plain_line(what)));
    }
    for (line, needs) in &written.holes {
        report.push_str(&format!("to fill in: fleet.yaml:{line}: {needs}\n"));
    }
    for note in &draft.notes {
        report.push_str(&format!("note: {}\n", write::plain_line(note)));
    }
    if !compiled.faults.is_empty() {
        report.push_str("what `cistern check` will say of this definition:\n\n");
        report.push_str(&faults(&compiled.faults, &compiled.sources));
    }
    let whole = passes && written.holes.is_empty() && counts.lost == 0 && counts.stored == 0;
    let summary = summary(&mut draft, counts, written.holes.len(), &compiled);
    Ok(Imported { definition: written.text, report, summary, whole, counts })
}

/// Compiles a definition in memory.
fn prove(definition: &str) -> Compiled {
    let mut sources = Sources::default();
    sources.add("fleet.yaml", definition);
    kind::add_built_in(&mut sources);
    let mut compiled = compile_sources(sources);
    // Told as secrets that are to be stored.
    compiled.faults.retain(|diagnostic| diagnostic.code != codes::NO_SECRET_FILE);
    compiled
}

/// Puts a comment at the entry of each leaf that was not carried over, and returns those of the head.
fn comments(draft: &mut Draft, input: &Input, from: &str, counts: Counts) -> Vec<String> {
    let mut head = vec![format!("Imported by `cistern import {from}`: {}.", counts.sentence())];
    for (owner, comment) in report::comments(input.leaves()) {
        let placed = owner.is_some_and(|(section, name)| {
            let known = draft.root.inner(section).is_some_and(|map| map.has(&name));
            known && draft.section(section).comment(&name, comment.clone())
        });
        if !placed {
            head.push(comment);
        }
    }
    head
}

fn summary(draft: &mut Draft, counts: Counts, holes: usize, compiled: &Compiled) -> String {
    let hosts = draft.root.inner("hosts").map_or(0, |hosts| hosts.keys().count());
    let services = draft.root.inner("services").map_or(0, |services| services.keys().count());
    let errors = compiled.faults.counts().errors;
    let check = match (errors, holes) {
        (0, 0) => "passes `cistern check`".to_owned(),
        (0, _) => format!("passes `cistern check` once {} filled in", lines(holes)),
        (_, 0) => format!("`cistern check` finds {}", counted(errors, "error")),
        (_, _) => {
            format!("`cistern check` finds {} beside {} to fill in", counted(errors, "error"), counted(holes, "line"))
        }
    };
    format!("{}, {}; {}; {check}", counted(hosts, "host"), counted(services, "service"), counts.sentence())
}

fn lines(number: usize) -> String {
    if number == 1 { "1 line is".to_owned() } else { format!("{number} lines are") }
}

impl Counts {
    /// The counts in words.
    pub fn sentence(&self) -> String {
        let stored = if self.stored == 0 { String::new() } else { format!("{} to store as secrets, ", self.stored) };
        format!("{} carried, {stored}{} not", counted(self.carried, "value"), self.lost)
    }
}
