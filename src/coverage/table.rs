//! What watches the fleet, for people: a table of hosts and one of services.

use super::document::{Coverage, Gap, HostCoverage, ServiceCoverage};
use crate::diag::counted;
use crate::value::ReceiverName;
use crate::why::aligned;
use crate::why::list::fitted;

/// The fewest columns that a list gets.
const NARROWEST: usize = 16;

/// What stands for nothing.
const NOTHING: &str = "-";

/// Writes both tables; lists are cut so that lines stay about so wide.
pub fn table(coverage: &Coverage, width: usize) -> String {
    let room = (width / 4).max(NARROWEST);
    let head = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
    let mut hosts = vec![head(&["HOST", "FIGURES", "PING", "ALERTS", "DASHBOARD", "TOLD", "GAPS"])];
    hosts.extend(coverage.hosts.iter().map(|host| host_row(host, room)));
    let mut parts = vec![aligned(&hosts, "")];
    if !coverage.services.is_empty() {
        let mut services =
            vec![head(&["SERVICE", "FIGURES", "PROBES", "UNITS", "ALERTS", "DASHBOARD", "TOLD", "GAPS"])];
        services.extend(coverage.services.iter().map(|service| service_row(service, room)));
        parts.push(aligned(&services, ""));
    }
    parts.join("\n")
}

/// Says in one line how much is covered: `3 of 4 hosts, 7 of 7 services, 1 gap`.
pub fn summary(coverage: &Coverage) -> String {
    let summary = &coverage.summary;
    format!(
        "{} of {}, {} of {}, {}",
        summary.hosts_covered,
        counted(summary.hosts, "host"),
        summary.services_covered,
        counted(summary.services, "service"),
        counted(summary.gaps, "gap"),
    )
}

fn host_row(host: &HostCoverage, room: usize) -> Vec<String> {
    if host.inactive {
        let nothing = || NOTHING.to_owned();
        return vec![
            host.name.to_string(),
            nothing(),
            nothing(),
            nothing(),
            nothing(),
            nothing(),
            "inactive".to_owned(),
        ];
    }
    let jobs: Vec<_> = host.jobs.iter().cloned().collect();
    vec![
        host.name.to_string(),
        or_nothing(fitted(&jobs, room)),
        yes(host.pinged),
        number(host.alerts.len()),
        yes(host.dashboard.is_some()),
        told(&host.receivers, room),
        gaps(&host.gaps),
    ]
}

fn service_row(service: &ServiceCoverage, room: usize) -> Vec<String> {
    let of = |count: usize| match count {
        0 => NOTHING.to_owned(),
        count => format!("{count}/{}", service.instances),
    };
    vec![
        service.name.to_string(),
        of(service.scraped),
        of(service.probed),
        of(service.units),
        number(service.alerts.len()),
        yes(service.dashboard.is_some()),
        told(&service.receivers, room),
        gaps(&service.gaps),
    ]
}

fn told<'r>(receivers: impl IntoIterator<Item = &'r ReceiverName>, room: usize) -> String {
    let names: Vec<_> = receivers.into_iter().map(ToString::to_string).collect();
    or_nothing(fitted(&names, room))
}

fn gaps<'g>(gaps: impl IntoIterator<Item = &'g Gap>) -> String {
    let words: Vec<_> = gaps.into_iter().map(|gap| gap.words()).collect();
    or_nothing(words.join(", "))
}

fn yes(flag: bool) -> String {
    if flag { "yes" } else { NOTHING }.to_owned()
}

fn number(count: usize) -> String {
    if count == 0 { NOTHING.to_owned() } else { count.to_string() }
}

fn or_nothing(text: String) -> String {
    if text.is_empty() { NOTHING.to_owned() } else { text }
}
