//! Secrets of a host do not overwrite each other.

use std::collections::{BTreeMap, BTreeSet};

use crate::diag::{Diagnostic, Faults, codes};
use crate::place::Draft;

/// No two secrets of a host are decrypted to the same path.
pub(super) fn paths_stand_once(draft: &Draft, faults: &mut Faults) {
    let fleet = draft.fleet();
    let mut told = BTreeSet::new();
    for (host, entry) in &draft.entries().hosts {
        let mut paths = BTreeMap::new();
        for name in entry.machine.iter().flat_map(|machine| machine.secrets.keys()) {
            let secret = &fleet.secrets[name];
            let Some(first) = paths.insert(secret.path.as_str(), name) else { continue };
            if told.insert((first, name)) {
                faults.push(
                    Diagnostic::new(
                        codes::SECRET_PATH_TWICE,
                        format!("`{first}` and `{name}` are both decrypted to {} on host `{host}`", secret.path),
                    )
                    .at(secret.span, "this one")
                    .at(fleet.secrets[first].span, "and this one")
                    .help("give one of them another `path`"),
                );
            }
        }
    }
}
