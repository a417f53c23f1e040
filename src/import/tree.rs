//! The input as a tree whose every leaf knows what became of it.
//!
//! A leaf is a scalar, or a list or map that is empty. What an importer does not look at stays [`Fate::Unseen`], so
//! nothing is dropped silently: the report lists every leaf that was not carried over.

use std::cell::RefCell;
use std::rc::Rc;

use crate::load::decode::Scalar;

/// Where a value was written.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    /// The file, as it was named on the command line.
    pub file: Rc<str>,
    /// The line, from 1; 0 where only the file is known.
    pub line: u32,
    /// The column in characters, from 1.
    pub column: u32,
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.line {
            0 => f.write_str(&self.file),
            line => write!(f, "{}:{line}:{}", self.file, self.column),
        }
    }
}

/// What became of a leaf; what comes later beats what comes before, when one value stands in several places.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fate {
    /// No importer looked at it.
    Unseen,
    /// Another value stood in its place already in the input.
    Beaten(String),
    /// The definition says it.
    Carried,
    /// It is confidential: it goes into the secret of that name, by hand.
    Store(String),
    /// The definition does not say it: why, and what to do.
    Lost(String, String),
}

/// The section of what belongs to several entries.
const SHARED: &str = "";

/// The entry of the definition that a leaf belongs to: section and name.
pub(super) type Owner = (&'static str, String);

/// One value of the input. It holds no text, so that a report cannot show a secret.
#[derive(Debug)]
pub(super) struct Leaf {
    /// The keys that lead to it, as `services.web.image`.
    pub path: String,
    /// Where it was written.
    pub place: Place,
    fate: RefCell<Fate>,
    owner: RefCell<Option<Owner>>,
}

impl Leaf {
    /// Makes a leaf that nobody has looked at.
    pub(super) fn new(path: String, place: Place) -> Rc<Self> {
        let (fate, owner) = (RefCell::new(Fate::Unseen), RefCell::new(None));
        Rc::new(Self { path, place, fate, owner })
    }

    /// What became of it.
    pub(super) fn fate(&self) -> Fate {
        self.fate.borrow().clone()
    }

    /// The entry that it belongs to.
    pub(super) fn owner(&self) -> Option<Owner> {
        self.owner.borrow().clone()
    }

    fn becomes(&self, fate: &Fate) {
        let mut present = self.fate.borrow_mut();
        if *fate > *present && !(matches!(*present, Fate::Lost(..)) && matches!(fate, Fate::Lost(..))) {
            present.clone_from(fate);
        }
    }
}

/// A value of the input.
#[derive(Debug, Clone)]
pub(super) struct Tree {
    /// The keys that lead to it.
    pub path: String,
    /// Where it was written.
    pub place: Place,
    /// A tag such as `!vault`.
    pub tag: Option<String>,
    /// What it is.
    pub body: Body,
}

/// The shapes of a value.
#[derive(Debug, Clone)]
pub(super) enum Body {
    /// Nothing.
    Null(Rc<Leaf>),
    /// A scalar.
    Text(Rc<Leaf>, String),
    /// A list that has items.
    List(Vec<Tree>),
    /// A map that has entries, each key once.
    Map(Vec<Entry>),
    /// A list or a map without anything in it.
    Empty(Rc<Leaf>),
}

/// A key and its value.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    /// The key.
    pub key: String,
    /// Its value.
    pub value: Tree,
}

impl Tree {
    /// Makes a scalar.
    pub(super) fn text_of(leaf: Rc<Leaf>, text: impl Into<String>) -> Self {
        Self { path: leaf.path.clone(), place: leaf.place.clone(), tag: None, body: Body::Text(leaf, text.into()) }
    }

    /// Finds an entry of a map.
    pub(super) fn get(&self, key: &str) -> Option<&Tree> {
        self.entries().iter().find(|entry| entry.key == key).map(|entry| &entry.value)
    }

    /// The entries of a map; none for anything else.
    pub(super) fn entries(&self) -> &[Entry] {
        match &self.body {
            Body::Map(entries) => entries,
            _ => &[],
        }
    }

