//! `cistern generate`: writes `generated/`, or says what is stale.

use std::collections::BTreeSet;
use std::io;
use std::mem::ManuallyDrop;
use std::path::Path;

use clap::Args;

use super::files::{Change, write_then};
use super::{Common, Outcome, Terminal, selection};
use crate::diag::{Diagnostic, Faults, codes, counted, listed, summary};
use crate::emit::{self, Context, Emitted};
use crate::tree::{self, Tree};
use crate::value::HostName;
use crate::{Compiled, compile, current, placement_lock, scaffold};

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
    /// Write the modules of these hosts only; files that hosts share are written whole.
    #[arg(long, value_name = "SELECTOR")]
    only: Option<String>,
}

impl Options {
    /// Writing, and making the files known to git.
    pub(super) fn staging() -> Self {
        Self { check: false, stage: true, force: false, only: None }
    }
}

/// The directory that Cistern writes, below the fleet directory.
pub(super) const GENERATED: &str = "generated";

pub(super) fn run(options: &Options, common: &Common, terminal: &Terminal) -> io::Result<Outcome> {
    let directory = common.directory.join(GENERATED);
    let (compiled, previous) = read(common, terminal)?;
    let Some(emitted) = emit(&compiled, &previous, terminal) else { return Ok(Outcome::Wrong) };
    let plan = compiled.plan.as_ref().expect("there is no tree without a plan");
    let mut hosts = counted(plan.entries().hosts.len(), "host");
    let (emitted, left) = match &options.only {
        None => (emitted, None),
        Some(selector) => match selection::of_plan(selector, plan.entries(), terminal) {
            Some(chosen) => {
                hosts = format!("{} of {hosts}", chosen.len());
                let (emitted, left) = only(emitted, &previous, &chosen);
                (emitted, Some(left))
            }
            None => return Ok(Outcome::Wrong),
        },
    };
    let emitted = ManuallyDrop::new(emitted);
    let lock = Change::of_lock(&compiled.sources, &plan.placing().after);
    if options.check {
        let outcome = freshness(&previous, &emitted, lock.as_ref(), &hosts, terminal);
        left.iter().for_each(|left| left.tell(terminal));
        return outcome;
    }
    if !options.force && !may_overwrite(&previous, &emitted, &compiled, terminal) {
        return Ok(Outcome::Differs);
    }
    let progress = terminal.progress("Writing");
    // The tree follows from the lock: with the new one in place, any later run writes the same tree.
    let counts = write_then(&common.directory, lock.as_slice(), || {
        tree::commit(&directory, &previous, &emitted.tree, &mut |step| {
            progress.set_length(step.total as u64);
            progress.set_position(step.done as u64);
        })
    })?;
    progress.finish_and_clear();
    if lock.is_some() {
        let solved = plan.placing().solved.len();
        terminal.say("Placed", &format!("{}, in {}", counted(solved, "service"), placement_lock::PATH));
    }
    terminal.say(
        "Generated",
        &format!(
            "{hosts}, {} written, {} deleted, {} unchanged",
            counted(counts.written, "file"),
            counts.deleted,
            counts.unchanged
        ),
    );
    left.iter().for_each(|left| left.tell(terminal));
    known_to_git(options, &common.directory, &emitted.tree, plan.placing().after.write().is_some(), terminal)?;
    for_editors(options, &common.directory, &compiled, terminal)?;
    Ok(Outcome::Fine)
}

/// The modules that `--only` left as they are.
struct Left {
    /// Hosts whose module is as it would be written.
    fresh: usize,
    /// Hosts whose module is not.
    stale: Vec<String>,
    /// Modules of hosts that are no longer there.
    orphans: Vec<String>,
    /// Hosts that were not chosen and had no module yet: theirs is written, since hosts.nix names it.
    made: Vec<String>,
}

