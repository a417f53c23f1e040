//! Rules about the tree of the fleet directory: what does not belong into it, and what git does not know.

use std::collections::{BTreeMap, BTreeSet};

use super::evidence::Evidence;
use super::secrets::{file, readers};
use super::told;
use crate::diag::{Diagnostic, Faults, codes, counted};
use crate::model::Fleet;
use crate::source::Span;
use crate::value::{HostName, Managed};

/// Ends of names of files that tools leave behind, and what they are.
const LEFTOVERS: &[(&str, &str)] = &[
    (".bak", "a copy that was kept"),
    (".iso", "an image"),
    (".orig", "a copy of a merge"),
    (".pid", "the number of a running program"),
    (".qcow2", "the disk of a virtual machine"),
    (".rej", "what a patch could not change"),
    (".swo", "what an editor keeps while it runs"),
    (".swp", "what an editor keeps while it runs"),
    (".tfstate", "what Terraform knows, passwords included"),
    (".vmdk", "the disk of a virtual machine"),
    ("~", "an editor's backup"),
];

/// Whole names of such files.
const LEFTOVER_NAMES: &[(&str, &str)] =
    &[(".DS_Store", "what a file browser keeps"), ("Thumbs.db", "what a file browser keeps")];

/// Ends of names of files below `secrets/` that are no plain text of a secret.
const NOT_PLAIN: &[&str] = &[".age", ".asc", ".enc", ".gpg", ".json", ".md", ".nix", ".pub"];

/// Files with the name of an encrypted one beside them, and those below `secrets/` with the name of a secret.
pub(super) fn no_plain_secrets(fleet: &Fleet, evidence: &Evidence<'_>, faults: &mut Faults) {
    let paths = &evidence.sources.paths;
    let mut told = BTreeSet::new();
    for encrypted in paths.iter().filter(|path| path.ends_with(".age")) {
        let stem = encrypted.strip_suffix(".age").expect("it ends so");
        let beside = [stem.to_owned(), format!("{stem}.txt")];
        for path in beside.into_iter().filter(|path| paths.contains(path)) {
            faults.push(plain(&path, format!("`{path}` stands beside `{encrypted}`"), evidence));
            told.insert(path);
        }
    }
    // What git knows and nobody sees any more is in every other copy of the repository.
    let known = evidence.sources.known_to_git.iter().flatten();
    let all: BTreeSet<&String> = paths.iter().chain(known).filter(|path| path.starts_with("secrets/")).collect();
    for path in all.into_iter().filter(|path| !told.contains(*path)) {
        let name = base_name(path);
        let stem = name.split_once('.').map_or(name, |(stem, _)| stem);
        let secret = fleet.secrets.keys().find(|secret| secret.as_str() == stem || secret.as_str() == name);
        let Some(secret) = secret.filter(|_| !NOT_PLAIN.iter().any(|end| name.ends_with(end))) else { continue };
        let message = format!("`{path}` has the name of the secret `{secret}`");
        faults.push(plain(path, message, evidence).about("secrets", secret));
    }
}

fn plain(path: &str, message: String, evidence: &Evidence<'_>) -> Diagnostic {
    let diagnostic = Diagnostic::new(codes::PLAIN_SECRET, message).file(path.to_owned());
    match evidence.sources.known_to_git.as_ref().is_ok_and(|known| known.contains(path)) {
        true => diagnostic
            .help(format!("remove it, if it is what was encrypted: `git rm --cached {path}`, then `rm {path}`"))
            .help("git keeps what it has known: replace the value as well (`cistern secrets edit`)"),
        false => diagnostic
            .help(format!("remove it, if it is what was encrypted: `rm {path}`"))
            .help("if git has known it, replace the value as well (`cistern secrets edit`)"),
    }
}

/// Files of tools that git keeps.
pub(super) fn no_leftovers(_: &Fleet, evidence: &Evidence<'_>, faults: &mut Faults) {
    // What git does not keep hurts nobody: the editor is open.
    let Ok(known) = &evidence.sources.known_to_git else { return };
    for path in evidence.sources.paths.iter().filter(|path| known.contains(*path)) {
        let name = base_name(path);
        let by_end = LEFTOVERS.iter().find(|(end, _)| name.ends_with(end) && name.len() > end.len());
        let by_name = LEFTOVER_NAMES.iter().find(|(known, _)| name == *known);
        let autosave = (name.starts_with('#') && name.ends_with('#')).then_some(&("", "an editor's backup"));
        let Some((_, what)) = by_end.or(by_name).or(autosave) else { continue };
        faults.push(
            Diagnostic::new(codes::LEFTOVER, format!("`{path}` is {what}"))
                .file(path.clone())
                .help(format!("`git rm --cached {path}`, and name it in .gitignore")),
        );
    }
}

