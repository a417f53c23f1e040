//! `cistern place`, `drain`, `undrain` and `move`, and the lock that they share with `generate`.

#![expect(clippy::disallowed_methods, reason = "writes fleets, and runs the program on them")]

mod common;
#[path = "common/fleet.rs"]
mod fleet;

use std::fs;

use common::everything;
use fleet::{Fleet, expect_exit};
use serde_json::Value as Json;

/// The good fleet, without a lock.
fn placed() -> Fleet {
    let fleet = Fleet::copy("tests/fleets/good/placement/fleet");
    fs::remove_file(fleet.root().join("placement.lock")).expect("it was written");
    fleet
}

/// The same, generated.
fn generated() -> Fleet {
    let fleet = placed();
    expect_exit(&fleet.cistern(&["generate"]), 0);
    fleet
}

fn lock(fleet: &Fleet) -> String {
    fleet.read("placement.lock")
}

/// The hosts of a service in the lock, by a key of its line.
fn hosts(fleet: &Fleet, service: &str, key: &str) -> Vec<String> {
    let text = lock(fleet);
    let lines = text.lines().map(|line| serde_json::from_str::<Json>(line).expect("a line of JSON"));
    let line = lines.into_iter().find(|line| line["service"] == service).expect("the service is in the lock");
    line[key].as_array().into_iter().flatten().map(|host| host.as_str().expect("a name").to_owned()).collect()
}

fn json(fleet: &Fleet, args: &[&str]) -> Json {
    let output = fleet.cistern(args);
    expect_exit(&output, 0);
    serde_json::from_slice(&output.stdout).expect("one document")
}

#[test]
fn generate_writes_the_lock_and_keeps_to_it() {
    let fleet = placed();
    let check = fleet.cistern(&["generate", "--check"]);
    expect_exit(&check, 1);
    assert!(everything(&check).contains("missing   placement.lock"), "{}", everything(&check));
    expect_exit(&fleet.cistern(&["generate"]), 0);
    let first = lock(&fleet);
    assert_eq!(first.lines().count(), 4, "a heading and three services that were solved: {first}");
    assert!(!first.contains("sonarr"), "what is named needs no lock: {first}");
    expect_exit(&fleet.cistern(&["generate", "--check"]), 0);
    let before = fleet.files();
    expect_exit(&fleet.cistern(&["generate"]), 0);
    assert!(fleet.files() == before, "the second run changed something");
    // Another order of the lines means the same, and is put right.
    let mut lines: Vec<&str> = first.lines().collect();
    lines[1..].reverse();
    fleet.write("placement.lock", lines.join("\n") + "\n");
    let check = fleet.cistern(&["generate", "--check"]);
    expect_exit(&check, 1);
    assert!(everything(&check).contains("stale     placement.lock"), "{}", everything(&check));
    expect_exit(&fleet.cistern(&["generate"]), 0);
    assert_eq!(lock(&fleet), first);
}

#[test]
fn a_lock_that_nobody_needs_goes() {
    let fleet = generated();
    let text = fleet.read("fleet.yaml");
    let kept: Vec<_> = text.lines().filter(|line| !line.contains("replicas:")).collect();
    fleet.write("fleet.yaml", kept.join("\n") + "\n");
    let check = fleet.cistern(&["generate", "--check"]);
    expect_exit(&check, 1);
    assert!(everything(&check).contains("left over placement.lock"), "{}", everything(&check));
    expect_exit(&fleet.cistern(&["generate"]), 0);
    assert!(!fleet.root().join("placement.lock").exists());
}

#[test]
fn a_refused_run_leaves_the_lock_alone() {
    let fleet = generated();
    let first = lock(&fleet);
    fleet.edit("fleet.yaml", "replicas: 2, standby: 1, spread: site", "replicas: 3, standby: 1");
    let module = fleet.root().join("generated/hosts/eden.nix");
    let text = fs::read_to_string(&module).unwrap();
    fs::write(&module, text.replace("hostName", "hostName /* by hand */")).unwrap();
    expect_exit(&fleet.cistern(&["generate"]), 1);
    assert_eq!(lock(&fleet), first);
    expect_exit(&fleet.cistern(&["generate", "--force"]), 0);
    assert_eq!(hosts(&fleet, "whoami", "hosts").len(), 3);
}

