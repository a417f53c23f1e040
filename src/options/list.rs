//! A list of options as nixpkgs builds it (`options.json`), as a tree that paths are looked up in.
//!
//! Of each row three fields count: `loc`, the names of the path, among them `<name>` for any attribute and `*` for an
//! item of a list; `type`, in words; and `readOnly`. A list has ten to twenty megabytes, so text is borrowed from it.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};

use super::assignment::{Name, Step};
use super::shape::{Shape, shape};

/// A list of options.
#[derive(Debug)]
pub struct List<'a> {
    /// The first one is the root.
    branches: Vec<Branch<'a>>,
    count: usize,
}

/// What begins with the same names.
#[derive(Debug, Default)]
struct Branch<'a> {
    names: BTreeMap<Cow<'a, str>, usize>,
    /// Where an attribute of any other name leads.
    any: Option<usize>,
    /// Where an item of a list leads.
    item: Option<usize>,
    option: Option<Entry<'a>>,
}

/// One option.
#[derive(Debug)]
pub(super) struct Entry<'a> {
    /// What it takes, in words.
    pub(super) takes: Cow<'a, str>,
    /// Whether NixOS alone sets it.
    pub(super) read_only: bool,
}

/// What a path leads to.
#[derive(Debug)]
pub(super) enum Found<'l> {
    /// An option, or the part of one that has this shape.
    Option(&'l Entry<'l>, Shape),
    /// A set of options, which is none itself.
    Group,
    /// What an option leaves free.
    Free,
    /// Nothing: the first `at` steps lead to `below`, and the next one nowhere.
    Absent { at: usize, below: usize },
    /// Something below the first `at` steps, which lead to an option that holds nothing of that kind.
    Beyond { at: usize, entry: &'l Entry<'l> },
}

impl<'a> List<'a> {
    /// Reads `options.json`.
    ///
    /// # Errors
    /// What is wrong with the text, in a clause.
    pub fn read(json: &'a str) -> Result<Self, String> {
        let list: Self = serde_json::from_str(json).map_err(|error| error.to_string())?;
        if list.count == 0 { Err("it holds no option".to_owned()) } else { Ok(list) }
    }

    /// How many options it holds.
    pub fn len(&self) -> usize {
        self.count
    }

    /// Says whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Follows a path.
    pub(super) fn look_up(&self, steps: &[Step]) -> Found<'_> {
        self.follow(0, steps, 0, false)
    }

    /// The names that lead on from a place.
    pub(super) fn names(&self, below: usize) -> impl Iterator<Item = &str> {
        self.branches[below].names.keys().map(AsRef::as_ref)
    }

    /// Finds the option that has the same names but for one that is left out or put in, and ends alike.
    pub(super) fn akin(&self, names: &[&str]) -> Option<String> {
        let mut found = Vec::new();
        self.each(0, &mut Vec::new(), &mut |path| {
            let (long, short) = if path.len() > names.len() { (path, names) } else { (names, path) };
            if long.len() == short.len() + 1 && short.len() >= 3 && ends_alike(long, short) && misses_one(long, short) {
                found.push(path.join("."));
            }
        });
        found.into_iter().min_by_key(|path| (path.len(), path.clone()))
    }

    fn each<'l>(&'l self, at: usize, path: &mut Vec<&'l str>, visit: &mut impl FnMut(&[&str])) {
        let branch = &self.branches[at];
        if branch.option.is_some() {
            visit(path);
        }
        for (name, next) in &branch.names {
            path.push(name);
            self.each(*next, path, visit);
            path.pop();
        }
    }

    fn follow(&self, here: usize, steps: &[Step], at: usize, open: bool) -> Found<'_> {
        let branch = &self.branches[here];
        let takes = branch.option.as_ref().map(|entry| shape(&entry.takes));
        let Some(step) = steps.get(at) else {
            return match (&branch.option, takes) {
                (Some(entry), Some(takes)) => Found::Option(entry, takes),
                _ => Found::Group,
            };
        };
        let open = open || takes.as_ref().is_some_and(Shape::is_open);
        let mut worst: Option<Found<'_>> = None;
        for next in branch.next(&step.name) {
            let found = self.follow(next, steps, at + 1, open);
            match found.depth() {
                None => return found,
                Some(depth) if worst.as_ref().is_none_or(|worst| worst.depth() < Some(depth)) => worst = Some(found),
                Some(_) => {}
            }
        }
        match (worst, &branch.option, takes) {
            (Some(worst), ..) => worst,
            _ if open => Found::Free,
            (None, Some(entry), Some(takes)) => {
                let is_listed = branch.any.is_some() || branch.item.is_some() || !branch.names.is_empty();
                match inside(takes, &steps[at..], is_listed) {
                    Inside::Part(part) => Found::Option(entry, part),
                    Inside::Free => Found::Free,
                    Inside::Undeclared => Found::Absent { at, below: here },
                    Inside::Nothing => Found::Beyond { at, entry },
                }
            }
            _ => Found::Absent { at, below: here },
        }
    }

    fn add(&mut self, row: Row<'a>) {
        let mut here = 0;
        for Text(name) in row.loc {
            let fresh = self.branches.len();
            let branch = &mut self.branches[here];
            here = match &*name {
                "*" => *branch.item.get_or_insert(fresh),
                placeholder if placeholder.starts_with('<') && placeholder.ends_with('>') => {
                    *branch.any.get_or_insert(fresh)
                }
                _ => *branch.names.entry(name).or_insert(fresh),
            };
            if here == fresh {
                self.branches.push(Branch::default());
            }
        }
        let takes = row.takes.map_or(Cow::Borrowed(""), |Text(text)| text);
        self.branches[here].option = Some(Entry { takes, read_only: row.read_only });
        self.count += 1;
    }
}

