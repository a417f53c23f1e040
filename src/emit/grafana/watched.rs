//! What there is to show: the jobs of the fleet and the data sources, and the words that dashboards have in common.

use std::collections::BTreeSet;

use crate::alerts::QUIET;

use super::fields::{Mapping, MappingResult};
use super::layout::Layout;
use super::panel::Column;
use super::schema::{
    Annotation, Annotations, Choice, Dashboard, DataSourceRef, Link, Panel, SCHEMA_VERSION, Target, Templating,
    TimeRange, Variable, VariableQuery,
};

/// The tag of dashboards that show the fleet.
pub(super) const TAG: &str = "cistern";

/// The tag of dashboards that hold a page of the runbook.
pub(super) const RUNBOOK_TAG: &str = "cistern-runbook";

/// Interfaces that lead out of a host.
pub(super) const INTERFACES: &str = r#"device!~"lo|veth.*|docker.*|br-.*|cni.*|podman.*|virbr.*""#;

/// Where a host's name leads.
pub(super) const TO_HOST: &str = "/d/cistern-host?var-host=${__value.text}&${__url_time_range}";

/// Where a service's name leads.
pub(super) const TO_SERVICE: &str = "/d/cistern-service?var-service=${__value.text}&${__url_time_range}";

/// Where an alert's name leads: to its page of the runbook, which is found by its title.
pub(super) const TO_RUNBOOK: &str = "/dashboards?tag=cistern-runbook&query=${__value.text}";

/// States of a host, each with its colour and its number on a time line.
pub(super) const STATES: &[(&str, &str, &str)] = &[
    ("healthy", "green", "0"),
    ("degraded", "yellow", "1"),
    ("critical", "red", "2"),
    ("unreachable", "purple", "3"),
    ("unknown", "#8e8e8e", "4"),
];

/// What the fleet has that can be shown.
pub(super) struct Watched<'a> {
    /// The jobs of Prometheus.
    pub(super) jobs: BTreeSet<&'a str>,
    /// Whether there is more than one Prometheus.
    pub(super) several: bool,
    /// Whether there is a Loki.
    pub(super) logs: bool,
    /// Whether some host is more than a virtual machine.
    pub(super) hardware: bool,
    /// Whether there are groups of hosts.
    pub(super) groups: bool,
}

