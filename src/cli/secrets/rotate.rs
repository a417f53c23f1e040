//! `cistern secrets rotate`: new values in place of those that are there.

use std::collections::BTreeSet;
use std::io;

use clap::Args;

use super::making::{Run, named, print_tasks, tell_restarts};
use super::{Common, Outcome, Terminal};
use crate::Compiled;
use crate::diag::counted;
use crate::place::Entries;
use crate::place::recipients::{SecretFile, files_of};
use crate::prove::Plan;
use crate::secrets::making::{Task, keep_previous, overdue, previous_path, renewed};
use crate::secrets::rotation::order;
use crate::secrets::store::Store;
use crate::value::{Date, SecretName};

#[derive(Args)]
pub(super) struct Options {
    /// The secrets to give a new value to; what is made from them gets one too.
    #[arg(value_name = "NAME", required_unless_present_any = ["due"])]
    names: Vec<String>,
    /// Renew every value that is older than its `rotate_every`.
    #[arg(long, conflicts_with = "names")]
    due: bool,
    /// Drop the previous value of these secrets, when nobody uses it any more.
    #[arg(long, conflicts_with = "due")]
    finish: bool,
    #[command(flatten)]
    run: Run,
}

pub(super) fn run(options: &Options, common: &Common, terminal: &Terminal) -> io::Result<Outcome> {
    let store = Store::open(&common.directory)?;
    let Some(compiled) = super::planned(common, terminal)? else { return Ok(Outcome::Wrong) };
    let plan = compiled.plan.as_ref().expect("it is planned");
    let entries = plan.entries();
    let Some(names) = named(entries, &options.names, terminal) else { return Ok(Outcome::Wrong) };
    let today = Date::from_days(compiled.sources.today);
    if options.finish {
        return finish(&names, store, options, terminal);
    }
    let (paths, whole) = match options.due {
        true => due(entries, &store, today, terminal),
        false => match asked(entries, &names, terminal) {
            Some(paths) => (paths, true),
            None => return Ok(Outcome::Wrong),
        },
    };
    let outcome = if whole { Outcome::Fine } else { Outcome::Differs };
    let tasks = renewed(entries, &paths, &store);
    if tasks.is_empty() {
        terminal.say("Rotated", "nothing");
        return Ok(outcome);
    }
    if options.run.dry_run {
        print_tasks(&tasks, terminal)?;
        tell_order(plan, &tasks, terminal);
        terminal.say("Would rotate", &counted(tasks.len(), "value"));
        return Ok(outcome);
    }
    match rotate(&compiled, store, &tasks, (options, common, terminal))? {
        true => Ok(outcome),
        false => Ok(Outcome::Differs),
    }
}

/// Makes the new values and writes them as a set.
fn rotate(
    compiled: &Compiled,
    mut store: Store,
    tasks: &[Task<'_>],
    (options, common, terminal): (&Options, &Common, &Terminal),
) -> io::Result<bool> {
    let plan = compiled.plan.as_ref().expect("it is planned");
    let entries = plan.entries();
    let today = Date::from_days(compiled.sources.today);
    let mut kept = true;
    for task in tasks.iter().filter(|task| entries.secrets[task.file.secret].previous) {
        if let Err(why) = keep_previous(&mut store, task) {
            terminal.error(&why);
            kept = false;
        }
    }
    if !kept {
        terminal.error("nothing was changed");
        return Ok(false);
    }
    if !options.run.make(&mut store, entries, tasks, today, common, terminal) {
        return Ok(false);
    }
    store.commit(&mut |_| {})?;
    print_tasks(tasks, terminal)?;
    terminal.say("Rotated", &counted(tasks.len(), "value"));
    tell_order(plan, tasks, terminal);
    tell_restarts(entries, tasks, &compiled.sources, terminal);
    Ok(true)
}

/// The files of the secrets that were named, when each of them can have a new value.
fn asked(entries: &Entries, names: &BTreeSet<SecretName>, terminal: &Terminal) -> Option<BTreeSet<String>> {
    let mut right = true;
    for name in names {
        let why = match &entries.secrets[name].generate {
            None => format!("nothing says how `{name}` is made; `cistern secrets edit {name}` takes a new value"),
            Some(recipe) if recipe.follows() => {
                let sources: Vec<_> = recipe.sources().iter().map(|source| source.to_string()).collect();
                format!("`{name}` follows from others: `cistern secrets rotate {}`", sources.join(" "))
            }
            Some(_) => continue,
        };
        terminal.error(&why);
        right = false;
    }
    let files = names.iter().flat_map(|name| files_of(entries, name));
    right.then(|| files.map(|file| file.path).collect())
}

/// The files whose value is too old, and whether all of them can be made.
fn due(entries: &Entries, store: &Store, today: Date, terminal: &Terminal) -> (BTreeSet<String>, bool) {
    let (due, unknown) = overdue(entries, store, today);
    for file in unknown {
        let why = "nobody noted when it was set, so that it is never due; `cistern secrets edit` or `set` notes it";
        terminal.warn(&format!("`{}`: {why}", file.path));
    }
    let made = |file: &SecretFile<'_>| entries.secrets[file.secret].generate.is_some();
    let (makes, by_hand): (Vec<_>, Vec<_>) = due.into_iter().partition(made);
    for file in &by_hand {
        let name = file.secret;
        terminal.error(&format!(
            "`{}` is due, and nothing says how it is made; `cistern secrets edit {name}` takes a new value",
            file.path
        ));
    }
    (makes.into_iter().map(|file| file.path).collect(), by_hand.is_empty())
}

fn tell_order(plan: &Plan, tasks: &[Task<'_>], terminal: &Terminal) {
    let secrets: BTreeSet<&SecretName> = tasks.iter().map(|task| task.file.secret).collect();
    for name in secrets.into_iter().filter(|name| !plan.entries().secrets[*name].per_host) {
        let files: Vec<_> = tasks.iter().map(|task| &task.file).filter(|file| file.secret == name).collect();
        for (verb, text) in order(plan, name, &files) {
            terminal.say(verb, &text);
        }
    }
}

/// Drops previous values.
fn finish(
    names: &BTreeSet<SecretName>,
    mut store: Store,
    options: &Options,
    terminal: &Terminal,
) -> io::Result<Outcome> {
    let mut there = true;
    let paths: Vec<_> = names.iter().map(previous_path).collect();
    for path in paths.iter().filter(|path| store.read(path).is_none()) {
        terminal.error(&format!("`{path}` is not there: no rotation has begun, or it is finished"));
        there = false;
    }
    if !there {
        return Ok(Outcome::Wrong);
    }
    paths.iter().for_each(|path| store.remove(path));
    if !options.run.dry_run {
        store.commit(&mut |_| {})?;
    }
    paths.iter().try_for_each(|path| terminal.line(path))?;
    let verb = if options.run.dry_run { "Would drop" } else { "Dropped" };
    terminal.say(verb, &counted(paths.len(), "previous value"));
    terminal.say("Next", "`cistern generate`, then deploy the hosts that read it");
    Ok(Outcome::Fine)
}
