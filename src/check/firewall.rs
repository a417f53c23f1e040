//! Rules about the firewall of hosts that the Internet can reach.

use crate::diag::{Diagnostic, Faults, codes};
use crate::model::Fleet;
use crate::nix::Literal;
use crate::value::Managed;

/// A host with a public address keeps its firewall.
pub(super) fn is_on_where_it_matters(fleet: &Fleet, faults: &mut Faults) {
    for host in fleet.hosts.values().filter(|host| host.managed == Managed::Full && !host.poisoned) {
        let Some(address) = host.address.filter(|address| address.value.is_public()) else { continue };
        let settings = fleet.settings(host, &["networking", "firewall", "enable"]);
        let Some(off) = settings.iter().find(|setting| setting.assigned.value == Literal::Bool(false)) else {
            continue;
        };
        faults.push(
            Diagnostic::new(codes::NO_FIREWALL, format!("host `{}` has a public address and no firewall", host.name))
                .at(address.span, "everybody gets here")
                .at(off.span(), "switched off here")
                .help(format!("remove the line from {}", off.path))
                .about("hosts", &host.name),
        );
    }
}