#[test]
fn a_standby_is_prepared_and_not_started() {
    let fleet = generated();
    let standby = hosts(&fleet, "whoami", "standbys");
    let running = hosts(&fleet, "whoami", "hosts");
    let module = |host: &str| fleet.read(&format!("generated/hosts/{host}.nix"));
    let own = module(&standby[0]);
    assert!(own.contains("services.whoami"), "{own}");
    assert!(own.contains("whoami.wantedBy = lib.mkForce [ ];"), "{own}");
    assert!(own.contains("8000"), "its port is open there: {own}");
    for host in &running {
        assert!(!module(host).contains("whoami.wantedBy"), "{host} runs it");
    }
    let down = json(&fleet, &["simulate", "--down", &running[0], "--format", "json", "--exit-zero"]);
    let loss = down["services"].as_array().unwrap().iter().find(|loss| loss["name"] == "whoami").unwrap();
    assert_eq!((&loss["before"], &loss["left"]), (&2.into(), &1.into()), "a standby is no instance that is left");
    assert_eq!(loss["standbys"][0], Json::from(standby[0].clone()));
}

#[test]
fn place_says_where_and_why() {
    let fleet = generated();
    let table = fleet.cistern(&["place"]);
    expect_exit(&table, 0);
    let text = everything(&table);
    assert!(text.contains("chosen from 4 hosts") && text.contains("named or matching"), "{text}");
    assert!(text.contains("4 services, 3 of them chosen"), "{text}");
    let document = json(&fleet, &["place", "--format", "json"]);
    let services = document["services"].as_array().unwrap();
    let whoami = services.iter().find(|service| service["name"] == "whoami").unwrap();
    assert_eq!((&whoami["how"], &whoami["new"]), (&"chosen".into(), &Json::Array(Vec::new())));
    let explained = json(&fleet, &["place", "--explain", "jellyfin", "--format", "json"]);
    let verdicts = explained["hosts"].as_array().unwrap();
    let of = |host: &str| verdicts.iter().find(|verdict| verdict["host"] == host).unwrap();
    assert_eq!((&of("pishon")["result"], &of("pishon")["constraint"]), (&"excluded".into(), &"`gpu`".into()));
    assert_eq!((&of("tigris")["result"], &of("tigris")["constraint"]), (&"excluded".into(), &"`requires`".into()));
    assert_eq!(verdicts.iter().filter(|verdict| verdict["result"] == "runs").count(), 1);
    assert!(verdicts.iter().any(|verdict| verdict["result"] == "runs" && verdict["held"] == true));
    let text = everything(&fleet.cistern(&["place", "--explain", "redis"]));
    assert!(text.contains("placement.lock has it there") && text.contains("% of it"), "{text}");
    let unknown = fleet.cistern(&["place", "--explain", "jelyfin"]);
    expect_exit(&unknown, 2);
    assert!(everything(&unknown).contains("the nearest is `jellyfin`"), "{}", everything(&unknown));
}

#[test]
fn every_document_is_as_its_schema_says() {
    let fleet = placed();
    for (schema, asked) in [
        ("--place", &["place"][..]),
        ("--explain", &["place", "--explain", "jellyfin"]),
        ("--explain", &["place", "--explain", "sonarr"]),
        ("--move", &["move", "sonarr", "--to", "pishon", "--dry-run"]),
    ] {
        let schema = json(&fleet, &["schema", schema]);
        jsonschema::draft202012::meta::validate(&schema).expect("it is a schema");
        let validator = jsonschema::validator_for(&schema).expect("it is a schema");
        let mut document = json(&fleet, &[asked, &["--format", "json"]].concat());
        let faults: Vec<_> = validator.iter_errors(&document).map(|fault| fault.to_string()).collect();
        assert!(faults.is_empty(), "{asked:?}: {faults:?}");
        document["more"] = true.into();
        assert!(!validator.is_valid(&document), "{asked:?}: the schema takes everything");
    }
}

