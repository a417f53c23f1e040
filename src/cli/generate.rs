//! `cistern generate`: writes `generated/`, or says what is stale.

use std::io;
use std::mem::ManuallyDrop;
use std::path::Path;

use clap::Args;

use super::{Common, Outcome, Terminal};
use crate::diag::{Diagnostic, Faults, codes, counted, summary};
use crate::emit::{self, Context, Emitted};
use crate::place::Entries;
use crate::tree::{self, Tree};
use crate::{Compiled, compile, current};

#[derive(Args)]
pub(super) struct Options {
    /// Write nothing; list what is stale, and exit with 1 when something is.
    #[arg(long, conflicts_with_all = ["stage", "force"])]
    check: bool,
    /// Make new files known to git (`git add -N`), so that the flake sees them.
    #[arg(long)]
    stage: bool,
    /// Overwrite files that were edited by hand.
    #[arg(long)]
    force: bool,
}

impl Options {
    /// Writing, and making the files known to git.
    pub(super) fn staging() -> Self {
        Self { check: false, stage: true, force: false }
    }
}

/// The directory that Cistern writes, below the fleet directory.
pub(super) const GENERATED: &str = "generated";

pub(super) fn run(options: &Options, common: &Common, terminal: &Terminal) -> io::Result<Outcome> {
    let directory = common.directory.join(GENERATED);
    let (compiled, previous) = read(common, terminal)?;
    let Some(emitted) = emit(&compiled, &previous, terminal) else { return Ok(Outcome::Wrong) };
    let emitted = ManuallyDrop::new(emitted);
    let plan = compiled.plan.as_ref().expect("there is no tree without a plan");
    if options.check {
        return freshness(&previous, &emitted, plan.entries(), terminal);
    }
    if !options.force && !may_overwrite(&previous, &emitted, &compiled, terminal) {
        return Ok(Outcome::Differs);
    }
    let progress = terminal.progress("Writing");
    let counts = tree::commit(&directory, &previous, &emitted.tree, &mut |step| {
        progress.set_length(step.total as u64);
        progress.set_position(step.done as u64);
    })?;
    progress.finish_and_clear();
    terminal.say(
        "Generated",
        &format!(
            "{}, {} written, {} deleted, {} unchanged",
            counted(plan.entries().hosts.len(), "host"),
            counted(counts.written, "file"),
            counts.deleted,
            counts.unchanged
        ),
    );
    known_to_git(options, &common.directory, &emitted.tree, terminal)?;
    Ok(Outcome::Fine)
}

/// Compiles the definition and reads what is there already, at the same time.
///
/// Neither is taken apart afterwards: the process ends then.
pub(super) fn read(common: &Common, terminal: &Terminal) -> io::Result<(ManuallyDrop<Compiled>, ManuallyDrop<Tree>)> {
    let progress = terminal.progress("Compiling");
    let generated = common.directory.join(GENERATED);
    let (compiled, previous) = rayon::join(|| compile(&common.directory), || tree::read_current(&generated));
    progress.finish_and_clear();
    let mut compiled = compiled?;
    // Whoever writes generated/ says so of what is there then.
    let _ = compiled.faults.split_off(|diagnostic| diagnostic.code.id != codes::GENERATED_NOT_IN_GIT.id);
    Ok((ManuallyDrop::new(compiled), ManuallyDrop::new(previous?)))
}

/// Makes the tree; says what is wrong and returns nothing when that cannot be done.
pub(super) fn emit(compiled: &Compiled, previous: &Tree, terminal: &Terminal) -> Option<Emitted> {
    terminal.faults(&compiled.faults, &compiled.sources);
    let Some(plan) = &compiled.plan else {
        terminal.error(&format!("nothing was written: {}", summary(&compiled.faults)));
        return None;
    };
    if let Some(version) = emit::newer(previous) {
        let diagnostic = Diagnostic::new(
            codes::NEWER_FORMAT,
            format!("generated/ was written by Cistern {version}, which is newer"),
        )
        .file("generated/manifest.json")
        .help("use that version or a later one");
        terminal.faults(&Faults::from(diagnostic), &compiled.sources);
        return None;
    }
    let progress = terminal.progress("Rendering");
    let emitted = emit::emit(&Context::new(plan, &compiled.templates, previous, &compiled.sources));
    progress.finish_and_clear();
    match emitted {
        Ok(emitted) => Some(emitted),
        Err(faults) => {
            terminal.faults(&faults, &compiled.sources);
            terminal.error(&format!("nothing was written: {}", summary(&faults)));
            None
        }
    }
}