/// Files and the hosts that need them.
type Needed<'f> = (Vec<String>, Vec<&'f HostName>);

/// Every file that a host needs is known to git: a flake sees no other.
pub(super) fn git_knows_what_hosts_need(fleet: &Fleet, evidence: &Evidence<'_>, faults: &mut Faults) {
    let needed = needed(fleet, evidence);
    let known = match &evidence.sources.known_to_git {
        Ok(known) => known,
        Err(why) => {
            if !needed.is_empty() {
                faults.skip(format!("known to git ({why})"));
            }
            return;
        }
    };
    let ignored = &evidence.sources.ignored_by_git;
    let mut unknown: BTreeMap<(Span, bool), Needed<'_>> = BTreeMap::new();
    for (path, (span, hosts)) in needed.into_iter().filter(|(path, _)| !known.contains(path)) {
        let (paths, about) = unknown.entry((span, ignored.contains(&path))).or_default();
        paths.push(path);
        about.extend(hosts);
    }
    for ((span, ignored), (paths, mut hosts)) in unknown {
        hosts.sort_unstable();
        hosts.dedup();
        let first = &paths[0];
        let what = if ignored { "git ignores" } else { "git does not know" };
        let message = match paths.len() {
            1 => format!("{what} `{first}`"),
            many => format!("{what} `{first}` and {} more", counted(many - 1, "file")),
        };
        let arguments = paths.iter().take(5).map(String::as_str).collect::<Vec<_>>().join(" ");
        let more = if paths.len() > 5 { " …" } else { "" };
        let help = match ignored {
            false => format!("`git add {arguments}{more}`"),
            true => format!(
                "`git check-ignore -v {first}` names the pattern: take it out, or `git add --force {arguments}{more}`"
            ),
        };
        told::once(fleet, codes::NOT_IN_GIT, hosts, faults, |_| {
            Diagnostic::new(codes::NOT_IN_GIT, message.clone()).at(span, "a flake would not see it").help(help.clone())
        });
    }
}

/// The files that the hosts' configurations read, each with the place that names it and the hosts that need it.
fn needed<'f>(fleet: &'f Fleet, evidence: &Evidence<'_>) -> BTreeMap<String, (Span, Vec<&'f HostName>)> {
    let paths = &evidence.sources.paths;
    let mut needed: BTreeMap<String, (Span, Vec<&HostName>)> = BTreeMap::new();
    for host in fleet.hosts.values().filter(|host| host.managed == Managed::Full) {
        let mut need =
            |path: &str, span| needed.entry(path.to_owned()).or_insert((span, Vec::new())).1.push(&host.name);
        let own: BTreeMap<_, _> = host.module_files().collect();
        for (path, module) in fleet.modules_of(host).list {
            let directory = path.strip_suffix("/default.nix").unwrap_or(path);
            let span = own.get(path).or_else(|| own.get(directory)).copied().unwrap_or(Span::top(module.file));
            need(&evidence.sources.file(module.file).path, span);
        }
        let facts = format!("facts/{}.json", host.name);
        if host.facts.is_some() {
            need(&facts, host.span);
        }
    }
    for (name, secret) in &fleet.secrets {
        for reader in readers(fleet, secret) {
            let path = file(name, secret.per_host.then_some(&reader));
            if let Some((reader, _)) = fleet.hosts.get_key_value(&reader).filter(|_| paths.contains(&path)) {
                needed.entry(path).or_insert((secret.span, Vec::new())).1.push(reader);
            }
        }
    }
    needed
}

/// What Cistern wrote is known to git.
pub(super) fn git_knows_what_was_written(_: &Fleet, evidence: &Evidence<'_>, faults: &mut Faults) {
    let unknown = &evidence.sources.unknown_generated;
    let Some(first) = unknown.first() else { return };
    let message = match unknown.len() {
        1 => format!("git does not know `{first}`"),
        many => format!("git does not know `{first}` and {} more", counted(many - 1, "generated file")),
    };
    faults.push(
        Diagnostic::new(codes::GENERATED_NOT_IN_GIT, message)
            .file(first.clone())
            .help("`git add generated`, or `cistern generate --stage`"),
    );
}

fn base_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}
