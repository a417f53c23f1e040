//! New values: which files get one, in which order they are made, and what they are made from.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::generate::{self, Sources, Subject};
use super::memory::Plain;
use super::store::Store;
use crate::check::secrets::file;
use crate::place::Entries;
use crate::place::recipients::{SecretFile, files_of};
use crate::recipe::{Recipe, Recipes, in_order};
use crate::value::{Date, HostName, SecretName};

/// Opens an encrypted file, or says why it stays closed.
pub type Open<'o> = dyn FnMut(&[u8]) -> Result<Plain, String> + 'o;

/// A file whose value is made.
#[derive(Debug, Clone)]
pub struct Task<'p> {
    /// The file.
    pub file: SecretFile<'p>,
    /// How.
    pub recipe: &'p Recipe,
    /// Whether it is there already and gets another value.
    pub again: bool,
}

/// Lists what is to be made for some secrets, or for all of them: the files that are missing, those that they are made
/// from, and those that are there and made from one of these.
pub fn missing<'p>(entries: &'p Entries, wanted: Option<&BTreeSet<SecretName>>, store: &Store) -> Vec<Task<'p>> {
    let recipes = recipes(entries);
    let wanted = wanted.map(|wanted| with_sources(&recipes, wanted));
    let starts = |file: &SecretFile<'_>| {
        wanted.as_ref().is_none_or(|wanted| wanted.contains(file.secret)) && store.read(&file.path).is_none()
    };
    chosen(entries, &recipes, store, &starts)
}

/// Lists what gets another value when these files do: they, and what is made from them.
pub fn renewed<'p>(entries: &'p Entries, paths: &BTreeSet<String>, store: &Store) -> Vec<Task<'p>> {
    chosen(entries, &recipes(entries), store, &|file| paths.contains(&file.path))
}

/// Lists the files whose value is older than it may be, and those of which nobody knows.
pub fn overdue<'p>(entries: &'p Entries, store: &Store, today: Date) -> (Vec<SecretFile<'p>>, Vec<SecretFile<'p>>) {
    let (mut due, mut unknown) = (Vec::new(), Vec::new());
    for (name, secret) in &entries.secrets {
        let Some(every) = &secret.rotate_every else { continue };
        for file in files_of(entries, name) {
            match store.record().files.get(&file.path).and_then(|noted| noted.is_older_than(every, today)) {
                _ if store.read(&file.path).is_none() => {}
                Some(true) => due.push(file),
                Some(false) => {}
                None => unknown.push(file),
            }
        }
    }
    (due, unknown)
}

/// Keeps the present value of a file beside the one that it is about to get, encrypted as it is.
///
/// # Errors
/// That an older one is still kept.
pub fn keep_previous(store: &mut Store, task: &Task<'_>) -> Result<Option<String>, String> {
    let name = task.file.secret;
    let Some(bytes) = store.read(&task.file.path).map(<[u8]>::to_vec) else { return Ok(None) };
    let path = previous_path(name);
    if store.read(&path).is_some() {
        return Err(format!(
            "`{path}` is still there: hosts may use the value before the present one. When none does any more, \
             `cistern secrets rotate --finish {name}`"
        ));
    }
    let noted = store.record().files.get(&task.file.path).cloned();
    store.write(&path, bytes);
    if let Some(noted) = noted {
        store.note(&path, noted);
    }
    Ok(Some(path))
}

/// The file of a value that was replaced.
pub fn previous_path(name: &SecretName) -> String {
    format!("secrets/{name}.previous.age")
}