/// Puts the modules that are there in the place of those of hosts that were not chosen.
fn only(emitted: Emitted, previous: &Tree, chosen: &BTreeSet<HostName>) -> (Emitted, Left) {
    let own = |path: &str| Some(path.strip_prefix("hosts/")?.strip_suffix(".nix")?.to_owned());
    let other = |path: &str| own(path).filter(|host| !chosen.contains(host.as_str()));
    let mut left = Left { fresh: 0, stale: Vec::new(), orphans: Vec::new(), made: Vec::new() };
    let mut tree = Tree::default();
    for (path, bytes) in emitted.tree.iter() {
        let (host, present) = (other(path), previous.get(path));
        match (host, present) {
            (Some(_), Some(present)) if present == bytes => left.fresh += 1,
            (Some(host), Some(_)) => left.stale.push(host),
            (Some(host), None) => left.made.push(host),
            (None, _) => {}
        }
        let kept = present.filter(|_| other(path).is_some()).unwrap_or(bytes);
        tree.insert(path, kept.clone());
    }
    for (path, bytes) in previous.iter().filter(|(path, _)| emitted.tree.get(path).is_none()) {
        if let Some(host) = other(path) {
            left.orphans.push(host);
            tree.insert(path, bytes.clone());
        }
    }
    let written = |paths: Vec<String>| paths.into_iter().filter(|path| other(path).is_none()).collect();
    let emitted = Emitted { tree, edited: written(emitted.edited), reformatted: written(emitted.reformatted) };
    (emitted, left)
}

impl Left {
    fn tell(&self, terminal: &Terminal) {
        if !self.made.is_empty() {
            terminal.say(
                "Made",
                &format!("the module of {} too: there was none, and hosts.nix names it", some(&self.made)),
            );
        }
        let mut parts = Vec::new();
        if self.fresh > 0 {
            parts.push(format!("{} up to date", counted(self.fresh, "other host")));
        }
        if !self.stale.is_empty() {
            parts.push(format!("{} stale ({})", self.stale.len(), some(&self.stale)));
        }
        if !self.orphans.is_empty() {
            parts.push(format!("{} of hosts that are gone ({})", self.orphans.len(), some(&self.orphans)));
        }
        if !parts.is_empty() {
            terminal.say("Left", &parts.join(", "));
        }
    }
}

/// Names a few.
fn some(names: &[String]) -> String {
    match names {
        [a, b, c, rest @ ..] if rest.len() > 1 => format!("{a}, {b}, {c} and {} more", rest.len()),
        _ => listed(names),
    }
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
fn freshness(
    previous: &Tree,
    emitted: &Emitted,
    lock: Option<&Change>,
    hosts: &str,
    terminal: &Terminal,
) -> io::Result<Outcome> {
    let mut stale = Vec::new();
    if let Some(lock) = lock {
        let what = match (&lock.before, &lock.after) {
            (None, _) => "missing  ",
            (_, None) => "left over",
            _ => "stale    ",
        };
        stale.push(format!("{what} {}", lock.path));
    }
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
        terminal.say("Fresh", &format!("{} of {hosts}", counted(emitted.tree.len(), "file")));
        return Ok(Outcome::Fine);
    }
    for line in &stale {
        terminal.line(line)?;
    }
    terminal.error(&format!(
        "{}{} not as the definition says; run `cistern generate`",
        counted(stale.len(), "file"),
        if lock.is_none() { " of generated/" } else { "" }
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

/// Writes the schemas for editors, where a file of the fleet names one.
fn for_editors(options: &Options, directory: &Path, compiled: &Compiled, terminal: &Terminal) -> io::Result<()> {
    let written = scaffold::write_schemas(directory, &compiled.sources)?;
    if !written.is_empty() {
        terminal.say("Wrote", &format!("{} for editors, in .cistern/", counted(written.len(), "schema")));
    }
    if options.stage {
        // No flake needs them, so it does not matter where there is no git.
        let _ = current::stage(directory, written.iter().map(String::as_str));
    }
    Ok(())
}

/// A flake sees only what git knows: says so, or makes it so.
fn known_to_git(options: &Options, directory: &Path, tree: &Tree, locked: bool, terminal: &Terminal) -> io::Result<()> {
    let mut paths: Vec<String> = tree.iter().map(|(path, _)| format!("{GENERATED}/{path}")).collect();
    paths.extend(locked.then(|| placement_lock::PATH.to_owned()));
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
