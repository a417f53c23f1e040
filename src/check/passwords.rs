//! Rules about logins with a password: they have an end, and it has not passed.

use std::collections::{BTreeMap, BTreeSet};

use super::evidence::Evidence;
use super::told;
use crate::diag::{Diagnostic, Faults, codes};
use crate::load::decode::At;
use crate::model::{Fleet, Host};
use crate::source::Span;
use crate::value::{Date, HostName, Managed};

/// The longest that an end may lie ahead, in days.
const A_YEAR: i64 = 366;

/// A date, where passwords were allowed, and the hosts that both are for.
type Dated<'f> = BTreeMap<(Span, Span), (Date, Vec<&'f HostName>)>;

/// Passwords are accepted until a day that is near, and a day says nothing where they are not.
pub(super) fn end_one_day(fleet: &Fleet, evidence: &Evidence<'_>, faults: &mut Faults) {
    let mut for_good: BTreeMap<Span, Vec<&HostName>> = BTreeMap::new();
    let mut dated = Dated::new();
    let mut idle: BTreeMap<Span, Span> = BTreeMap::new();
    for host in fleet.hosts.values().filter(|host| host.managed == Managed::Full && !host.poisoned) {
        let Some(ssh) = host.layer.ssh.as_ref().filter(|ssh| !ssh.poisoned) else { continue };
        match (ssh.password_auth.filter(|auth| auth.value), ssh.password_auth_until) {
            (Some(auth), None) => for_good.entry(auth.span).or_default().push(&host.name),
            (Some(auth), Some(At { value, span })) => {
                dated.entry((span, auth.span)).or_insert((value, Vec::new())).1.push(&host.name);
            }
            (None, Some(until)) => {
                idle.insert(until.span, ssh.password_auth.map_or(host.span, |auth| auth.span));
            }
            (None, None) => {}
        }
    }
    // What one host turns off may be for others, as well for those that could not be read.
    let used: BTreeSet<Span> = dated.keys().map(|(until, _)| *until).collect();
    let is_idle = |until: &Span| !used.contains(until) && !fleet.hosts_are_uncertain;
    for (until, why) in idle.into_iter().filter(|(until, _)| is_idle(until)) {
        faults.push(
            Diagnostic::new(codes::NO_EFFECT, "`password_auth_until` does nothing where passwords are refused")
                .at(until, "this has no effect")
                .at(why, "without `password_auth: true`")
                .help("remove it; passwords are refused by default"),
        );
    }
    for (auth, hosts) in for_good {
        told::once(fleet, codes::PASSWORDS_FOR_GOOD, hosts, faults, |among| {
            Diagnostic::new(codes::PASSWORDS_FOR_GOOD, format!("{among} would take passwords for good"))
                .at(auth, "until when?")
                .help("add `password_auth_until: YYYY-MM-DD` beside it, at most a year ahead, or remove it")
        });
    }
    days_are_near(fleet, evidence.sources.today, dated, faults);
}

fn days_are_near(fleet: &Fleet, today: i64, dated: Dated<'_>, faults: &mut Faults) {
    if today == 0 && !dated.is_empty() {
        faults.skip("the end of passwords (nobody asked for the date)");
        return;
    }
    for ((until, auth), (date, hosts)) in dated {
        if date.days() < today {
            told::once(fleet, codes::PASSWORDS_ENDED, hosts, faults, |among| {
                let now = Date::from_days(today);
                Diagnostic::new(codes::PASSWORDS_ENDED, format!("{among} would still take passwords: today is {now}"))
                    .at(until, "the last day has passed")
                    .at(auth, "allowed here")
                    .help("remove both keys, or set a later day")
            });
        } else if date.days() > today + A_YEAR {
            told::once(fleet, codes::PASSWORDS_FOR_LONG, hosts, faults, |among| {
                Diagnostic::new(codes::PASSWORDS_FOR_LONG, format!("{among} would take passwords for more than a year"))
                    .at(until, "more than a year ahead")
                    .at(auth, "allowed here")
                    .help("set a day within a year")
            });
        }
    }
}

/// Says whether a host takes passwords by the definition.
pub(super) fn taken(host: &Host) -> bool {
    host.layer.ssh.as_ref().and_then(|ssh| ssh.password_auth).is_some_and(|auth| auth.value)
}
