//! `cistern secrets create`: values that are missing and can be made.

use std::collections::BTreeSet;
use std::io;

use clap::Args;

use super::making::{Run, named, print_tasks, tell_restarts};
use super::{Common, Outcome, Terminal};
use crate::diag::counted;
use crate::secrets::making::missing;
use crate::secrets::store::Store;
use crate::value::Date;

#[derive(Args)]
pub(super) struct Options {
    /// The secrets to make a first value for.
    #[arg(value_name = "NAME", required_unless_present = "missing")]
    names: Vec<String>,
    /// Make every value that is missing and has a `generate`.
    #[arg(long)]
    missing: bool,
    #[command(flatten)]
    run: Run,
}

pub(super) fn run(options: &Options, common: &Common, terminal: &Terminal) -> io::Result<Outcome> {
    let mut store = Store::open(&common.directory)?;
    let Some(compiled) = super::planned(common, terminal)? else { return Ok(Outcome::Wrong) };
    let plan = compiled.plan.as_ref().expect("it is planned");
    let entries = plan.entries();
    let Some(names) = named(entries, &options.names, terminal) else { return Ok(Outcome::Wrong) };
    let by_hand: Vec<_> = names.iter().filter(|name| entries.secrets[*name].generate.is_none()).collect();
    for name in &by_hand {
        terminal.error(&format!("nothing says how `{name}` is made; `cistern secrets set {name}` takes a value"));
    }
    if !by_hand.is_empty() {
        return Ok(Outcome::Wrong);
    }
    let wanted: Option<&BTreeSet<_>> = (!options.missing).then_some(&names);
    let tasks = missing(entries, wanted, &store);
    let made: BTreeSet<_> = tasks.iter().map(|task| task.file.secret).collect();
    for name in names.iter().filter(|name| !made.contains(name)) {
        terminal.say("Kept", &format!("{name}, which has a value; `cistern secrets rotate {name}` makes another"));
    }
    if options.run.dry_run {
        print_tasks(&tasks, terminal)?;
        terminal.say("Would make", &counted(tasks.len(), "value"));
        return Ok(Outcome::Fine);
    }
    if tasks.is_empty() {
        terminal.say("Made", "nothing: every value that can be made is there");
        return Ok(Outcome::Fine);
    }
    let today = Date::from_days(compiled.sources.today);
    if !options.run.make(&mut store, entries, &tasks, today, common, terminal) {
        return Ok(Outcome::Differs);
    }
    store.commit(&mut |_| {})?;
    print_tasks(&tasks, terminal)?;
    terminal.say("Made", &counted(tasks.len(), "value"));
    tell_restarts(entries, &tasks, &compiled.sources, terminal);
    Ok(Outcome::Fine)
}
