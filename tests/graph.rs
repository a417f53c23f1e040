//! Pictures of fleets: complete, well-formed, the same each time, and of one mind with `cistern simulate`.
//!
//! `docs/graph.svg` is the picture of `examples/homelab`. `CISTERN_BLESS=1` rewrites it.

#![expect(clippy::disallowed_methods, reason = "runs the program on fleets of the repository")]

mod common;
#[path = "common/fleet.rs"]
mod fleet;

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::fs;
use std::io::Write as _;
use std::process::{Command, Stdio};

use cistern::graph::{self, Down, Hit, dot, graph, mermaid, svg};
use cistern::simulate::{Effect, simulate};
use cistern::value::HostName;
use cistern::{Compiled, compile};
use common::everything;
use fleet::{Fleet, expect_exit, repository};

/// A shop in two sites whose parts need each other, and names that languages of pictures could trip over.
const SHOP: &str = r#"
version: 1
fleet: { name: shop, domain: example.org }
sites: { home: { region: "a <b> & \"c\" -->" }, end: {} }
defaults: { system: x86_64-linux, hardware: vm, filesystems: { /: { device: /dev/vda1, fs_type: ext4 } }, exporters: { node: {} } }
access: { people: { ana: { role: admin, keys: [ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGPjDzGvX/3cfsR072065rAHFFNhEYxivdPUkAOgpN4a] } } }
hosts:
  end: { state_version: "25.11", address: 10.0.0.1, site: home }
  graph: { state_version: "25.11", address: 10.0.0.2, site: end }
  node: { state_version: "25.11", address: 10.0.0.3, lifecycle: maintenance }
  class: { managed: scrape, address: 10.0.0.4, site: end }
services:
  db: { kind: postgresql, placement: { hosts: [graph] } }
  subgraph: { image: IMAGE, placement: { hosts: [graph, node] }, ports: { web: 8080 }, depends_on: [db] }
  style: { kind: nginx, placement: { hosts: [end] }, settings: { virtual_hosts: { www.example.org: { proxy: "http://10.0.0.2:8080" } } } }
  front: { image: IMAGE, placement: { hosts: [end] }, ports: { web: 8081 }, depends_on: [style] }
monitoring: { hosts: [end] }
"#;

const IMAGE: &str =
    "\"registry.example.org/shop:1@sha256:98558eb4c11abccd275aeff54ceaae4b1d5f8554a153c857857146258df92947\"";

fn shop() -> Fleet {
    let fleet = Fleet::new();
    fleet.write("fleet.yaml", SHOP.replace("IMAGE", IMAGE));
    fleet
}

/// Every example and every good fleet that compiles by itself, by its path.
fn fleets() -> Vec<(String, Compiled)> {
    let good = fs::read_dir(repository().join("tests/fleets/good")).expect("it is there");
    let good = good.map(|entry| {
        format!("tests/fleets/good/{}/fleet", entry.expect("it can be read").file_name().to_string_lossy())
    });
    let mut paths: Vec<String> = good.chain(["homelab", "company"].map(|name| format!("examples/{name}"))).collect();
    paths.sort();
    let compiled = |path: String| {
        Some((path.clone(), compile(&repository().join(path)).ok().filter(|found| found.plan.is_some())?))
    };
    paths.into_iter().filter_map(compiled).collect()
}

fn hosts(compiled: &Compiled) -> BTreeSet<HostName> {
    compiled.plan.as_ref().expect("it compiles").entries().hosts.keys().cloned().collect()
}

/// The languages that every picture is drawn in.
fn drawn(compiled: &Compiled, down: Option<Down>) -> [String; 3] {
    let plan = compiled.plan.as_ref().expect("it compiles");
    let mut picture = graph(plan.entries(), &hosts(compiled), true);
    picture.impact = down.map(|down| graph::impact(plan.entries(), plan.kinds(), down));
    [svg(&picture), dot(&picture), mermaid(&picture)]
}

#[test]
fn every_fleet_is_drawn_whole_and_the_same_each_time() {
    let fleets = fleets();
    assert!(fleets.len() > 10, "{} only", fleets.len());
    for (path, compiled) in &fleets {
        let entries = compiled.plan.as_ref().expect("it compiles").entries();
        let first = entries.hosts.keys().next().cloned().map(Down::Host);
        for down in [None, first] {
            let [svg, dot, mermaid] = drawn(compiled, down.clone());
            assert_eq!(
                [&svg, &dot, &mermaid],
                [&drawn(compiled, down.clone())[0], &drawn(compiled, down.clone())[1], &drawn(compiled, down)[2]]
            );
            let elements = well_formed(&svg);
            assert_eq!(elements["svg"], 1, "{path}");
            assert!(!svg.contains("<script") && !svg.contains("href") && !svg.contains("@import"), "{path}");
            let instances = entries.instances.values().map(|services| services.len()).sum::<usize>();
            assert!(elements["g"] >= instances + entries.hosts.len(), "{path}");
            for host in entries.hosts.keys() {
                assert!(svg.contains(&format!("<title>{host} (")), "{path}: {host}");
                assert!(
                    dot.contains(&format!("\"cluster_host:{host}\"")) && mermaid.contains(host.as_str()),
                    "{path}: {host}"
                );
            }
            graphviz_takes(&dot);
        }
    }
}

