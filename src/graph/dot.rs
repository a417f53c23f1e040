//! The picture for Graphviz.

use std::fmt::Write as _;

use super::impact::Hit;
use super::model::{Edge, Graph, Host, Node, Why};

/// Writes the picture in Graphviz' language; `dot -Tsvg` lays it out.
pub fn dot(graph: &Graph<'_>) -> String {
    let mut text = format!(
        "digraph {} {{\n  rankdir=LR; compound=true; newrank=true; fontname=\"sans-serif\";\n  \
         node [shape=box, style=\"rounded,filled\", fillcolor=white, fontname=\"sans-serif\", fontsize=11];\n  \
         edge [fontname=\"sans-serif\", fontsize=9, color=\"#5b6675\"];\n",
        quoted(graph.fleet.as_str())
    );
    for site in &graph.sites {
        let label = match (site.name, site.region) {
            (Some(name), Some(region)) => format!("{name} ({region})"),
            (Some(name), None) => name.to_string(),
            (None, _) => "without a site".to_owned(),
        };
        let name = site.name.map_or_else(String::new, ToString::to_string);
        line(&mut text, 1, &format!("subgraph {} {{", quoted(&format!("cluster_site:{name}"))));
        line(&mut text, 2, &format!("label={}; style=\"rounded\"; color=\"#a9b3c0\";", quoted(&label)));
        site.hosts.iter().for_each(|host| cluster(&mut text, graph, host));
        line(&mut text, 1, "}");
    }
    graph.edges.iter().for_each(|edge| arrow(&mut text, graph, edge));
    text.push_str("}\n");
    text
}

fn cluster(text: &mut String, graph: &Graph<'_>, host: &Host<'_>) {
    let is_down = graph.is_down(host.name);
    let mut label = format!("{}\n{}", host.name, host.entry.address);
    for word in host.resting().into_iter().chain(is_down.then_some("down")) {
        write!(label, "\n{word}").expect("a text takes everything");
    }
    let color = if is_down { "#c62828" } else { "#c8d0da" };
    line(text, 2, &format!("subgraph {} {{", quoted(&cluster_name(host.name.as_str()))));
    line(
        text,
        3,
        &format!("label={}; style=\"rounded,filled\"; fillcolor=\"#f6f8fa\"; color={};", quoted(&label), quoted(color)),
    );
    // What edges of the whole host end at; a cluster must not be empty either.
    let point = quoted(&name(Node::Host(host.name)));
    line(text, 3, &format!("{point} [shape=point, style=invis, width=0, height=0, label=\"\"];"));
    for chip in &host.chips {
        let hit = graph.shown(host.name, chip);
        let mut label = chip.service.to_string();
        for word in chip.role.map(str::to_owned).into_iter().chain(hit.map(|hit| hit.words().to_owned())) {
            write!(label, "\n{word}").expect("a text takes everything");
        }
        let node = quoted(&name(Node::Instance(host.name, chip.service)));
        line(text, 3, &format!("{node} [label={}{}];", quoted(&label), look(hit)));
    }
    line(text, 2, "}");
}

fn look(hit: Option<Hit>) -> String {
    let (fill, color) = match hit {
        None => return String::new(),
        Some(Hit::Stops) => ("#fde7e7", "#c62828"),
        Some(Hit::LosesQuorum) => ("#fde7e7", "#ad1457"),
        Some(Hit::Impaired) => ("#fff1dc", "#b26a00"),
        Some(Hit::LosesRedundancy) => ("#fffbe0", "#8d7b00"),
    };
    format!(", fillcolor=\"{fill}\", color=\"{color}\", penwidth=2")
}

fn arrow(text: &mut String, graph: &Graph<'_>, edge: &Edge<'_>) {
    let mut about: Vec<String> = match edge.why {
        Why::DependsOn => vec![],
        Why::Address => vec!["style=dashed".to_owned()],
        Why::Watches => vec!["style=dotted".to_owned(), "constraint=false".to_owned()],
    };
    for (key, node) in [("ltail", edge.from), ("lhead", edge.to)] {
        if let Node::Host(host) = node {
            about.push(format!("{key}={}", quoted(&cluster_name(host.as_str()))));
        }
    }
    if graph.is_hit(edge) {
        about.extend(["color=\"#c62828\"".to_owned(), "penwidth=2".to_owned()]);
    }
    about.push(format!("tooltip={}", quoted(edge.why.words())));
    line(text, 1, &format!("{} -> {} [{}];", quoted(&name(edge.from)), quoted(&name(edge.to)), about.join(", ")));
}

fn cluster_name(host: &str) -> String {
    format!("cluster_host:{host}")
}

fn name(node: Node<'_>) -> String {
    match node {
        Node::Host(host) => host.to_string(),
        Node::Instance(host, service) => format!("{host}/{service}"),
    }
}

fn line(text: &mut String, depth: usize, line: &str) {
    writeln!(text, "{:width$}{line}", "", width = 2 * depth).expect("a text takes everything");
}

/// A text in quotes; line breaks are written as Graphviz reads them.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n"))
}
