//! Hosts in a table.

use serde_json::{Value, json};

use super::known::Known;
use super::shown::aligned;
use crate::model::Host;

/// The heads of the columns.
const HEAD: [&str; 7] = ["HOST", "ADDRESS", "SITE", "SYSTEM", "MANAGED", "TAGS", "SERVICES"];

/// The fewest columns of the terminal that a list of words gets.
const NARROWEST: usize = 12;

/// Writes some hosts as a table that is at most so many columns wide.
pub fn table(known: &Known, hosts: &[&Host], width: usize) -> String {
    let rows: Vec<Row> = hosts.iter().map(|host| Row::of(known, host)).collect();
    let wide = |at: usize| rows.iter().map(|row| row.words[at].chars().count()).chain([HEAD[at].len()]).max();
    let taken: usize = (0..5).map(|at| wide(at).unwrap_or_default() + 2).sum();
    let room = width.saturating_sub(taken + 2).max(2 * NARROWEST);
    let longest =
        |lists: &dyn Fn(&Row) -> &[String]| rows.iter().map(|row| lists(row).join(" ").len()).max().unwrap_or_default();
    let (tags, services) = (longest(&|row| &row.tags), longest(&|row| &row.services));
    // What one list does not need, the other gets.
    let for_tags = tags.min(room.saturating_sub(services).max(room / 2)).max(HEAD[5].len());
    let for_services = room.saturating_sub(for_tags).max(NARROWEST);
    let mut lines = vec![HEAD.map(str::to_owned).to_vec()];
    for row in rows {
        let lists = [fitted(&row.tags, for_tags), fitted(&row.services, for_services)];
        lines.push(row.words.into_iter().chain(lists).collect());
    }
    aligned(&lines, "")
}

/// Writes the names of some hosts, one a line.
pub fn names(hosts: &[&Host]) -> String {
    hosts.iter().map(|host| format!("{}\n", host.name)).collect()
}

/// Writes some hosts as one JSON document: `{version, hosts: [{name, address, site, system, managed, tags, labels, services}]}`.
///
/// `version` is 1.
pub fn json(known: &Known, hosts: &[&Host]) -> String {
    let entry = |host: &&Host| {
        json!({
            "name": host.name,
            "address": host.address.map(|at| at.value),
            "site": host.site.as_ref().map(|at| &at.value),
            "system": host.system,
            "managed": host.managed,
            "tags": host.tags,
            "labels": host.labels,
            "services": services(known, host),
        })
    };
    let document = json!({ "version": 1, "hosts": hosts.iter().map(entry).collect::<Value>() });
    serde_json::to_string_pretty(&document).expect("a document holds nothing but text and numbers")
}

struct Row {
    words: [String; 5],
    tags: Vec<String>,
    services: Vec<String>,
}

impl Row {
    fn of(known: &Known, host: &Host) -> Self {
        let none = || "-".to_owned();
        let words = [
            host.name.to_string(),
            host.address.map_or_else(none, |at| at.value.to_string()),
            host.site.as_ref().map_or_else(none, |at| at.value.to_string()),
            host.system.map_or_else(none, |system| system.to_string()),
            host.managed.to_string(),
        ];
        Self { words, tags: host.tags.iter().map(ToString::to_string).collect(), services: services(known, host) }
    }
}

fn services(known: &Known, host: &Host) -> Vec<String> {
    let services = known.fleet.services.iter();
    services
        .filter(|(_, service)| service.places().any(|own| *own == host.name))
        .map(|(name, _)| name.to_string())
        .collect()
}

/// As many words as there is room for, and how many are left: `media storage +2`.
pub(crate) fn fitted(words: &[String], room: usize) -> String {
    let whole = words.join(" ");
    if whole.chars().count() <= room {
        return whole;
    }
    let mut text = String::new();
    for (at, word) in words.iter().enumerate() {
        let left = format!("+{}", words.len() - at);
        if at > 0 && text.chars().count() + word.chars().count() + left.len() + 2 > room {
            return format!("{text}{left}");
        }
        text.push_str(word);
        text.push(' ');
    }
    text.trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_do_not_fit_are_counted() {
        let words = ["media", "storage", "x"].map(str::to_owned);
        assert_eq!(fitted(&words, 20), "media storage x");
        assert_eq!(fitted(&words, 10), "media +2");
        assert_eq!(fitted(&words, 1), "media +2");
        assert_eq!(fitted(&[], 0), "");
    }
}
