//! Edits of a definition that leave everything else as it is: comments, order, quotes, anchors, line ends.
//!
//! The text is edited by the places of its values, and what is not meant stays byte by byte. Every edit is then proved:
//! the edited file is read again, and must say what the file said before with exactly the change that was asked for.
//! What cannot be proved is not written.
//!
//! `yaml-edit` was tried in the place of this. It sets values as faithfully, but leaves the comments of what it removes,
//! indents by two whatever the file does, writes a section that was empty between brackets, and is a second reader of
//! YAML that may take a file for something else than `load` does.

mod cut;
mod draft;
mod keys;
mod page;
mod path;
mod print;
mod put;
mod scan;
mod spots;
mod steps;
mod value;

use crate::diag::{Code, Diagnostic, Faults, Stage, codes, listed};
use crate::load::decode::Scalar;
use crate::load::{self, Body, Node};
use crate::source::{Sources, Span};
use crate::value::{HostName, SecretName, ServiceName};

use draft::Draft;
pub use path::Path;
use print::Manner;
pub use value::{Key, Value, Want};

/// A part of the definition whose entries can be edited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Section {
    /// `hosts`
    Hosts,
    /// `secrets`
    Secrets,
    /// `services`
    Services,
}

/// What to do to an entry.
#[derive(Debug, Clone)]
pub enum Edit {
    /// Add it, with these keys.
    Add {
        /// A map.
        value: Value,
        /// Whether to give it a file of its own even though no other entry has one.
        split: bool,
    },
    /// Change its keys, in this order.
    Change(Vec<Change>),
    /// Take it away.
    Remove,
}

/// One change of an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// Give a key a value.
    Set(Path, Value),
    /// Take a key away, which must be there.
    Unset(Path),
    /// Give a key a value in the place of another key, which goes if it is there.
    Instead(Path, Value, Path),
}

/// A file and what is to become of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edited {
    /// Its path below the fleet directory.
    pub path: String,
    /// The text that it has; none if it is new.
    pub before: Option<String>,
    /// The text that it gets; none if it goes.
    pub after: Option<String>,
    /// Keys or entries that are new.
    pub added: usize,
    /// Keys that get another value.
    pub changed: usize,
    /// Keys or entries that go.
    pub removed: usize,
}

impl Section {
    /// The key of the definition.
    pub fn key(self) -> &'static str {
        match self {
            Self::Hosts => "hosts",
            Self::Secrets => "secrets",
            Self::Services => "services",
        }
    }

    /// What one of its entries is called.
    pub fn noun(self) -> &'static str {
        match self {
            Self::Hosts => "host",
            Self::Secrets => "secret",
            Self::Services => "service",
        }
    }

    /// What one of its entries takes.
    pub fn want(self) -> Want {
        match self {
            Self::Hosts => keys::host(),
            Self::Secrets => keys::secret(),
            Self::Services => keys::service(),
        }
    }
}

/// Edits an entry in memory: the sources then hold the edited text. At most one file changes.
///
/// # Errors
/// Why that cannot be done. The places are those of the sources as they are then.
pub fn edit(sources: &mut Sources, section: Section, name: &str, edit: &Edit) -> Result<Edited, Faults> {
    legal(section, name)?;
    let place = Place::find(sources, section, name)?;
    let edited = match (edit, place) {
        (Edit::Add { .. }, Some(place)) => return Err(exists(section, name, &place).into()),
        (Edit::Add { value, split }, None) => add(sources, section, name, value, *split)?,
        (_, None) => return Err(unknown(sources, section, name)),
        (Edit::Change(changes), Some(place)) => {
            let mut draft = Draft::open(sources, &place.path, place.says)?;
            for change in changes {
                match change {
                    Change::Set(path, value) => draft.set(&place.prefix, path, value)?,
                    Change::Unset(path) => draft.unset(&place.prefix, path)?,
                    Change::Instead(path, value, other) => draft.instead(&place.prefix, path, value, other)?,
                }
            }
            draft.finish()?
        }
        (Edit::Remove, Some(place)) if place.prefix.is_empty() => {
            let before = sources.find(&place.path).map(|id| sources.file(id).text.clone());
            Edited { path: place.path, before, after: None, added: 0, changed: 0, removed: 1 }
        }
        (Edit::Remove, Some(place)) => {
            let mut draft = Draft::open(sources, &place.path, place.says)?;
            draft.unset(&[], &Path(place.prefix))?;
            draft.finish()?
        }
    };
    sources.replace(&edited.path, edited.after.as_deref());
    Ok(edited)
}

/// The sections of a definition as somebody would write them by hand: a line an entry, and a line a key of it.
pub fn text(sections: &[(String, Value)]) -> String {
    let manner = Manner { newline: "\n", step: 2 };
    sections.iter().map(|(key, value)| format!("{key}:{}\n", print::behind_colon(value, 0, 2, manner))).collect()
}

