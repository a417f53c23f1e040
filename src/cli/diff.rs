//! `cistern diff`: what would change against today's flake.

use std::io;
use std::mem::ManuallyDrop;
use std::path::PathBuf;

use clap::Args;

use super::evaluation::{self, Evaluation, Hosts};
use super::{Common, Format, Outcome, Terminal, generate, selection};
use crate::current::{self, Against};
use crate::diag::counted;
use crate::diff::{self, Left, diff};
use crate::eval::{self, Source};
use crate::tree::Tree;

#[derive(Args)]
pub(super) struct Options {
    /// Only what changes for these hosts.
    selector: Option<String>,
    /// What to compare with: a git revision, `worktree`, or a directory; HEAD's generated/ by default.
    #[arg(long, value_name = "REV|worktree|DIR")]
    against: Option<String>,
    /// How to print the difference.
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
    /// Exit with 0 when something differs, for hooks that only tell.
    #[arg(long)]
    exit_zero: bool,
    #[command(flatten)]
    evaluation: Evaluation,
}

pub(super) fn run(options: &Options, common: &Common, terminal: &Terminal) -> io::Result<Outcome> {
    let (compiled, previous) = generate::read(common, terminal)?;
    let Some(emitted) = generate::emit(&compiled, &previous, terminal) else { return Ok(Outcome::Wrong) };
    let entries = compiled.plan.as_ref().expect("there is no tree without a plan").entries();
    let chosen = match &options.selector {
        None => None,
        Some(selector) => match selection::of_plan(selector, entries, terminal) {
            Some(chosen) => Some(chosen),
            None => return Ok(Outcome::Wrong),
        },
    };
    let emitted = ManuallyDrop::new(emitted);
    let against = against(options, common);
    let current = match current::tree(&common.directory, &against, &emitted.tree, || Ok(Tree::clone(&previous))) {
        Ok(current) => current,
        Err(error) if error.is_of_the_machine() => return Err(io::Error::other(error.to_string())),
        Err(error) => {
            terminal.error(&error.to_string());
            return Ok(Outcome::Wrong);
        }
    };
    terminal.say("Comparing", &format!("with {}", current.what));
    let mut changes = diff(&current.tree, &emitted.tree);
    let mut left = Left::default();
    if let Some(chosen) = &chosen {
        (changes, left) = changes.only(&chosen.iter().map(ToString::to_string).collect());
    }
    let mut evaluated = None;
    if options.evaluation.is_wanted() {
        let old = evaluation::old_side(&common.directory, &against, &previous)?;
        let new = Source::Working { directory: common.directory.clone(), generated: emitted.tree.clone() };
        let hosts = Hosts::new(changes.hosts().into_keys(), entries, &current.tree);
        evaluated = evaluation::run(&options.evaluation, (&old, &new), &hosts, terminal)?;
    }
    match options.format {
        Format::Human => {
            let (color, verbose, width) = (terminal.color(), terminal.verbose(), terminal.width());
            terminal.print(&diff::human(&changes, &diff::Options { color, verbose, width }))?;
            if let Some(evaluated) = &evaluated {
                terminal.print(&eval::human(evaluated, color, verbose))?;
            }
        }
        Format::Json => match &evaluated {
            None => terminal.line(&diff::json(&changes))?,
            Some(evaluated) => {
                let mut document: serde_json::Value = serde_json::from_str(&diff::json(&changes))?;
                document["evaluation"] = serde_json::to_value(evaluated)?;
                terminal.line(&serde_json::to_string_pretty(&document)?)?;
            }
        },
    }
    if left != Left::default() {
        let (files, lines) = (counted(left.files, "file"), counted(left.added, "line"));
        terminal.say("Not shown", &format!("of other hosts: {files}, {lines} added, {} removed", left.removed));
    }
    evaluated.iter().try_for_each(evaluation::complete)?;
    Ok(if changes.is_same() || options.exit_zero { Outcome::Fine } else { Outcome::Differs })
}

/// A word is a directory when it looks like a path and is one, else a revision.
fn against(options: &Options, common: &Common) -> Against {
    match options.against.as_deref() {
        None => Against::Head,
        Some("worktree") => Against::Worktree,
        Some(word) => {
            let path = PathBuf::from(word);
            let inside = path.join(generate::GENERATED);
            if inside.is_dir() && inside != common.directory.join(generate::GENERATED) {
                Against::Directory(inside)
            } else if path.is_dir() && word.contains('/') {
                Against::Directory(path)
            } else {
                Against::Revision(word.to_owned())
            }
        }
    }
}