#[test]
fn a_host_that_is_no_longer_legal_is_explained() {
    let fleet = generated();
    let host = hosts(&fleet, "jellyfin", "hosts")[0].clone();
    fleet.edit("fleet.yaml", &format!("  {host}: {{ "), &format!("  {host}: {{ lifecycle: maintenance, "));
    let explained = json(&fleet, &["place", "--explain", "jellyfin", "--format", "json"]);
    assert_eq!(explained["lost"][0]["host"], Json::from(host));
    assert!(explained["lost"][0]["why"].as_str().unwrap().contains("`lifecycle`"), "{explained}");
    let host = hosts(&fleet, "redis", "hosts")[0].clone();
    let others: Vec<_> = ["eden", "gihon", "pishon", "tigris"].into_iter().filter(|other| *other != host).collect();
    fleet.edit("fleet.yaml", "hosts: [eden, gihon, pishon, tigris]", &format!("hosts: [{}]", others.join(", ")));
    let explained = json(&fleet, &["place", "--explain", "redis", "--format", "json"]);
    let lost = explained["lost"].as_array().unwrap().iter().find(|lost| lost["host"] == host.as_str());
    let why = lost.expect("it left")["why"].as_str().unwrap();
    assert!(why.contains("not among the hosts to choose from"), "{explained}");
}

#[test]
fn the_lock_is_let_go_deliberately() {
    let fleet = generated();
    let first = lock(&fleet);
    // Somebody put it where the solver would not.
    let (was, others) = (hosts(&fleet, "jellyfin", "hosts"), ["eden", "gihon"]);
    let other = others.into_iter().find(|host| !was.contains(&(*host).to_owned())).unwrap();
    let edited = first
        .replace(&format!("\"jellyfin\",\"hosts\":[\"{}\"]", was[0]), &format!("\"jellyfin\",\"hosts\":[\"{other}\"]"));
    fleet.write("placement.lock", &edited);
    let redis_is_there = hosts(&fleet, "redis", "hosts").contains(&other.to_owned());
    let tried = fleet.cistern(&["place", "--forget", "jellyfin", "--dry-run"]);
    expect_exit(&tried, 0);
    assert_eq!(lock(&fleet), edited, "a dry run writes nothing");
    if !redis_is_there {
        assert!(everything(&tried).contains(&format!("{other} → {}", was[0])), "{}", everything(&tried));
        expect_exit(&fleet.cistern(&["place", "--forget", "jellyfin"]), 0);
        assert_eq!(hosts(&fleet, "jellyfin", "hosts"), was);
    }
    let named = fleet.cistern(&["place", "--forget", "sonarr"]);
    expect_exit(&named, 2);
    assert!(everything(&named).contains("neither `replicas` nor `standby`"), "{}", everything(&named));
    expect_exit(&fleet.cistern(&["place", "--rebalance"]), 0);
    expect_exit(&fleet.cistern(&["place", "--rebalance", "redis", "--dry-run"]), 0);
    expect_exit(&fleet.cistern(&["place", "--dry-run"]), 2);
}

