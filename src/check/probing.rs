//! Rules about health checks: what follows from them can follow.

use crate::diag::{Diagnostic, Faults, codes};
use crate::load::decode::At;
use crate::model::{Fleet, Service};
use crate::source::Span;
use crate::value::{OnFailure, ServiceName};
use crate::watch::definition::HealthCheckDef;
use crate::watch::{HealthCheck, Manner};

/// What is wrong with a check.
struct Fault {
    /// The key that says it, where the definition does.
    span: Option<Span>,
    says: &'static str,
    help: String,
}

/// A check restarts something, ends before the next one, and can fail.
pub(super) fn checks_make_sense(fleet: &Fleet, faults: &mut Faults) {
    for (name, service) in fleet.services.iter().filter(|(_, service)| !service.poisoned) {
        let Some(check) = &service.health_check else { continue };
        let Some(Fault { span, says, help }) = fault(fleet, name, service, check) else { continue };
        let (span, label) = match span.or(service.written_check.as_ref().map(|written| written.span)) {
            Some(span) => (span, "said here"),
            None => (service.span, "its kind says how it is asked"),
        };
        faults.push(
            Diagnostic::new(codes::SENSELESS_CHECK, format!("the health check of `{name}` {says}"))
                .at(span, label)
                .help(help)
                .about("services", name),
        );
    }
}

fn fault(fleet: &Fleet, name: &ServiceName, service: &Service, check: &HealthCheck) -> Option<Fault> {
    let restart = check.on_failure == OnFailure::Restart;
    let front = fleet.kinds.get(&service.kind).map(|kind| &kind.front);
    let unit = front.is_some_and(|front| front.units.iter().flatten().next().is_some());
    let moves = fleet.failover.values().any(|failover| failover.service.value == *name);
    let (timeout, interval) = (check.timeout_seconds(), check.interval_seconds());
    let written = service.written_check.as_ref().map(|written| &written.value);
    let said = |key: fn(&HealthCheckDef) -> Option<Span>| written.and_then(key);
    if restart && !unit {
        return Some(Fault {
            span: said(|def| place(def.on_failure.as_ref())),
            says: "restarts nothing: its kind names no units",
            help: format!("add `units: [NAME]` to the front matter of `{}`", service.kind),
        });
    }
    if interval < 1 || timeout < 1 {
        let slow = said(|def| place(def.interval.as_ref())).filter(|_| interval < 1);
        return Some(Fault {
            span: slow.or(said(|def| place(def.timeout.as_ref()))),
            says: "asks more often than every second, or waits for less than one",
            help: "take whole seconds".to_owned(),
        });
    }
    if timeout >= interval {
        return Some(Fault {
            span: said(|def| place(def.timeout.as_ref())).or(said(|def| place(def.interval.as_ref()))),
            says: "may still wait when it is asked again",
            help: format!(
                "an answer may take {timeout} s, and it is asked every {interval} s: make `timeout` shorter than `interval`"
            ),
        });
    }
    if check.failures() == 0 {
        return Some(Fault {
            span: said(|def| place(def.retries.as_ref())),
            says: "fails before it was asked",
            help: "`retries` is 1 or more".to_owned(),
        });
    }
    if matches!(check.manner, Manner::Exec(_)) && !restart && !moves {
        return Some(Fault {
            span: said(|def| Some(def.exec.as_ref()?.first()?.span)),
            says: "is asked by nobody: a command runs on the host itself, where it restarts or moves something",
            help: "add `on_failure: restart`, or a way that others can ask".to_owned(),
        });
    }
    let counted = said(|def| place(def.retries.as_ref())).or(said(|def| place(def.start_period.as_ref())));
    if let Some(span) = counted.filter(|_| !restart && !moves) {
        return Some(Fault {
            span: Some(span),
            says: "counts for nobody: nothing restarts or moves the service when it fails",
            help: "add `on_failure: restart`, or remove this; `monitoring.alerts` says how long a fault lasts before \
                   somebody is told"
                .to_owned(),
        });
    }
    None
}

fn place<T>(at: Option<&At<T>>) -> Option<Span> {
    at.map(|at| at.span)
}
