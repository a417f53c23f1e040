//! `cistern diff`: what would change against today's flake.

use std::collections::BTreeSet;
use std::io;
use std::mem::ManuallyDrop;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use super::evaluation::{self, Evaluation};
use super::{Common, Outcome, Terminal, generate, selection};
use crate::Compiled;
use crate::audit::audit;
use crate::current::{self, Against, Current, Place};
use crate::diag::{Code, Diagnostic, Faults, Level, codes, counted, sarif};
use crate::diff::impact::{Finding, IMPACTS};
use crate::diff::{self, Beside, Left, Report};
use crate::eval::{self, Change, Evaluated};
use crate::kind::{self, Kinds};
use crate::model::Modules;
use crate::prove::Plan;
use crate::source::Sources;
use crate::tree::Tree;

/// The most bytes of a comment that are for what nix says.
const EVALUATION: usize = 15_000;

#[derive(Args)]
pub(super) struct Options {
    /// Only what changes for these hosts.
    selector: Option<String>,
    /// What to compare with: a git revision, `worktree`, a directory, or a flake reference; HEAD's generated/ by default.
    #[arg(long, visible_alias = "from", value_name = "REV|worktree|DIR|FLAKE")]
    against: Option<String>,
    /// What to compare: the definition by default, else as with --against.
    #[arg(long, value_name = "REV|worktree|DIR|FLAKE")]
    to: Option<String>,
    /// How to print the difference.
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
    /// Show the files line by line.
    #[arg(long)]
    files: bool,
    /// Show the files with the hashes of their headers, which are masked otherwise.
    #[arg(long)]
    raw: bool,
    /// Exit with 4 when the change does one of these: may-cut-off, loses-data, quorum, needs-rekey, downtime, reboots,
    /// restarts, input-moved, made-differently.
    #[arg(long, value_name = "IMPACT", value_delimiter = ',', value_parser = impact)]
    deny: Vec<&'static Code>,
    /// Exit with 0 when something differs, for hooks that only tell.
    #[arg(long)]
    exit_zero: bool,
    #[command(flatten)]
    evaluation: Evaluation,
}

/// How to print a difference.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people.
    Human,
    /// For programs; `cistern schema --diff` describes it.
    Json,
    /// For a comment on a change, below 60 KB.
    Markdown,
    /// The findings alone, for code scanning.
    Sarif,
}

/// The two sides of a comparison.
pub(super) struct Compared {
    old: Current,
    new: Current,
    known: Known,
}

/// What is known beside the trees: neither is taken apart, the process ends then.
enum Known {
    /// The definition that the new side was made of.
    Definition(Box<ManuallyDrop<Compiled>>),
    /// The fleet directory, whose kinds are today's.
    Directory { sources: Box<ManuallyDrop<Sources>>, kinds: Kinds },
}

impl Known {
    fn sources(&self) -> &Sources {
        match self {
            Self::Definition(compiled) => &compiled.sources,
            Self::Directory { sources, .. } => sources,
        }
    }

    fn kinds(&self) -> Option<&Kinds> {
        match self {
            Self::Definition(compiled) => compiled.plan.as_ref().map(Plan::kinds),
            Self::Directory { kinds, .. } => Some(kinds),
        }
    }

    /// The plan of the new side, when it was made just now.
    fn plan(&self) -> Option<&Plan> {
        match self {
            Self::Definition(compiled) => compiled.plan.as_ref(),
            Self::Directory { .. } => None,
        }
    }

    /// The impacts that the definition denies always.
    fn denied(&self) -> Vec<&'static Code> {
        let Self::Definition(compiled) = self else { return Vec::new() };
        let rulings = compiled.plan.iter().flat_map(|plan| &plan.levels().fleet);
        rulings.filter(|(_, ruling)| ruling.level == Level::Deny).filter_map(|(id, _)| diff::impact_code(id)).collect()
    }
}

