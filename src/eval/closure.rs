//! What is in two systems that were built: packages and sizes.

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value as Json;

use super::name::{Name, name_in};
use super::program::Nix;
use super::side::Side;

/// Two closures compared, if both are in the store.
#[derive(Debug, Clone, PartialEq, Eq, JsonSchema, Serialize)]
pub struct Closure {
    /// The sides that were not built here.
    pub missing: Vec<Side>,
    /// What differs; none where a side is missing.
    pub compared: Option<Compared>,
}

/// What differs between two closures.
#[derive(Debug, Clone, Default, PartialEq, Eq, JsonSchema, Serialize)]
pub struct Compared {
    /// Packages of other versions.
    pub upgraded: Vec<Upgrade>,
    /// Packages, with their version, that are new.
    pub added: Vec<String>,
    /// Packages, with their version, that are gone.
    pub removed: Vec<String>,
    /// The size of the old closure in bytes.
    pub old_size: u64,
    /// The size of the new one.
    pub new_size: u64,
}

/// A package of another version.
#[derive(Debug, Clone, PartialEq, Eq, JsonSchema, Serialize)]
pub struct Upgrade {
    /// Its name.
    pub name: String,
    /// The old versions, mostly one.
    pub old: Vec<String>,
    /// The new ones.
    pub new: Vec<String>,
}

impl From<(String, [BTreeSet<String>; 2])> for Upgrade {
    fn from((name, [old, new]): (String, [BTreeSet<String>; 2])) -> Self {
        Self { name, old: old.into_iter().collect(), new: new.into_iter().collect() }
    }
}

/// Compares the closures of two outputs, such as `/nix/store/…-nixos-system-eden-25.11`. Nothing is built or fetched.
///
/// # Errors
/// Nix cannot be started, or says something else than which paths there are.
pub fn closure(nix: &Nix, old: &str, new: &str) -> io::Result<Closure> {
    let (olds, news) = (paths(nix, old)?, paths(nix, new)?);
    let missing = [(Side::Old, olds.is_none()), (Side::New, news.is_none())];
    let missing = missing.into_iter().filter_map(|(side, is_missing)| is_missing.then_some(side)).collect();
    let compared = olds.zip(news).map(|(olds, news)| compare(&olds, &news));
    Ok(Closure { missing, compared })
}

/// The paths of a closure and their sizes; nothing when it is not in the store.
fn paths(nix: &Nix, output: &str) -> io::Result<Option<BTreeMap<String, u64>>> {
    let args = ["path-info", "--recursive", "--json", "--option", "substitute", "false", output];
    let printed = nix.run(&args)?;
    if !printed.status.success() {
        let said = String::from_utf8_lossy(&printed.stderr);
        let is_missing = said.contains("is not valid") || said.contains("don't know how to build");
        let why = || io::Error::other(format!("nix path-info: {}", said.trim()));
        return if is_missing { Ok(None) } else { Err(why()) };
    }
    let json: Json = serde_json::from_slice(&printed.stdout)?;
    Ok(read(&json))
}

/// Reads what nix prints: a map by path, in its newest form below `info`, in its oldest a list.
fn read(json: &Json) -> Option<BTreeMap<String, u64>> {
    let size = |entry: &Json| entry["narSize"].as_u64();
    match json.get("info").unwrap_or(json) {
        Json::Array(list) => {
            list.iter().map(|entry| Some((entry["path"].as_str()?.to_owned(), size(entry)?))).collect()
        }
        Json::Object(map) => map.iter().map(|(path, entry)| Some((path.clone(), size(entry)?))).collect(),
        _ => None,
    }
}

fn compare(olds: &BTreeMap<String, u64>, news: &BTreeMap<String, u64>) -> Compared {
    let mut packages: BTreeMap<&str, [BTreeSet<String>; 2]> = BTreeMap::new();
    for (side, paths) in [olds, news].into_iter().enumerate() {
        for path in paths.keys() {
            let name = Name::parse(name_in(path)).without_output();
            packages.entry(name.package).or_default()[side].insert(name.version.to_owned());
        }
    }
    let whole = |name: &str, versions: BTreeSet<String>| {
        let whole = |version: String| if version.is_empty() { name.to_owned() } else { format!("{name} {version}") };
        versions.into_iter().map(whole).collect::<Vec<_>>()
    };
    let mut found = Compared { old_size: olds.values().sum(), new_size: news.values().sum(), ..Compared::default() };
    for (name, [old, new]) in packages {
        match (old.is_empty(), new.is_empty()) {
            (true, _) => found.added.extend(whole(name, new)),
            (_, true) => found.removed.extend(whole(name, old)),
            _ if old != new => found.upgraded.push(Upgrade::from((name.to_owned(), [old, new]))),
            _ => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn path(name: &str) -> String {
        format!("/nix/store/4ykjprpvb0lplxvp1lprirgd1dry7469-{name}")
    }

    #[test]
    fn every_form_is_read() {
        let expected = Some(BTreeMap::from([(path("a-1"), 7)]));
        assert_eq!(read(&json!({ path("a-1"): { "narSize": 7 } })), expected);
        assert_eq!(read(&json!([{ "path": path("a-1"), "narSize": 7 }])), expected);
        assert_eq!(read(&json!({ "info": { path("a-1"): { "narSize": 7 } }, "version": 2 })), expected);
        assert_eq!(read(&json!({ path("a-1"): null })), None);
    }

    #[test]
    fn packages_are_compared_by_version() {
        let of = |names: &[&str]| names.iter().map(|name| (path(name), 10)).collect::<BTreeMap<_, _>>();
        let old = of(&["openssh-9.9p1", "openssh-9.9p1-man", "etc", "curl-8", "glibc-2.40"]);
        let new = of(&["openssh-10.0p2", "etc", "jq-1.7", "glibc-2.40"]);
        let found = compare(&old, &new);
        let upgrade = Upgrade { name: "openssh".into(), old: vec!["9.9p1".into()], new: vec!["10.0p2".into()] };
        assert_eq!(found.upgraded, [upgrade]);
        assert_eq!((found.added, found.removed), (vec!["jq 1.7".to_owned()], vec!["curl 8".to_owned()]));
        assert_eq!((found.old_size, found.new_size), (50, 40));
    }
}
