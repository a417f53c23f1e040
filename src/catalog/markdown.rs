//! The catalogue as a document: a table for each category, and a short section for each kind.

use std::fmt::Write as _;

use super::document::{Catalog, KindPage};
use super::table::source;
use crate::load::decode::Scalar as _;
use crate::value::Category;

/// Writes all kinds.
pub fn markdown(catalog: &Catalog) -> String {
    let mut text = String::new();
    let sorted = sorted(catalog);
    for (title, kinds) in &sorted {
        let _ = write!(text, "## {title}\n\n| kind | is | ports | from |\n|---|---|---|---|\n");
        for kind in kinds {
            let name = &kind.name;
            let _ =
                writeln!(text, "| [{name}](#{name}) | {} | {} | {} |", cell(&kind.summary), ports(kind), source(kind));
        }
        text.push('\n');
    }
    for kind in sorted.iter().flat_map(|(_, kinds)| kinds) {
        text.push_str(&section(kind));
    }
    text.trim_end().to_owned() + "\n"
}

/// The kinds of each category in their order, those without one last.
fn sorted(catalog: &Catalog) -> Vec<(String, Vec<&KindPage>)> {
    let categories = Category::WORDS.iter().filter_map(|word| Category::read(word).ok()).map(Some);
    let title = |category: Option<Category>| match category {
        Some(Category::Ai) => "AI".to_owned(),
        Some(category) => {
            let word = category.to_string();
            word[..1].to_uppercase() + &word[1..]
        }
        None => "Other".to_owned(),
    };
    let of = |category: Option<Category>| -> Vec<&KindPage> {
        catalog.kinds.iter().filter(|kind| kind.category == category).collect()
    };
    let all = categories.chain([None]).map(|category| (title(category), of(category)));
    all.filter(|(_, kinds)| !kinds.is_empty()).collect()
}

fn section(kind: &KindPage) -> String {
    let mut text = format!("### {}\n\n{}.", kind.name, kind.summary.trim_end_matches('.'));
    let mut say = |sentence: String| {
        text.push(' ');
        text.push_str(&sentence);
    };
    if let Some(by) = &kind.brought_by {
        say(format!("`{by}` of the definition brings it."));
    }
    if let Some(image) = &kind.image {
        say(format!("Runs the container `{image}`."));
    }
    if let Some(path) = kind.state.as_ref().and_then(|state| state.path.as_ref()) {
        say(format!("Keeps its state in `{path}`."));
    }
    if !kind.depends_on.is_empty() {
        let names: Vec<_> = kind.depends_on.iter().map(|name| format!("[{name}](#{name})")).collect();
        say(format!("Needs {}.", names.join(" or ")));
    }
    if let Some(release) = &kind.release {
        say(format!("Needs NixOS {release}."));
    }
    if !kind.unfree.is_empty() {
        let names: Vec<_> = kind.unfree.iter().map(|name| format!("`{name}`")).collect();
        say(format!("Not free: {}.", names.join(", ")));
    }
    text.push_str("\n\n");
    if !kind.settings.is_empty() {
        text.push_str("| setting | type | does |\n|---|---|---|\n");
        for setting in &kind.settings {
            let required = if setting.required { ", required" } else { "" };
            let what = cell(setting.description.as_deref().unwrap_or_default());
            let _ = writeln!(text, "| `{}` | {}{required} | {what} |", setting.name, cell(&setting.r#type));
        }
        text.push('\n');
    }
    let _ = write!(text, "```yaml\n{}```\n\n", kind.example);
    text
}

fn ports(kind: &KindPage) -> String {
    let ports: Vec<_> = kind.ports.iter().map(|port| port.number.to_string()).collect();
    if ports.is_empty() { "-".to_owned() } else { ports.join(", ") }
}

/// A text that does not end its cell.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ").replace('<', "&lt;")
}
