//! The options list of `cistern check --options`: a file, a directory that holds lists, or what the flake builds.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::{Common, Terminal};
use crate::diag::{Diagnostic, Faults, codes};
use crate::options::{List, Lists};

/// The word that names the fleet's own flake.
const FLAKE: &str = "flake";

/// Where nixpkgs puts a list, and where mkFleet puts those of hosts with a nixpkgs of their own.
const PLACE: &str = "share/doc/nixos/options.json";
const HOSTS: &str = "share/doc/nixos/hosts";

/// The text of the lists.
#[derive(Default)]
pub(super) struct Texts {
    common: Option<(PathBuf, String)>,
    hosts: BTreeMap<String, (PathBuf, String)>,
}

/// Reads what `--options` names.
pub(super) fn read(given: &str, common: &Common, terminal: &Terminal) -> io::Result<Result<Texts, Faults>> {
    let place = if given == FLAKE { build(common, terminal)? } else { PathBuf::from(given) };
    if place.is_file() {
        return Ok(text_of(&place).map(|text| Texts { common: Some((place, text)), hosts: BTreeMap::new() }));
    }
    let mut texts = Texts::default();
    let list = place.join(PLACE);
    if list.is_file() {
        match text_of(&list) {
            Ok(text) => texts.common = Some((list, text)),
            Err(faults) => return Ok(Err(faults)),
        }
    }
    for entry in fs::read_dir(place.join(HOSTS)).into_iter().flatten() {
        let entry = entry?;
        let file = entry.path().join("options.json");
        match text_of(&file) {
            Ok(text) => drop(texts.hosts.insert(entry.file_name().to_string_lossy().into_owned(), (file, text))),
            Err(faults) => return Ok(Err(faults)),
        }
    }
    if texts.common.is_none() && texts.hosts.is_empty() {
        return Ok(Err(refused(&place, &format!("there is neither such a file nor {PLACE} below it"))));
    }
    Ok(Ok(texts))
}

impl Texts {
    /// Reads the options in them.
    pub(super) fn lists(&self) -> Result<Lists<'_>, Faults> {
        let mut lists = Lists::default();
        if let Some((path, text)) = &self.common {
            lists.common = Some(List::read(text).map_err(|why| refused(path, &why))?);
        }
        for (host, (path, text)) in &self.hosts {
            let list = List::read(text).map_err(|why| refused(path, &why))?;
            lists.hosts.insert(host.clone(), list);
        }
        Ok(lists)
    }
}

/// Has nix build the list of the fleet's own nixpkgs.
fn build(common: &Common, terminal: &Terminal) -> io::Result<PathBuf> {
    let directory = common.directory.canonicalize()?;
    let reference = format!("{}#cistern-options", directory.display());
    let progress = terminal.progress("Building the options list");
    let output = Command::new("nix")
        .args(["--extra-experimental-features", "nix-command flakes", "build"])
        .args(["--no-link", "--print-out-paths", "--no-write-lock-file", &reference])
        .output()
        .map_err(|error| io::Error::new(error.kind(), format!("nix does not start: {error}")));
    progress.finish_and_clear();
    let output = output?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(io::Error::other(format!("nix build {reference} failed:\n{}", said.trim_end())));
    }
    let printed = String::from_utf8_lossy(&output.stdout);
    let path = printed.lines().last().unwrap_or_default();
    Ok(PathBuf::from(path))
}

fn text_of(path: &Path) -> Result<String, Faults> {
    fs::read_to_string(path).map_err(|error| refused(path, &error.to_string()))
}

fn refused(path: &Path, why: &str) -> Faults {
    let message = format!("the options list cannot be read: {why}");
    Faults::from(
        Diagnostic::new(codes::BAD_OPTIONS_LIST, message)
            .file(path.display().to_string())
            .help("name the options.json of a nixpkgs, or `--options flake` for that of the fleet's own"),
    )
}