/// Counts the elements of a document; fails where it is not well-formed.
fn well_formed(text: &str) -> BTreeMap<String, usize> {
    let (mut open, mut counts, mut rest) = (Vec::new(), BTreeMap::new(), text);
    while let Some((before, after)) = rest.split_once('<') {
        for part in before.split('&').skip(1) {
            assert!(["amp;", "lt;", "gt;", "quot;", "#39;"].iter().any(|end| part.starts_with(end)), "&{part}");
        }
        let (tag, next) = after.split_once('>').expect("a tag ends");
        let name = tag.trim_matches('/').split(' ').next().expect("a tag has a name").to_owned();
        let quotes = tag.matches('"').count();
        assert!(quotes % 2 == 0 && !tag.contains('<'), "<{tag}>");
        if tag.starts_with('/') {
            assert_eq!(open.pop(), Some(name), "</…> of another element");
        } else {
            *counts.entry(name.clone()).or_default() += 1;
            if !tag.ends_with('/') {
                open.push(name);
            }
        }
        rest = next;
    }
    assert!(open.is_empty() && rest.trim().is_empty(), "{open:?} never end");
    counts
}

/// Asks Graphviz, where the machine has it, else looks whether braces and quotes match.
fn graphviz_takes(text: &str) {
    let mut command = Command::new("dot");
    command.arg("-Tcanon").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    match command.spawn() {
        Ok(mut child) => {
            child.stdin.take().expect("it is a pipe").write_all(text.as_bytes()).expect("it listens");
            let output = child.wait_with_output().expect("it ends");
            assert!(output.status.success() && output.stderr.is_empty(), "{}\n{text}", everything(&output));
        }
        Err(_) => {
            let (mut depth, mut quoted, mut escaped) = (0, false, false);
            for c in text.chars() {
                match c {
                    _ if escaped => escaped = false,
                    '\\' if quoted => escaped = true,
                    '"' => quoted = !quoted,
                    '{' if !quoted => depth += 1,
                    '}' if !quoted => depth -= 1,
                    _ => {}
                }
                assert!(depth >= 0, "{text}");
            }
            assert!(depth == 0 && !quoted, "{text}");
        }
    }
}

#[test]
fn what_stops_is_what_simulate_says() {
    let mut stopped = 0;
    for (path, compiled) in fleets() {
        let plan = compiled.plan.as_ref().expect("it compiles");
        for host in plan.entries().hosts.keys() {
            let impact = graph::impact(plan.entries(), plan.kinds(), Down::Host(host.clone()));
            let simulation = simulate(plan.entries(), plan.kinds(), &BTreeSet::from([host.clone()]));
            let of =
                |effect| simulation.services.iter().filter(move |loss| loss.effect == effect).map(|loss| &loss.name);
            for (effect, hit) in [(Effect::Stops, Hit::Stops), (Effect::LosesQuorum, Hit::LosesQuorum)] {
                let said: BTreeSet<_> = of(effect).collect();
                let drawn: BTreeSet<_> =
                    impact.services.iter().filter(|(_, found)| **found == hit).map(|(name, _)| name).collect();
                assert_eq!(said, drawn, "{path}: {host}");
                stopped += said.len();
            }
            // What loses redundancy may be impaired as well, and never untouched.
            assert!(of(Effect::LosesRedundancy).all(|name| impact.services[name] >= Hit::Impaired), "{path}: {host}");
            let broken: BTreeSet<_> = simulation.routes.iter().map(|route| &route.through).collect();
            assert!(broken.iter().all(|name| impact.services.contains_key(*name)), "{path}: {host}");
            assert_eq!(impact.unwatched, simulation.summary.targets_unwatched);
        }
    }
    assert!(stopped > 50, "{stopped} only");
}

