//! Rules about health checks: what follows from them can follow.

use crate::diag::{Diagnostic, Faults, codes};
use crate::model::{Fleet, Service};
use crate::value::{OnFailure, ServiceName};
use crate::watch::{HealthCheck, Manner};

/// A check restarts something, ends before the next one, and can fail.
pub(super) fn checks_make_sense(fleet: &Fleet, faults: &mut Faults) {
    for (name, service) in fleet.services.iter().filter(|(_, service)| !service.poisoned) {
        let Some(check) = &service.health_check else { continue };
        let Some((says, help)) = fault(fleet, name, service, check) else { continue };
        faults.push(
            Diagnostic::new(codes::SENSELESS_CHECK, format!("the health check of `{name}` {says}"))
                .at(service.span, "this service's")
                .help(help)
                .about("services", name),
        );
    }
}

/// What is wrong with a check, and the remedy.
fn fault(fleet: &Fleet, name: &ServiceName, service: &Service, check: &HealthCheck) -> Option<(&'static str, String)> {
    let restart = check.on_failure == OnFailure::Restart;
    let front = fleet.kinds.get(&service.kind).map(|kind| &kind.front);
    let unit = front.is_some_and(|front| front.units.iter().flatten().next().is_some());
    let moves = fleet.failover.values().any(|failover| failover.service.value == *name);
    let (timeout, interval) = (check.timeout_seconds(), check.interval_seconds());
    if restart && !unit {
        let help = format!("add `units: [NAME]` to the front matter of `{}`", service.kind);
        return Some(("restarts nothing: its kind names no units", help));
    }
    if interval < 1 || timeout < 1 {
        return Some((
            "asks more often than every second, or waits for less than one",
            "take whole seconds".to_owned(),
        ));
    }
    if timeout >= interval {
        let help = format!(
            "an answer may take {timeout} s, and it is asked every {interval} s: make `timeout` shorter than `interval`"
        );
        return Some(("may still wait when it is asked again", help));
    }
    if check.failures() == 0 {
        return Some(("fails before it was asked", "`retries` is 1 or more".to_owned()));
    }
    if matches!(check.manner, Manner::Exec(_)) && !restart && !moves {
        let help = "add `on_failure: restart`, or a way that others can ask".to_owned();
        return Some((
            "is asked by nobody: a command runs on the host itself, where it restarts or moves something",
            help,
        ));
    }
    None
}
