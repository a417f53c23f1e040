//! `cistern check --options flake`: the list that mkFleet gives, built by the real nix from the stand-in for nixpkgs.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;
use std::process::Output;

use serde_json::Value as Json;

use crate::common::{everything, run};
use crate::fleet::{Fleet, Nix, Program, directories, expect_exit, text_of, texts_of};
use crate::table::table;

/// A flake whose inputs are directories, so that nobody has to replace them.
fn flake(nix: &Nix, more: &str) -> String {
    let input = |(name, directory): &(&str, PathBuf)| {
        let follows = if *name == "nixpkgs" {
            String::new()
        } else {
            format!("    {name}.inputs.nixpkgs.follows = \"nixpkgs\";\n")
        };
        format!("    {name}.url = \"path:{}\";\n{follows}", directory.display())
    };
    let inputs: String = nix.inputs().iter().map(input).collect();
    format!(
        "{{\n  inputs = {{\n{inputs}  }};\n  outputs = inputs: inputs.cistern.lib.mkFleet {{ inherit inputs; \
         root = ./.; {more} }};\n}}\n"
    )
}

fn check(nix: &Nix, fleet: &Fleet) -> Output {
    fleet.known_to_git();
    let mut command = nix.program(env!("CARGO_BIN_EXE_cistern"));
    command.args(["check", "--options", "flake", "-C"]).arg(fleet.root()).env("NO_COLOR", "1");
    command.env("GIT_CEILING_DIRECTORIES", fleet.root()).output().expect("the program starts")
}

#[test]
fn examples_set_what_is_there() {
    let Some(nix) = Nix::new(Program::Absent) else { return };
    if !nix.builds() {
        return;
    }
    for example in directories("examples") {
        let fleet = Fleet::copy(&format!("examples/{example}"));
        fleet.write("flake.nix", flake(&nix, ""));
        let output = check(&nix, &fleet);
        expect_exit(&output, 0);
        assert_eq!(String::from_utf8_lossy(&output.stdout), "", "{example}");
        assert!(!everything(&output).contains("not looked at"), "{example}: {}", everything(&output));
        assert!(!fleet.root().join("flake.lock").exists(), "checking writes nothing");
    }
}

#[test]
fn hosts_with_a_nixpkgs_of_their_own_have_a_list_of_their_own() {
    let Some(nix) = Nix::new(Program::Absent) else { return };
    if !nix.builds() {
        return;
    }
    let fleet = Fleet::copy("examples/homelab");
    // The same but for one module: there the option that bazarr's directory is set with has another name.
    let other = "hosts.eden.nixpkgs = inputs.nixpkgs // { lib = inputs.nixpkgs.lib // { nixosSystem = arguments: \
                 inputs.nixpkgs.lib.nixosSystem (arguments // { modules = arguments.modules ++ \
                 [ { options.services.only-here.enable = inputs.nixpkgs.lib.mkEnableOption \"it\"; } ]; }); }; };";
    fleet.write("flake.nix", flake(&nix, other));
    let template = |name: &str| format!("---\nversion: 1\nsummary: x\n---\n{{ services.{name}.enable = true; }}\n");
    fleet.write("templates/services/only-here.nix.j2", template("only-here"));
    let own = |host: &str| format!("services:\n  only-here: {{ placement: {{ hosts: [{host}] }} }}\n");
    let definition = fleet.read("fleet.yaml");

    fleet.write("fleet.yaml", definition.replace("\nservices:\n", &format!("\n{}", own("eden"))));
    expect_exit(&check(&nix, &fleet), 0);

    fleet.write("fleet.yaml", definition.replace("\nservices:\n", &format!("\n{}", own("gihon"))));
    let output = check(&nix, &fleet);
    expect_exit(&output, 2);
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(said.contains("error[C160]: there is no option `services.only-here`"), "{said}");
    assert!(said.contains("templates/services/only-here.nix.j2:5:12"), "{said}");
}

#[test]
fn what_nix_refuses_is_a_fault_of_the_machine() {
    let Some(nix) = Nix::new(Program::Absent) else { return };
    let fleet = Fleet::copy("examples/homelab");
    fleet.write("flake.nix", "{ outputs = _: { }; }");
    let output = check(&nix, &fleet);
    expect_exit(&output, 3);
    assert!(everything(&output).contains("cistern-options"), "{}", everything(&output));
}

#[test]
fn the_table_is_what_modules_declare() {
    let Some(nix) = Nix::new(Program::Absent) else { return };
    if !nix.builds() {
        return;
    }
    let fleet = Fleet::copy("examples/homelab");
    let reference = format!("path:{}#cistern-options", fleet.root().display());
    let built = run(&mut nix.flake(&["build", "--no-link", "--print-out-paths", &reference]));
    let file = PathBuf::from(built.trim()).join("share/doc/nixos/options.json");
    let list: Json = serde_json::from_slice(&fs::read(file).expect("it was built")).expect("it is JSON");
    let plain = |words: &str| words.replace(['(', ')'], "");
    // What the stand-in takes from the table itself proves nothing of it.
    let by_hand = |row: &&Json| !row["declarations"].to_string().contains("options.tsv");
    let all = list.as_object().expect("a map of options");
    let from_table: BTreeSet<Vec<String>> =
        all.values().filter(|row| !by_hand(row)).map(|row| texts_of(&row["loc"])).collect();
    let declared: BTreeMap<Vec<String>, String> =
        all.values().filter(by_hand).map(|row| (texts_of(&row["loc"]), plain(&text_of(&row["type"])))).collect();
    let mut faults = Vec::new();
    for row in table() {
        let any = |name: &str| if name.contains('<') { "<name>".to_owned() } else { name.to_owned() };
        let names: Vec<_> = row.names().into_iter().map(any).collect();
        // A name such as `jellyfin` of an account, where modules declare those of any.
        let is_same = |loc: &[String]| loc.iter().zip(&names).all(|(own, name)| own == name || own == "<name>");
        let like = |length| declared.iter().find(|(loc, _)| loc.len() == length && is_same(loc));
        let below = (1..names.len()).filter_map(like).next_back();
        if from_table.iter().any(|loc| loc.len() <= names.len() && is_same(loc)) {
            continue;
        }
        match (like(names.len()), below) {
            (Some((_, words)), _) if *words == plain(&row.words()) || row.takes.ends_with("strMatching") => {}
            // Modules of the stand-in take null where nothing is said, and leave open what is below.
            (Some((_, words)), _) if words.strip_prefix("null or ") == Some(&plain(&row.words())) => {}
            (Some((_, words)), _) if words.starts_with("null or open submodule") && row.takes == "nullOr submodule" => {
            }
            (Some((_, words)), _) if words.contains("JSON can hold") && row.takes == "json value" => {}
            (Some((_, words)), _) => faults.push(format!("{} takes {words}, not {}", row.option, row.words())),
            // What an option leaves free is declared nowhere.
            (None, Some((_, words)))
                if ["attribute set", "submodule", "anything", "JSON can hold"]
                    .iter()
                    .any(|free| words.contains(free)) => {}
            (None, _) => faults.push(format!("{} is declared nowhere", row.option)),
        }
    }
    assert!(declared.len() > 1000, "{} options", declared.len());
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}