#[test]
fn what_needs_what_stops_is_impaired() {
    let fleet = shop();
    let compiled = compile(fleet.root()).expect("it can be read");
    let plan = compiled.plan.as_ref().unwrap_or_else(|| panic!("{}", everything(&fleet.cistern(&["check"]))));
    let entries = plan.entries();
    let of = |word: &str| {
        let host = entries.hosts.keys().find(|host| host.as_str() == word).cloned().map(Down::Host);
        let service = || entries.services.keys().find(|service| service.as_str() == word).cloned().map(Down::Service);
        let impact = graph::impact(entries, plan.kinds(), host.or_else(service).expect("there is one"));
        let hits = impact.services.iter().filter(|(name, _)| !name.as_str().ends_with("-exporter"));
        hits.map(|(name, hit)| (name.to_string(), hit.words())).collect::<BTreeMap<_, _>>()
    };
    let map = |pairs: &[(&str, &'static str)]| {
        pairs.iter().map(|(name, word)| ((*name).to_owned(), *word)).collect::<BTreeMap<_, _>>()
    };
    let (stops, impaired) = ("stops", "is impaired");
    assert_eq!(of("db"), map(&[("db", stops), ("front", impaired), ("style", impaired), ("subgraph", impaired)]));
    assert_eq!(of("subgraph"), map(&[("subgraph", stops), ("style", impaired), ("front", impaired)]));
    assert_eq!(of("front"), map(&[("front", stops)]));
    // One instance is left, but the address of the other one leads nowhere, and the database is gone.
    assert_eq!(of("graph"), map(&[("db", stops), ("front", impaired), ("style", impaired), ("subgraph", impaired)]));
    assert_eq!(of("node"), map(&[("subgraph", "loses redundancy")]));

    let output = fleet.cistern(&["graph", "--format", "mermaid", "--impact", "db"]);
    expect_exit(&output, 0);
    let said = everything(&output);
    assert!(said.contains("db is down: 1 service stops, 3 are impaired (front through style, style through subgraph, subgraph through db)"), "{said}");
    let text = String::from_utf8(output.stdout).expect("it is text");
    assert!(text.starts_with("flowchart LR\n") && text.contains("(a #60;b#62; #38; #34;c#34; --#62;)"), "{text}");
    let opened = text.lines().filter(|line| line.trim_start().starts_with("subgraph ")).count();
    assert_eq!(opened, text.lines().filter(|line| line.trim() == "end").count());
    assert!(
        text.contains(" --> ") && text.contains(" -.-> ") && text.contains(" stops\n") && text.contains(" impaired\n"),
        "{text}"
    );
    for down in [None, Some(Down::Host(entries.hosts.keys().next().expect("there is one").clone()))] {
        let [svg, dot, _] = drawn(&compiled, down);
        assert_eq!(
            well_formed(&svg)["title"],
            1 + entries.hosts.len() + entries.instances.values().map(|all| all.len()).sum::<usize>()
        );
        assert!(svg.contains("a &lt;b&gt; &amp; &quot;c&quot; --&gt;") && svg.contains("in maintenance"));
        graphviz_takes(&dot);
    }
}

#[test]
fn a_crowd_is_drawn_small_and_its_services_by_themselves() {
    let fleet = shop();
    let more: String = (0..300)
        .map(|n| {
            format!(
                "  more-{n:03}: {{ state_version: \"25.11\", address: 10.1.{}.{}, site: home }}\n",
                n / 250,
                n % 250 + 1
            )
        })
        .collect();
    fleet.edit("fleet.yaml", "hosts:\n", &format!("hosts:\n{more}"));
    let compiled = compile(fleet.root()).expect("it can be read");
    let [svg, ..] = drawn(&compiled, None);
    let elements = well_formed(&svg);
    assert!(svg.contains(">services</text>") && svg.contains("subgraph × 2"), "the services stand above");
    // Between services three lines, and one to each host that is watched.
    assert!(elements["rect"] > 600 && svg.contains("class=\"square"), "{elements:?}");
    let width: i32 = svg
        .split("width=\"")
        .nth(1)
        .and_then(|rest| rest.split('"').next())
        .expect("it has one")
        .parse()
        .expect("a number");
    assert!((1_200..3_000).contains(&width), "{width}");
}

#[test]
fn a_part_is_drawn_and_what_is_unknown_is_told() {
    let fleet = shop();
    let output = fleet.cistern(&["graph", "graph or node", "--format", "dot"]);
    expect_exit(&output, 0);
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        text.contains("cluster_host:graph") && !text.contains("cluster_host:end\"") && !text.contains("style\" ->"),
        "{text}"
    );
    for (args, expected) in [
        (&["graph", "--impact", "dbb"][..], "no host or service is called `dbb`; the nearest is `db`"),
        (&["graph", "--impact", "service:node"], "no service is called `node`"),
        (&["graph", "nod"], "the nearest host is `node`"),
        (&["graph", "--format", "png"], "invalid value"),
    ] {
        let output = fleet.cistern(args);
        expect_exit(&output, 2);
        assert!(everything(&output).contains(expected) && output.stdout.is_empty(), "{}", everything(&output));
    }
    let output = fleet.cistern(&["graph", "--impact", "host:node"]);
    expect_exit(&output, 0);
}

#[test]
fn the_picture_of_the_documents_is_that_of_the_example() {
    let fleet = Fleet::copy("examples/homelab");
    let output = fleet.cistern(&["graph", "--monitoring"]);
    expect_exit(&output, 0);
    let file = repository().join("docs/graph.svg");
    if env::var_os("CISTERN_BLESS").is_some_and(|value| value == "1") {
        fs::write(&file, &output.stdout).expect("the repository can be written");
    }
    let expected = fs::read(&file).unwrap_or_default();
    assert!(expected == output.stdout, "{}: run with CISTERN_BLESS=1 and look at it", file.display());
}
