//! Laws: what holds for every fleet, on the fleets of `tests/fleets/good` and `examples`.
//!
//! Fleets are changed as data: every file of the definition becomes a JSON value, is changed, and is written as JSON,
//! which is YAML.

#![expect(clippy::disallowed_methods, reason = "reads fleets, and runs the program on copies of them")]

mod common;
#[path = "laws/changes.rs"]
mod changes;
#[path = "laws/differences.rs"]
mod differences;
#[path = "laws/fleet.rs"]
mod fleet;
#[path = "laws/recipients.rs"]
mod recipients;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::Command;
use std::thread;

use changes::{Random, keys, shuffled_json};
use cistern::diff::diff;
use cistern::emit::EMITTERS;
use cistern::source::SPLIT;
use cistern::tree::Tree;
use cistern::{kind, nix};
use common::{run, temp_dir};
use fleet::{Fleet, plan, write};
use serde_json::{Value, json};

#[test]
fn those_who_decrypt_are_those_who_read_and_those_who_administer_them() {
    let secrets: usize = in_parallel(fleets(), |(name, fleet)| {
        let meant = recipients::meant(&fleet.files);
        let tree = fleet.tree();
        let text = tree.get("secrets.nix").map(|bytes| String::from_utf8_lossy(bytes).into_owned()).unwrap_or_default();
        let mut written = recipients::written(&text);
        // A value that was there before is for those who read the one of today.
        let previous: Vec<String> = written.keys().filter(|file| file.ends_with(".previous.age")).cloned().collect();
        for file in previous {
            let readers = written.remove(&file).expect("it was listed");
            assert_eq!(Some(&readers), meant.get(&file.replace(".previous", "")), "{name}: {file}");
        }
        assert_eq!(written, meant, "{name}");
        meant.len()
    })
    .into_iter()
    .sum();
    assert!(secrets > 40, "only {secrets} files were looked at");
}

/// How many hosts are written while the cache of the headers is tried with one change after another.
const HOSTS_WRITTEN: usize = 200;

#[test]
fn writing_twice_is_the_same() {
    for_each_fleet(|name, fleet| {
        let tree = fleet.tree();
        assert!(tree == fleet.tree(), "{name}: two runs give two trees");
        assert!(
            tree == fleet.tree_over(&tree).expect("it compiled just now"),
            "{name}: a second run changes something"
        );
        assert!(diff(&tree, &tree).is_same(), "{name}: a tree is different from itself");
    });
}

#[test]
fn the_order_of_keys_means_nothing() {
    for_each_fleet(|name, fleet| {
        let tree = fleet.tree();
        for seed in 0..3 {
            let mut random = Random(seed);
            let mut shuffled = fleet.clone();
            for (path, value) in fleet.definition() {
                shuffled.files.insert(path, shuffled_json(&value, &mut random));
            }
            same(&tree, &shuffled.tree(), &format!("{name}, keys shuffled with {seed}"));
        }
    });
}

#[test]
fn splitting_files_means_nothing() {
    for_each_fleet(|name, fleet| {
        let tree = fleet.tree();
        let joined = fleet.joined();
        same(&tree, &fleet.with(&joined).tree(), &format!("{name}, in one file"));
        for seed in 0..3 {
            let mut random = Random(seed);
            let mut split = fleet.with(&joined);
            let mut rest = joined.clone();
            for section in SPLIT {
                let Some(Value::Object(entries)) = rest.get_mut(section) else { continue };
                for entry in keys(entries).into_iter().filter(|_| random.below(2) == 0) {
                    let value = entries.remove(&entry).expect("it is one of the keys");
                    let value = if value.is_null() { json!({}) } else { value };
                    split.files.insert(format!("{section}/{entry}.yaml"), value.to_string());
                }
            }
            split.files.insert("fleet.yaml".to_owned(), rest.to_string());
            same(&tree, &split.tree(), &format!("{name}, split with {seed}"));
        }
    });
}

#[test]
fn every_emitter_and_every_kind_occurs() {
    const FILES: &[(&str, &str)] = &[
        ("alertmanager", "prometheus/alertmanager.yml"),
        ("grafana", "grafana/dashboards/cistern-fleet.json"),
        ("hosts", "hosts/eden.nix"),
        ("hosts index", "hosts.nix"),
        ("ingress", "ingress/traefik-http.json"),
        ("known hosts", "ssh_known_hosts"),
        ("logs", "alloy/config.alloy"),
        ("nodes", "nodes.nix"),
        ("plan", "plan.jsonl"),
        ("blackbox exporter", "prometheus/blackbox.yml"),
        ("prometheus", "prometheus/prometheus.yml"),
        ("rules", "prometheus/rules/alerts.yml"),
        ("secrets", "secrets.nix"),
    ];
    let fleets = fleets();
    let compiled: Vec<_> = fleets.values().map(|fleet| (fleet.compile(), fleet.tree())).collect();
    for emitter in EMITTERS {
        let row = FILES.iter().find(|(name, _)| *name == emitter.name);
        let (_, file) = row.unwrap_or_else(|| panic!("name a file of the emitter `{}` here", emitter.name));
        assert!(compiled.iter().any(|(_, tree)| tree.get(file).is_some()), "no good fleet gives {file}");
    }
    let used: BTreeSet<String> = compiled
        .iter()
        .flat_map(|(compiled, _)| plan(compiled).entries().services.values().map(|service| service.kind.to_string()))
        .collect();
    for (path, _) in kind::embedded_files() {
        let Some(name) = path.strip_prefix("services/").and_then(|path| path.strip_suffix(".nix.j2")) else { continue };
        assert!(used.contains(name), "no good fleet has the kind `{name}`");
    }
}