impl Branch<'_> {
    /// Where a step can lead, the likeliest first.
    fn next(&self, name: &Name) -> Vec<usize> {
        match name {
            Name::Is(name) => self.names.get(name.as_str()).copied().into_iter().chain(self.any).collect(),
            Name::Any => self.any.into_iter().chain(self.names.values().copied()).collect(),
            Name::Item(_) => self.item.into_iter().collect(),
        }
    }
}

impl Found<'_> {
    /// How many steps led somewhere, when the last one does not.
    fn depth(&self) -> Option<usize> {
        match self {
            Self::Absent { at, .. } | Self::Beyond { at, .. } => Some(*at),
            Self::Option(..) | Self::Group | Self::Free => None,
        }
    }
}

/// What an option holds at the end of some more steps.
enum Inside {
    /// A part that takes this.
    Part(Shape),
    /// Anything.
    Free,
    /// No such option.
    Undeclared,
    /// Nothing of that kind.
    Nothing,
}

/// Follows steps into a value; `is_listed` says whether the list names options of a submodule there.
fn inside(shape: Shape, steps: &[Step], is_listed: bool) -> Inside {
    let Some(step) = steps.first() else { return Inside::Part(shape) };
    match (shape, &step.name) {
        (Shape::Any | Shape::Open, _) => Inside::Free,
        (Shape::Set(inner), Name::Is(_) | Name::Any) | (Shape::List(inner), Name::Item(_)) => {
            inside(*inner, &steps[1..], is_listed)
        }
        // Some options are listed without what is below them.
        (Shape::Submodule, Name::Is(_) | Name::Any) => {
            if is_listed {
                Inside::Undeclared
            } else {
                Inside::Free
            }
        }
        (Shape::Or(shapes), _) => {
            let mut best = Inside::Nothing;
            for shape in shapes {
                match inside(shape, steps, is_listed) {
                    Inside::Nothing => {}
                    Inside::Undeclared => best = Inside::Undeclared,
                    found => return found,
                }
            }
            best
        }
        _ => Inside::Nothing,
    }
}

fn ends_alike(long: &[&str], short: &[&str]) -> bool {
    long[long.len() - 2..] == short[short.len() - 2..] && long[0] == short[0]
}

/// Says whether the shorter path is the longer one without one of its names.
fn misses_one(long: &[&str], short: &[&str]) -> bool {
    let same = long.iter().zip(short).take_while(|(a, b)| a == b).count();
    long[same + 1..] == short[same..]
}

/// A row of the file, as far as it counts.
#[derive(Deserialize)]
struct Row<'a> {
    #[serde(borrow)]
    loc: Vec<Text<'a>>,
    #[serde(borrow, default, rename = "type")]
    takes: Option<Text<'a>>,
    #[serde(default, rename = "readOnly")]
    read_only: bool,
}

/// Borrowed, unless it is written with escapes.
#[derive(Deserialize)]
#[serde(transparent)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

