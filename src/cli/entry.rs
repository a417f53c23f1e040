//! What `cistern host` and `cistern service` share: an edit in memory, the rules, and only then the file.

use std::io;
use std::mem::ManuallyDrop;

use clap::Args;

use super::flags::{Entry, Flags, assignment, path};
use super::{Common, Outcome, Terminal, check};
use crate::diag::{Faults, codes, counted, summary};
use crate::edit::{self, Change, Edit, Edited, Path, Section};
use crate::source::Sources;
use crate::{Compiled, compile_sources, current, diff, kind, tree};

/// Options of every edit.
#[derive(Args, Clone, Copy)]
pub(super) struct Careful {
    /// Show the difference and write nothing.
    #[arg(long)]
    dry_run: bool,
}

#[derive(Args)]
pub(super) struct Add<E: Entry> {
    /// The name of the new entry.
    name: String,
    #[command(flatten)]
    flags: Flags<E>,
    /// Set any key; VALUE is text, or YAML between brackets or quotes. May be repeated.
    #[arg(long, value_name = "PATH=VALUE", value_parser = assignment)]
    set: Vec<(Path, String)>,
    /// Give it a file of its own; so it is anyway where others have one.
    #[arg(long)]
    split: bool,
    #[command(flatten)]
    careful: Careful,
}

#[derive(Args)]
pub(super) struct Set<E: Entry> {
    /// The entry to change.
    name: String,
    #[command(flatten)]
    flags: Flags<E>,
    /// Set any key; VALUE is text, or YAML between brackets or quotes. May be repeated.
    #[arg(long, value_name = "PATH=VALUE", value_parser = assignment)]
    set: Vec<(Path, String)>,
    /// Take a key away. May be repeated.
    #[arg(long, value_name = "PATH", value_parser = path)]
    unset: Vec<Path>,
    #[command(flatten)]
    careful: Careful,
}

#[derive(Args)]
pub(super) struct Remove {
    /// The entry to remove.
    name: String,
    #[command(flatten)]
    careful: Careful,
}

/// Where to edit, and whom to tell.
pub(super) struct Around<'a> {
    pub(super) section: Section,
    pub(super) common: &'a Common,
    pub(super) terminal: &'a Terminal,
}

