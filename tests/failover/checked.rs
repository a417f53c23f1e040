//! What keepalived itself says of the file of every host that has an address which moves.

use std::fs;
use std::path::Path;
use std::process::Output;

use serde_json::Value as Json;

use crate::common::{Lab, everything, require, temp_dir};
use crate::fleet::{Fleet, directories, repository, text_of, texts_of};
use crate::{STANDING, apart, can_unshare, configuration};

#[test]
fn keepalived_takes_every_file() {
    let Some(lab) = ready() else { return };
    let good = directories("tests/fleets/good").into_iter().map(|name| format!("tests/fleets/good/{name}"));
    let good = good.map(|fleet| (format!("{fleet}/fleet"), format!("{fleet}/expected")));
    let examples = directories("examples").into_iter().map(|name| format!("examples/{name}"));
    let examples = examples.map(|fleet| (fleet.clone(), format!("{fleet}/generated")));
    let mut checked = Vec::new();
    for (definition, tree) in good.chain(examples) {
        let moving = addresses(&repository().join(tree).join("plan.jsonl"));
        if moving.is_empty() {
            continue;
        }
        let fleet = Fleet::copy(&definition);
        fleet.generate();
        let mut hosts: Vec<_> = moving.iter().flat_map(|(_, hosts)| hosts).collect();
        hosts.sort();
        hosts.dedup();
        for host in hosts {
            let file = configuration(lab, &fleet.root().join(format!("generated/hosts/{host}.nix")));
            let text = fs::read_to_string(&file).expect("nix has built it");
            for (name, _) in moving.iter().filter(|(_, hosts)| hosts.contains(host)) {
                assert!(text.contains(&format!("vrrp_instance {name} {{")), "{definition}: {host}: {name}\n{text}");
            }
            let output = said(lab, Path::new(&file));
            let words = everything(&output);
            assert!(output.status.success() && words.trim().is_empty(), "{definition}: {host}: {words}\n{text}");
            checked.push(format!("{definition}/{host}"));
        }
    }
    for some in ["standing/fleet/bee", "moving/fleet/cow", "examples/services/edge-2"] {
        assert!(checked.iter().any(|one| one.ends_with(some)), "{some} is not among {checked:?}");
    }
}

#[test]
fn keepalived_tells_what_it_cannot_use() {
    let Some(lab) = ready() else { return };
    let fleet = Fleet::copy(STANDING);
    fleet.generate();
    let file = configuration(lab, &fleet.root().join("generated/hosts/ant.nix"));
    let text = fs::read_to_string(&file).expect("nix has built it");
    let directory = temp_dir();
    for (from, to, told) in [
        ("vrrp_check_unicast_src", "vrrp_check_unicast", "Unknown keyword"),
        ("10.77.0.20/24", "10.77.0.320/24", "invalid IP"),
        ("unicast_src_ip 10.77.0.11", "unicast_src_ip 10.77.0.311", "malformed src address"),
        ("priority 250", "priority 300", "Priority not valid"),
        ("cistern-failover-fit-home", "nowhere", "not found/accessible"),
    ] {
        assert_eq!(text.matches(from).count(), 1, "`{from}` occurs once in\n{text}");
        let wrong = directory.path().join("wrong.conf");
        fs::write(&wrong, text.replace(from, to)).expect("the directory is ours");
        let output = said(lab, &wrong);
        let words = everything(&output);
        assert!(!output.status.success() && words.contains(told), "{to}: {words}");
    }
}

fn ready() -> Option<&'static Lab> {
    let lab = require(&["nix", "keepalived"])?;
    can_unshare().then_some(lab)
}

fn said(lab: &Lab, file: &Path) -> Output {
    apart(lab, "check.sh").arg(file).output().expect("unshare starts")
}

/// The addresses of a plan that move, by their names, with the hosts that may have them.
fn addresses(plan: &Path) -> Vec<(String, Vec<String>)> {
    let text = fs::read_to_string(plan).unwrap_or_else(|error| panic!("{}: {error}", plan.display()));
    let lines = text.lines().map(|line| serde_json::from_str::<Json>(line).expect("every line is JSON"));
    let moving = lines.filter(|line| line["kind"] == "failover" && line["value"]["vip"].is_string());
    moving.map(|line| (text_of(&line["name"]), texts_of(&line["value"]["hosts"]))).collect()
}
