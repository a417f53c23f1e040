//! Where values come from: transcripts of the program, and what holds for every value of every fleet.
//!
//! Each `tests/why/*.txt` is a transcript: its `$` lines are run one after the other in a copy of `tests/why/fleet`, and
//! what they print is what stands there. `CISTERN_BLESS=1` writes it anew.

#![expect(clippy::disallowed_methods, reason = "reads fleets, and runs the program on copies of them")]

mod common;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::Relaxed;

use cistern::diag::Faults;
use cistern::emit::{self, Context};
use cistern::load;
use cistern::nix;
use cistern::place::plan::{HostEntry, Machine};
use cistern::source::{Sources, Span};
use cistern::tree::Tree;
use cistern::value::ModuleRef;
use cistern::why::{Answer, Known, Layer, Leaf, Options, View, ask, near, show};
use cistern::{compile, kind};
use common::temp_dir;
use rayon::prelude::*;
use serde_json::{Value, json};

#[test]
fn transcripts_are_real() {
    let mut stale = Vec::new();
    let mut commands = 0;
    for file in files(&repository().join("tests/why"), "txt") {
        let text = fs::read_to_string(&file).unwrap();
        let found = replay(&text);
        commands += found.matches("\n$ ").count();
        if text != found && std::env::var_os("CISTERN_BLESS").is_some() {
            fs::write(&file, &found).unwrap();
        } else if text != found {
            let diff = similar::TextDiff::from_lines(&text, &found);
            stale.push(format!("{}:\n{}", file.display(), diff.unified_diff()));
        }
    }
    assert!(commands > 40, "{commands} commands");
    assert!(stale.is_empty(), "CISTERN_BLESS=1 accepts what is found:\n{}", stale.join("\n"));
}

#[test]
fn the_document_is_real() {
    let file = repository().join("docs/why.md");
    let text = fs::read_to_string(&file).unwrap();
    let mut parts = text.split("```console\n");
    let mut made = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (block, rest) = part.split_once("```\n").expect("a block ends");
        let commands = block.lines().filter_map(|line| line.strip_prefix("$ "));
        let shown =
            commands.map(|command| format!("$ {command}\n{}", sh(&repository().join("examples/homelab"), command)));
        made.push_str(&format!("```console\n{}```\n{rest}", shown.collect::<Vec<_>>().join("\n")));
    }
    if text != made && std::env::var_os("CISTERN_BLESS").is_some() {
        return fs::write(&file, &made).unwrap();
    }
    assert!(text == made, "docs/why.md is stale: run this test with CISTERN_BLESS=1");
}

/// Runs the `$` lines of a transcript; lines that begin with `#` stay.
fn replay(transcript: &str) -> String {
    let home = temp_dir();
    let fleet = home.path().join("fleet");
    sh(home.path(), &format!("cp -r '{}' fleet", repository().join("tests/why/fleet").display()));
    let mut made = String::new();
    for line in transcript.lines() {
        if let Some(command) = line.strip_prefix("$ ") {
            let gap = if made.is_empty() || made.ends_with("\n\n") || made.ends_with("#\n") { "" } else { "\n" };
            made.push_str(&format!("{gap}$ {command}\n{}", sh(&fleet, command)));
        } else if line.starts_with('#') {
            made.push_str(&format!("{}{line}\n", if made.is_empty() || made.ends_with('#') { "" } else { "\n" }));
        }
    }
    made
}

/// What a command says, on both streams, and its exit code where it is not 0.
fn sh(directory: &Path, command: &str) -> String {
    let bin = Path::new(env!("CARGO_BIN_EXE_cistern")).parent().expect("a directory");
    let old = std::env::var_os("PATH").unwrap_or_default();
    let path = std::env::join_paths(std::iter::once(bin.to_path_buf()).chain(std::env::split_paths(&old)));
    let output = Command::new("sh")
        .args(["-c", &format!("{{ {command}\n}} 2>&1")])
        .current_dir(directory)
        .env("PATH", path.expect("no colons"))
        .env("GIT_CEILING_DIRECTORIES", directory.parent().expect("a copy lies below something"))
        .env("NO_COLOR", "1")
        .output()
        .expect("sh starts");
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    let lines: String = text.lines().map(|line| format!("{}\n", line.trim_end())).collect();
    match output.status.code() {
        Some(0) => lines,
        code => format!("{lines}(exit {})\n", code.expect("it was not killed")),
    }
}