#[test]
fn every_nix_file_is_formatted() {
    for_each_fleet(|name, fleet| {
        for (path, bytes) in fleet.tree().iter().filter(|(path, _)| path.ends_with(".nix")) {
            let text = std::str::from_utf8(bytes).expect("Nix is UTF-8");
            let formatted = nix::format(text).unwrap_or_else(|fault| panic!("{name}: {path}: {fault}"));
            assert!(text == formatted, "{name}: {path} is not as nixfmt would have it\n{}", unified(text, &formatted));
        }
    });
}

#[test]
fn a_host_changes_only_those_that_talk_to_it() {
    let fleet = Fleet::read(&repository().join("examples/company"));
    let before = fleet.tree();
    // People go on from the bastion to any host, so it knows the keys of all.
    let new = json!({
        "address": "10.30.0.31", "site": "office", "state_version": "25.11", "profiles": ["vm"],
        "host_key": "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIO6BAfoEdwfhai5YYaMf4beg3A1fHbO3G90qjPQ982wF",
    });
    let mut larger = fleet.clone();
    larger.files.insert("hosts/desk.yaml".to_owned(), new.to_string());
    let after = larger.tree();
    // The monitor lets it in, to send its journal.
    assert_eq!(hosts_changed(&before, &after), set(&["bastion", "desk", "monitor"]));
    assert_eq!(hosts_changed(&after, &before), set(&["bastion", "desk", "monitor"]));
    let targets = "prometheus/targets/node.json";
    assert!(before.get(targets) != after.get(targets), "the new host is scraped");

    // A member of a cluster is known to the others, and to those that wait for it.
    let mut smaller = fleet;
    let cache = smaller.files.remove("hosts/cache-3.yaml").expect("the example has it");
    let definition = smaller.files["fleet.yaml"].replace("[cache-1, cache-2, cache-3]", "[cache-1, cache-2]");
    smaller.files.insert("fleet.yaml".to_owned(), definition);
    let talk_to_it = ["app-1", "app-2", "app-3", "cache-1", "cache-2", "cache-3"];
    let besides = [&talk_to_it[..], &["bastion", "monitor"]].concat();
    assert_eq!(hosts_changed(&before, &smaller.tree()), set(&besides));
    smaller.files.insert("hosts/cache-3.yaml".to_owned(), cache);
    assert_eq!(hosts_changed(&before, &smaller.tree()), set(&talk_to_it));
}

#[test]
fn each_host_of_the_company_may_leave() {
    let fleet = Fleet::read(&repository().join("examples/company"));
    let before = fleet.tree();
    let names: Vec<_> =
        fleet.files.keys().filter_map(|path| path.strip_prefix("hosts/")?.strip_suffix(".yaml")).collect();
    let left = in_parallel(names, |name| {
        let mut without = fleet.clone();
        without.files.remove(&format!("hosts/{name}.yaml"));
        let Some(after) = without.tree_over(&Tree::default()) else { return false };
        let own = before.get(&format!("hosts/{name}.nix")).map(|_| name);
        let expected = own.into_iter().chain(["bastion", "monitor"]).map(str::to_owned).collect();
        assert_eq!(hosts_changed(&before, &after), expected, "without {name}");
        true
    });
    assert!(left.iter().filter(|left| **left).count() >= 5, "nearly every host is named by something");
}

#[test]
fn a_label_changes_no_host() {
    let fleet = Fleet::read(&repository().join("examples/company"));
    let before = fleet.tree();
    let hosts: Vec<_> = fleet.files.keys().filter(|path| path.starts_with("hosts/")).cloned().collect();
    in_parallel(hosts, |path| {
        let mut labelled = fleet.clone();
        let mut value = fleet.value(&path);
        value["labels"]["shelf"] = json!("top");
        labelled.files.insert(path.clone(), value.to_string());
        let after = labelled.tree();
        assert_eq!(hosts_changed(&before, &after), set(&[]), "a label of {path}");
        assert!(before.get("plan.jsonl") != after.get("plan.jsonl"), "the label of {path} is nowhere");
    });
}

