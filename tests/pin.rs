//! `cistern service pin` against a real registry, and against servers that answer as registries should not.

#![expect(clippy::disallowed_methods, reason = "starts a registry and runs the program on fleets")]

mod common;
#[path = "common/fleet.rs"]
mod fleet;
#[path = "pin/answers.rs"]
mod answers;
#[path = "pin/registry.rs"]
mod registry;

use std::process::Output;

use answers::Answers;
use common::{everything, require};
use fleet::{Fleet, expect_exit};
use registry::{Registry, digest_of};

/// A kind of the fleet's own that runs a container.
const KIND: &str = r#"---
version: 1
summary: Shop, which sells things
image: REPOSITORY
ports:
  web: { number: 8000 }
---
{
  virtualisation.oci-containers.containers.{{ service | attr }} = {
    image = lib.mkOverride 900 {{ image }};
    ports = [ {{ ports.web ~ ":8000" }} ];
  };
}
"#;

/// A fleet with a service of that kind and a container without one; comments must stay.
const DEFINITION: &str = r#"# Our machines.
version: 1
fleet: { name: pins, domain: example.org }
access:
  people: { ana: { role: admin, keys: [ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIO6BAfoEdwfhai5YYaMf4beg3A1fHbO3G90qjPQ982wF ana] } }
hosts:
  eden:
    address: 192.168.1.50
    system: x86_64-linux
    state_version: "25.11"
    hardware: vm
    filesystems: { "/": { device: /dev/disk/by-label/nixos, fs_type: ext4 } }
services:
  shop: # sells
    placement: { hosts: [eden] } # for now
  other:
    image: REPOSITORY:2.0@sha256:0000000000000000000000000000000000000000000000000000000000000000 # by hand
    placement: { hosts: [eden] }
    ports: { web: 9000 }
"#;

fn fleet(repository: &str) -> Fleet {
    let fleet = Fleet::new();
    fleet.write("fleet.yaml", DEFINITION.replace("REPOSITORY", repository));
    fleet.write("templates/services/shop.nix.j2", KIND.replace("REPOSITORY", repository));
    fleet
}

#[test]
fn tags_become_digests() {
    let Some(lab) = require(&["docker-registry"]) else { return };
    let registry = Registry::start(lab, None);
    let (first, second) = (registry.push("someone/shop", "latest", "one"), registry.push("someone/shop", "2.0", "two"));
    let repository = registry.repository("someone/shop");
    let fleet = fleet(&repository);
    let before = fleet.read("fleet.yaml");

    let output = fleet.cistern(&["service", "pin", "shop", "--dry-run"]);
    expect_exit(&output, 0);
    let line = format!("image: {repository}:latest@{first}");
    assert!(everything(&output).contains(&format!("+    {line}")), "{}", everything(&output));
    assert_eq!(fleet.read("fleet.yaml"), before);

    expect_exit(&fleet.cistern(&["service", "pin", "shop"]), 0);
    let after = fleet.read("fleet.yaml");
    assert!(after.contains(&line), "{after}");
    let without: Vec<_> = after.lines().filter(|written| !written.contains(&line)).collect();
    assert_eq!(without, before.lines().collect::<Vec<_>>(), "nothing else changes");
    expect_exit(&fleet.cistern(&["check"]), 0);

    // Again: nothing to do.
    let output = fleet.cistern(&["service", "pin", "shop"]);
    expect_exit(&output, 0);
    assert!(everything(&output).contains("Unchanged"), "{}", everything(&output));

    // What has a tag keeps it; `--all` takes every container.
    expect_exit(&fleet.cistern(&["service", "pin", "--all"]), 0);
    assert!(fleet.read("fleet.yaml").contains(&format!("image: {repository}:2.0@{second} # by hand")));
    let output = fleet.cistern(&["service", "pin", "--all", "--check"]);
    expect_exit(&output, 0);
    assert_eq!(String::from_utf8_lossy(&output.stdout).matches(" same ").count(), 2);

    // The tag moves.
    let moved = registry.push("someone/shop", "latest", "three");
    assert_ne!(first, moved);
    let output = fleet.cistern(&["service", "pin", "shop", "--check"]);
    expect_exit(&output, 1);
    assert!(everything(&output).contains(&format!("moved  {repository}:latest@{moved} was {first}")));
    assert!(fleet.read("fleet.yaml").contains(&first), "a check writes nothing");
    expect_exit(&fleet.cistern(&["service", "pin", "shop"]), 0);
    assert!(fleet.read("fleet.yaml").contains(&moved));

    // Another tag is asked for by name.
    expect_exit(&fleet.cistern(&["service", "pin", "shop", "--tag", "2.0"]), 0);
    assert!(fleet.read("fleet.yaml").contains(&format!("    image: {repository}:2.0@{second}\n")));
}

