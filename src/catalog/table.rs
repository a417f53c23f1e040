//! Kinds in a table.

use super::document::{Catalog, KindPage};
use crate::why::aligned;

/// The heads of the columns.
const HEAD: [&str; 5] = ["KIND", "CATEGORY", "PORTS", "FROM", "SUMMARY"];

/// The fewest columns of the terminal that a summary gets.
const NARROWEST: usize = 24;

/// Writes kinds as a table that is at most so many columns wide.
pub fn table(catalog: &Catalog, width: usize) -> String {
    let mut lines = vec![HEAD.map(str::to_owned).to_vec()];
    lines.extend(catalog.kinds.iter().map(row));
    let taken: usize = (0..HEAD.len() - 1)
        .map(|column| lines.iter().map(|line| line[column].chars().count()).max().unwrap_or_default() + 2)
        .sum();
    let room = width.saturating_sub(taken).max(NARROWEST);
    for line in &mut lines {
        if let Some(summary) = line.last_mut()
            && summary.chars().count() > room
        {
            *summary = summary.chars().take(room - 1).collect::<String>() + "…";
        }
    }
    aligned(&lines, "")
}

/// Writes the names of kinds, one a line.
pub fn names(catalog: &Catalog) -> String {
    catalog.kinds.iter().map(|kind| format!("{}\n", kind.name)).collect()
}

fn row(kind: &KindPage) -> Vec<String> {
    let ports: Vec<_> = kind.ports.iter().map(|port| port.number.to_string()).collect();
    let ports = match ports.as_slice() {
        [] => "-".to_owned(),
        [first, second, _, ..] => format!("{first} {second} …"),
        few => few.join(" "),
    };
    let category = kind.category.map_or_else(|| "-".to_owned(), |category| category.to_string());
    vec![kind.name.to_string(), category, ports, source(kind).to_owned(), kind.summary.clone()]
}

/// Where it comes from: a module of nixpkgs, a container, or the fleet itself.
pub(super) fn source(kind: &KindPage) -> &'static str {
    match (kind.own, &kind.image) {
        (true, _) => "fleet",
        (false, Some(_)) => "container",
        (false, None) if kind.name.as_str() == "container" => "container",
        (false, None) => "nixpkgs",
    }
}
