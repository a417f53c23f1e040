//! `cistern secrets import`: values that stand elsewhere become secrets of the fleet.

use std::io;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use indicatif::ProgressBar;

use super::ask::OnTerminal;
use super::identities::Chosen;
use super::{Common, Outcome, Terminal};
use crate::diag::{counted, summary};
use crate::edit::{self, Edit, Section, Value};
use crate::place::Entries;
use crate::place::recipients::{SecretFile, files_of};
use crate::record;
use crate::secrets::identity::Identities;
use crate::secrets::store::Store;
use crate::secrets::{Format, Gathered, How, Incoming, Trace, gather, trace};
use crate::source::Sources;
use crate::value::Date;
use crate::{Compiled, compile_leniently, tree};

#[derive(Args)]
pub(super) struct Options {
    /// Files and directories; that of an agenix repository is known by its `secrets.nix`.
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,

    /// What the files are; by their names and how they begin otherwise.
    #[arg(long, value_enum)]
    format: Option<Word>,

    /// Make a secret of each variable of an environment file, and not of the file.
    #[arg(long)]
    split: bool,

    /// The name of the secret, where there is only one; otherwise names follow from those of files and values.
    #[arg(long)]
    name: Option<String>,

    /// What the names begin with.
    #[arg(long, default_value = "")]
    prefix: String,

    /// A service that reads those which the definition does not have yet. May be repeated.
    #[arg(long, value_name = "SERVICE")]
    service: Vec<String>,

    /// The hosts that read those which the definition does not have yet, by a selector.
    #[arg(long, value_name = "SELECTOR")]
    hosts: Option<String>,

    /// The host whose values they are, where the definition says `per_host`.
    #[arg(long, value_name = "HOST")]
    host: Option<String>,

    /// Replace values that there are.
    #[arg(long)]
    force: bool,

    /// Say what would be imported, and write nothing.
    #[arg(long)]
    dry_run: bool,

    #[command(flatten)]
    identities: Chosen,
}

/// What files are, as a word of the command line.
#[derive(Clone, Copy, ValueEnum)]
enum Word {
    /// Each is one secret, as it stands there.
    Plain,
    /// Environment variables, a line for each.
    Env,
    /// YAML or JSON of sops.
    Sops,
    /// Encrypted with age, one secret each.
    Age,
}

pub(super) fn run(options: &Options, common: &Common, terminal: &Terminal) -> io::Result<Outcome> {
    let ask = OnTerminal::new(ProgressBar::hidden());
    let Some(identities) = options.identities.load(ask, terminal) else { return Ok(Outcome::Wrong) };
    let gathered = match gather(&options.paths, &options.how(&identities)) {
        Ok(gathered) => gathered,
        Err(problems) => {
            problems.iter().for_each(|problem| terminal.error(&problem.to_string()));
            terminal.error(&format!("nothing was imported: {}", counted(problems.len(), "problem")));
            return Ok(Outcome::Wrong);
        }
    };
    let before = super::read(common)?;
    let Some((compiled, added)) = defined(options, &gathered, &before, terminal) else {
        return Ok(Outcome::Wrong);
    };
    let plan = compiled.plan.as_ref().expect("it was compiled");
    let Some(files) = places(options, &gathered, plan.entries(), &before, terminal) else {
        return Ok(Outcome::Wrong);
    };
    for (one, file) in gathered.secrets.iter().zip(&files) {
        terminal.line(&format!("{}\tfrom {}", file.path, one.file.display()))?;
    }
    if options.dry_run {
        terminal.say("Would import", &format!("{}; nothing was written", counted(files.len(), "secret")));
        return Ok(Outcome::Fine);
    }
    let mut store = Store::open(&common.directory)?;
    let today = Date::from_days(compiled.sources.today);
    for (one, file) in gathered.secrets.iter().zip(&files) {
        if let Err(why) = store.put(file, plan.entries(), &one.value, today) {
            terminal.error(&format!("{}: {why}; nothing was imported", file.path));
            return Ok(Outcome::Wrong);
        }
    }
    store.commit(&mut |_| {})?;
    write(&before, &compiled.sources, common)?;
    report(&gathered, terminal)?;
    let written: Vec<&str> = files.iter().map(|file| &*file.path).chain([record::PATH]).collect();
    super::tell_git(&written, common, terminal);
    let said = format!("{}, {} new in the definition; run `cistern generate`", counted(files.len(), "secret"), added);
    terminal.say("Imported", &said);
    Ok(Outcome::Fine)
}

impl Options {
    fn how<'a>(&'a self, identities: &'a Identities) -> How<'a> {
        let format = self.format.map(|word| match word {
            Word::Plain => Format::Plain,
            Word::Env => Format::Environment,
            Word::Sops => Format::Sops,
            Word::Age => Format::Age,
        });
        How { format, split: self.split, name: self.name.as_deref(), prefix: &self.prefix, identities }
    }

