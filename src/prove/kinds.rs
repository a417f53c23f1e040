//! A kind that sets single options runs once on a host.

use std::collections::{BTreeMap, BTreeSet};

use crate::diag::{Diagnostic, Faults, codes};
use crate::place::Draft;

/// No two services of a kind that is not `multiple` meet on a host; told once per pair.
pub(super) fn stand_once(draft: &Draft, faults: &mut Faults) {
    let fleet = draft.fleet();
    let mut told = BTreeSet::new();
    for (host, instances) in &draft.entries().instances {
        let mut first_of = BTreeMap::new();
        for name in instances.keys() {
            let service = &fleet.services[name];
            let Some(kind) = fleet.kinds.get(&service.kind) else { continue };
            if kind.front.multiple.as_ref().is_some_and(|multiple| multiple.value) {
                continue;
            }
            let Some(first) = first_of.insert(&service.kind, name) else { continue };
            if told.insert((first, name)) {
                faults.push(
                    Diagnostic::new(
                        codes::KIND_TWICE,
                        format!("`{first}` and `{name}` are both of kind `{}` and meet on host `{host}`", kind.name),
                    )
                    .at(service.span, "this one")
                    .at(fleet.services[first].span, "and this one")
                    .help("a host runs one service of this kind; place one of them elsewhere")
                    .about("services", name)
                    .about("services", first)
                    .about("hosts", host),
                );
            }
        }
    }
}