pub(super) fn run(options: &Options, common: &Common, terminal: &Terminal) -> io::Result<Outcome> {
    let found = match &options.to {
        None => against_definition(options, common, terminal)?,
        Some(to) => between(options, to, common, terminal)?,
    };
    let Some(compared) = found else { return Ok(Outcome::Wrong) };
    // Neither is taken apart afterwards: the process ends then.
    let compared = ManuallyDrop::new(compared);
    terminal.say("Comparing", &compared.words());
    let inputs = match current::inputs(&common.directory, &compared.old.place, &compared.new.place) {
        Ok(inputs) => inputs,
        Err(error) => return refused::<Outcome>(&error, terminal).map(|_| Outcome::Wrong),
    };
    let modules = || Modules::read(compared.known.sources());
    let at_hand = compared.new.place == Place::Worktree;
    let drifts = compared.known.plan().map(|plan| audit(plan.entries(), plan.kept()));
    let beside = Beside {
        inputs,
        modules: at_hand.then_some(&modules),
        kinds: compared.known.kinds(),
        drifts: drifts.as_deref(),
    };
    let mut report = match Report::new(&compared.old.tree, &compared.new.tree, &beside) {
        Ok(report) => report,
        Err(why) => {
            terminal.error(&format!("the plans cannot be compared: {why}"));
            return Ok(Outcome::Wrong);
        }
    };
    let mut left = Left::default();
    if let Some(selector) = &options.selector {
        let Some(chosen) = chosen(selector, &compared.new.tree, terminal) else { return Ok(Outcome::Wrong) };
        (report, left) = report.only(&chosen);
    }
    let denied: Vec<&Code> = options.deny.iter().copied().chain(compared.known.denied()).collect();
    let is_denied = report.deny(&denied);
    let evaluated = evaluated(&mut report, &compared, options, common, terminal)?;
    print(&report, evaluated.as_ref(), options, common, terminal)?;
    if left != Left::default() {
        let (files, lines) = (counted(left.files, "file"), counted(left.added, "line"));
        terminal.say("Not shown", &format!("of other hosts: {files}, {lines} added, {} removed", left.removed));
    }
    evaluated.iter().try_for_each(evaluation::complete)?;
    if is_denied {
        let denied = report.findings.iter().filter(|finding| finding.denied).count();
        terminal.error(&format!("{} denied", counted(denied, "finding")));
        return Ok(Outcome::Denied);
    }
    Ok(if report.is_same() || options.exit_zero { Outcome::Fine } else { Outcome::Differs })
}

/// Asks nix of the hosts that the change may concern, and notes which of them stay as they are.
fn evaluated(
    report: &mut Report<'_>,
    compared: &Compared,
    options: &Options,
    common: &Common,
    terminal: &Terminal,
) -> io::Result<Option<Evaluated>> {
    let sides = (&compared.old, &compared.new);
    let evaluated = evaluation::between(&options.evaluation, report, sides, common, terminal)?;
    if let Some(evaluated) = &evaluated {
        let same = evaluated.hosts.iter().filter(|(_, host)| host.change == Change::Identical);
        report.identical = same.map(|(name, _)| name.clone()).collect();
    }
    Ok(evaluated)
}

fn print(
    report: &Report<'_>,
    evaluated: Option<&Evaluated>,
    options: &Options,
    common: &Common,
    terminal: &Terminal,
) -> io::Result<()> {
    match options.format {
        Format::Human => {
            let (color, verbose, width) = (terminal.color(), terminal.verbose(), terminal.width());
            let files = options.files || options.raw;
            let (raw, cut) = (options.raw, terminal.is_watched());
            terminal.print(&diff::human(report, &diff::Options { color, verbose, files, raw, width, cut }))?;
            evaluated.map_or(Ok(()), |evaluated| terminal.print(&eval::human(evaluated, color, verbose)))
        }
        Format::Json => {
            let evaluation = evaluated.map(serde_json::to_value).transpose()?;
            terminal.line(&diff::json(report, evaluation))
        }
        Format::Markdown => {
            let more = evaluated.map(|evaluated| eval::markdown(evaluated, EVALUATION));
            terminal.print(&diff::markdown(report, more.as_deref().unwrap_or_default()))
        }
        Format::Sarif => {
            let faults: Faults = report.findings.iter().map(diagnostic).collect();
            let base = current::below_root(&common.directory).unwrap_or_default();
            terminal.line(&sarif(&faults, &Sources::default(), &base))
        }
    }
}

