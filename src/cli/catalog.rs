//! `cistern catalog`: the kinds that services can be of.

use std::fs;
use std::io::{self, IsTerminal as _};
use std::path::{Path, PathBuf};

use clap::builder::{PossibleValuesParser, TypedValueParser as _};
use clap::{Args, Subcommand, ValueEnum};
use walkdir::WalkDir;

use super::check::{Report, report};
use super::{Common, Format as Plain, Outcome, Terminal, options_list};
use crate::catalog::{self, Catalog, Submitted};
use crate::diag::{Faults, counted, listed, nearest, summary};
use crate::kind::{self, Kinds};
use crate::load::decode::Scalar as _;
use crate::source::Sources;
use crate::value::Category;

/// What the files of kinds end in.
const SUFFIX: &str = ".nix.j2";

/// How many kinds are named at most where one is not found.
const MOST_NAMES: usize = 12;

#[derive(Args)]
pub(super) struct Options {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// List the kinds: those that come with Cistern, and the fleet's own.
    List(List),
    /// Say everything about a kind: ports, state, settings, and what to write in fleet.yaml.
    Show(Show),
    /// Find kinds by words of their names, summaries and settings.
    Search(Search),
    /// Look for faults of kinds that somebody contributes.
    Check(Check),
}

#[derive(Args)]
struct List {
    /// Only kinds of this category.
    #[arg(long, value_parser = PossibleValuesParser::new(Category::WORDS).map(|word| category(&word)))]
    category: Option<Category>,
    /// How to print them: a table on a terminal, names in a pipe.
    #[arg(long, value_enum)]
    format: Option<Format>,
}

#[derive(Args)]
struct Show {
    /// The kind.
    kind: String,
    /// How to print it.
    #[arg(long, value_enum, default_value_t = Plain::Human)]
    format: Plain,
}

#[derive(Args)]
struct Search {
    /// What is remembered of it.
    #[arg(required = true)]
    words: Vec<String>,
    /// How to print what is found: a table on a terminal, names in a pipe.
    #[arg(long, value_enum)]
    format: Option<Format>,
}

#[derive(Args)]
struct Check {
    /// Files of kinds, or directories that hold them.
    #[arg(value_name = "DIR|FILE", required = true)]
    paths: Vec<PathBuf>,
    /// How to print the diagnostics.
    #[arg(long, value_enum, default_value_t = Report::Human)]
    format: Report,
    /// Look up every option that the kinds set in this list: an options.json of nixpkgs, or `flake` for that of the
    /// fleet's own nixpkgs, which nix builds.
    #[arg(long, value_name = "FILE")]
    options: Option<String>,
}

/// For whom to print.
#[derive(Clone, Copy, ValueEnum)]
enum Format {
    /// For people.
    Table,
    /// For programs: one JSON document.
    Json,
    /// One name a line.
    Names,
}

pub(super) fn run(options: &Options, common: &Common, terminal: &Terminal) -> io::Result<Outcome> {
    match &options.verb {
        Verb::List(options) => {
            let found = read(common, terminal)?.of(options.category);
            print(&found, options.format, terminal)?;
            terminal.say("Listed", &counted(found.kinds.len(), "kind"));
            Ok(Outcome::Fine)
        }
        Verb::Show(options) => show(options, common, terminal),
        Verb::Search(options) => {
            let found = catalog::search(read(common, terminal)?, &options.words);
            print(&found, options.format, terminal)?;
            terminal.say("Found", &counted(found.kinds.len(), "kind"));
            Ok(if found.kinds.is_empty() { Outcome::Differs } else { Outcome::Fine })
        }
        Verb::Check(options) => check(options, common, terminal),
    }
}

fn category(word: &str) -> Category {
    Category::read(word).expect("clap lets its words through only")
}

/// The kinds of Cistern, and those of the fleet where there is one.
fn read(common: &Common, terminal: &Terminal) -> io::Result<Catalog> {
    let is_fleet =
        common.directory.join("fleet.yaml").is_file() || common.directory.join("templates/services").is_dir();
    let mut sources = if is_fleet { Sources::read(&common.directory)? } else { Sources::default() };
    kind::add_built_in(&mut sources);
    let mut faults = Faults::default();
    let kinds = Kinds::read(&sources, &mut faults);
    if faults.has_errors() {
        terminal.warn("a kind of the fleet has faults and is left out: see `cistern check`");
    }
    Ok(catalog::catalog(&kinds))
}

fn print(found: &Catalog, format: Option<Format>, terminal: &Terminal) -> io::Result<()> {
    let usual = if io::stdout().is_terminal() { Format::Table } else { Format::Names };
    match format.unwrap_or(usual) {
        Format::Table if found.kinds.is_empty() => Ok(()),
        Format::Table => terminal.print(&catalog::table(found, terminal.width())),
        Format::Json => terminal.line(&catalog::json(found)),
        Format::Names => terminal.print(&catalog::names(found)),
    }
}

