//! One small dashboard for each alert: its page of the runbook, and where it fires now.

use super::layout::Layout;
use super::schema::{Dashboard, Panel};
use super::watched::{RUNBOOK_TAG, Watched};
use crate::alerts::{BuiltIn, page_uid};

pub(super) fn dashboard(watched: &Watched<'_>, alert: &BuiltIn) -> Dashboard {
    let name = alert.name;
    let mut layout = Layout::default();
    let matchers = format!(r#",alertname="{name}""#);
    let page = Panel::text("", (14, 22), alert.runbook.to_owned());
    let firing = watched.alerts("Where it fires", (10, 9), &matchers);
    let course = Panel::graph("How often it fired", (10, 8))
        .decimals(0)
        .or("It did not fire.")
        .ask(watched.range(format!(r#"count by (alertstate) (ALERTS{{alertname="{name}"}})"#), "{{alertstate}}"))
        .colour("firing", "red")
        .colour("pending", "yellow");
    layout.place(1, vec![Some(page), Some(firing)]);
    layout.place(3, vec![Some(course)]);
    let about = format!("What the alert {name} means and what to do.");
    let mut dashboard = watched.dashboard(&page_uid(name), name, &about, Vec::new(), layout);
    dashboard.tags = vec![RUNBOOK_TAG];
    dashboard
}
