//! Whom a service avoids, and whom it is near to.

use std::collections::{BTreeMap, BTreeSet};

use super::Defs;
use crate::diag::{Diagnostic, Faults, codes, listed};
use crate::model::definition::PlacementDef;
use crate::model::lower::Lower;
use crate::model::placing::Placing;
use crate::value::ServiceName;

impl Lower<'_> {
    /// The services that one avoids, each of which there is.
    pub(super) fn avoided(
        &self,
        name: &ServiceName,
        def: &PlacementDef,
        placing: &Placing,
        faults: &mut Faults,
    ) -> BTreeSet<usize> {
        let mut avoided = BTreeSet::new();
        for other in def.avoid.iter().flatten() {
            if !self.names.service(other, faults) {
                continue;
            }
            let near = def.near.as_ref().filter(|near| near.value == other.value);
            if other.value != *name && near.is_none() {
                avoided.extend(placing.demand(&other.value));
                continue;
            }
            let message = match near {
                Some(_) => format!("`{name}` is to avoid `{}` and to be near it", other.value),
                None => format!("`{name}` is to avoid itself"),
            };
            let diagnostic = Diagnostic::new(codes::CONTRADICTORY_PLACEMENT, message).at(other.span, "avoided");
            let diagnostic = match near {
                Some(near) => diagnostic.at(near.span, "and near").help("keep one of the two"),
                None => diagnostic.help("remove it: no host runs two instances of a service in any case"),
            };
            faults.push(diagnostic.about("services", name));
        }
        avoided
    }

    /// Whom each service is near to; circles are told and left out.
    pub(super) fn neighbours(&self, defs: &Defs<'_>, faults: &mut Faults) -> BTreeMap<ServiceName, ServiceName> {
        let mut near = BTreeMap::new();
        for (name, other) in defs.iter().filter_map(|(name, def)| Some((name, def.near.as_ref()?))) {
            if self.names.service(other, faults) {
                near.insert(name.clone(), other.value.clone());
            }
        }
        let ways = near.iter().map(|(name, other)| (name, vec![other])).collect();
        for circle in crate::circles::circles(&ways) {
            let first = defs[&circle[0]].near.as_ref().expect("it is on a circle");
            let names: Vec<_> = circle.iter().map(|name| format!("`{name}`")).collect();
            let message = match names.as_slice() {
                [only] => format!("{only} is to be near itself"),
                several => format!("{} are to be near each other in a circle", listed(several)),
            };
            faults.push(
                Diagnostic::new(codes::CONTRADICTORY_PLACEMENT, message)
                    .at(first.span, "which of them is placed first?")
                    .help("take one `near` out")
                    .about("services", &circle[0]),
            );
            for name in &circle {
                near.remove(name);
            }
        }
        near
    }
}