/// Lists what is not as it would be generated now.
fn freshness(previous: &Tree, emitted: &Emitted, entries: &Entries, terminal: &Terminal) -> io::Result<Outcome> {
    let mut stale = Vec::new();
    for (path, bytes) in emitted.tree.iter() {
        match previous.get(path) {
            None => stale.push(format!("missing   generated/{path}")),
            Some(present) if present != bytes => stale.push(format!("stale     generated/{path}")),
            Some(_) if emitted.edited.iter().any(|edited| edited == path) => {
                stale.push(format!("edited    generated/{path}"));
            }
            Some(_) => {}
        }
    }
    let left = previous.iter().filter(|(path, _)| emitted.tree.get(path).is_none());
    stale.extend(left.map(|(path, _)| format!("left over generated/{path}")));
    if stale.is_empty() {
        let (files, hosts) = (counted(emitted.tree.len(), "file"), counted(entries.hosts.len(), "host"));
        terminal.say("Fresh", &format!("{files} of {hosts}"));
        return Ok(Outcome::Fine);
    }
    for line in &stale {
        terminal.line(line)?;
    }
    terminal.error(&format!(
        "{} of generated/ not as the definition says; run `cistern generate`",
        counted(stale.len(), "file")
    ));
    Ok(Outcome::Differs)
}

/// Says which files were edited by hand, and whether writing is allowed all the same.
fn may_overwrite(previous: &Tree, emitted: &Emitted, compiled: &Compiled, terminal: &Terminal) -> bool {
    let mut faults = Faults::default();
    let file = |path: &str| format!("{GENERATED}/{path}");
    for path in &emitted.reformatted {
        faults.push(
            Diagnostic::new(codes::REFORMATTED, "a generated file was reformatted")
                .file(file(path))
                .help("it is written again; leave generated/ out of the formatter"),
        );
    }
    let remedy = "move the change to a module of your own (`modules:` of the host or a profile), then run `cistern generate --force`";
    for path in &emitted.edited {
        faults.push(
            Diagnostic::new(codes::HAND_EDITED, "a generated file was edited by hand").file(file(path)).help(remedy),
        );
    }
    for path in emit::foreign(previous, &emitted.tree) {
        faults.push(
            Diagnostic::new(codes::HAND_EDITED, "a file that Cistern did not write would be deleted")
                .file(file(&path))
                .help("move it out of generated/, or run `cistern generate --force`"),
        );
    }
    terminal.faults(&faults, &compiled.sources);
    if faults.has_errors() {
        terminal.error(&format!("nothing was written: {}", summary(&faults)));
    }
    !faults.has_errors()
}

/// A flake sees only what git knows: says so, or makes it so.
fn known_to_git(options: &Options, directory: &Path, tree: &Tree, terminal: &Terminal) -> io::Result<()> {
    let paths: Vec<String> = tree.iter().map(|(path, _)| format!("{GENERATED}/{path}")).collect();
    let Some(unknown) = current::unknown_to_git(directory, paths.iter().map(String::as_str)) else { return Ok(()) };
    if unknown.is_empty() {
        return Ok(());
    }
    let count = counted(unknown.len(), "file");
    if options.stage {
        current::stage(directory, unknown.iter().map(String::as_str))
            .map_err(|error| io::Error::other(error.to_string()))?;
        terminal.say("Staged", &format!("{count} with `git add -N`"));
    } else {
        terminal.warn(&format!(
            "{count} of generated/ not known to git, `{}` among them: a flake cannot see them; run `cistern generate --stage`",
            unknown[0]
        ));
    }
    Ok(())
}
