//! A definition in the making: values, comments, and lines that somebody has to fill in.

use std::collections::{BTreeSet, HashMap};

/// What a line says that waits for a value.
pub(super) const FILL_IN: &str = "FILL IN";

/// The sections of a definition, in the order in which they are written.
const ORDER: &[&str] = &[
    "version",
    "fleet",
    "defaults",
    "sites",
    "access",
    "profiles",
    "hosts",
    "groups",
    "services",
    "secrets",
    "monitoring",
];

/// The keys of entries, in the order in which they are written; others follow as they came.
const KEYS: &[&str] = &[
    "name",
    "domain",
    "kind",
    "image",
    "managed",
    "address",
    "site",
    "system",
    "state_version",
    "host_key",
    "profiles",
    "tags",
    "labels",
    "mac",
    "hardware",
    "network",
    "filesystems",
    "storage",
    "deploy",
    "placement",
    "ports",
    "state",
    "settings",
];

/// A value of the definition.
#[derive(Debug, Clone)]
pub(super) enum Item {
    /// Text, quoted where YAML would read something else.
    Text(String),
    /// A number or a truth value.
    Word(String),
    /// A value that the input does not tell: what belongs there, and what stands for it while the rest is checked.
    Hole {
        /// What belongs there, with an example.
        needs: String,
        /// A value of the right form.
        stand_in: String,
    },
    /// A list.
    List(Vec<Item>),
    /// A map.
    Map(Map),
}

/// A map in the order in which it was filled.
#[derive(Debug, Clone, Default)]
pub(super) struct Map {
    pub(super) pairs: Vec<Pair>,
    /// Where each key stands in `pairs`.
    places: HashMap<String, usize>,
}

/// A key of a map.
#[derive(Debug, Clone)]
pub(super) struct Pair {
    pub(super) key: String,
    pub(super) item: Item,
    /// Lines of comment above it.
    pub(super) above: Vec<String>,
}

/// A definition in the making.
#[derive(Debug, Default)]
pub(super) struct Draft {
    /// The whole of it.
    pub root: Map,
    /// What whoever imports has to know or do, beside what was not carried over.
    pub notes: Vec<String>,
    noted: BTreeSet<String>,
    /// Secrets that are to be stored: name, and what belongs into it.
    pub stored: BTreeSet<(String, String)>,
}

impl Draft {
    /// The map of a section.
    pub(super) fn section(&mut self, name: &'static str) -> &mut Map {
        self.root.map(name)
    }

    /// An entry of a section.
    pub(super) fn entry(&mut self, section: &'static str, name: &str) -> &mut Map {
        self.root.map(section).map(name)
    }

    /// Notes something that whoever imports has to know, once.
    pub(super) fn note(&mut self, text: impl Into<String>) {
        let text = text.into();
        if self.noted.insert(text.clone()) {
            self.notes.push(text);
        }
    }

    /// Notes a secret that has to be stored by hand.
    pub(super) fn store(&mut self, name: &str, what: impl Into<String>) {
        self.stored.insert((name.to_owned(), what.into()));
    }

    /// Puts the sections into the order in which people read them.
    pub(super) fn arrange(&mut self) {
        self.root.arrange(ORDER);
        for pair in &mut self.root.pairs {
            let Item::Map(section) = &mut pair.item else { continue };
            if matches!(pair.key.as_str(), "fleet" | "defaults") {
                section.arrange(KEYS);
                continue;
            }
            for entry in &mut section.pairs {
                if let Item::Map(entry) = &mut entry.item {
                    entry.arrange(KEYS);
                }
            }
        }
    }
}

impl Map {
    /// Sets a key; a value that was there is replaced.
    pub(super) fn set(&mut self, key: &str, item: impl Into<Item>) {
        let at = self.place(key);
        self.pairs[at].item = item.into();
    }

    /// Sets a key that was not set before.
    pub(super) fn set_first(&mut self, key: &str, item: impl Into<Item>) {
        if !self.has(key) {
            self.set(key, item);
        }
    }