#[test]
fn what_is_not_there_is_told() {
    let Some(lab) = require(&["docker-registry"]) else { return };
    let mut registry = Registry::start(lab, None);
    registry.push("someone/shop", "latest", "one");
    let fleet = fleet(&registry.repository("someone/shop"));
    let before = fleet.read("fleet.yaml");
    told(&fleet, &["service", "pin", "shop", "--tag", "absent"], 3, "no tag `absent`");
    // One that is refused keeps the others from being written.
    told(&fleet, &["service", "pin", "--all"], 3, "`other` is not pinned");
    told(&fleet, &["service", "pin", "shop", "--tag", "no tag"], 2, "is no tag");
    told(&fleet, &["service", "pin", "shopp"], 2, "did you mean `shop`?");
    registry.stop();
    told(&fleet, &["service", "pin", "shop"], 3, "it takes no connection");
    assert_eq!(fleet.read("fleet.yaml"), before);
}

#[test]
fn whoever_asks_can_say_who_they_are() {
    let Some(lab) = require(&["docker-registry", "htpasswd"]) else { return };
    let registry = Registry::start(lab, Some(("ana", "open sesame")));
    let digest = registry.push("someone/shop", "latest", "one");
    let fleet = fleet(&registry.repository("someone/shop"));
    fleet.write("right", "open sesame\n");
    fleet.write("wrong", "open barley\n");
    told(&fleet, &["service", "pin", "shop"], 3, "give `--username` and `--password-file`");
    let with = |file: &'static str| ["service", "pin", "shop", "--username", "ana", "--password-file", file];
    told(&fleet, &with("wrong"), 3, "refuses the name and the password");
    told(&fleet, &with("absent"), 3, "absent");
    expect_exit(&fleet.cistern(&with("right")), 0);
    assert!(fleet.read("fleet.yaml").contains(&digest));
}

#[test]
fn tokens_are_fetched_where_the_registry_says() {
    let answers = Answers::start(|request, at| {
        let path = request.split(' ').nth(1).unwrap_or_default();
        if path.starts_with("/token?service=here&scope=repository:someone/shop:pull ")
            || path == "/token?service=here&scope=repository:someone/shop:pull"
        {
            return answers::page(200, &[], r#"{"token": "abc"}"#);
        }
        if request.contains("uthorization: Bearer abc") {
            return answers::manifest(r#"{"schemaVersion": 2}"#, None);
        }
        let asks = format!(r#"Bearer realm="http://{at}/token",service="here",scope="repository:someone/shop:pull""#);
        answers::page(401, &[("WWW-Authenticate", &asks)], "{}")
    });
    let fleet = fleet(&format!("{}/someone/shop", answers.at));
    let output = fleet.cistern(&["service", "pin", "shop"]);
    assert_eq!(output.status.code(), Some(0), "{}", everything(&output));
    assert!(fleet.read("fleet.yaml").contains(&digest_of(r#"{"schemaVersion": 2}"#)));
}

#[test]
fn odd_answers_are_refused() {
    type Answer = fn(&str) -> Vec<u8>;
    let cases: &[(Answer, &str)] = &[
        (|_| answers::manifest("{}", Some(&digest_of("{ }"))), "not what it says"),
        (|_| answers::page(200, &[("Content-Type", "text/html")], "<html>"), "`text/html`, which is no manifest"),
        (|_| answers::page(429, &[("Retry-After", "60")], ""), "try again in 60 seconds"),
        (|_| answers::page(500, &[], ""), "the status 500"),
        (|at| answers::page(302, &[("Location", &format!("http://{at}/elsewhere"))], ""), ""),
        (
            |_| answers::page(401, &[("WWW-Authenticate", r#"Bearer realm="http://auth.example.org/token""#)], ""),
            "not asked without TLS",
        ),
        (|_| b"nonsense\r\n\r\n".to_vec(), ""),
    ];
    for (answer, expected) in cases {
        let answers = Answers::start(move |_, at| answer(at));
        let fleet = fleet(&format!("{}/someone/shop", answers.at));
        let before = fleet.read("fleet.yaml");
        told(&fleet, &["service", "pin", "shop"], 3, expected);
        assert_eq!(fleet.read("fleet.yaml"), before);
    }
}

#[test]
fn services_without_containers_are_told() {
    let fleet = Fleet::copy("examples/homelab");
    told(&fleet, &["service", "pin", "jellyfin"], 2, "runs no container");
}

#[track_caller]
fn told(fleet: &Fleet, arguments: &[&str], exit: i32, expected: &str) -> Output {
    let output = fleet.cistern(arguments);
    let said = everything(&output);
    assert_eq!(output.status.code(), Some(exit), "{arguments:?}: {said}");
    assert!(said.contains(expected), "{arguments:?} does not say `{expected}`: {said}");
    output
}