#[test]
fn the_machine_means_nothing() {
    let fleet = repository().join("tests/fleets/good/kinds/fleet");
    let tree = Fleet::read(&fleet).tree();
    let environments: [&[(&str, &str)]; 3] = [
        &[],
        &[("LC_ALL", "tr_TR.UTF-8"), ("TZ", "Asia/Tokyo"), ("USER", "somebody"), ("RAYON_NUM_THREADS", "1")],
        &[
            ("LANG", "C"),
            ("SOURCE_DATE_EPOCH", "1"),
            ("HOME", "/nowhere"),
            ("TERM", "dumb"),
            ("RAYON_NUM_THREADS", "7"),
        ],
    ];
    for environment in environments {
        let temp = temp_dir();
        let copy = temp.path().join("fleet");
        run(Command::new("cp").arg("-r").arg(&fleet).arg(&copy));
        let mut command = Command::new(env!("CARGO_BIN_EXE_cistern"));
        let path = std::env::var_os("PATH").expect("there is a PATH");
        command.env_clear().env("PATH", path).env("GIT_CEILING_DIRECTORIES", temp.path());
        run(command.arg("generate").arg("-C").arg(&copy).envs(environment.iter().copied()));
        let written = Tree::read(&copy.join("generated")).expect("it was written just now");
        same(&tree, &written, &format!("with {environment:?}"));
    }
}

#[test]
fn what_is_there_already_is_not_taken_for_what_should_be() {
    let accepted = in_parallel(fleets(), |(name, fleet)| changed_again_and_again(&name, fleet));
    assert!(accepted.iter().sum::<usize>() > 200, "most changes gave no fleet: {accepted:?}");
}

/// Changes a fleet many times, writes over what was written before, and compares with writing from scratch.
fn changed_again_and_again(name: &str, mut fleet: Fleet) -> usize {
    let mut accepted = 0;
    let mut written = fleet.tree();
    let hosts = written.iter().filter(|(path, _)| path.starts_with("hosts/")).count();
    for seed in 0..(HOSTS_WRITTEN / hosts).clamp(12, 50) {
        let mut random = Random(seed as u64);
        let mut changed = fleet.clone();
        let what = changed.change(&mut random);
        let compiled = changed.compile();
        let Some(tree) = write(&compiled, &written) else { continue };
        let scratch = write(&compiled, &Tree::default()).expect("it could be written over another");
        same(&scratch, &tree, &format!("{name}, change {seed}: {what}, written over what was there"));
        (accepted, written, fleet) = (accepted + 1, tree, changed);
    }
    accepted
}

/// Every good fleet and the examples.
fn fleets() -> BTreeMap<String, Fleet> {
    let examples = ["company", "homelab", "services"];
    let examples = examples.map(|name| (name.to_owned(), repository().join("examples").join(name)));
    let good = fs::read_dir(repository().join("tests/fleets/good")).expect("it is there").map(|entry| {
        let path = entry.expect("it can be read").path();
        (path.file_name().expect("it has a name").to_string_lossy().into_owned(), path.join("fleet"))
    });
    good.chain(examples).map(|(name, dir)| (name, Fleet::read(&dir))).collect()
}

fn for_each_fleet(law: impl Fn(&str, &Fleet) + Sync) {
    in_parallel(fleets(), |(name, fleet)| law(&name, &fleet));
}

/// Does something with each item, in threads whose words reach the test that began them.
fn in_parallel<T: Send, R: Send>(items: impl IntoIterator<Item = T>, each: impl Fn(T) -> R + Sync) -> Vec<R> {
    let each = &each;
    thread::scope(|scope| {
        let threads: Vec<_> = items.into_iter().map(|item| scope.spawn(move || each(item))).collect();
        threads.into_iter().map(|thread| thread.join().expect("a law is broken")).collect()
    })
}

/// The hosts whose module is not the same in two trees.
fn hosts_changed(before: &Tree, after: &Tree) -> BTreeSet<String> {
    let hosts = |tree: &Tree| tree.iter().map(|(path, _)| path.to_owned()).collect::<BTreeSet<_>>();
    let paths = hosts(before).into_iter().chain(hosts(after));
    let differ = paths.filter(|path| before.get(path) != after.get(path));
    differ.filter_map(|path| Some(path.strip_prefix("hosts/")?.strip_suffix(".nix")?.to_owned())).collect()
}

/// Fails with the first file that is not the same.
#[track_caller]
fn same(expected: &Tree, found: &Tree, what: &str) {
    let paths: BTreeSet<&str> = expected.iter().chain(found.iter()).map(|(path, _)| path).collect();
    for path in paths {
        let text = |tree: &Tree| tree.get(path).map(|bytes| String::from_utf8_lossy(bytes).into_owned());
        let (old, new) = (text(expected), text(found));
        assert!(old == new, "{what}: {path}\n{}", unified(&old.unwrap_or_default(), &new.unwrap_or_default()));
    }
}

fn unified(old: &str, new: &str) -> String {
    similar::TextDiff::from_lines(old, new).unified_diff().context_radius(3).header("expected", "found").to_string()
}

fn set(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}
