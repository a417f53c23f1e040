//! Kinds: the options that their front matter names are the options that they set, in a fleet that has each kind twice,
//! with the least and with everything that can be said of it, and in the good fleets.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::{Value as Json, json};

use crate::bench::Bench;
use crate::fleet::{Nix, Program, repository};
use crate::good_fleets::GoodFleets;

#[test]
fn ports_and_state_are_set_where_kinds_say() {
    let Some(nix) = Nix::new(Program::Absent) else { return };
    let bench = Bench::new();
    let mut questions = Vec::new();
    for placed in &bench.placed {
        let front = &bench.fronts[&placed.kind];
        let option = |option: &str| option.replace("{service}", &placed.service);
        for (name, port) in front.ports.iter().flat_map(|ports| &ports.entries) {
            let number = placed.ports.get(name.as_str()).copied();
            let number = number.unwrap_or_else(|| port.value.number.as_ref().expect("it is required").value.0.get());
            let fixed = port.value.fixed.as_ref().is_some_and(|fixed| fixed.value);
            match &port.value.option {
                Some(at) => questions.push((placed, option(&at.value), json!(number))),
                None => assert!(fixed, "kind {}: port {name} has no option and is not fixed", placed.kind),
            }
        }
        let limited = placed.service.ends_with("-most") && !placed.kind.ends_with("-exporter");
        for unit in front.units.iter().flatten().filter(|_| limited) {
            let unit = option(unit.value.as_str());
            questions.push((placed, format!("systemd.services.{unit}.serviceConfig.CPUQuota"), json!("100%")));
            questions.push((placed, format!("systemd.services.{unit}.serviceConfig.MemoryMax"), json!("1G")));
        }
        let Some(state) = &front.state else { continue };
        let usual = state.path.as_ref().map(|path| option(path.value.as_str()));
        match (&state.option, placed.state.clone().or(usual)) {
            (Some(at), Some(path)) => questions.push((placed, option(&at.value), json!(path))),
            (None, _) => assert!(state.fixed.is_some(), "kind {}: its state has no option", placed.kind),
            (_, None) => panic!("kind {}: its state has no path", placed.kind),
        }
    }
    let asked: Vec<_> = questions.iter().map(|(placed, option, _)| json!([placed.hosts[0], split(option)])).collect();
    let apply = format!(
        "hosts: map (q: builtins.foldl' (set: name: set.${{name}} or {{ none = true; }})
            hosts.${{builtins.head q}}.config (builtins.elemAt q 1)) (builtins.fromJSON ''{}'')",
        json!(asked)
    );
    let found = nix.eval(bench.fleet.root(), "nixosConfigurations", &apply);
    let faults: Vec<_> = questions
        .iter()
        .zip(found.as_array().expect("a list of answers"))
        .filter(|((_, _, expected), found)| !is_same(found, expected))
        .map(|((placed, option, expected), found)| {
            format!("kind {} ({}): {option} is {found}, not {expected}", placed.kind, placed.service)
        })
        .collect();
    assert!(questions.len() >= 30, "{} questions only", questions.len());
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Options hold a port as a number, within text (`"20001:8000"`, `/ip4/0.0.0.0/tcp/4001`), or somewhere in a list or a set;
/// and a directory as it is, or as the beginning of others.
fn is_same(found: &Json, expected: &Json) -> bool {
    match found {
        Json::String(text) => holds(text, expected),
        Json::Array(items) => items.iter().any(|item| is_same(item, expected)),
        Json::Object(entries) => entries.values().any(|value| is_same(value, expected)),
        _ => found == expected,
    }
}

/// Says whether a text names a port or a directory.
fn holds(text: &str, expected: &Json) -> bool {
    match expected.as_str() {
        Some(path) => text.split_whitespace().any(|word| word == path || word.starts_with(&format!("{path}/"))),
        None => {
            let number = expected.to_string();
            text.split(|c: char| !c.is_ascii_digit()).any(|digits| digits == number)
        }
    }
}

/// The names of an option's path; none of them has a dot.
fn split(option: &str) -> Vec<&str> {
    option.split('.').collect()
}

