//! The flags of an entry: one for each of its keys, made from their declarations.

use std::marker::PhantomData;
use std::sync::OnceLock;

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgAction, ArgMatches, Args, Command, Error, FromArgMatches};

use crate::edit::{Change, Key, Path, Section, Value, Want};

/// Keys whose own keys have flags without a prefix: `--hosts`, not `--placement-hosts`.
const WITHOUT_PREFIX: &[&str] = &["placement"];

/// Whose keys the flags stand for.
pub(super) trait Entry: Clone + Send + Sync + 'static {
    /// The section of the definition.
    const SECTION: Section;
    /// What its keys take, made once.
    fn want() -> &'static Want;
}

/// A host.
#[derive(Clone)]
pub(super) struct Host;

/// A service.
#[derive(Clone)]
pub(super) struct Service;

macro_rules! entry {
    ($name:ident, $section:ident) => {
        impl Entry for $name {
            const SECTION: Section = Section::$section;
            fn want() -> &'static Want {
                static WANT: OnceLock<Want> = OnceLock::new();
                WANT.get_or_init(|| Section::$section.want())
            }
        }
    };
}
entry!(Host, Hosts);
entry!(Service, Services);

/// What the flags of an entry say, in the order of its keys.
pub(super) struct Flags<E: Entry> {
    changes: Vec<Change>,
    entry: PhantomData<E>,
}

impl<E: Entry> Flags<E> {
    /// The changes that the flags and the paths beside them ask for.
    pub(super) fn changes(&self, set: &[(Path, String)]) -> Vec<Change> {
        let any = set.iter().map(|(path, word)| Change::Set(path.clone(), Value::read(word, takes::<E>(path))));
        self.changes.iter().cloned().chain(any).collect()
    }

    /// The same as one map.
    pub(super) fn value(&self, set: &[(Path, String)]) -> Value {
        let mut value = Value::Map(Vec::new());
        for change in self.changes(set) {
            if let Change::Set(path, set) = change {
                value.lay(path.0.into_iter().rev().fold(set, |below, key| Value::Map(vec![(key, below)])));
            }
        }
        value
    }
}

/// Reads `PATH=VALUE`.
pub(super) fn assignment(word: &str) -> Result<(Path, String), String> {
    let (path, value) = Path::read(word)?;
    value.map(|value| (path, value.to_owned())).ok_or_else(|| "write PATH=VALUE".to_owned())
}

/// Reads `PATH`.
pub(super) fn path(word: &str) -> Result<Path, String> {
    match Path::read(word)? {
        (path, None) => Ok(path),
        _ => Err("write a path without a value".to_owned()),
    }
}

/// What the value at a path is.
fn takes<E: Entry>(path: &Path) -> &'static Want {
    path.0.iter().fold(E::want(), |want, key| want.below(key))
}

/// A flag and the key that it stands for.
struct Flag {
    long: String,
    path: Vec<String>,
    key: &'static Key,
}

impl Flag {
    fn arg(&self) -> Arg {
        let arg = Arg::new(self.long.clone()).long(self.long.clone()).value_name("VALUE").help_heading("Keys");
        let arg = arg.help(self.key.doc.trim_end_matches('.').to_owned());
        match &self.key.want {
            Want::Text(words) if !words.is_empty() => arg.value_parser(PossibleValuesParser::new(words.clone())),
            Want::Map(_) => arg.value_name("NAME=VALUE").action(ArgAction::Append),
            Want::List(_) => arg.value_name("A,B"),
            _ => arg,
        }
    }

    fn changes(&self, word: &str) -> Result<Change, String> {
        let path = Path(self.path.clone());
        let Want::Map(below) = &self.key.want else { return Ok(Change::Set(path, Value::read(word, &self.key.want))) };
        let (name, value) = word.split_once('=').filter(|(name, _)| !name.is_empty()).ok_or("write NAME=VALUE")?;
        let path = Path([path.0, vec![name.to_owned()]].concat());
        Ok(Change::Set(path, Value::read(value, below)))
    }
}

/// The flags of an entry, in the order of its keys.
fn flags<E: Entry>() -> Vec<Flag> {
    let mut found = Vec::new();
    gather(E::want(), &[], &mut found);
    found
}

fn gather(want: &'static Want, above: &[String], found: &mut Vec<Flag>) {
    let Want::Keys(keys) = want else { return };
    for key in keys {
        let path = [above, std::slice::from_ref(&key.name)].concat();
        let named: Vec<_> = path.iter().filter(|part| !WITHOUT_PREFIX.contains(&part.as_str())).cloned().collect();
        let long = named.join("-").replace('_', "-");
        let long = match &key.want {
            Want::Keys(_) => {
                gather(&key.want, &path, found);
                continue;
            }
            // What holds maps is set by its path.
            Want::Map(below) if matches!(**below, Want::Keys(_)) => continue,
            Want::Map(_) => long.strip_suffix('s').unwrap_or(&long).to_owned(),
            _ => long,
        };
        found.push(Flag { long, path, key });
    }
}

impl<E: Entry> FromArgMatches for Flags<E> {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
        let mut changes = Vec::new();
        for flag in flags::<E>() {
            for word in matches.get_many::<String>(&flag.long).into_iter().flatten() {
                let change = flag.changes(word);
                changes.push(change.map_err(|why| {
                    Error::raw(clap::error::ErrorKind::ValueValidation, format!("--{} {word}: {why}\n", flag.long))
                })?);
            }
        }
        Ok(Self { changes, entry: PhantomData })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

impl<E: Entry> Args for Flags<E> {
    fn augment_args(command: Command) -> Command {
        let flags = flags::<E>();
        command.args(flags.iter().map(Flag::arg))
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}