    /// Who reads what the definition does not have yet; nothing where nobody was named.
    fn readers(&self) -> Option<Value> {
        let services: Vec<_> = self.service.iter().cloned().map(Value::Text).collect();
        let services = (!services.is_empty()).then(|| ("services".to_owned(), Value::List(services)));
        let hosts = self.hosts.clone().map(|hosts| ("hosts".to_owned(), Value::Text(hosts)));
        let all: Vec<_> = services.into_iter().chain(hosts).collect();
        (!all.is_empty()).then_some(Value::Map(all))
    }
}

/// Adds what the definition does not have yet, in memory, and compiles it; returns how much that is.
fn defined(options: &Options, gathered: &Gathered, before: &Sources, terminal: &Terminal) -> Option<(Compiled, usize)> {
    let first = compile_leniently(before.clone());
    let Some(plan) = &first.plan else {
        terminal.faults(&first.faults, &first.sources);
        terminal.error(&format!("the definition has to be right first: {}", summary(&first.faults)));
        return None;
    };
    let known = &plan.entries().secrets;
    let missing: Vec<&Incoming> = gathered.secrets.iter().filter(|one| !known.contains_key(&one.name)).collect();
    if missing.is_empty() {
        return Some((first, 0));
    }
    let Some(readers) = options.readers() else {
        let names: Vec<_> = missing.iter().map(|one| format!("`{}`", one.name)).collect();
        terminal.error(&format!(
            "the definition has no {}: say who reads them with `--service NAME` or `--hosts SELECTOR`",
            crate::diag::listed(&names)
        ));
        return None;
    };
    let mut after = before.clone();
    for one in &missing {
        let add = Edit::Add { value: readers.clone(), split: false };
        if let Err(faults) = edit::edit(&mut after, Section::Secrets, one.name.as_str(), &add) {
            terminal.faults(&faults, &after);
            terminal.error(&format!("nothing was imported: {}", summary(&faults)));
            return None;
        }
    }
    let compiled = compile_leniently(after);
    if compiled.plan.is_none() {
        terminal.faults(&edit::brought(&first.faults, &compiled.faults, true), &compiled.sources);
        terminal.error(&format!("nothing was imported: {}", summary(&compiled.faults)));
        return None;
    }
    Some((compiled, missing.len()))
}

/// The file of each secret; says what is in the way.
fn places<'p>(
    options: &Options,
    gathered: &Gathered,
    entries: &'p Entries,
    sources: &Sources,
    terminal: &Terminal,
) -> Option<Vec<SecretFile<'p>>> {
    let mut places = Vec::new();
    let mut faults = 0;
    let mut fault = |text: String| {
        terminal.error(&text);
        faults += 1;
    };
    for one in &gathered.secrets {
        let (name, _) = entries.secrets.get_key_value(&one.name).expect("it was added");
        let mut files = files_of(entries, name);
        let wanted = files.iter().position(|file| match (file.host, &options.host) {
            (None, _) => true,
            (Some(host), Some(wanted)) => host.as_str() == wanted,
            (Some(_), None) => false,
        });
        match wanted.map(|at| files.swap_remove(at)) {
            None => fault(format!(
                "`{name}` is `per_host`: say whose value it is with `--host NAME`, of a host that reads it"
            )),
            Some(file) if sources.paths.contains(&file.path) && !options.force => {
                fault(format!("`{}` has a value already: `--force` replaces it", file.path));
            }
            Some(file) => places.push(file),
        }
    }
    if faults > 0 {
        terminal.error(&format!("nothing was imported: {}", counted(faults, "problem")));
        return None;
    }
    Some(places)
}

/// Writes the definition, if it has changed.
fn write(before: &Sources, after: &Sources, common: &Common) -> io::Result<()> {
    const MAIN: &str = "fleet.yaml";
    let text = |sources: &Sources| sources.find(MAIN).map(|id| sources.file(id).text.clone());
    let (old, new) = (text(before), text(after));
    if old != new {
        tree::replace(&common.directory, MAIN, old.as_deref(), new.as_deref())?;
    }
    Ok(())
}

/// What is to be done with the files that were imported.
fn report(gathered: &Gathered, terminal: &Terminal) -> io::Result<()> {
    for (file, name) in &gathered.open {
        terminal.say("Left", &format!("`{name}` of {}, which is not encrypted there", file.display()));
    }
    for (file, plain) in &gathered.plain {
        let Trace { tracked, in_history } = trace(file);
        let shown = file.display();
        let delete = match (plain, tracked) {
            (_, true) => format!("to delete: git rm {shown}"),
            (true, false) => format!("to delete: rm {shown}"),
            (false, false) => format!("to delete once nobody reads it there: {shown}"),
        };
        terminal.line(&delete)?;
        if *plain && (in_history || tracked) {
            let which = if in_history { "git's history holds" } else { "git's index holds" };
            terminal.warn(&format!(
                "{which} the plain text of {shown}: whoever has a copy of the repository knows it; replace the value (`cistern secrets rotate` or `edit`)"
            ));
        }
    }
    Ok(())
}
