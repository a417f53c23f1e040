//! The tables of `docs/alerts.md`: every alert that comes with Cistern, from its row in the table.

use cistern::alerts::{BuiltIn, FAMILIES, LOGS};

use crate::page::table;

/// Replaces the tables of a text: each stands between a line that names its family and one that ends it.
pub(crate) fn with_tables(text: &str) -> String {
    let mut text = text.to_owned();
    for (family, alerts) in FAMILIES.iter().chain([&("logs", LOGS)]) {
        let begin = format!("<!-- {family}: made from src/alerts/{family}.rs -->\n");
        let (before, rest) = text.split_once(&begin).unwrap_or_else(|| panic!("docs/alerts.md has no line {begin}"));
        let (_, after) = rest.split_once("<!-- end -->").expect("every table has an end");
        let rows: Vec<_> = alerts.iter().map(row).collect();
        let table = table(&["alert", "severity", "for", "threshold", "means"], &rows);
        text = format!("{before}{begin}\n{table}\n<!-- end -->{after}");
    }
    text
}

fn row(alert: &BuiltIn) -> Vec<String> {
    let threshold = alert.threshold.map_or(String::new(), |limit| format!("{} {}", limit.value, limit.unit));
    vec![
        format!("[{0}](runbooks/{0}.md)", alert.name),
        alert.severity.to_string(),
        if alert.holds == "0s" { "at once".to_owned() } else { alert.holds.to_owned() },
        threshold,
        alert.meaning().to_owned(),
    ]
}