#[test]
fn every_value_stands_where_why_says() {
    let values = AtomicUsize::new(0);
    for_each_fleet(|name, sources| {
        let known = Known::read(sources);
        for host in known.fleet.hosts.keys() {
            let view = View::of(&known, host.as_str()).unwrap();
            for leaf in view.leaves() {
                let at = format!("{name}: {host} {}", leaf.dotted());
                assert_eq!(leaf.said.is_empty(), leaf.unset.is_some(), "{at}: either somebody set it or nobody");
                for said in leaf.said.iter().chain(&leaf.beaten).filter(|said| said.layer != Layer::Facts) {
                    let span = said.span.unwrap_or_else(|| panic!("{at}: {} has no place", said.by));
                    assert_eq!(read(&known.sources, span), said.value, "{at}");
                    let entry = known.raw.entry_at(span).map(|(section, name)| format!("{section}.{name}"));
                    match said.layer {
                        Layer::Default => assert!(at_top(&known, span, "defaults"), "{at}"),
                        Layer::Kind => assert!(known.sources.file(span.file).path.ends_with(".nix.j2"), "{at}"),
                        _ => assert_eq!(entry.as_ref(), Some(&said.by), "{at}"),
                    }
                    values.fetch_add(1, Relaxed);
                }
                let whole = ask(&view, &leaf.dotted()).leaf.unwrap_or_else(|| panic!("{at} is not found"));
                assert_eq!(format!("{whole:?}"), format!("{leaf:?}"), "{at}");
            }
        }
    });
    assert!(values.load(Relaxed) > 500, "{values:?} values");
}

#[test]
fn every_value_is_the_one_that_was_decided() {
    for_each_compiled(|name, directory, entries| {
        let known = Known::read(sources(directory));
        for (host, entry) in &entries.hosts {
            let view = View::of(&known, host.as_str()).unwrap();
            let found = |path: &str| ask(&view, path).leaf.map(|leaf| leaf.value).unwrap_or_default();
            let wanted =
                of_entry(entry).into_iter().chain(entry.machine.iter().flat_map(|machine| of_machine(machine)));
            for (path, wanted) in wanted {
                let path = path.as_str();
                let found = match (found(path), &wanted) {
                    // The plan sorts them.
                    (Value::Array(mut list), _) if path == "tags" => {
                        list.sort_by_key(|tag| tag.as_str().map(str::to_owned));
                        Value::Array(list)
                    }
                    (Value::String(text), Value::String(_)) => Value::from(text.to_lowercase()),
                    (other, _) => other,
                };
                let wanted = wanted.as_str().map_or(wanted.clone(), |text| text.to_lowercase().into());
                assert_eq!(found, wanted, "{name}: {host} {path}");
            }
        }
    });
}

/// What the plan says of keys of a host.
fn of_entry(entry: &HostEntry) -> Vec<(String, Value)> {
    let deploy = &entry.deploy;
    let mut wanted = vec![
        ("managed", json!(entry.managed)),
        ("address", json!(entry.address)),
        ("site", json!(entry.site)),
        ("tags", json!(entry.tags)),
        ("deploy.hostname", json!(deploy.hostname)),
        ("deploy.port", deploy.port.map_or(json!(22), |port| json!(port))),
        ("deploy.ssh_user", json!(deploy.ssh_user)),
        ("deploy.user", json!(deploy.user)),
        ("deploy.jump", json!(deploy.jump)),
        ("deploy.ssh_opts", json!(deploy.ssh_opts)),
        ("deploy.sudo", json!(deploy.sudo)),
        ("deploy.remote_build", json!(deploy.remote_build)),
        ("deploy.confirm_timeout", json!(deploy.confirm_timeout)),
        ("deploy.activation_timeout", json!(deploy.activation_timeout)),
    ];
    if entry.system.is_some() {
        wanted.push(("system", json!(entry.system)));
    }
    let labels = entry.labels.iter().map(|(name, value)| (format!("labels.{name}"), json!(value)));
    wanted.into_iter().map(|(path, value)| (path.to_owned(), value)).chain(labels).collect()
}

/// What the plan says of keys of a host that Cistern configures.
fn of_machine(machine: &Machine) -> Vec<(String, Value)> {
    let modules = machine.modules.iter().map(|module| match module {
        ModuleRef::File(path) => format!("./{}", path.0),
        ModuleRef::Flake { input, attributes } => format!("flake:{input}#{}", attributes.join(".")),
    });
    let wanted = [
        ("state_version", json!(machine.state_version)),
        ("modules", json!(modules.collect::<Vec<_>>())),
        ("audit.secret_reads", json!(machine.audit_secret_reads)),
        ("ssh.password_auth", json!(machine.password_auth)),
        ("network.mode", json!(machine.network.mode)),
        ("time_zone", json!(machine.time_zone)),
        ("locale", json!(machine.locale)),
    ];
    wanted.into_iter().map(|(path, value)| (path.to_owned(), value)).collect()
}