fn show(options: &Show, common: &Common, terminal: &Terminal) -> io::Result<Outcome> {
    let all = read(common, terminal)?;
    let Some(at) = all.kinds.iter().position(|kind| kind.name.as_str() == options.kind) else {
        let near = nearest(&options.kind, all.kinds.iter().map(|kind| kind.name.as_str())).map(str::to_owned);
        let found = catalog::search(all, std::slice::from_ref(&options.kind));
        let names: Vec<_> = found.kinds.iter().take(MOST_NAMES).map(|kind| format!("`{}`", kind.name)).collect();
        let hint = match near {
            Some(near) => format!("did you mean `{near}`?"),
            None if names.is_empty() => "`cistern catalog list` lists them".to_owned(),
            None => format!("there are {}", listed(&names)),
        };
        return Ok(terminal.wrong(&format!("there is no kind `{}`; {hint}", options.kind.escape_debug())));
    };
    match options.format {
        Plain::Human => terminal.print(&catalog::show(&all.kinds[at]))?,
        Plain::Json => {
            let kinds = all.kinds.into_iter().skip(at).take(1).collect();
            terminal.line(&catalog::json(&Catalog { kinds, version: all.version }))?;
        }
    }
    Ok(Outcome::Fine)
}

fn check(options: &Check, common: &Common, terminal: &Terminal) -> io::Result<Outcome> {
    let mut submitted = Vec::new();
    let mut beside = Vec::new();
    for path in &options.paths {
        gather(path, &mut submitted, &mut beside)?;
    }
    submitted.sort_by(|a, b| a.path.cmp(&b.path));
    submitted.dedup_by(|a, b| a.path == b.path);
    if submitted.is_empty() {
        return Ok(terminal.wrong("no file of these ends in `.nix.j2`: there is no kind to look at"));
    }
    if let Some(pair) = twice(&submitted) {
        return Ok(terminal.wrong(&pair));
    }
    let texts = options.options.as_ref().map(|given| options_list::read(given, common, terminal)).transpose()?;
    let lists = match texts.as_ref().map(|texts| texts.as_ref().map(options_list::Texts::lists)) {
        None => None,
        Some(Ok(Ok(lists))) => Some(lists),
        Some(Ok(Err(faults))) => return refused(&faults, terminal),
        Some(Err(faults)) => return refused(faults, terminal),
    };
    let linted = catalog::lint(&submitted, &beside, lists.as_ref());
    report(options.format, &linted.faults, &linted.sources, "", terminal)?;
    terminal.say("Checked", &format!("{}: {}", counted(submitted.len(), "kind"), summary(&linted.faults)));
    Ok(if linted.faults.has_errors() { Outcome::Wrong } else { Outcome::Fine })
}

fn refused(faults: &Faults, terminal: &Terminal) -> io::Result<Outcome> {
    terminal.faults(faults, &Sources::default());
    Ok(terminal.wrong(&format!("nothing was checked: {}", summary(faults))))
}

/// Two files that would be one kind.
fn twice(submitted: &[Submitted]) -> Option<String> {
    let mut names: Vec<&Submitted> = submitted.iter().collect();
    names.sort_by_key(|one| &one.name);
    let pair = names.windows(2).find(|pair| pair[0].name == pair[1].name)?;
    Some(format!("`{}` and `{}` are the same kind; look at one of them at a time", pair[0].path, pair[1].path))
}

/// Reads the kinds of a path, and the templates that lie around them in a fleet.
fn gather(path: &Path, submitted: &mut Vec<Submitted>, beside: &mut Vec<(String, String)>) -> io::Result<()> {
    let directory = if fs::metadata(path).map_err(|error| named(path, &error))?.is_dir() {
        let of_fleet = path.join("templates/services");
        let directory = if of_fleet.is_dir() { of_fleet } else { path.to_owned() };
        for entry in WalkDir::new(&directory).max_depth(1).sort_by_file_name() {
            let entry = entry.map_err(|error| io::Error::other(error.to_string()))?;
            if entry.path().is_file() {
                submitted.extend(kind_in(entry.path())?);
            }
        }
        directory
    } else {
        submitted.extend(kind_in(path)?);
        path.canonicalize()?.parent().map(Path::to_owned).unwrap_or_default()
    };
    let directory = directory.canonicalize()?;
    let Some(root) = directory.parent().filter(|_| directory.ends_with("templates/services")) else { return Ok(()) };
    for entry in WalkDir::new(root).sort_by_file_name().into_iter().filter_map(Result::ok) {
        let below = entry.path().strip_prefix(root).ok().and_then(Path::to_str);
        if let Some(below) = below.filter(|below| below.ends_with(SUFFIX) && entry.file_type().is_file())
            && !beside.iter().any(|(known, _)| known == below)
        {
            beside.push((below.to_owned(), read_text(entry.path())?));
        }
    }
    Ok(())
}

/// The kind in a file; none where its name is not one of a kind's file.
fn kind_in(path: &Path) -> io::Result<Option<Submitted>> {
    let name = path.file_name().and_then(|name| name.to_str()).and_then(|name| name.strip_suffix(SUFFIX));
    let Some(name) = name else { return Ok(None) };
    Ok(Some(Submitted { path: path.display().to_string(), name: name.to_owned(), text: read_text(path)? }))
}

fn read_text(path: &Path) -> io::Result<String> {
    fs::read_to_string(path).map_err(|error| named(path, &error))
}

fn named(path: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}
