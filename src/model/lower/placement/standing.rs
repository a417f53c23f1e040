//! Standbys that the definition names, what cannot stand by, and keys that choose where nothing is chosen.

use super::able::can_stand_by;
use super::demands::Asking;
use crate::diag::{Diagnostic, Faults, codes};
use crate::model::definition::PlacementDef;
use crate::model::lower::Lower;
use crate::model::shapes::Standby;
use crate::value::{HostName, Managed, ServiceName};

impl Lower<'_> {
    /// The hosts that `standby` names, as far as they can stand by.
    pub(super) fn named_standbys(&self, asking: &Asking<'_>, faults: &mut Faults) -> Vec<HostName> {
        let Asking { name, service, def, kind, hosts } = asking;
        let Some(Standby::Hosts(list)) = &def.standby else { return Vec::new() };
        let Some(first) = list.first() else { return Vec::new() };
        if !can_stand_by(name, kind, first.span, faults) {
            return Vec::new();
        }
        let mut found = Vec::new();
        for host in list {
            if !self.names.host(host, faults) {
                continue;
            }
            let runs = def.replicas.is_none() && service.hosts.contains(&host.value);
            let full = hosts.get(&host.value).is_none_or(|known| known.managed == Managed::Full);
            if runs || !full {
                let why = if runs { "it runs there" } else { "gets no module from Cistern" };
                faults.push(
                    Diagnostic::new(codes::BAD_STANDBY, format!("`{name}` cannot stand by on `{}`", host.value))
                        .at(host.span, why)
                        .help("name a host with `managed: full` that does not run it")
                        .about("services", name),
                );
            } else if hosts.contains_key(&host.value) && !found.contains(&host.value) {
                found.push(host.value.clone());
            }
        }
        found
    }

    /// Tells keys that choose among hosts, where nothing is chosen.
    pub(super) fn tell_idle(&self, name: &ServiceName, def: &PlacementDef, spread: bool, faults: &mut Faults) {
        let spread = def.spread.as_ref().filter(|_| spread).map(|at| ("spread", at.span));
        let near = def.near.as_ref().map(|at| ("near", at.span));
        for (key, span) in spread.into_iter().chain(near) {
            faults.push(
                Diagnostic::new(codes::NO_EFFECT, format!("`{key}` of `{name}` would choose among hosts"))
                    .at(span, "nothing is chosen here")
                    .help("add `replicas`: how many of the hosts run it"),
            );
        }
    }
}