#[test]
fn every_option_is_led_back_to_a_template() {
    let options = AtomicUsize::new(0);
    for_each_compiled(|name, directory, entries| {
        let tree = tree(directory);
        for host in entries.hosts.keys() {
            let known = Known::about(sources(directory), host.as_str()).unwrap_or_else(|_| panic!("{name}: {host}"));
            let plan = known.plan(host).unwrap_or_else(|_| panic!("{name}: {host} has no plan"));
            assert_eq!(plan.without, [], "{name}: {host}");
            let nothing = Tree::default();
            let context = Context::new(&plan.plan, &known.templates, &nothing, &known.sources);
            let Some(trace) = emit::trace(&context, host).unwrap() else {
                assert!(tree.get(&format!("hosts/{host}.nix")).is_none());
                continue;
            };
            // What is told of one host is what would be written of all.
            let written = tree.get(&format!("hosts/{host}.nix")).unwrap();
            assert_eq!(trace.text.as_bytes(), &written[..], "{name}: {host}");
            let view = View::of(&known, host.as_str()).unwrap();
            let lines = Options::of(&view, &trace);
            let set = nix::assigned(&trace.text);
            assert_eq!(lines.names().count(), set.len(), "{name}: {host}: options without a template");
            for one in set {
                let path = one.dotted();
                let found = lines.find(&path).unwrap_or_else(|| panic!("{name}: {host} {path} is not found"));
                for written in found.written {
                    let at = format!("{name}: {host} {path}");
                    let line = trace.text.lines().nth(written.line - 1).unwrap();
                    let last = one.path.last().and_then(|segment| segment.name.as_deref()).unwrap_or_default();
                    assert!(line.contains(last), "{at}: line {} is {line}", written.line);
                    let source = &known.sources.file(written.template.file);
                    assert!(source.path.ends_with(".nix.j2"), "{at}");
                    let rest = &source.text[written.template.start as usize..];
                    let place = rest.lines().next().unwrap_or_default();
                    assert!(place.contains(last) || place.contains("{{"), "{at}: {} is {place}", source.path);
                    for feed in written.names.iter().chain(&written.values).chain(&written.conditions) {
                        let known = !feed.notes.iter().any(|note| note.contains("not known"));
                        assert!(known, "{at}: {}: {:?}", feed.expression, feed.notes);
                        let fed = !feed.leaves.is_empty() || !feed.notes.is_empty();
                        assert!(fed || is_empty(&feed.expression), "{at}: nothing fed {}", feed.expression);
                    }
                    options.fetch_add(1, Relaxed);
                }
            }
        }
    });
    assert!(options.load(Relaxed) > 2000, "{options:?} options");
}

/// Says whether an expression is one that may come from nothing: keys of nobody, a list that is empty, a text of the
/// template itself, a place in a loop.
fn is_empty(expression: &str) -> bool {
    let is_constant = expression.starts_with('"') && expression.trim_end_matches(" | attr").ends_with('"');
    is_constant
        || expression.contains("loop.")
        || ["root_keys", "account.keys", "known_hosts"].iter().any(|name| expression.contains(name))
}

#[test]
fn a_question_about_one_host_is_answered_as_by_the_whole_fleet() {
    for_each_fleet_directory(|name, directory| {
        let whole = Known::read(sources(directory));
        for host in whole.fleet.hosts.keys() {
            let one = Known::about(sources(directory), host.as_str()).unwrap_or_else(|_| panic!("{name}: {host}"));
            let leaves = |known: &Known| -> Vec<Leaf> { View::of(known, host.as_str()).unwrap().leaves() };
            let shown = |known: &Known| format!("{:?}", leaves(known));
            assert_eq!(shown(&one), shown(&whole), "{name}: {host}");
        }
    });
}

