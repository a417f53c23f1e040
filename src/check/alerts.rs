//! Rules about alerts: each is Cistern's or says itself when it fires.

use crate::alerts;
use crate::diag::{Diagnostic, Faults, codes};
use crate::load::decode::{Keyed, Named};
use crate::model::Fleet;
use crate::value::AlertName;
use crate::watch::definition::AlertDef;

type Alerts = Named<AlertName, AlertDef>;

/// An alert that is not Cistern's has an expression.
pub(super) fn are_known(fleet: &Fleet, faults: &mut Faults) {
    let Some(monitoring) = &fleet.monitoring else { return };
    for (name, alert) in entries(monitoring.written.alerts.as_ref()).filter(|(_, alert)| alert.value.expr.is_none()) {
        if alerts::find(name.as_str()).is_none() {
            let diagnostic = Diagnostic::new(codes::UNKNOWN_ALERT, format!("there is no alert `{name}`"))
                .at(alert.key, "none of Cistern's, and without an `expr`")
                .nearest(name.as_str(), alerts::all().map(|alert| alert.name));
            faults.push(match &diagnostic.suggestion {
                Some(_) => diagnostic,
                None => diagnostic.help("give it an `expr`; `cistern explain` lists those that come with Cistern"),
            });
        }
    }
    let logs = monitoring.written.logs.as_ref().and_then(|logs| logs.alerts.as_ref());
    for (name, alert) in entries(logs).filter(|(_, alert)| alert.value.expr.is_none()) {
        if alerts::find_of_logs(name.as_str()).is_none() {
            let known = alerts::LOGS.iter().map(|alert| alert.name);
            let diagnostic = Diagnostic::new(codes::UNKNOWN_ALERT, format!("there is no alert `{name}` on logs"))
                .at(alert.key, "none of Cistern's, and without an `expr`")
                .nearest(name.as_str(), known);
            faults.push(match &diagnostic.suggestion {
                Some(_) => diagnostic,
                None => diagnostic.help("give it an `expr` in LogQL; docs/logs.md lists those that come with Cistern"),
            });
        }
    }
}

/// A threshold is given to alerts that have one.
pub(super) fn have_what_is_set(fleet: &Fleet, faults: &mut Faults) {
    let Some(monitoring) = &fleet.monitoring else { return };
    let logs = monitoring.written.logs.as_ref().and_then(|logs| logs.alerts.as_ref());
    let metrics = entries(monitoring.written.alerts.as_ref()).map(|(name, alert)| (name, alert, false));
    for (name, alert, is_of_logs) in metrics.chain(entries(logs).map(|(name, alert)| (name, alert, true))) {
        let Some(threshold) = &alert.value.threshold else { continue };
        let built_in = if is_of_logs { alerts::find_of_logs(name.as_str()) } else { alerts::find(name.as_str()) };
        let (reason, help) = match (&alert.value.expr, built_in) {
            (Some(_), _) => ("`expr` says what it compares with", "write the number into `expr`"),
            (None, Some(built_in)) if built_in.threshold.is_none() => {
                ("it compares with nothing that could be set", "remove `threshold`, or set `for`")
            }
            _ => continue,
        };
        faults.push(
            Diagnostic::new(codes::NO_THRESHOLD, format!("the alert `{name}` has no threshold"))
                .at(threshold.span, reason)
                .help(help),
        );
    }
}

/// The alerts that could be read.
pub(super) fn entries(alerts: Option<&Alerts>) -> impl Iterator<Item = (&AlertName, &Keyed<AlertDef>)> {
    alerts.into_iter().flat_map(|alerts| &alerts.entries).filter(|(_, alert)| !alert.value.poisoned)
}