impl Watched<'_> {
    /// Says whether Prometheus has this job.
    pub(super) fn has(&self, job: &str) -> bool {
        self.jobs.contains(job)
    }

    /// What the metrics of units begin with: the node exporter knows them of every host, systemd's own of some.
    pub(super) fn of_units(&self) -> &'static str {
        if self.has("node") { "node_systemd" } else { "systemd" }
    }

    /// The Prometheus that is asked; where there are several, the one that was picked.
    pub(super) fn prometheus(&self) -> DataSourceRef {
        let uid = if self.several { "${prometheus}" } else { "cistern-prometheus" };
        DataSourceRef { r#type: "prometheus", uid }
    }

    /// A question to Prometheus about a course of values.
    pub(super) fn range(&self, expr: impl Into<String>, legend: &'static str) -> Target {
        Target::range(self.prometheus(), expr, legend)
    }

    /// A question to Prometheus about the values of now.
    pub(super) fn now(&self, expr: impl Into<String>, legend: &'static str) -> Target {
        Target::now(self.prometheus(), expr, legend)
    }

    /// A question to Prometheus whose answer is rows of a table.
    pub(super) fn rows(&self, expr: impl Into<String>) -> Target {
        Target::rows(self.prometheus(), expr)
    }

    /// A question to Loki.
    pub(super) fn lines(&self, expr: impl Into<String>, legend: &'static str) -> Target {
        Target { max_lines: Some(1000), ..Target::range(loki(), expr, legend) }
    }

    /// A variable whose values are those of a label in Prometheus.
    pub(super) fn variable(&self, name: &'static str, label: &'static str, query: &str) -> Variable {
        let query = VariableQuery::Prometheus {
            qry_type: 1,
            query: query.to_owned(),
            ref_id: "PrometheusVariableQueryEditor-VariableQuery",
        };
        Variable { datasource: Some(self.prometheus()), ..variable(name, label, "query", query) }
    }

    /// A dashboard that stands in the lists of the others.
    pub(super) fn dashboard(
        &self,
        uid: &str,
        title: &str,
        description: &str,
        variables: Vec<Variable>,
        layout: Layout,
    ) -> Dashboard {
        let picked = self.several.then(|| Variable {
            current: Some(Choice { text: "Cistern Prometheus", value: "cistern-prometheus" }),
            ..variable("prometheus", "Prometheus", "datasource", VariableQuery::Text("prometheus"))
        });
        Dashboard {
            uid: uid.to_owned(),
            title: title.to_owned(),
            description: description.to_owned(),
            tags: vec![TAG],
            schema_version: SCHEMA_VERSION,
            editable: false,
            graph_tooltip: 1,
            refresh: "1m",
            time: TimeRange { from: "now-6h", to: "now" },
            timezone: "browser",
            templating: Templating { list: picked.into_iter().chain(variables).collect() },
            annotations: Annotations { list: Vec::new() },
            links: vec![siblings(), runbooks()],
            panels: layout.elements(),
        }
    }

    /// Marks alerts in the graphs, from when they fire.
    pub(super) fn marked(&self, mut dashboard: Dashboard, matchers: &str) -> Dashboard {
        let expr = format!(r#"ALERTS{{alertstate="firing",{}{matchers}}}"#, no_quiet_ones());
        dashboard.annotations.list.push(Annotation {
            name: "Alerts",
            datasource: self.prometheus(),
            enable: true,
            icon_color: "red",
            target: Target { ref_id: "Alerts".to_owned(), ..self.range(expr, "") },
            title_format: "{{alertname}}",
            text_format: "{{severity}} {{host}} {{service}}",
            tag_keys: "severity",
        });
        dashboard
    }

    /// A table of the alerts that fire; `matchers` begin with a comma.
    pub(super) fn alerts(&self, title: &str, size: (u32, u32), matchers: &str) -> Panel {
        let loud = no_quiet_ones();
        let firing = format!(
            r#"1000 * (ALERTS_FOR_STATE{{{loud}{matchers}}} and ignoring (alertstate) ALERTS{{alertstate="firing",{loud}{matchers}}})"#
        );
        let columns = vec![
            Column::new("severity", "Severity").words(severities()).width(100),
            Column::new("alertname", "Alert").link("Open the runbook", TO_RUNBOOK),
            Column::new("host", "Host").link("Open the host", TO_HOST),
            Column::new("service", "Service").link("Open the service", TO_SERVICE),
            Column::new("instance", "Instance"),
            Column::new("Value", "Since").unit("dateTimeFromNow"),
        ];
        Panel::table(title, size, vec![self.rows(firing)], columns).or("No alert fires.").sorted("Severity", false)
    }
}

/// Leaves out alerts that are no fault.
fn no_quiet_ones() -> String {
    format!(r#"alertname!~"{}""#, QUIET.join("|"))
}

/// The Loki that is asked.
pub(super) fn loki() -> DataSourceRef {
    DataSourceRef { r#type: "loki", uid: "cistern-loki" }
}

/// A variable that nothing is said of yet but where its values come from.
pub(super) fn variable(
    name: &'static str,
    label: &'static str,
    r#type: &'static str,
    query: VariableQuery,
) -> Variable {
    let asks = r#type == "query";
    Variable {
        name,
        label,
        r#type,
        datasource: None,
        query,
        refresh: asks.then_some(2),
        sort: asks.then_some(1),
        multi: false,
        include_all: false,
        all_value: None,
        current: None,
    }
}

impl Variable {
    /// Lets several values be picked, and all of them until somebody picks.
    pub(super) fn several(mut self) -> Self {
        self.multi = true;
        self.include_all = true;
        self.all_value = Some(".*");
        self.current = Some(Choice { text: "All", value: "$__all" });
        self
    }
}

/// The state of each host as a word.
pub(super) fn states() -> Mapping {
    mapping(STATES.iter().map(|(state, colour, _)| (*state, *state, *colour)))
}

/// The state of each host, from its number on a time line.
pub(super) fn state_numbers() -> Mapping {
    mapping(STATES.iter().map(|(state, colour, number)| (*number, *state, *colour)))
}

/// The state of the hosts that match as a number.
pub(super) fn health_number(matchers: &str) -> String {
    let one = |(state, _, number): &(&str, &str, &str)| {
        format!(r#"{number} * (cistern:host_health{{state="{state}"{matchers}}} == 1)"#)
    };
    format!("max by (host) ({})", STATES.iter().map(one).collect::<Vec<_>>().join(" or "))
}

/// Words for 0 and 1.
pub(super) fn yes_no(no: (&'static str, &'static str), yes: (&'static str, &'static str)) -> Mapping {
    mapping([("0", no.0, no.1), ("1", yes.0, yes.1)].into_iter())
}

/// Words for severities.
pub(super) fn severities() -> Mapping {
    let known = [("critical", "red"), ("warning", "yellow"), ("info", "blue")];
    mapping(known.into_iter().map(|(severity, colour)| (severity, severity, colour)))
}

/// Words for the states of units.
pub(super) fn unit_states() -> Mapping {
    let known = [("active", "green"), ("failed", "red"), ("activating", "blue"), ("inactive", "#8e8e8e")];
    mapping(known.into_iter().map(|(state, colour)| (state, state, colour)))
}

fn mapping(words: impl Iterator<Item = (&'static str, &'static str, &'static str)>) -> Mapping {
    let result = |(index, (value, text, color))| (value, MappingResult { text, color, index });
    Mapping { r#type: "value", options: words.enumerate().map(result).collect() }
}

fn siblings() -> Link {
    Link {
        title: "Fleet",
        r#type: "dashboards",
        tags: vec![TAG],
        icon: "external link",
        tooltip: "",
        url: None,
        as_dropdown: false,
        include_vars: false,
        keep_time: true,
        target_blank: false,
    }
}

fn runbooks() -> Link {
    Link { title: "Runbook", tags: vec![RUNBOOK_TAG], as_dropdown: true, keep_time: false, ..siblings() }
}
