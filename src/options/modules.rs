//! The user's own modules: which hosts import them, and what they declare and set.

use std::collections::{BTreeMap, BTreeSet};

use super::assignment::{Name, Step, assignments};
use super::finding::judge;
use super::{Lists, hosts_of};
use crate::diag::{Faults, codes};
use crate::nix::{assigned, declared, survey};
use crate::place::Entries;
use crate::place::plan::HardwareEntry;
use crate::source::{Sources, Span};
use crate::value::{HostName, ModuleRef};

/// The options that the fleet's own modules declare, whoever imports them.
pub(super) struct Declared(Vec<Vec<Step>>);

impl Declared {
    /// Reads every `.nix` file of the fleet.
    pub(super) fn read(sources: &Sources) -> Self {
        let files = sources.below("").filter(|(_, file)| file.path.ends_with(".nix"));
        let all = files.flat_map(|(_, file)| assignments(declared(&file.text)));
        // The first name is `options`.
        Self(all.map(|mut one| one.steps.split_off(1)).collect())
    }

    /// Says whether one of them is that option, or holds it.
    pub(super) fn holds(&self, steps: &[Step]) -> bool {
        self.0.iter().any(|own| {
            own.len() <= steps.len()
                && own.iter().zip(steps).all(|(own, step)| own.name == Name::Any || own.name == step.name)
        })
    }
}

/// Looks the options up that hand-written modules set. They are judged by the list of one of the hosts that import them.
pub(super) fn check(
    entries: &Entries,
    sources: &Sources,
    lists: &Lists<'_>,
    declared: &Declared,
    foreign: &mut BTreeSet<String>,
) -> Faults {
    let mut faults = Faults::default();
    let has_inputs = entries
        .hosts
        .values()
        .filter_map(|host| host.machine.as_ref())
        .any(|machine| machine.modules.iter().any(|module| matches!(module, ModuleRef::Flake { .. })));
    for (path, hosts) in importers(entries, sources) {
        let Some(file) = sources.find(&path) else { continue };
        let Some(list) = hosts.iter().find_map(|host| lists.of(host)) else { continue };
        let set = assignments(assigned(&sources.file(file).text));
        for finding in judge(list, &set, &|steps| declared.holds(steps), foreign) {
            let one = set.iter().find(|one| one.steps == finding.steps).expect("findings are of what is set");
            let range = if finding.is_of_name() { &finding.steps[finding.at].range } else { &one.range };
            let mut diagnostic = finding
                .diagnostic(codes::OWN_MODULE_OPTION)
                .at(Span::new(file, range.start, range.end), finding.label())
                .help(format!("imported by {}", hosts_of(&hosts)));
            if has_inputs && finding.is_of_name() {
                diagnostic = diagnostic.help("options of a flake's inputs are known to `--options flake` only");
            }
            faults.push(hosts.iter().fold(diagnostic, |diagnostic, host| diagnostic.about("hosts", host)));
        }
    }
    faults
}

/// The files that hosts import, directly and through others, with those hosts.
fn importers(entries: &Entries, sources: &Sources) -> BTreeMap<String, BTreeSet<HostName>> {
    let mut found: BTreeMap<String, BTreeSet<HostName>> = BTreeMap::new();
    let mut open = Vec::new();
    for (name, host) in &entries.hosts {
        let Some(machine) = &host.machine else { continue };
        let hardware = match &machine.hardware {
            HardwareEntry::File(path) => Some(path),
            HardwareEntry::Profile { .. } => None,
        };
        let files = machine.modules.iter().filter_map(|module| match module {
            ModuleRef::File(path) => Some(path),
            ModuleRef::Flake { .. } => None,
        });
        for path in files.chain(hardware).filter_map(|path| module_file(sources, &path.0)) {
            found.entry(path.clone()).or_default().insert(name.clone());
            open.push(path);
        }
    }
    open.sort();
    open.dedup();
    while let Some(path) = open.pop() {
        let Some(file) = sources.find(&path) else { continue };
        let hosts = found[&path].clone();
        for import in survey(&sources.file(file).text).imports.files {
            let Some(target) = beside(&path, &import).and_then(|target| module_file(sources, &target)) else {
                continue;
            };
            let known = found.entry(target.clone()).or_default();
            let before = known.len();
            known.extend(hosts.iter().cloned());
            if known.len() > before {
                open.push(target);
            }
        }
    }
    found
}

/// The file that a path of a module names: itself, or the `default.nix` of a directory.
fn module_file(sources: &Sources, path: &str) -> Option<String> {
    [path.to_owned(), format!("{path}/default.nix")].into_iter().find(|path| sources.find(path).is_some())
}

/// A relative path, as seen from the fleet directory; nothing when it leaves it.
fn beside(file: &str, relative: &str) -> Option<String> {
    let mut parts: Vec<&str> = file.split('/').collect();
    parts.pop();
    for part in relative.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()?),
            name => parts.push(name),
        }
    }
    Some(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn imports_stay_below_the_fleet() {
        assert_eq!(beside("modules/a.nix", "./b.nix").as_deref(), Some("modules/b.nix"));
        assert_eq!(beside("modules/a/b.nix", "../c").as_deref(), Some("modules/c"));
        assert_eq!(beside("a.nix", "../c.nix"), None);
    }
}