impl<'de: 'a, 'a> Deserialize<'de> for List<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Rows;
        impl<'de> Visitor<'de> for Rows {
            type Value = List<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a map of options")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<List<'de>, A::Error> {
                let mut list = List { branches: vec![Branch::default()], count: 0 };
                while map.next_key::<IgnoredAny>()?.is_some() {
                    list.add(map.next_value()?);
                }
                Ok(list)
            }
        }
        deserializer.deserialize_map(Rows)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIST: &str = r#"{
        "a.enable": { "loc": ["a", "enable"], "type": "boolean", "readOnly": false, "description": "\"x\"" },
        "a.settings": { "loc": ["a", "settings"], "type": "open submodule of attribute set of (JSON value)" },
        "a.settings.port": { "loc": ["a", "settings", "port"], "type": "signed integer" },
        "a.hosts": { "loc": ["a", "hosts"], "type": "attribute set of (submodule)" },
        "a.hosts.<name>.root": { "loc": ["a", "hosts", "<name>", "root"], "type": "null or absolute path" },
        "a.hosts.<name>.on": { "loc": ["a", "hosts", "<name>", "on"], "type": "list of (submodule)" },
        "a.hosts.<name>.on.*.port": { "loc": ["a", "hosts", "<name>", "on", "*", "port"], "type": "signed integer" },
        "a.one": { "loc": ["a", "one"], "type": "null or (submodule)" },
        "a.one.x": { "loc": ["a", "one", "x"], "type": "string", "readOnly": true },
        "a.shallow": { "loc": ["a", "shallow"], "type": "attribute set of (submodule)" },
        "a.environment": { "loc": ["a", "environment"], "type": "attribute set of string" },
        "a.odd": { "loc": ["a", "odd"], "type": "nixpkgs config" },
        "a.nothing": { "loc": ["a", "nothing"], "type": null },
        "services.displayManager.gdm.enable":
            { "loc": ["services", "displayManager", "gdm", "enable"], "type": "boolean" }
    }"#;

    fn steps(path: &str) -> Vec<Step> {
        let name = |name: &str| match (name, name.parse()) {
            ("?", _) => Name::Any,
            (_, Ok(number)) => Name::Item(number),
            _ => Name::Is(name.to_owned()),
        };
        path.split('.').map(|text| Step { name: name(text), range: 0..0 }).collect()
    }

    #[test]
    fn paths_lead_where_nixpkgs_says() {
        let list = List::read(LIST).unwrap();
        assert_eq!(list.len(), 14);
        let found = |path: &str| match list.look_up(&steps(path)) {
            Found::Option(_, shape) => format!("{shape:?}"),
            Found::Group => "group".to_owned(),
            Found::Free => "free".to_owned(),
            Found::Absent { at, .. } => format!("absent {at}"),
            Found::Beyond { at, .. } => format!("beyond {at}"),
        };
        for (path, expected) in [
            ("a.enable", "Boolean"),
            ("a.enable.x", "beyond 2"),
            ("a", "group"),
            ("b", "absent 0"),
            ("a.enabled", "absent 1"),
            ("a.settings.port", "Integer(-9223372036854775808, 9223372036854775807)"),
            ("a.settings.other.deep", "free"),
            ("a.settings.port.x", "free"),
            ("a.hosts.any.root", "Or([Null, Path])"),
            ("a.hosts.?.root", "Or([Null, Path])"),
            ("a.?.any.root", "Or([Null, Path])"),
            ("a.?.any.nowhere", "free"),
            ("a.hosts.any.rot", "absent 3"),
            ("a.hosts.any.on.0.port", "Integer(-9223372036854775808, 9223372036854775807)"),
            ("a.hosts.any.on.0.prt", "absent 5"),
            ("a.hosts.any.on.port", "beyond 4"),
            ("a.one.x", "Text"),
            ("a.one.y", "absent 2"),
            ("a.shallow.x.y", "free"),
            ("a.environment.HOME", "Text"),
            ("a.environment.HOME.x", "beyond 2"),
            ("a.odd.x.y", "free"),
            ("a.nothing.x", "free"),
        ] {
            assert_eq!(found(path), expected, "{path}");
        }
    }

    #[test]
    fn what_moved_by_one_name_is_found() {
        let list = List::read(LIST).unwrap();
        let akin = |path: &str| list.akin(&path.split('.').collect::<Vec<_>>());
        let expected = Some("services.displayManager.gdm.enable".to_owned());
        assert_eq!(akin("services.xserver.displayManager.gdm.enable"), expected);
        assert_eq!(akin("services.gdm.enable"), expected);
        assert_eq!(akin("services.gdm.wayland"), None);
        assert_eq!(akin("a.enable.gdm.enable"), None);
    }

    #[test]
    fn other_files_are_refused() {
        for text in ["", "[]", "{}", "{ \"a\": {} }", "{ \"a\": { \"loc\": 1 } }"] {
            assert!(List::read(text).is_err(), "{text}");
        }
    }
}
