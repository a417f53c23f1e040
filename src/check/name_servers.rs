//! Rules about the name servers that the section `dns` brings.

use crate::diag::{Diagnostic, Faults, codes};
use crate::model::{Fleet, Host, NameServers};
use crate::value::Lifecycle;

/// Requests for other names go to somebody else.
pub(super) fn ask_others(fleet: &Fleet, faults: &mut Faults) {
    let Some(dns) = &fleet.dns else { return };
    for at in dns.written.forward.iter().flatten() {
        let own = hosts(fleet, dns).find(|host| host.address.is_some_and(|own| own.value == at.value));
        let loopback = at.value.0.is_loopback();
        let (message, label) = match own {
            Some(host) => (
                format!("the name server on `{}` would ask itself", host.name),
                format!("the address of `{}`, which is one of them", host.name),
            ),
            None if loopback => ("name servers would ask themselves".to_owned(), "each host's own address".to_owned()),
            None => continue,
        };
        let mut diagnostic = Diagnostic::new(codes::ASKS_ITSELF, message).at(at.span, label);
        if let Some(host) = own {
            diagnostic = diagnostic.at(dns.span, "name servers run here").about("hosts", &host.name);
        }
        faults.push(diagnostic.help("name the router or another resolver, or leave `forward` out to ask the root"));
    }
}

/// Hosts that are to ask the name servers find one that is at work.
pub(super) fn are_at_work(fleet: &Fleet, faults: &mut Faults) {
    let asked = |dns: &&NameServers| dns.written.name_servers.is_some_and(|at| at.value);
    let Some(dns) = fleet.dns.as_ref().filter(asked).filter(|dns| !dns.poisoned) else { return };
    let mut hosts = hosts(fleet, dns).peekable();
    if fleet.hosts_are_uncertain || hosts.peek().is_none() || hosts.any(|host| host.lifecycle != Lifecycle::Inactive) {
        return;
    }
    faults.push(
        Diagnostic::new(codes::RESTING_HOST_NAMED, "all hosts are to ask name servers that do not run")
            .at(dns.span, "every one is on a host with `lifecycle: inactive`")
            .help("name a host that is active under `dns`, or remove `name_servers`"),
    );
}

fn hosts<'f>(fleet: &'f Fleet, dns: &'f NameServers) -> impl Iterator<Item = &'f Host> {
    dns.hosts.iter().filter_map(|name| fleet.hosts.get(name))
}