    /// The items of a list, or the value itself.
    pub(super) fn items(&self) -> &[Tree] {
        match &self.body {
            Body::List(items) => items,
            Body::Null(_) | Body::Empty(_) => &[],
            _ => std::slice::from_ref(self),
        }
    }

    /// The text of a scalar without a tag.
    pub(super) fn text(&self) -> Option<&str> {
        match &self.body {
            Body::Text(_, text) if self.tag.is_none() => Some(text),
            _ => None,
        }
    }

    /// Says whether nothing is said: no value, or an empty text.
    pub(super) fn is_nothing(&self) -> bool {
        self.tag.is_none() && matches!(&self.body, Body::Null(_)) || self.text() == Some("")
    }

    /// Says whether it is a map, or nothing.
    pub(super) fn is_map(&self) -> bool {
        self.tag.is_none() && matches!(self.body, Body::Map(_) | Body::Null(_) | Body::Empty(_))
    }

    /// Reads a scalar as YAML 1.1 reads truth, which Ansible and Compose do.
    pub(super) fn truth(&self) -> Option<bool> {
        match self.text()?.to_ascii_lowercase().as_str() {
            "true" | "yes" | "on" | "1" => Some(true),
            "false" | "no" | "off" | "0" => Some(false),
            _ => None,
        }
    }

    /// Looks at every leaf below.
    pub(super) fn leaves(&self, look: &mut dyn FnMut(&Rc<Leaf>)) {
        match &self.body {
            Body::Null(leaf) | Body::Text(leaf, _) | Body::Empty(leaf) => look(leaf),
            Body::List(items) => items.iter().for_each(|item| item.leaves(look)),
            Body::Map(entries) => entries.iter().for_each(|entry| entry.value.leaves(look)),
        }
    }

    /// Notes that the definition says it.
    pub(super) fn carried(&self) {
        self.becomes(&Fate::Carried);
    }

    /// Notes that the definition says these keys of a map; other keys stay as they are. A scalar is carried as a whole.
    pub(super) fn carried_keys(&self, keys: &[&str]) {
        match &self.body {
            Body::Map(entries) => {
                entries
                    .iter()
                    .filter(|entry| keys.contains(&entry.key.as_str()))
                    .for_each(|entry| entry.value.carried());
            }
            _ => self.carried(),
        }
    }

    /// Notes that another value of the input stands in its place.
    pub(super) fn beaten(&self, by: impl Into<String>) {
        self.becomes(&Fate::Beaten(by.into()));
    }

    /// Notes that it is to be stored as a secret by hand.
    pub(super) fn store(&self, secret: impl Into<String>) {
        self.becomes(&Fate::Store(secret.into()));
    }

    /// Notes that the definition does not say it: why, and what to do.
    pub(super) fn lost(&self, why: impl Into<String>, remedy: impl Into<String>) {
        self.becomes(&Fate::Lost(why.into(), remedy.into()));
    }

    /// Says to which entry of the definition it belongs, for the comments there.
    pub(super) fn belongs(&self, section: &'static str, name: &str) {
        self.leaves(&mut |leaf| {
            let mut owner = leaf.owner.borrow_mut();
            // What several entries share belongs to none of them.
            let shared = owner.as_ref().is_some_and(|owner| owner.0 != section || owner.1 != name);
            *owner = Some(if shared { (SHARED, String::new()) } else { (section, name.to_owned()) });
        });
    }

    /// Reads a scalar and notes that it is carried, or why it cannot be. A bad value is not repeated.
    pub(super) fn read<T: Scalar>(&self) -> Option<T> {
        let Some(text) = self.text() else {
            self.lost(format!("it is not {}", T::WHAT), T::FORM);
            return None;
        };
        match T::read(text) {
            Ok(value) => {
                self.carried();
                Some(value)
            }
            Err(why) if why.is_empty() => {
                self.lost(format!("it is not {}", T::WHAT), T::FORM);
                None
            }
            Err(why) => {
                self.lost(format!("it is not {}: {why}", T::WHAT), T::FORM);
                None
            }
        }
    }

    fn becomes(&self, fate: &Fate) {
        self.leaves(&mut |leaf| leaf.becomes(fate));
    }
}