#[test]
fn draining_a_host_moves_what_was_chosen_and_leaves_what_is_named() {
    let fleet = generated();
    let before = fleet.read("fleet.yaml");
    let first = lock(&fleet);
    let host = hosts(&fleet, "whoami", "hosts")[0].clone();
    let tried = fleet.cistern(&["drain", &host, "--dry-run"]);
    expect_exit(&tried, 0);
    let said = everything(&tried);
    assert!(said.contains("lifecycle: maintenance") && said.contains("placement.lock"), "{said}");
    assert_eq!((fleet.read("fleet.yaml"), lock(&fleet)), (before.clone(), first.clone()));
    let drained = fleet.cistern(&["drain", &host]);
    expect_exit(&drained, 0);
    assert!(everything(&drained).contains('→'), "{}", everything(&drained));
    for (service, key) in [("whoami", "hosts"), ("whoami", "standbys"), ("redis", "hosts"), ("jellyfin", "hosts")] {
        assert!(!hosts(&fleet, service, key).contains(&host), "{service} is still on {host}");
    }
    let edited = fleet.read("fleet.yaml");
    assert!(edited.contains("# Two of four hosts"), "comments stay: {edited}");
    expect_exit(&fleet.cistern(&["generate"]), 0);
    expect_exit(&fleet.cistern(&["generate", "--check"]), 0);
    let after = lock(&fleet);
    expect_exit(&fleet.cistern(&["undrain", &host]), 0);
    assert_eq!(fleet.read("fleet.yaml"), before);
    assert_eq!(lock(&fleet), after, "nothing moves back by itself");
    let again = fleet.cistern(&["undrain", &host]);
    expect_exit(&again, 0);
    assert!(everything(&again).contains("is not drained"), "{}", everything(&again));
    expect_exit(&fleet.cistern(&["drain", "nowhere"]), 2);
}

#[test]
fn draining_keeps_what_is_wanted_to_stay() {
    let fleet = generated();
    let host = hosts(&fleet, "whoami", "hosts")[0].clone();
    let before = hosts(&fleet, "whoami", "hosts");
    expect_exit(&fleet.cistern(&["drain", &host, "--keep"]), 0);
    assert_eq!(hosts(&fleet, "whoami", "hosts"), before);
    assert!(hosts(&fleet, "whoami", "kept").contains(&host));
    expect_exit(&fleet.cistern(&["generate"]), 0);
    assert_eq!(hosts(&fleet, "whoami", "hosts"), before);
    // The host takes nothing new all the same.
    fleet.write(
        "fleet.yaml",
        fleet.read("fleet.yaml") + "  nginx: { placement: { hosts: [eden, gihon, pishon, tigris], replicas: 3 } }\n",
    );
    expect_exit(&fleet.cistern(&["generate"]), 0);
    assert!(!hosts(&fleet, "nginx", "hosts").contains(&host));
    expect_exit(&fleet.cistern(&["undrain", &host]), 0);
    expect_exit(&fleet.cistern(&["generate"]), 0);
    assert!(!lock(&fleet).contains("kept"), "{}", lock(&fleet));
}

#[test]
fn a_lock_that_cannot_be_read_is_not_written_over() {
    let fleet = generated();
    for lock in ["{\"version\":2}\n", "<<<<<<< ours\n{\"version\":1}\n"] {
        fleet.write("placement.lock", lock);
        let before = fleet.files();
        for args in [&["drain", "eden"][..], &["drain", "eden", "--keep"], &["move", "sonarr", "--to", "pishon"]] {
            let output = fleet.cistern(args);
            expect_exit(&output, 2);
            assert!(everything(&output).contains("error[C234]"), "{}", everything(&output));
            assert!(fleet.files() == before, "{args:?} wrote something");
        }
        let shown = fleet.cistern(&["place"]);
        expect_exit(&shown, 2);
        assert!(everything(&shown).contains("cistern check"), "{}", everything(&shown));
    }
}

#[test]
fn what_stood_by_runs_when_its_host_leaves() {
    let fleet = generated();
    let running = hosts(&fleet, "whoami", "hosts");
    let standby = hosts(&fleet, "whoami", "standbys")[0].clone();
    let gone = &running[0];
    // What is named there leaves with it.
    fleet.edit("fleet.yaml", "hosts: [eden], standby: [gihon]", &format!("hosts: [{}]", running[1]));
    let candidates =
        fleet.read("fleet.yaml").replace("[eden, gihon, pishon, tigris]", &format!("[{}, {standby}]", running[1]));
    let lines = candidates.lines().filter(|line| !line.starts_with(&format!("  {gone}: ")));
    fleet.write("fleet.yaml", &(lines.collect::<Vec<_>>().join("\n") + "\n"));
    let explained = json(&fleet, &["place", "--format", "json"]);
    let services = explained["services"].as_array().unwrap();
    let whoami = services.iter().find(|service| service["name"] == "whoami").unwrap();
    let running: Vec<_> = whoami["hosts"].as_array().unwrap().iter().map(|host| host.as_str().unwrap()).collect();
    assert!(running.contains(&standby.as_str()), "{whoami}");
}

