//! What `cistern diff` and `cistern plan` ask of nix: the derivations of hosts, and what is in them.

use std::collections::BTreeSet;
use std::io;

use clap::Args;

use super::{Common, Terminal};
use crate::current::{Current, Place};
use crate::diag::{counted, listed};
use crate::diff::Report;
use crate::eval::{Change, Evaluated, Flake, Limits, Nix, Source, Wanted, evaluate};
use crate::load::decode::Scalar;
use crate::value::Size;

/// What to ask nix, and how much of the machine it may take.
#[derive(Args)]
#[command(next_help_heading = "What nix makes of it")]
pub(super) struct Evaluation {
    /// Evaluate the hosts that the change may concern, and say which become another system and why.
    #[arg(long)]
    eval: bool,
    /// Evaluate every host.
    #[arg(long, requires = "eval")]
    all: bool,
    /// How many processes of nix run at once; as many as the machine has processors and memory for by default.
    #[arg(long, value_name = "N", requires = "eval", value_parser = clap::value_parser!(u16).range(1..=1024))]
    eval_jobs: Option<u16>,
    /// The memory that each process may take: `2G`. A quarter of the machine's by default.
    #[arg(long, value_name = "SIZE", requires = "eval", value_parser = size)]
    eval_memory: Option<Size>,
    /// Compare what is in the systems too, where both are built.
    #[arg(long, requires = "eval")]
    closure: bool,
}

/// The hosts of both sides.
#[derive(Default)]
struct Hosts {
    /// Those that something touches.
    touched: BTreeSet<String>,
    /// Every one that has a system.
    all: BTreeSet<String>,
}

impl Evaluation {
    /// Whether nix is to be asked at all: finding the sides costs runs of git.
    pub(super) fn is_wanted(&self) -> bool {
        self.eval
    }
}

/// Evaluates what a comparison may concern, or everything; nothing when that was not asked for.
///
/// # Errors
/// As those of [`run`], and a side has no flake.
pub(super) fn between(
    evaluation: &Evaluation,
    report: &Report<'_>,
    (old, new): (&Current, &Current),
    common: &Common,
    terminal: &Terminal,
) -> io::Result<Option<Evaluated>> {
    if !evaluation.is_wanted() {
        return Ok(None);
    }
    let touched: BTreeSet<String> = report.concerned().map(str::to_owned).collect();
    let gone = old.tree.iter().filter_map(|(path, _)| path.strip_prefix("hosts/")?.strip_suffix(".nix"));
    let all = report.nodes().chain(gone).map(str::to_owned).chain(touched.iter().cloned()).collect();
    run(evaluation, (&source(old, common)?, &source(new, common)?), &Hosts { touched, all }, terminal)
}

fn source(side: &Current, common: &Common) -> io::Result<Source> {
    let directory = common.directory.clone();
    match &side.place {
        Place::Commit(id) => Ok(Source::Revision { directory, revision: id.clone() }),
        Place::Worktree => Ok(Source::Working { directory, generated: side.tree.clone() }),
        Place::Directory(other) => Ok(Source::Directory(other.clone())),
        Place::Nowhere => Err(io::Error::other(format!("{} is a tree without a flake", side.what))),
    }
}

/// Evaluates what was asked for; nothing when nothing was.
///
/// # Errors
/// Nix is not there, or a flake cannot be found or does not evaluate at all. A single host that does not is in the
/// result.
fn run(
    evaluation: &Evaluation,
    (old, new): (&Source, &Source),
    hosts: &Hosts,
    terminal: &Terminal,
) -> io::Result<Option<Evaluated>> {
    if !evaluation.eval {
        return Ok(None);
    }
    let chosen = if evaluation.all { &hosts.all } else { &hosts.touched };
    let others = hosts.all.difference(chosen).count();
    let wanted = Wanted { hosts: chosen.clone(), others, closures: evaluation.closure };
    if wanted.hosts.is_empty() {
        return Ok(Some(Evaluated::nothing(others)));
    }
    let side = |name: &str, source| {
        Flake::new(source).map_err(|error| io::Error::new(error.kind(), format!("the {name} side: {error}")))
    };
    let (old, new) = (side("old", old)?, side("new", new)?);
    let limits = Limits::new(evaluation.eval_jobs.map(usize::from), evaluation.eval_memory);
    let bar = terminal.progress("Evaluating");
    bar.set_length(2 * u64::try_from(wanted.hosts.len()).unwrap_or(u64::MAX / 2));
    let evaluated = evaluate(&Nix::of_the_user(), (&old, &new), &wanted, limits, &|| bar.inc(1));
    bar.finish_and_clear();
    let evaluated = evaluated?;
    let (now, before) = (evaluated.summary.systems_evaluated, evaluated.summary.systems_cached);
    terminal.say("Evaluated", &format!("{}, {before} known from before", counted(now, "system")));
    Ok(Some(evaluated))
}

/// Ends a run of which not all is known: to be called once the rest is printed.
///
/// # Errors
/// A host does not evaluate.
pub(super) fn complete(evaluated: &Evaluated) -> io::Result<()> {
    let failed = evaluated.hosts.iter().filter(|(_, host)| host.change == Change::Failed);
    let failed: Vec<_> = failed.map(|(name, _)| name.as_str()).collect();
    match failed.as_slice() {
        [] => Ok(()),
        [one] => Err(io::Error::other(format!("1 host does not evaluate: {one}"))),
        many => Err(io::Error::other(format!("{} hosts do not evaluate: {}", many.len(), listed(many)))),
    }
}

fn size(text: &str) -> Result<Size, String> {
    Size::read(text).map_err(|why| if why.is_empty() { Size::FORM.to_owned() } else { why })
}