#[test]
fn listed_options_exist() {
    let Some(nix) = Nix::new(Program::Absent) else { return };
    let bench = Bench::new();
    let list = fs::read_to_string(repository().join("tests/nixpkgs/options.tsv")).expect("the list is there");
    let rows: Vec<Vec<&str>> = list.lines().map(|line| line.split('\t').collect()).collect();
    let mut told = BTreeSet::new();
    let (mut asked, mut looked_for) = (Vec::new(), Vec::new());
    for row in &rows {
        let [option, _, source] = row[..] else { panic!("tests/nixpkgs/options.tsv: {row:?} has not three fields") };
        told.insert(source);
        // What stands in every host is looked for in the list of options (`options.rs`).
        if source == "host" {
            continue;
        }
        let hosts: Vec<&str> = match source.strip_prefix("hardware/") {
            Some(profile) => vec![profile],
            None => {
                let placed = bench.placed.iter().filter(|placed| placed.kind == source);
                placed.flat_map(|placed| &placed.hosts).map(String::as_str).collect()
            }
        };
        assert!(!hosts.is_empty(), "tests/nixpkgs/options.tsv: there is no kind {source}");
        asked.push(json!([hosts, split(option)]));
        looked_for.push((source, row));
    }
    for kind in bench.fronts.keys().filter(|kind| !bench.own.contains(*kind)) {
        assert!(told.contains(kind.as_str()), "tests/nixpkgs/options.tsv lists no option of the kind {kind}");
    }
    let absent = |root: &Path, attribute: &str, hosts: &str, asked: &[Json]| -> Vec<usize> {
        // An argument of a program has a longest length.
        let answers = |some: &[Json]| {
            let asked = EXISTS.replace("@HOSTS@", hosts).replace("@ASKED@", &json!(some).to_string());
            let found = nix.eval(root, attribute, &asked);
            found.as_array().expect("a list of answers").clone()
        };
        let found = asked.chunks(400).flat_map(answers).enumerate();
        found.filter(|(_, found)| *found != true).map(|(row, _)| row).collect()
    };
    let rest = absent(bench.fleet.root(), "nixosConfigurations", "fleet", &asked);
    // The bench has no proxies and no name servers; there are good fleets with them.
    let good = GoodFleets::new();
    let again: Vec<_> = rest.iter().map(|row| json!([good.running(looked_for[*row].0), asked[*row][1]])).collect();
    let nowhere = absent(good.all.root(), "fleets", BY_FLEET, &again);
    let nowhere: Vec<_> = nowhere.into_iter().map(|row| looked_for[rest[row]].1.join(" ")).collect();
    assert!(nowhere.is_empty(), "no host has these:\n{}", nowhere.join("\n"));
}

/// The hosts of several fleets, each as `FLEET/HOST`.
const BY_FLEET: &str = r#"builtins.listToAttrs (builtins.concatMap (name: map (host: {
  name = "${name}/${host}";
  value = fleet.${name}.${host};
}) (builtins.attrNames fleet.${name})) (builtins.attrNames fleet))"#;

/// Says of each `[[host] [name]]` whether one of the hosts has such an option; `<word>` in a name is any text, `*` an
/// item of a list.
const EXISTS: &str = r#"fleet:
let
  hosts = @HOSTS@;
  has = set: path: path == [ ] || (if builtins.head path == "*" then
    builtins.isList set && builtins.any (item: has item (builtins.tail path)) set
  else builtins.isAttrs set) && (builtins.isList set || (
    let
      parts = builtins.split "<[a-z]+>" (builtins.head path);
      prefix = builtins.head parts;
      names = if builtins.length parts == 1 then [ prefix ] else builtins.filter
        (name: builtins.substring 0 (builtins.stringLength prefix) name == prefix) (builtins.attrNames set);
    in
    builtins.any (name: set ? ${name} && has set.${name} (builtins.tail path)) names
  ));
in
map (q: builtins.any (host: has hosts.${host}.config (builtins.elemAt q 1)) (builtins.head q))
  (builtins.fromJSON ''@ASKED@'')"#;