#[test]
fn what_moves_by_itself_is_not_moved() {
    let fleet = Fleet::copy("examples/services");
    let before = fleet.files();
    let output = fleet.cistern(&["move", "bot", "--to", "app-2"]);
    expect_exit(&output, 2);
    assert!(everything(&output).contains("systemctl restart cistern-lease-bot.service"), "{}", everything(&output));
    assert!(fleet.files() == before);
    let output = fleet.cistern(&["host", "set", "app-3", "--lifecycle", "inactive"]);
    expect_exit(&output, 0);
    for verb in ["drain", "undrain"] {
        let output = fleet.cistern(&[verb, "app-3"]);
        expect_exit(&output, 2);
        assert!(everything(&output).contains("inactive, which is more than drained"), "{}", everything(&output));
    }
}

#[test]
fn what_finds_no_other_host_cannot_be_drained() {
    let fleet = generated();
    fleet.edit("fleet.yaml", "requires: { memory: 4G, gpu: true }", "requires: { memory: 12G, gpu: true }");
    expect_exit(&fleet.cistern(&["generate"]), 0);
    assert_eq!(hosts(&fleet, "jellyfin", "hosts"), ["gihon"]);
    let before = fleet.files();
    let refused = fleet.cistern(&["drain", "gihon"]);
    expect_exit(&refused, 2);
    let said = everything(&refused);
    assert!(said.contains("C230") && said.contains("`--keep`"), "{said}");
    assert!(fleet.files() == before, "a refused edit writes nothing");
    expect_exit(&fleet.cistern(&["drain", "gihon", "--keep"]), 0);
}

#[test]
fn a_move_edits_the_list_and_says_how_the_data_gets_there() {
    let fleet = generated();
    let plan = json(&fleet, &["move", "sonarr", "--to", "pishon", "--dry-run", "--format", "json"]);
    let steps: Vec<&str> =
        plan["steps"].as_array().unwrap().iter().map(|step| step["what"].as_str().unwrap()).collect();
    let at = |word: &str| {
        steps.iter().position(|step| step.starts_with(word)).unwrap_or_else(|| panic!("{word}: {steps:?}"))
    };
    assert!(at("Write") < at("Stop it on eden") && at("Stop it on eden") < at("Deploy pishon"), "{steps:?}");
    assert!(at("Deploy pishon") < at("Stop it on pishon") && at("Stop it on pishon") < at("Copy"), "{steps:?}");
    assert!(at("Copy") < at("Start it on pishon") && at("Start it on pishon") < at("Deploy eden"), "{steps:?}");
    let commands = plan["steps"].to_string();
    assert!(commands.contains("ssh root@192.168.1.50 'systemctl stop sonarr.service'"), "{commands}");
    assert!(
        commands.contains(
            "ssh root@192.168.1.50 'tar -C /var/lib/sonarr/.config/NzbDrone -cpf - .' | ssh root@10.0.0.52 'tar -C /var/lib/sonarr/.config/NzbDrone -xpf -'"
        ),
        "{commands}"
    );
    let done = fleet.cistern(&["move", "sonarr", "--to", "pishon"]);
    expect_exit(&done, 0);
    assert!(everything(&done).contains("To go back:"), "{}", everything(&done));
    let text = fleet.read("fleet.yaml").replace("[ ", "[");
    assert!(text.contains("sonarr: { placement: { hosts: [pishon], standby: [gihon] } }"), "{text}");
    // A standby changes places with what runs.
    expect_exit(&fleet.cistern(&["move", "sonarr", "--to", "gihon"]), 0);
    let text = fleet.read("fleet.yaml").replace("[ ", "[");
    assert!(text.contains("sonarr: { placement: { hosts: [gihon], standby: [pishon] } }"), "{text}");
}

