//! `placement.lock`: where the solver put things. Written by Cistern and committed; a line for every service, so that
//! git merges it.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::value::{HostName, ServiceName};

/// Where it stands, below the fleet directory.
pub const PATH: &str = "placement.lock";

/// The format that this version writes and reads.
const VERSION: u32 = 1;

/// What git leaves in a file that two branches changed.
const CONFLICT: [&str; 4] = ["<<<<<<<", "=======", ">>>>>>>", "|||||||"];

/// Where every solved service was placed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PlacementLock {
    /// The services.
    pub services: BTreeMap<ServiceName, LockedPlaces>,
}

/// Where one service was placed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LockedPlaces {
    /// Where it runs, in the order in which roles are taken up.
    pub hosts: Vec<HostName>,
    /// Where it stands by.
    pub standbys: Vec<HostName>,
    /// Hosts that take nothing new, and that somebody wants it to stay on.
    pub kept: BTreeSet<HostName>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Heading {
    version: u32,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    service: ServiceName,
    hosts: Vec<HostName>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    standbys: Vec<HostName>,
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    kept: BTreeSet<HostName>,
}

/// What is wrong with the file, and in which line, counted from 0.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable {
    /// The line.
    pub line: usize,
    /// What is wrong with it, in a clause.
    pub why: String,
}

impl PlacementLock {
    /// Reads the text of the file.
    ///
    /// # Errors
    /// What is wrong with it, and where.
    pub fn read(text: &str) -> Result<Self, Unreadable> {
        let mut lines = text.lines().enumerate();
        let Some((_, heading)) = lines.next() else {
            return Err(Unreadable { line: 0, why: "it is empty".to_owned() });
        };
        let Heading { version } = read_line(0, heading)?;
        if version != VERSION {
            let why = format!("version {version} is not known; this program knows {VERSION}");
            return Err(Unreadable { line: 0, why });
        }
        let mut services = BTreeMap::new();
        for (at, line) in lines {
            let Line { service, hosts, standbys, kept } = read_line(at, line)?;
            if services.contains_key(&service) {
                return Err(Unreadable { line: at, why: format!("`{service}` stands here a second time") });
            }
            services.insert(service, LockedPlaces { hosts, standbys, kept });
        }
        Ok(Self { services })
    }

    /// Writes the text of the file; none when no service is solved.
    pub fn write(&self) -> Option<String> {
        if self.services.is_empty() {
            return None;
        }
        let heading = serde_json::to_string(&Heading { version: VERSION }).expect("a number");
        let line = |(service, places): (&ServiceName, &LockedPlaces)| {
            let LockedPlaces { hosts, standbys, kept } = places.clone();
            let line = Line { service: service.clone(), hosts, standbys, kept };
            serde_json::to_string(&line).expect("text and lists")
        };
        let lines: Vec<String> = std::iter::once(heading).chain(self.services.iter().map(line)).collect();
        Some(format!("{}\n", lines.join("\n")))
    }
}

/// Reads a line; a conflict is called one.
fn read_line<'t, T: Deserialize<'t>>(at: usize, line: &'t str) -> Result<T, Unreadable> {
    serde_json::from_str(line).map_err(|error| {
        let why = match CONFLICT.iter().any(|mark| line.starts_with(mark)) {
            true => "git left a conflict here".to_owned(),
            false => error.to_string(),
        };
        Unreadable { line: at, why }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::decode::Scalar as _;

    #[test]
    fn what_is_written_is_read_again() {
        assert_eq!(PlacementLock::default().write(), None);
        let host = |name: &str| HostName::read(name).unwrap();
        let mut lock = PlacementLock::default();
        let plain = LockedPlaces { hosts: vec![host("b"), host("a")], ..LockedPlaces::default() };
        lock.services.insert(ServiceName::read("web").unwrap(), plain);
        let full =
            LockedPlaces { hosts: vec![host("a")], standbys: vec![host("c")], kept: BTreeSet::from([host("a")]) };
        lock.services.insert(ServiceName::read("db").unwrap(), full);
        let text = lock.write().unwrap();
        let expected = "{\"version\":1}\n\
             {\"service\":\"db\",\"hosts\":[\"a\"],\"standbys\":[\"c\"],\"kept\":[\"a\"]}\n\
             {\"service\":\"web\",\"hosts\":[\"b\",\"a\"]}\n";
        assert_eq!(text, expected);
        assert_eq!(PlacementLock::read(&text).unwrap(), lock);
    }

    #[test]
    fn what_is_not_known_is_refused_with_its_line() {
        let heading = "{\"version\":1}\n";
        for (text, line, why) in [
            (String::new(), 0, "empty"),
            ("{\"version\":2}\n".to_owned(), 0, "version 2"),
            (format!("{heading}{{\"service\":\"a b\",\"hosts\":[]}}\n"), 1, "column"),
            (format!("{heading}{{\"service\":\"a\",\"hosts\":[],\"x\":1}}\n"), 1, "unknown field"),
            (format!("{heading}<<<<<<< HEAD\n"), 1, "conflict"),
            (format!("{heading}{{\"service\":\"a\",\"hosts\":[]}}\n{{\"service\":\"a\",\"hosts\":[]}}\n"), 2, "second"),
        ] {
            let error = PlacementLock::read(&text).unwrap_err();
            assert_eq!(error.line, line, "{text}");
            assert!(error.why.contains(why), "{}", error.why);
        }
    }
}