/// A finding as a result of code scanning: at the file of its host.
fn diagnostic(finding: &Finding) -> Diagnostic {
    let code = codes::find(finding.code).expect("a finding has a code of the table");
    let path = match finding.hosts.as_slice() {
        [host, ..] => format!("{}/hosts/{host}.nix", generate::GENERATED),
        [] => "flake.lock".to_owned(),
    };
    let mut diagnostic = Diagnostic::new(code, finding.message.clone()).file(path).help(finding.help.clone());
    if finding.denied {
        diagnostic.severity = codes::Severity::Error;
    }
    diagnostic
}

/// The definition, against what `--against` names.
fn against_definition(options: &Options, common: &Common, terminal: &Terminal) -> io::Result<Option<Compared>> {
    let (compiled, previous) = generate::read(common, terminal)?;
    let Some(emitted) = generate::emit(&compiled, &previous, terminal) else { return Ok(None) };
    let against = options.against.as_deref().map_or(Against::Head, |word| side(word, common));
    let found = current::tree(&common.directory, &against, &emitted.tree, || Ok(Tree::clone(&previous)));
    let old = match found {
        Ok(old) => old,
        Err(error) => return refused(&error, terminal),
    };
    let new = Current { tree: emitted.tree, what: "the definition".to_owned(), place: Place::Worktree };
    Ok(Some(Compared { old, new, known: Known::Definition(Box::new(compiled)) }))
}

/// Two sides as they are.
fn between(options: &Options, to: &str, common: &Common, terminal: &Terminal) -> io::Result<Option<Compared>> {
    let read = |against: &Against, newer: &Tree| {
        let on_disk = || Tree::read(&common.directory.join(generate::GENERATED));
        current::tree(&common.directory, against, newer, on_disk)
    };
    let new = match read(&side(to, common), &Tree::default()) {
        Ok(new) => new,
        Err(error) => return refused(&error, terminal),
    };
    let against = options.against.as_deref().map_or(Against::Head, |word| side(word, common));
    let old = match read(&against, &new.tree) {
        Ok(old) => old,
        Err(error) => return refused(&error, terminal),
    };
    let mut sources = Sources::read(&common.directory)?;
    kind::add_built_in(&mut sources);
    // Whatever is wrong with one of them was told before.
    let kinds = Kinds::read(&sources, &mut Faults::default());
    Ok(Some(Compared { old, new, known: Known::Directory { sources: Box::new(ManuallyDrop::new(sources)), kinds } }))
}

/// Says why there is nothing to compare; the machine's faults end the run.
fn refused<T>(error: &current::Error, terminal: &Terminal) -> io::Result<Option<T>> {
    if error.is_of_the_machine() {
        return Err(io::Error::other(error.to_string()));
    }
    terminal.error(&error.to_string());
    Ok(None)
}

impl Compared {
    fn words(&self) -> String {
        match &self.new.place {
            Place::Worktree if self.new.what == "the definition" => format!("with {}", self.old.what),
            _ => format!("{} with {}", self.new.what, self.old.what),
        }
    }
}

/// The hosts that a selector chooses on the new side.
fn chosen(selector: &str, tree: &Tree, terminal: &Terminal) -> Option<BTreeSet<String>> {
    let hosts = match diff::meaning::Lines::read(tree).map(|lines| lines.hosts()) {
        Ok(hosts) => hosts,
        Err(why) => {
            terminal.error(&format!("the plan cannot be read: {why}"));
            return None;
        }
    };
    let chosen = selection::of_hosts(selector, &hosts, terminal)?;
    Some(chosen.iter().map(ToString::to_string).collect())
}

/// A word is a directory when it looks like a path and is one, a flake when it has a scheme, else a revision.
pub(super) fn side(word: &str, common: &Common) -> Against {
    if word == "worktree" {
        return Against::Worktree;
    }
    let path = PathBuf::from(word);
    let inside = path.join(generate::GENERATED);
    if inside.is_dir() && inside != common.directory.join(generate::GENERATED) {
        return Against::Directory(path);
    }
    if path.is_dir() && word.contains('/') {
        return Against::Directory(path);
    }
    match word.contains(':') && !Path::new(word).exists() {
        true => Against::Flake(word.to_owned()),
        false => Against::Revision(word.to_owned()),
    }
}

fn impact(word: &str) -> Result<&'static Code, String> {
    let known = || IMPACTS.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
    diff::impact_code(word).ok_or_else(|| format!("it is none of {}", known()))
}