/// The faults that an edit brings: those that were not there before.
///
/// `judged` says whether the stages behind the fleet's own were reached before; what they say is nobody's doing
/// otherwise.
pub fn brought(before: &Faults, after: &Faults, judged: bool) -> Faults {
    let mut old: Vec<_> = before.iter().map(|d| (d.code.id, d.severity, &d.message, &d.path)).collect();
    let is_new = |d: &&Diagnostic| {
        let same = old.iter().position(|present| *present == (d.code.id, d.severity, &d.message, &d.path));
        same.map(|at| old.swap_remove(at)).is_none() && (judged || d.code.stage == Stage::Fleet)
    };
    after.iter().filter(is_new).cloned().collect()
}

/// Where an entry stands.
struct Place {
    path: String,
    /// The keys that lead to it in its file; none in a file of its own.
    prefix: Vec<String>,
    span: Span,
    /// What its file says, where it was read on the way.
    says: Option<Value>,
}

impl Place {
    fn find(sources: &Sources, section: Section, name: &str) -> Result<Option<Self>, Faults> {
        let own = own_file(section, name);
        if let Some(id) = sources.find(&own) {
            return Ok(Some(Self { path: own, prefix: Vec::new(), span: Span::top(id), says: None }));
        }
        if sources.rejected.iter().any(|rejected| rejected.path == own) {
            let told = load::load(sources).1;
            return Err(told.iter().filter(|fault| fault.path.as_ref() == Some(&own)).cloned().collect());
        }
        let root = definition(sources)?;
        let Some(entry) = root.get(section.key()).and_then(|entry| entry.value.get(name)) else { return Ok(None) };
        let prefix = vec![section.key().to_owned(), name.to_owned()];
        Ok(Some(Self { path: MAIN.to_owned(), prefix, span: entry.key_span, says: Some(Value::of(&root)) }))
    }
}

/// The file that holds what stands in no file of its own.
const MAIN: &str = "fleet.yaml";

fn own_file(section: Section, name: &str) -> String {
    format!("{}/{name}.yaml", section.key())
}

/// What `fleet.yaml` says.
fn definition(sources: &Sources) -> Result<Node, Faults> {
    match sources.find(MAIN) {
        Some(id) => draft::parse(id, sources.file(id)),
        None => Err(load::load(sources).1),
    }
}

fn add(sources: &mut Sources, section: Section, name: &str, value: &Value, split: bool) -> Result<Edited, Faults> {
    let is_split = sources.below(&format!("{}/", section.key())).any(|(_, file)| file.path.ends_with(".yaml"));
    let mut draft = Draft::open(sources, MAIN, None)?;
    if split || is_split {
        let after = Some(draft.file(value)?);
        return Ok(Edited { path: own_file(section, name), before: None, after, added: 1, changed: 0, removed: 0 });
    }
    draft.add(&Path(vec![section.key().to_owned(), name.to_owned()]), value)?;
    draft.finish()
}

/// Refuses a name that no entry can have, and that is no file's either.
fn legal(section: Section, name: &str) -> Result<(), Faults> {
    fn judge<T: Scalar>(name: &str) -> Result<(), (&'static Code, String, &'static str)> {
        let Err(reason) = T::read(name) else { return Ok(()) };
        let why = if reason.is_empty() { reason } else { format!(": {reason}") };
        Err((T::FAULT, format!("{} is not {}{why}", Body::shown(name), T::WHAT), T::FORM))
    }
    let judged = match section {
        Section::Hosts => judge::<HostName>(name),
        Section::Secrets => judge::<SecretName>(name),
        Section::Services => judge::<ServiceName>(name),
    };
    judged.map_err(|(code, message, form)| Diagnostic::new(code, message).help(form).into())
}

fn exists(section: Section, name: &str, place: &Place) -> Diagnostic {
    let noun = section.noun();
    Diagnostic::new(codes::ENTRY_EXISTS, format!("there is a {noun} `{name}` already"))
        .at(place.span, "defined here")
        .help(format!("`cistern {noun} set {name}` changes it"))
}

fn unknown(sources: &Sources, section: Section, name: &str) -> Faults {
    let prefix = format!("{}/", section.key());
    let own = sources.below(&prefix).filter_map(|(_, file)| file.path[prefix.len()..].strip_suffix(".yaml"));
    let mut known: Vec<String> = own.map(str::to_owned).collect();
    if let Ok(root) = definition(sources)
        && let Some(Body::Map(entries)) = root.get(section.key()).map(|entry| &entry.value.body)
    {
        known.extend(entries.iter().map(|entry| entry.key.to_string()));
    }
    known.sort_unstable();
    let noun = section.noun();
    let diagnostic = Diagnostic::new(codes::UNKNOWN_NAME, format!("there is no {noun} `{name}`"))
        .file(MAIN)
        .nearest(name, known.iter().map(String::as_str));
    let help = match known.len() {
        _ if diagnostic.suggestion.is_some() => return diagnostic.into(),
        0 => format!("`{}` is empty; `cistern {noun} add {name}` adds one", section.key()),
        1..=12 => format!("there are {}", listed(&known)),
        many => format!("there are {many} others; `cistern {noun} add {name}` adds one"),
    };
    diagnostic.help(help).into()
}