#[test]
fn every_misspelt_path_is_led_to_a_known_one() {
    let known = Known::read(sources(&repository().join("examples/homelab")));
    let view = View::of(&known, "eden").unwrap();
    for leaf in view.leaves().iter().filter(|leaf| leaf.path.last().is_some_and(|key| key.len() > 4)) {
        let path = leaf.dotted();
        let misspelt = format!("{}x{}", &path[..path.len() - 2], &path[path.len() - 1..]);
        let Answer { leaf: None, .. } = ask(&view, &misspelt) else { panic!("{misspelt} is known") };
        assert!(near(&view, None, &misspelt).is_some(), "{misspelt}");
    }
}

#[test]
fn what_is_shown_reads_the_same() {
    for_each_fleet(|name, sources| {
        let known = Known::read(sources);
        let views: Vec<View<'_>> =
            known.fleet.hosts.keys().filter_map(|host| View::of(&known, host.as_str())).collect();
        let mut shown = Sources::default();
        let id = shown.add("shown", show::yaml(&views));
        let mut faults = Faults::default();
        let node =
            load::parse(id, shown.file(id), &mut faults).unwrap_or_else(|| panic!("{name}: {}", shown.file(id).text));
        assert!(faults.is_empty(), "{name}");
        let mut document: Value = serde_json::from_str(&show::json(&views)).unwrap();
        document.as_object_mut().unwrap().retain(|key, _| key != "version" && key != "unset");
        assert_eq!(said(node.to_json()), said(document), "{name}");
    });
}

/// A value without what is nothing.
fn said(value: Value) -> Value {
    match value {
        Value::Object(map) => {
            let inner = map.into_iter().map(|(key, value)| (key, said(value)));
            Value::Object(inner.filter(|(_, value)| !value.is_null() && *value != json!({})).collect())
        }
        Value::Array(list) => list.into_iter().map(said).collect(),
        other => other,
    }
}

/// Reads what a place of a YAML file says.
fn read(sources: &Sources, span: Span) -> Value {
    let mut own = Sources::default();
    let text = sources.slice(span);
    let id = own.add("x", text);
    let node = load::parse(id, own.file(id), &mut Faults::default()).unwrap_or_else(|| panic!("{text} is no YAML"));
    match node.to_json() {
        // 25.10 is not 25.1.
        Value::Number(number) if number.as_i64().is_none() => text.into(),
        other => other,
    }
}

fn at_top(known: &Known, span: Span, section: &str) -> bool {
    known.raw.root.get(section).is_some_and(|entry| {
        let whole = entry.value.span;
        whole.file == span.file && whole.start <= span.start && span.end <= whole.end
    })
}

fn tree(directory: &Path) -> Tree {
    let compiled = compile(directory).expect("it can be read");
    let nothing = Tree::default();
    let context = Context::new(
        compiled.plan.as_ref().expect("it has no fault"),
        &compiled.templates,
        &nothing,
        &compiled.sources,
    );
    emit::emit(&context).expect("no template fails").tree
}

fn sources(directory: &Path) -> Sources {
    let mut sources = Sources::read(directory).expect("it can be read");
    kind::add_built_in(&mut sources);
    sources
}

fn for_each_fleet(law: impl Fn(&str, Sources) + Sync) {
    for_each_fleet_directory(|name, directory| law(name, sources(directory)));
}

fn for_each_compiled(law: impl Fn(&str, &Path, &cistern::place::Entries) + Sync) {
    for_each_fleet_directory(|name, directory| {
        let compiled = compile(directory).expect("it can be read");
        law(name, directory, compiled.plan.as_ref().unwrap_or_else(|| panic!("{name} has faults")).entries());
    });
}

fn for_each_fleet_directory(law: impl Fn(&str, &Path) + Sync) {
    let good =
        directories(&repository().join("tests/fleets/good")).into_iter().map(|directory| directory.join("fleet"));
    let own = [repository().join("tests/why/fleet")];
    let fleets: BTreeSet<PathBuf> = good.chain(directories(&repository().join("examples"))).chain(own).collect();
    assert!(fleets.len() > 15);
    fleets.par_iter().for_each(|directory| law(&relative(directory), directory));
}

fn directories(of: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(of).expect("it is there").map(|entry| entry.expect("it can be read").path());
    entries.filter(|path| path.is_dir()).collect()
}

fn files(of: &Path, suffix: &str) -> Vec<PathBuf> {
    let mut found: Vec<_> =
        fs::read_dir(of).expect("it is there").map(|entry| entry.expect("it can be read").path()).collect();
    found.retain(|path| path.extension().is_some_and(|own| own == suffix));
    found.sort();
    found
}

fn relative(directory: &Path) -> String {
    directory.strip_prefix(repository()).expect("below it").display().to_string()
}

fn repository() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}
