//! Plans as trees hold them: lines, of which only those that differ are parsed.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::emit;
use crate::load::decode::Scalar;
use crate::place::plan::HostEntry;
use crate::tree::Tree;
use crate::value::HostName;

/// The plan's place in a tree.
const PATH: &str = "plan.jsonl";

/// What an entry is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// The name servers that answer for services.
    Dns,
    /// A key that opens every secret.
    Escrow,
    /// What moves between hosts.
    Failover,
    /// The fleet: its name and its domain.
    Fleet,
    /// The members of a group.
    Group,
    /// A machine.
    Host,
    /// The proxies.
    Ingress,
    /// A service on a host.
    Instance,
    /// Where Prometheus runs.
    Monitoring,
    /// Somebody's recipients.
    Person,
    /// An encrypted value.
    Secret,
    /// What the instances of a service share.
    Service,
}

/// What an entry is called; the order is that of the lines.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    /// What it is about.
    pub kind: Kind,
    /// The host of an instance, else empty.
    pub host: String,
    /// Its name.
    pub name: String,
}

/// A plan, as lines.
#[derive(Debug, Default)]
pub struct Lines<'t> {
    /// The fleet's name and its domain.
    pub fleet: Map<String, Value>,
    /// An entry a line, in the order of their keys.
    entries: Vec<&'t str>,
}

/// Why a plan is not compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refused {
    /// A later Cistern wrote it.
    Newer {
        /// Its format.
        format: u64,
    },
    /// A line is no entry.
    Broken {
        /// Its number, from 1.
        line: usize,
        /// What is wrong with it.
        why: String,
    },
}

#[derive(Deserialize)]
struct Header {
    cistern: String,
    format: u64,
    #[serde(flatten)]
    fleet: Map<String, Value>,
}

#[derive(Deserialize)]
struct Line {
    kind: Kind,
    name: String,
    #[serde(default)]
    host: String,
    value: Value,
}

impl<'t> Lines<'t> {
    /// Reads the plan of a tree; that of a tree without one is empty.
    ///
    /// # Errors
    /// A later Cistern wrote it, or its first line is no header.
    pub fn read(tree: &'t Tree) -> Result<Self, Refused> {
        let Some(bytes) = tree.get(PATH) else { return Ok(Self::default()) };
        let text = str::from_utf8(bytes).map_err(|error| broken(1, &error))?;
        let mut lines = text.lines();
        let header: Header =
            serde_json::from_str(lines.next().unwrap_or_default()).map_err(|error| broken(1, &error))?;
        if header.cistern != "plan" {
            return Err(broken(1, &"it is no header of a plan"));
        }
        // Every format so far reads as the one of today does: what is missing has its default.
        if header.format > u64::from(emit::FORMAT) {
            return Err(Refused::Newer { format: header.format });
        }
        Ok(Self { fleet: header.fleet, entries: lines.filter(|line| !line.is_empty()).collect() })
    }

    /// The keys of the entries of some kind, with their lines.
    pub fn keys(&self, kind: Kind) -> impl Iterator<Item = (Key, &'t str)> + '_ {
        self.entries.iter().filter_map(|line| Some((quick_key(line)?, *line))).filter(move |(key, _)| key.kind == kind)
    }

    /// Every host that can be read, by its name.
    pub fn hosts(&self) -> BTreeMap<HostName, HostEntry> {
        let one = |(key, line): (Key, &str)| {
            let line: Line = serde_json::from_str(line).ok()?;
            Some((HostName::read(&key.name).ok()?, serde_json::from_value(line.value).ok()?))
        };
        self.keys(Kind::Host).filter_map(one).collect()
    }

    fn entry(&self, at: usize) -> Result<(Key, Value), Refused> {
        // The header stands before them.
        let line: Line = serde_json::from_str(self.entries[at]).map_err(|error| broken(at + 2, &error))?;
        Ok((Key { kind: line.kind, host: line.host, name: line.name }, line.value))
    }
}

/// The entries of one side that the other has not, or not so.
pub(super) type Entries = BTreeMap<Key, Value>;

/// The entries in which two plans differ, of the old one and of the new one.
pub(super) fn differing(old: &Lines<'_>, new: &Lines<'_>) -> Result<(Entries, Entries), Refused> {
    let (mut olds, mut news) = (Entries::new(), Entries::new());
    let (mut a, mut b) = (0, 0);
    while a < old.entries.len() || b < new.entries.len() {
        if a < old.entries.len() && b < new.entries.len() && old.entries[a] == new.entries[b] {
            (a, b) = (a + 1, b + 1);
            continue;
        }
        let before = (a < old.entries.len()).then(|| old.entry(a)).transpose()?;
        let after = (b < new.entries.len()).then(|| new.entry(b)).transpose()?;
        let order = match (&before, &after) {
            (Some((before, _)), Some((after, _))) => before.cmp(after),
            (Some(_), None) => std::cmp::Ordering::Less,
            _ => std::cmp::Ordering::Greater,
        };
        if order.is_le() {
            olds.extend(before);
            a += 1;
        }
        if order.is_ge() {
            news.extend(after);
            b += 1;
        }
    }
    // Lines that git merged may stand out of order: what is the same on both sides is no difference.
    olds.retain(|key, value| {
        let same = news.get(key).is_some_and(|new| new == value);
        if same {
            news.remove(key);
        }
        !same
    });
    Ok((olds, news))
}

/// The key at the beginning of a line, where names need no escapes.
fn quick_key(line: &str) -> Option<Key> {
    let rest = line.strip_prefix("{\"kind\":\"")?;
    let (kind, rest) = rest.split_once("\",\"name\":\"")?;
    let (name, rest) = rest.split_once('"')?;
    let host = match rest.strip_prefix(",\"host\":\"") {
        Some(rest) => rest.split_once('"')?.0,
        None => "",
    };
    let kind = Kind::OF_LINES.into_iter().find(|known| known.word() == kind)?;
    Some(Key { kind, host: host.to_owned(), name: name.to_owned() })
}

fn broken(line: usize, why: &dyn fmt::Display) -> Refused {
    Refused::Broken { line, why: why.to_string() }
}

impl Kind {
    /// The kinds that have lines of their own.
    pub(in crate::diff) const OF_LINES: [Self; 11] = [
        Self::Dns,
        Self::Escrow,
        Self::Failover,
        Self::Group,
        Self::Host,
        Self::Ingress,
        Self::Instance,
        Self::Monitoring,
        Self::Person,
        Self::Secret,
        Self::Service,
    ];

    /// The word for it, as lines have it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Dns => "dns",
            Self::Escrow => "escrow",
            Self::Failover => "failover",
            Self::Fleet => "fleet",
            Self::Group => "group",
            Self::Host => "host",
            Self::Ingress => "ingress",
            Self::Instance => "instance",
            Self::Monitoring => "monitoring",
            Self::Person => "person",
            Self::Secret => "secret",
            Self::Service => "service",
        }
    }
}

impl Key {
    /// A key without a host.
    pub fn of(kind: Kind, name: impl Into<String>) -> Self {
        Self { kind, host: String::new(), name: name.into() }
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Newer { format } => write!(
                to,
                "{PATH} has format {format}, and this Cistern knows no later one than {}: update Cistern",
                emit::FORMAT
            ),
            Self::Broken { line, why } => {
                write!(to, "{PATH}:{line} is no line of a plan ({why}): take the file from git, or generate it again")
            }
        }
    }
}

impl std::error::Error for Refused {}
