//! Clusters have the members that their kind asks for.

use crate::diag::{Diagnostic, Faults, codes, counted};
use crate::model::Fleet;

/// Every counted role is played, and the number of members is one that has a majority where that is asked for.
pub(super) fn are_filled(fleet: &Fleet, faults: &mut Faults) {
    if fleet.hosts_are_uncertain {
        return;
    }
    for (name, service) in fleet.services.iter().filter(|(_, service)| !service.poisoned) {
        let Some(kind) = fleet.kinds.get(&service.kind) else { continue };
        let members = service.hosts.len();
        let roles = kind.front.roles.iter().flat_map(|roles| &roles.0);
        let counted_roles: u32 = roles.filter_map(|(_, role)| role.value.count).map(|count| count.value).sum();
        let quorum = kind.front.quorum.as_ref();
        let least = quorum.and_then(|quorum| quorum.at_least).map_or(0, |at| at.value).max(counted_roles) as usize;
        let odd = quorum.and_then(|quorum| quorum.odd).is_some_and(|odd| odd.value);
        let open_role = kind
            .front
            .roles
            .as_ref()
            .is_none_or(|r| r.0.is_empty() || r.0.iter().any(|(_, r)| r.value.count.is_none()));
        let why = if members < least {
            format!("kind `{}` takes at least {}", kind.name, counted(least, "member"))
        } else if odd && members % 2 == 0 {
            format!("kind `{}` takes an odd number of members, so that one side of a split has a majority", kind.name)
        } else if !open_role && members > counted_roles as usize {
            format!("kind `{}` has roles for {} only", kind.name, counted(counted_roles as usize, "member"))
        } else {
            continue;
        };
        faults.push(
            Diagnostic::new(codes::ROLES, format!("`{name}` has {}", counted(members, "member")))
                .at(service.span, why)
                .help("change its placement"),
        );
    }
}