/// Makes every value, in order. What it is made from is opened where it is not made as well.
///
/// # Errors
/// Every value that cannot be made, each in a sentence; then nothing of the store is to be written.
pub fn make(
    store: &mut Store,
    entries: &Entries,
    tasks: &[Task<'_>],
    open: &mut Open<'_>,
    fleet: &Path,
    today: Date,
) -> Result<(), Vec<String>> {
    let mut values: BTreeMap<String, Plain> = BTreeMap::new();
    let mut faults = Vec::new();
    let mut failed = BTreeSet::new();
    for task in tasks {
        let sources = task.recipe.sources();
        if sources.iter().any(|source| failed.contains(&source_path(entries, source, task.file.host))) {
            // What is wrong with the first of them was told.
            failed.insert(task.file.path.clone());
            continue;
        }
        if let Err(why) = make_one(store, entries, task, &mut values, open, fleet, today) {
            faults.push(format!("`{}` cannot be made: {why}", task.file.path));
            failed.insert(task.file.path.clone());
        }
    }
    if faults.is_empty() { Ok(()) } else { Err(faults) }
}

fn make_one(
    store: &mut Store,
    entries: &Entries,
    task: &Task<'_>,
    values: &mut BTreeMap<String, Plain>,
    open: &mut Open<'_>,
    fleet: &Path,
    today: Date,
) -> Result<(), String> {
    let paths: Vec<_> =
        task.recipe.sources().into_iter().map(|name| (name, source_path(entries, name, task.file.host))).collect();
    for (name, path) in &paths {
        if values.contains_key(path) {
            continue;
        }
        let Some(bytes) = store.read(path) else {
            return Err(match entries.secrets[*name].generate {
                Some(_) => format!("it is made from `{path}`, which is not there: `cistern secrets create {name}`"),
                None => format!("it is made from `{name}`, which has no value: `cistern secrets set {name}`"),
            });
        };
        let plain = open(bytes).map_err(|why| format!("it is made from `{path}`: {why}"))?;
        values.insert(path.clone(), plain);
    }
    let sources: Sources<'_> = paths.iter().map(|(name, path)| (*name, &values[path])).collect();
    let label = task.file.host.map_or(task.file.secret.to_string(), |host| format!("{}@{host}", task.file.secret));
    let names = names_of(entries, &task.file.hosts);
    let subject = Subject { label, names, today };
    let made = generate::make(task.recipe, &subject, &sources, fleet)?;
    store.put(&task.file, entries, &made.value, today)?;
    if let Some(public) = made.public {
        store.write(&public_path(&task.file.path), format!("{public}\n").into_bytes());
    }
    values.insert(task.file.path.clone(), made.value);
    Ok(())
}

/// What the hosts are reached by, from elsewhere and from themselves.
fn names_of(entries: &Entries, hosts: &[&HostName]) -> Vec<String> {
    let own = hosts.iter().flat_map(|host| entries.hosts[*host].names(host, &entries.domain));
    own.chain(["localhost", "127.0.0.1", "::1"].map(str::to_owned)).collect()
}

/// Where the public half of a key stands, beside the file of the private one.
fn public_path(path: &str) -> String {
    format!("{}.pub", path.strip_suffix(".age").unwrap_or(path))
}

fn recipes(entries: &Entries) -> Recipes<'_> {
    entries.secrets.iter().filter_map(|(name, secret)| Some((name, secret.generate.as_ref()?))).collect()
}

fn with_sources(recipes: &Recipes<'_>, wanted: &BTreeSet<SecretName>) -> BTreeSet<SecretName> {
    let mut all = BTreeSet::new();
    let mut open: Vec<_> = wanted.iter().cloned().collect();
    while let Some(name) = open.pop() {
        let sources = recipes.get(&name).map(|recipe| recipe.sources()).unwrap_or_default();
        if all.insert(name) {
            open.extend(sources.into_iter().cloned());
        }
    }
    all
}

/// The files that start, and those that are made from one of them; what others are made from comes first.
fn chosen<'p>(
    entries: &'p Entries,
    recipes: &Recipes<'p>,
    store: &Store,
    starts: &dyn Fn(&SecretFile<'p>) -> bool,
) -> Vec<Task<'p>> {
    let mut tasks: Vec<Task<'p>> = Vec::new();
    let mut paths = BTreeSet::new();
    for name in in_order(recipes) {
        let (name, recipe) = recipes.get_key_value(&name).expect("it is one of these");
        for file in files_of(entries, name) {
            let sources = recipe.sources();
            let touched = sources.iter().any(|source| paths.contains(&source_path(entries, source, file.host)));
            if touched || starts(&file) {
                paths.insert(file.path.clone());
                tasks.push(Task { again: store.read(&file.path).is_some(), file, recipe });
            }
        }
    }
    tasks
}

fn source_path(entries: &Entries, source: &SecretName, host: Option<&HostName>) -> String {
    file(source, host.filter(|_| entries.secrets[source].per_host))
}