#[test]
fn a_move_of_what_was_chosen_edits_the_lock() {
    let fleet = generated();
    let was = hosts(&fleet, "whoami", "hosts");
    let standby = hosts(&fleet, "whoami", "standbys")[0].clone();
    let ambiguous = fleet.cistern(&["move", "whoami", "--to", &standby]);
    expect_exit(&ambiguous, 2);
    assert!(everything(&ambiguous).contains("say which with `--from`"), "{}", everything(&ambiguous));
    // Its neighbour on the same site stays alone there, so that the sites stay apart.
    let site = |host: &str| if ["eden", "gihon"].contains(&host) { "home" } else { "cloud" };
    let from = was.iter().find(|host| site(host) == site(&standby)).unwrap();
    let definition = fleet.read("fleet.yaml");
    expect_exit(&fleet.cistern(&["move", "whoami", "--from", from, "--to", &standby]), 0);
    assert_eq!(fleet.read("fleet.yaml"), definition);
    assert!(hosts(&fleet, "whoami", "hosts").contains(&standby));
    assert_eq!(hosts(&fleet, "whoami", "standbys"), [from.as_str()]);
    expect_exit(&fleet.cistern(&["generate"]), 0);
    assert!(hosts(&fleet, "whoami", "hosts").contains(&standby));
}

#[test]
fn a_move_that_would_not_work_is_refused() {
    let fleet = generated();
    let before = fleet.files();
    let refused = |args: &[&str], why: &str| {
        let output = fleet.cistern(args);
        expect_exit(&output, 2);
        assert!(everything(&output).contains(why), "{args:?}: {}", everything(&output));
        assert!(fleet.files() == before, "{args:?} wrote something");
    };
    refused(&["move", "jellyfin", "--to", "pishon"], "`gpu`");
    refused(&["move", "sonarr", "--to", "eden"], "runs on `eden` already");
    refused(&["move", "sonarr", "--to", "edn"], "the nearest is `eden`");
    refused(&["move", "sonarr", "--from", "tigris", "--to", "pishon"], "does not run on `tigris`");
    fleet.edit(
        "fleet.yaml",
        "  eden: { address",
        "  eden: { storage: { shows: { device: /dev/disk/by-label/shows, mount: /var/lib/sonarr, fs_type: ext4 } }, address",
    );
    let output = fleet.cistern(&["move", "sonarr", "--to", "pishon"]);
    expect_exit(&output, 2);
    assert!(everything(&output).contains("has no such mount"), "{}", everything(&output));
}

#[test]
fn a_move_that_would_do_more_is_refused() {
    let fleet = Fleet::copy("examples/services");
    fleet.edit("fleet.yaml", "replicas: 2, spread: site }", "replicas: 1, avoid: [forgejo] }");
    expect_exit(&fleet.cistern(&["generate"]), 0);
    let (whoami, forgejo) = (hosts(&fleet, "whoami", "hosts"), hosts(&fleet, "forgejo", "hosts"));
    assert_ne!(whoami, forgejo);
    let before = fleet.files();
    for (args, why) in [
        (&["etcd", "--from", "app-1", "--to", "edge-1"][..], "is a cluster"),
        (&["ingress", "--from", "edge-1", "--to", "app-1"], "comes with a section"),
        (&["db-entry", "--from", "edge-1", "--to", "app-1"], "runs on every host that matches `@edge`"),
        (&["forgejo", "--to", &whoami[0]], "`whoami` would move as well"),
    ] {
        let output = fleet.cistern(&[&["move"][..], args].concat());
        expect_exit(&output, 2);
        assert!(everything(&output).contains(why), "{args:?}: {}", everything(&output));
        assert!(fleet.files() == before, "{args:?} wrote something");
    }
}

#[test]
fn what_a_standby_has_not_is_told() {
    let (old, new) = (generated(), generated());
    expect_exit(&new.cistern(&["move", "sonarr", "--to", "gihon"]), 0);
    expect_exit(&new.cistern(&["generate"]), 0);
    let from = old.root().to_str().expect("a plain path");
    let said = everything(&new.cistern(&["diff", "--from", from]));
    assert!(said.contains("sonarr moves from eden to gihon, and /var/lib/sonarr"), "{said}");
}