impl Around<'_> {
    pub(super) fn add<E: Entry>(&self, options: &Add<E>) -> io::Result<Outcome> {
        let value = options.flags.value(&options.set);
        self.edit(&options.name, &Edit::Add { value, split: options.split }, options.careful)
    }

    pub(super) fn set<E: Entry>(&self, options: &Set<E>) -> io::Result<Outcome> {
        let mut changes = options.flags.changes(&options.set);
        if E::SECTION == Section::Services {
            changes = one_placement(changes);
        }
        changes.extend(options.unset.iter().cloned().map(Change::Unset));
        if changes.is_empty() {
            self.terminal.error(
                "there is nothing to change; name a key, as `--address VALUE`, `--set PATH=VALUE` or `--unset PATH`",
            );
            return Ok(Outcome::Wrong);
        }
        self.edit(&options.name, &Edit::Change(changes), options.careful)
    }

    pub(super) fn remove(&self, options: &Remove) -> io::Result<Outcome> {
        self.edit(&options.name, &Edit::Remove, options.careful)
    }

    /// Edits in memory, asks the rules, and writes.
    pub(super) fn edit(&self, name: &str, edit: &Edit, careful: Careful) -> io::Result<Outcome> {
        let terminal = self.terminal;
        let mut before = Sources::read(&self.common.directory)?;
        kind::add_built_in(&mut before);
        let mut after = before.clone();
        let edited = match edit::edit(&mut after, self.section, name, edit) {
            Ok(edited) => edited,
            Err(faults) => {
                terminal.faults(&faults, &after);
                terminal.error(&format!("nothing was written: {}", summary(&faults)));
                return Ok(Outcome::Wrong);
            }
        };
        if edited.before == edited.after {
            terminal.say("Unchanged", &format!("{}: it says so already", edited.path));
            return Ok(Outcome::Fine);
        }
        let Judged { compiled: after, brought } = judged(before, after);
        terminal.faults(&brought, &after.sources);
        if brought.has_errors() {
            terminal.error(&format!(
                "nothing was written: {} that the edit would bring{}",
                summary(&brought),
                self.hint(name, edit, &brought)
            ));
            return Ok(Outcome::Wrong);
        }
        if careful.dry_run {
            let (old, new) = (edited.before.as_deref(), edited.after.as_deref());
            terminal.print(&diff::unified(&edited.path, old, new, terminal.color()))?;
            terminal.say("Would edit", &format!("{}; nothing was written", counts(&edited)));
        } else {
            tree::replace(&self.common.directory, &edited.path, edited.before.as_deref(), edited.after.as_deref())?;
            self.tell(name, &edited, &after);
        }
        Ok(Outcome::Fine)
    }

    /// Says what was written, and what is to be seen to now.
    fn tell(&self, name: &str, edited: &Edited, after: &Compiled) {
        let terminal = self.terminal;
        let verb = match (&edited.before, &edited.after) {
            (None, _) => "Wrote",
            (_, None) => "Deleted",
            _ => "Edited",
        };
        let next = match after.faults.counts().errors {
            0 => "run `cistern generate`".to_owned(),
            errors => format!("{} as before, see `cistern check`", counted(errors, "error")),
        };
        terminal.say(verb, &format!("{}; {next}", counts(edited)));
        let (facts, secrets) = (format!("facts/{name}.json"), format!("secrets/{name}/"));
        let left = after.sources.paths.iter().filter(|path| **path == facts || path.starts_with(&secrets));
        if edited.removed > 0
            && self.section == Section::Hosts
            && after.plan.as_ref().is_some_and(|p| p.entries().hosts.keys().all(|host| host.as_str() != name))
        {
            left.for_each(|path| terminal.say("Left", &format!("{path}, which nothing reads any more")));
        }
        // Git need not be asked about a file that was there before.
        if edited.before.is_none() && self.is_unknown_to_git(&edited.path) {
            let path = &edited.path;
            terminal.warn(&format!("`{path}` is not known to git: a flake cannot see it; run `git add -N {path}`"));
        }
    }

    fn is_unknown_to_git(&self, path: &str) -> bool {
        let unknown = current::unknown_to_git(&self.common.directory, [path].into_iter());
        unknown.is_some_and(|unknown| !unknown.is_empty())
    }

    /// What to do first about an entry that is still needed.
    fn hint(&self, name: &str, edit: &Edit, brought: &Faults) -> String {
        let named = brought.iter().filter(|fault| fault.code == codes::UNKNOWN_NAME).count();
        if named == 0 || !matches!(edit, Edit::Remove) {
            return String::new();
        }
        let how = match self.section {
            Section::Hosts => ", services with `cistern service move SERVICE --to HOST`",
            Section::Secrets | Section::Services => "",
        };
        format!("; `{name}` is still named in {}: change them first{how}", counted(named, "place"))
    }
}

/// An edited definition, and the faults that the edit brings.
pub(super) struct Judged {
    pub(super) compiled: ManuallyDrop<Compiled>,
    pub(super) brought: Faults,
}

/// Asks the rules about an edit in memory.
pub(super) fn judged(before: Sources, after: Sources) -> Judged {
    let compiled = self::compiled(after);
    let brought = match compiled.faults.is_empty() {
        true => Faults::default(),
        false => {
            let before = self::compiled(before);
            edit::brought(&before.faults, &compiled.faults, before.plan.is_some())
        }
    };
    Judged { compiled, brought }
}

/// A placement is either names or a selector: whichever is set comes in the place of the other.
fn one_placement(changes: Vec<Change>) -> Vec<Change> {
    let full = |key: &str| Path(vec!["placement".to_owned(), key.to_owned()]);
    let (hosts, selector) = (full("hosts"), full("selector"));
    let sets = |wanted: &Path| changes.iter().any(|change| matches!(change, Change::Set(path, _) if path == wanted));
    if sets(&hosts) == sets(&selector) {
        return changes;
    }
    let instead = |change| match change {
        Change::Set(path, value) if path == hosts => Change::Instead(path, value, selector.clone()),
        Change::Set(path, value) if path == selector => Change::Instead(path, value, hosts.clone()),
        other => other,
    };
    changes.into_iter().map(instead).collect()
}

/// Compiles what is in memory; the process ends before it needs to be taken apart.
fn compiled(sources: Sources) -> ManuallyDrop<Compiled> {
    let mut compiled = compile_sources(sources);
    check::prove_templates(&mut compiled);
    ManuallyDrop::new(compiled)
}

/// `fleet.yaml: 1 added, 2 changed`.
fn counts(edited: &Edited) -> String {
    let counts = [(edited.added, "added"), (edited.changed, "changed"), (edited.removed, "removed")];
    let counts: Vec<_> = counts.iter().filter(|(n, _)| *n > 0).map(|(n, what)| format!("{n} {what}")).collect();
    format!("{}: {}", edited.path, counts.join(", "))
}
