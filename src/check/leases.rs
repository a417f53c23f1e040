//! Rules about leases: they are granted by etcd, to one host at a time, and nothing else moves with them.

use super::moving::sound;
use crate::diag::{Diagnostic, Faults, codes, listed};
use crate::load::decode::At;
use crate::model::{Failover, Fleet, Service};
use crate::source::Span;
use crate::value::{Failback, FailoverName, ServiceName};

/// The kind that grants leases.
const KEEPER: &str = "etcd";

/// What moves by a lease.
fn leased(fleet: &Fleet) -> impl Iterator<Item = (&FailoverName, &Failover, &At<ServiceName>, &Service)> {
    sound(fleet).filter_map(|(name, failover, service, _)| Some((name, failover, failover.lease.as_ref()?, service)))
}

/// Says whether some service that is named grants no lease: whose certificates its hosts would read nobody knows.
pub(super) fn any_is_refused(fleet: &Fleet) -> bool {
    let refuses = |(_, failover, lease, _): (_, &Failover, &At<ServiceName>, _)| {
        fleet.services.get(&lease.value).is_some_and(|keeper| refusal(failover, lease, keeper).is_some())
    };
    leased(fleet).any(refuses)
}

/// Why a service grants no lease for a failover.
fn refusal(failover: &Failover, lease: &At<ServiceName>, keeper: &Service) -> Option<String> {
    if lease.value == failover.service.value {
        return Some("is the service that moves itself".to_owned());
    }
    (keeper.kind.as_str() != KEEPER).then(|| format!("is of kind `{}`", keeper.kind))
}

/// A lease is asked of etcd.
pub(super) fn are_granted(fleet: &Fleet, faults: &mut Faults) {
    for (name, failover, lease, _) in leased(fleet) {
        let Some(keeper) = fleet.services.get(&lease.value).filter(|keeper| !keeper.poisoned) else { continue };
        let Some(wrong) = refusal(failover, lease, keeper) else { continue };
        faults.push(
            Diagnostic::new(codes::NO_LEASE, format!("`{}` grants no lease for `{name}`", lease.value))
                .at(lease.span, wrong)
                .at(keeper.span, "defined here")
                .help(format!("name a service of kind `{KEEPER}`"))
                .about("failover", name),
        );
    }
}

/// What only an address has is not said of a lease.
pub(super) fn move_nothing_else(fleet: &Fleet, faults: &mut Faults) {
    for (name, failover, lease, _) in leased(fleet) {
        let mut refuse = |span: Span, message: String, label: &str, help: &str| {
            faults.push(
                Diagnostic::new(codes::LEASE_AND_ADDRESS, message)
                    .at(span, label)
                    .at(lease.span, "moves by a lease")
                    .help(help)
                    .about("failover", name),
            );
        };
        if let Some(vip) = failover.vip {
            let help = "keep one of them; a proxy and the names of services lead to where the lease is";
            refuse(vip.span, format!("`{name}` moves in two ways"), "and by an address", help);
        }
        if let Some(number) = failover.router_id.filter(|_| failover.vip.is_none()) {
            let message = format!("`{name}` has no number in VRRP");
            refuse(number.span, message, "only an address has one", "remove `router_id`");
        }
        if let Some(failback) = failover.failback.filter(|at| at.value == Failback::Auto) {
            let message = format!("`{name}` does not go back by itself");
            let help = "remove `failback`; `systemctl restart` of the lease's unit hands it on to another host";
            refuse(failback.span, message, "a lease stays with its host", help);
        }
    }
}

/// What runs under a lease runs in one place, and stands by in the others.
pub(super) fn run_in_one_place(fleet: &Fleet, faults: &mut Faults) {
    let itself = |failover: &Failover, lease: &At<ServiceName>| failover.service.value == lease.value;
    let twice =
        leased(fleet).filter(|(_, failover, lease, service)| service.hosts.len() > 1 && !itself(failover, lease));
    for (name, failover, lease, service) in twice {
        let names: Vec<_> = service.hosts.iter().map(|host| format!("`{host}`")).collect();
        let rest: Vec<_> = service.hosts.iter().skip(1).map(ToString::to_string).collect();
        let message =
            format!("`{}` is placed on {}, and one host has the lease", failover.service.value, listed(&names));
        faults.push(
            Diagnostic::new(codes::LEASED_TWICE, message)
                .at(lease.span, "for one host at a time")
                .at(service.span, "placed on several")
                .help(format!(
                    "let all but one stand by: `placement: {{ hosts: [{}], standby: [{}] }}`",
                    service.hosts[0],
                    rest.join(", ")
                ))
                .about("failover", name),
        );
    }
}
