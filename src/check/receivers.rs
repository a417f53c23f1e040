//! Rules about who is told: every receiver that is named exists, and every route can take something.

use std::collections::BTreeSet;

use crate::alerts;
use crate::diag::{Diagnostic, Faults, codes};
use crate::load::decode::At;
use crate::model::{Fleet, Monitoring};
use crate::value::ReceiverName;
use crate::watch::Route;

/// Whoever is named by `receiver` or a route is a receiver.
pub(super) fn are_there(fleet: &Fleet, faults: &mut Faults) {
    let Some(monitoring) = &fleet.monitoring else { return };
    let written = &monitoring.written;
    if fleet.monitoring_is_uncertain || written.receivers.as_ref().is_some_and(|named| !named.poisoned.is_empty()) {
        return;
    }
    let routes = written.routes.iter().flatten().filter_map(|route| route.value.receiver.as_ref());
    for name in monitoring.receiver.iter().chain(routes) {
        if monitoring.receivers.contains_key(&name.value) {
            continue;
        }
        faults.push(unknown(monitoring, name));
    }
}

fn unknown(monitoring: &Monitoring, name: &At<ReceiverName>) -> Diagnostic {
    let known = || monitoring.receivers.keys().map(ReceiverName::as_str);
    let diagnostic = Diagnostic::new(codes::UNKNOWN_RECEIVER, format!("there is no receiver `{}`", name.value))
        .at(name.span, "not one of `monitoring.receivers`")
        .nearest(name.value.as_str(), known());
    match (&diagnostic.suggestion, known().count()) {
        (Some(_), _) => diagnostic,
        (None, 0) => diagnostic.help("`monitoring.receivers` is empty"),
        (None, _) => diagnostic.help(format!("the receivers are {}", known().collect::<Vec<_>>().join(", "))),
    }
}

/// A receiver says how somebody is told.
pub(super) fn tell_somebody(fleet: &Fleet, faults: &mut Faults) {
    let written = fleet.monitoring.iter().filter_map(|monitoring| monitoring.written.receivers.as_ref());
    for (name, receiver) in written.flat_map(|receivers| &receivers.entries) {
        let def = &receiver.value;
        let ways = [
            def.email.is_some(),
            def.webhook.is_some(),
            def.ntfy.is_some(),
            def.matrix.is_some(),
            def.slack.is_some(),
            def.pagerduty.is_some(),
        ];
        if !def.poisoned && !ways.contains(&true) {
            faults.push(
                Diagnostic::new(codes::EMPTY_RECEIVER, format!("the receiver `{name}` tells nobody"))
                    .at(receiver.key, "no way is given")
                    .help("give it one of email, webhook, ntfy, matrix, slack and pagerduty, or remove it"),
            );
        }
    }
}

/// Somebody gets the alerts that no route takes: said once for the fleet.
pub(super) fn get_the_rest(fleet: &Fleet, faults: &mut Faults) {
    let Some(monitoring) = fleet.monitoring.as_ref().filter(|monitoring| !monitoring.written.poisoned) else { return };
    let takes_all = |route: &At<Route>| conditions(&route.value) == 0;
    if fleet.monitoring_is_uncertain || monitoring.receiver.is_some() || monitoring.routes.iter().any(takes_all) {
        return;
    }
    let message = match monitoring.routes.len() {
        0 => "nobody is told of any alert",
        _ => "nobody is told of the alerts that no route takes",
    };
    let diagnostic = Diagnostic::new(codes::NOBODY_IS_TOLD, message);
    let diagnostic = match monitoring.hosts.first() {
        Some(host) => diagnostic.at(host.span, "its Alertmanager has nobody to tell"),
        None => diagnostic,
    };
    faults.push(diagnostic.help("name one of `monitoring.receivers` as `monitoring.receiver`"));
}

/// An earlier route leaves something for each route.
pub(super) fn get_their_turn(fleet: &Fleet, faults: &mut Faults) {
    let Some(monitoring) = &fleet.monitoring else { return };
    for (at, route) in monitoring.routes.iter().enumerate() {
        let earlier = monitoring.routes[..at].iter().find(|earlier| takes_all_of(&earlier.value, &route.value));
        if let Some(earlier) = earlier {
            faults.push(
                Diagnostic::new(codes::UNREACHED_ROUTE, format!("a route to `{}` takes nothing", route.value.receiver))
                    .at(route.span, "nothing comes as far as this")
                    .at(earlier.span, "this takes all of it")
                    .help("put the narrower route first, or say `continue: true` in the wider one"),
            );
        }
    }
}

/// Routes name alerts that something here raises.
pub(super) fn wait_for_alerts(fleet: &Fleet, faults: &mut Faults) {
    let Some(monitoring) = fleet.monitoring.as_ref().filter(|_| !fleet.monitoring_is_uncertain) else { return };
    let written = &monitoring.written;
    let of_logs = written.logs.iter().filter_map(|logs| logs.alerts.as_ref());
    let named = written.alerts.iter().chain(of_logs);
    let own: BTreeSet<&str> = named
        .flat_map(|named| {
            named.entries.keys().map(|name| name.as_str()).chain(named.poisoned.iter().map(String::as_str))
        })
        .collect();
    let brought =
        || alerts::all().chain(alerts::LOGS.iter().filter(|_| written.logs.is_some())).map(|alert| alert.name);
    for name in written.routes.iter().flatten().flat_map(|route| route.value.alerts.iter().flatten()) {
        if brought().any(|known| known == name.value.as_str()) || own.contains(name.value.as_str()) {
            continue;
        }
        let known = brought().chain(own.iter().copied());
        faults.push(
            Diagnostic::new(codes::ROUTE_OF_NOTHING, format!("a route waits for an alert `{}`", name.value))
                .at(name.span, "nothing here raises it")
                .nearest(name.value.as_str(), known)
                .help("`cistern explain` lists the alerts that come with Cistern"),
        );
    }
}

/// How many conditions a route has.
fn conditions(route: &Route) -> usize {
    let given = [route.severity.is_some(), route.group.is_some(), route.owner.is_some(), !route.alerts.is_empty()];
    given.into_iter().filter(|given| *given).count()
}

/// Says whether an earlier route takes everything that a later one would.
fn takes_all_of(earlier: &Route, later: &Route) -> bool {
    fn covers<T: PartialEq>(earlier: Option<&T>, later: Option<&T>) -> bool {
        earlier.is_none() || earlier == later
    }
    // Those go to routes that name them, and to no other.
    let quiet = later.alerts.iter().any(|name| alerts::QUIET.contains(&name.as_str()));
    let alerts = match (earlier.alerts.is_empty(), later.alerts.is_empty()) {
        (true, _) => !quiet,
        (false, true) => false,
        (false, false) => later.alerts.is_subset(&earlier.alerts),
    };
    !earlier.r#continue
        && alerts
        && covers(earlier.severity.as_ref(), later.severity.as_ref())
        && covers(earlier.group.as_ref(), later.group.as_ref())
        && covers(earlier.owner.as_ref(), later.owner.as_ref())
}
