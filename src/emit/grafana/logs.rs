//! The dashboard of logs: how much is said and how bad it is, and the lines themselves.

use super::layout::Layout;
use super::schema::{Choice, Dashboard, Panel, Variable, VariableQuery};
use super::watched::{Watched, loki, variable};

/// The lines of the hosts, units and levels that were picked.
const PICKED: &str = r#"{host=~"$host",unit=~"$unit",level=~"$level"} |~ `(?i)$search`"#;

/// Levels, as the journal calls them, and their colours.
const LEVELS: &[(&str, &str)] = &[
    ("emerg", "dark-red"),
    ("alert", "dark-red"),
    ("crit", "dark-red"),
    ("error", "red"),
    ("warning", "yellow"),
    ("notice", "blue"),
    ("info", "green"),
    ("debug", "#8e8e8e"),
];

pub(super) fn dashboard(watched: &Watched<'_>) -> Dashboard {
    let mut layout = Layout::default();
    let by_level = format!("sum by (level) (count_over_time({PICKED} [$__auto]))");
    let by_unit = format!("topk(10, sum by (host, unit) (count_over_time({PICKED} [$__auto])))");
    let levels =
        Panel::graph("Lines by level", (12, 8)).decimals(0).ask(watched.lines(by_level, "{{level}}")).stacked();
    let levels = LEVELS.iter().fold(levels, |panel, (level, colour)| panel.colour(level, colour));
    layout.place(
        11,
        vec![
            Some(levels),
            Some(
                Panel::graph("The ten that say most", (12, 8))
                    .decimals(0)
                    .ask(watched.lines(by_unit, "{{host}} {{unit}}")),
            ),
            Some(Panel::logs("Lines", (24, 18)).ask(watched.lines(PICKED, ""))),
        ],
    );
    let variables = vec![
        values_of("host", "Host", String::new()),
        values_of("unit", "Unit", r#"{host=~"$host"}"#.to_owned()),
        values_of("level", "Level", r#"{host=~"$host"}"#.to_owned()),
        Variable {
            current: Some(Choice { text: "", value: "" }),
            ..variable("search", "Search for", "textbox", VariableQuery::Text(""))
        },
    ];
    let about = "What hosts and their units say: the journal of every host.";
    watched.dashboard("cistern-logs", "Logs", about, variables, layout)
}

/// A variable whose values are those of a label in Loki.
fn values_of(name: &'static str, label: &'static str, stream: String) -> Variable {
    let query = VariableQuery::Loki { label: name, stream, r#type: 1, ref_id: "LokiVariableQueryEditor-VariableQuery" };
    Variable { datasource: Some(loki()), ..variable(name, label, "query", query) }.several()
}
