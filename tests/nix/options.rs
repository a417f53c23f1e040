//! `cistern check --options flake`: the list that mkFleet gives, built by the real nix from the stand-in for nixpkgs.

use std::process::Output;

use crate::common::everything;
use crate::fleet::{Fleet, Nix, Program, directories, expect_exit};

/// A flake whose inputs are directories, so that nobody has to replace them.
fn flake(nix: &Nix, more: &str) -> String {
    let input = |(name, directory): &(&str, std::path::PathBuf)| {
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
