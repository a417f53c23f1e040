//! One small dashboard for each alert: its page of the runbook, and where it fires now.

use super::layout::Layout;
use super::schema::{Dashboard, Panel};
use super::watched::{RUNBOOK_TAG, Watched};
use crate::emit::header::hash;

/// What Grafana takes as a uid at most, in characters.
const LONGEST: usize = 40;

/// The uid of an alert's page. A name that is too long is cut, and a hash says which one it was.
pub(in crate::emit) fn uid(alert: &str) -> String {
    let whole = format!("cistern-runbook-{}", alert.to_lowercase());
    if whole.len() <= LONGEST {
        return whole;
    }
    let hash = hash(alert.as_bytes());
    format!("{}-{}", whole.chars().take(LONGEST - 9).collect::<String>(), &hash[..8])
}

pub(super) fn dashboard(watched: &Watched<'_>, alert: &str, page: &str) -> Dashboard {
    let mut layout = Layout::default();
    let matchers = format!(r#",alertname="{alert}""#);
    let page = Panel::text("", (14, 22), page.to_owned());
    let firing = watched.alerts("Where it fires", (10, 9), &matchers);
    let course = Panel::graph("How often it fired", (10, 8))
        .decimals(0)
        .or("It did not fire.")
        .ask(watched.range(format!(r#"count by (alertstate) (ALERTS{{alertname="{alert}"}})"#), "{{alertstate}}"))
        .colour("firing", "red")
        .colour("pending", "yellow");
    layout.place(1, vec![Some(page), Some(firing)]);
    layout.place(3, vec![Some(course)]);
    let about = format!("What the alert {alert} means and what to do.");
    let mut dashboard = watched.dashboard(&uid(alert), alert, &about, Vec::new(), layout);
    dashboard.tags = vec![RUNBOOK_TAG];
    dashboard
}
