//! The picture for Mermaid, as Markdown on many sites shows it.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::impact::Hit;
use super::model::{Graph, Node, Why};

/// How what is affected looks.
const LOOKS: &str = "\
  classDef stops fill:#fde7e7,stroke:#c62828,stroke-width:2px,color:#5f1414
  classDef quorum fill:#fde7e7,stroke:#ad1457,stroke-width:2px,color:#5f1414
  classDef impaired fill:#fff1dc,stroke:#b26a00,stroke-width:2px,color:#4a2d00
  classDef reduced fill:#fffbe0,stroke:#8d7b00,stroke-width:2px,color:#3f3700
";

/// Writes the picture as a flowchart of Mermaid's.
pub fn mermaid(graph: &Graph<'_>) -> String {
    let mut text = String::from("flowchart LR\n");
    // Names could be words of the language, so that what is drawn is numbered.
    let mut ids: BTreeMap<Node<'_>, String> = BTreeMap::new();
    let mut marks: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for (number, site) in graph.sites.iter().enumerate() {
        let label = match (site.name, site.region) {
            (Some(name), Some(region)) => format!("{name} ({region})"),
            (Some(name), None) => name.to_string(),
            (None, _) => "without a site".to_owned(),
        };
        line(&mut text, 1, &format!("subgraph s{number}[{}]", quoted(&[&label])));
        for host in &site.hosts {
            let id = format!("h{}", ids.len());
            let (address, is_down) = (host.entry.address.to_string(), graph.is_down(host.name));
            let words = host.resting().into_iter().chain(is_down.then_some("down"));
            let lines: Vec<&str> = [host.name.as_str(), &address].into_iter().chain(words).collect();
            marks.entry("stops").or_default().extend(is_down.then(|| id.clone()));
            match host.chips.is_empty() {
                true => line(&mut text, 2, &format!("{id}[{}]", quoted(&lines))),
                false => line(&mut text, 2, &format!("subgraph {id}[{}]", quoted(&lines))),
            }
            ids.insert(Node::Host(host.name), id);
            for chip in &host.chips {
                let id = format!("n{}", ids.len());
                let hit = graph.shown(host.name, chip);
                let lines: Vec<&str> =
                    [chip.service.as_str()].into_iter().chain(chip.role).chain(hit.map(Hit::words)).collect();
                line(&mut text, 3, &format!("{id}([{}])", quoted(&lines)));
                marks.entry(hit.map_or("", Hit::class)).or_default().push(id.clone());
                ids.insert(Node::Instance(host.name, chip.service), id);
            }
            if !host.chips.is_empty() {
                line(&mut text, 2, "end");
            }
        }
        line(&mut text, 1, "end");
    }
    for edge in &graph.edges {
        let arrow = match edge.why {
            Why::DependsOn => "-->",
            Why::Address => "-.->",
            Why::Watches => "-.-o",
        };
        line(&mut text, 1, &format!("{} {arrow} {}", ids[&edge.from], ids[&edge.to]));
    }
    if graph.impact.is_some() {
        text.push_str(LOOKS);
        for (class, ids) in marks.iter().filter(|(class, ids)| !class.is_empty() && !ids.is_empty()) {
            line(&mut text, 1, &format!("class {} {class}", ids.join(",")));
        }
    }
    text
}

fn line(text: &mut String, depth: usize, line: &str) {
    writeln!(text, "{:width$}{line}", "", width = 2 * depth).expect("a text takes everything");
}

/// Lines of text in quotes; Mermaid takes characters by their number.
fn quoted(lines: &[&str]) -> String {
    let escaped: Vec<_> = lines.iter().map(|line| escaped(line)).collect();
    format!("\"{}\"", escaped.join("<br/>"))
}

fn escaped(text: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || matches!(c, ' ' | '.' | ',' | '-' | '_' | ':' | '/' | '(' | ')');
    let one = |c: char| if is_plain(c) { c.to_string() } else { format!("#{};", u32::from(c)) };
    text.chars().map(one).collect()
}