    /// Says whether a key is set.
    pub(super) fn has(&self, key: &str) -> bool {
        self.get(key).is_some()
    }

    /// The value of a key.
    pub(super) fn get(&self, key: &str) -> Option<&Item> {
        self.places.get(key).map(|at| &self.pairs[*at].item)
    }

    /// The text of a key.
    pub(super) fn text(&self, key: &str) -> Option<&str> {
        match self.get(key)? {
            Item::Text(text) | Item::Word(text) => Some(text),
            _ => None,
        }
    }

    /// The map of a key, made when there is none.
    pub(super) fn map(&mut self, key: &str) -> &mut Map {
        let at = self.place(key);
        let item = &mut self.pairs[at].item;
        if !matches!(item, Item::Map(_)) {
            *item = Item::Map(Map::default());
        }
        match item {
            Item::Map(map) => map,
            _ => unreachable!("made a map just above"),
        }
    }

    /// The map of a key, if there is one.
    pub(super) fn inner(&self, key: &str) -> Option<&Map> {
        match self.get(key)? {
            Item::Map(map) => Some(map),
            _ => None,
        }
    }

    /// Adds an item to the list of a key, unless it is there.
    pub(super) fn add(&mut self, key: &str, text: &str) {
        self.set_first(key, Item::List(Vec::new()));
        let at = self.place(key);
        if let Item::List(items) = &mut self.pairs[at].item
            && !items.iter().any(|item| matches!(item, Item::Text(present) if present == text))
        {
            items.push(Item::Text(text.to_owned()));
        }
    }

    /// Puts a comment above a key; `false` when there is no such key.
    pub(super) fn comment(&mut self, key: &str, text: String) -> bool {
        self.places.get(key).map(|at| self.pairs[*at].above.push(text)).is_some()
    }

    /// The keys, in their order.
    pub(super) fn keys(&self) -> impl Iterator<Item = &str> {
        self.pairs.iter().map(|pair| pair.key.as_str())
    }

    /// Keeps the keys that a question is answered with yes for.
    pub(super) fn retain(&mut self, keep: impl FnMut(&Pair) -> bool) {
        self.pairs.retain(keep);
        self.settle();
    }

    fn arrange(&mut self, order: &[&str]) {
        self.pairs.sort_by_key(|pair| order.iter().position(|key| *key == pair.key).unwrap_or(order.len()));
        self.settle();
    }

    fn settle(&mut self) {
        self.places = self.pairs.iter().enumerate().map(|(at, pair)| (pair.key.clone(), at)).collect();
    }

    /// The place of a key, which is made when it is new.
    fn place(&mut self, key: &str) -> usize {
        if let Some(at) = self.places.get(key) {
            return *at;
        }
        let at = self.pairs.len();
        self.places.insert(key.to_owned(), at);
        self.pairs.push(Pair { key: key.to_owned(), item: Item::Map(Map::default()), above: Vec::new() });
        at
    }

    /// Says whether nothing is set.
    pub(super) fn is_empty(&self) -> bool {
        self.pairs.is_empty()
    }
}

impl Item {
    /// A reference to a secret, for settings.
    pub(super) fn secret(name: &str) -> Self {
        let mut map = Map::default();
        map.set("secret", name);
        Self::Map(map)
    }

    /// A list of texts.
    pub(super) fn texts<S: Into<String>>(texts: impl IntoIterator<Item = S>) -> Self {
        Self::List(texts.into_iter().map(|text| Self::Text(text.into())).collect())
    }

    /// A number or a truth value.
    pub(super) fn word(value: impl std::fmt::Display) -> Self {
        Self::Word(value.to_string())
    }

    /// A value that somebody has to fill in.
    pub(super) fn hole(needs: impl Into<String>, stand_in: impl Into<String>) -> Self {
        Self::Hole { needs: needs.into(), stand_in: stand_in.into() }
    }
}

impl From<Map> for Item {
    fn from(map: Map) -> Self {
        Self::Map(map)
    }
}

impl From<&str> for Item {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Item {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}
