//! What `cistern diff` asks of nix: the derivations of hosts, and what is in them.

use std::collections::BTreeSet;
use std::io;

use clap::Args;

use super::Terminal;
use crate::diag::{counted, listed};
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
pub(super) struct Hosts {
    /// Those that something touches.
    pub(super) touched: BTreeSet<String>,
    /// Every one that has a system.
    pub(super) all: BTreeSet<String>,
}

impl Evaluation {
    /// Whether nix is to be asked at all: finding the sides costs runs of git.
    pub(super) fn is_wanted(&self) -> bool {
        self.eval
    }
}

/// Evaluates what was asked for; nothing when nothing was.
///
/// # Errors
/// Nix is not there, or a flake cannot be found or does not evaluate at all. A single host that does not is in the
/// result.
pub(super) fn run(
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
