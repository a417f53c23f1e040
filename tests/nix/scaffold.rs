//! What `cistern init` and `nix flake init` write is accepted as it stands, and nothing is written over.

use std::path::Path;

use serde_json::json;

use crate::common::{everything, run};
use crate::fleet::{Fleet, Nix, Program, copy, expect_exit, repository};

#[test]
fn a_new_fleet_is_accepted() {
    let Some(nix) = Nix::new(Program::Real) else { return };
    let fleet = Fleet::new();
    expect_exit(&fleet.cistern(&["init"]), 0);
    expect_exit(&fleet.cistern(&["generate", "--check"]), 0);
    expect_accepted(&nix, &format!("path:{}", fleet.root().display()));
}

#[test]
fn a_new_fleet_in_a_git_repository_is_accepted() {
    let Some(nix) = Nix::new(Program::Real) else { return };
    let fleet = Fleet::new();
    run(fleet.command("git").args(["init", "--quiet"]));
    expect_exit(&fleet.cistern(&["init"]), 0);
    let unknown = run(fleet.command("git").args(["ls-files", "--others", "--exclude-standard"]));
    assert_eq!(unknown, "", "a flake cannot see what git does not know");
    expect_accepted(&nix, &format!("git+file://{}", fleet.root().display()));
}

fn expect_accepted(nix: &Nix, flake: &str) {
    let output = nix.check(flake);
    expect_exit(&output, 0);
    let said = everything(&output);
    assert!(said.contains("'nixosConfigurations.first'") && said.contains("-cistern-fresh.drv"), "{said}");
}

#[test]
fn the_template_of_the_flake_is_the_same() {
    let Some(nix) = Nix::new(Program::Real) else { return };
    // The project's flake, with a nixpkgs that is at hand: `nix flake init` takes no other input.
    let project = Fleet::new();
    for part in ["modules", "nix", "templates"] {
        copy(&repository().join(part), &project.root().join(part));
    }
    project.write("flake.nix", std::fs::read(repository().join("flake.nix")).expect("the flake is there"));
    project.write("flake.lock", lock(&nix, &repository().join("tests/nixpkgs")));

    let fleet = Fleet::new();
    let project = format!("path:{}", project.root().display());
    run(nix.command(&["flake", "init", "--template", &project]).current_dir(fleet.root()));
    let from_nix = fleet.files();
    assert!(fleet.read("flake.nix").contains("\"flake:cistern\""));

    let other = Fleet::new();
    expect_exit(&other.cistern(&["init", "--cistern", "flake:cistern"]), 0);
    let mut from_init = other.files();
    // What `cistern generate` writes.
    from_init.retain(|path, _| !path.starts_with("generated/") && !path.starts_with(".cistern/"));
    assert!(from_nix.keys().eq(from_init.keys()), "{:?} and {:?}", from_nix.keys(), from_init.keys());
    for (path, bytes) in &from_nix {
        assert!(*bytes == from_init[path], "{path} is not the same");
    }

    // As the welcome says.
    fleet.edit("flake.nix", "flake:cistern", "path:/nowhere");
    fleet.generate();
    expect_accepted(&nix, &format!("path:{}", fleet.root().display()));
}

/// A lock file that takes nixpkgs from a directory, whatever the flake says.
fn lock(nix: &Nix, nixpkgs: &Path) -> String {
    let hash = run(nix.command(&["hash", "path"]).arg(nixpkgs));
    let locked = json!({ "type": "path", "path": nixpkgs, "narHash": hash.trim(), "lastModified": 1 });
    let original = json!({ "type": "github", "owner": "NixOS", "repo": "nixpkgs", "ref": "nixos-26.05" });
    json!({
        "version": 7,
        "root": "root",
        "nodes": {
            "root": { "inputs": { "nixpkgs": "nixpkgs" } },
            "nixpkgs": { "locked": locked, "original": original },
        }
    })
    .to_string()
}

#[test]
fn a_flake_that_is_there_stays() {
    let fleet = Fleet::new();
    let own = [
        ("flake.nix", "{ outputs = _: { packages = { }; }; }\n"),
        (".gitignore", "/mine\n"),
        ("modules/server.nix", "{ my = 1; }\n"),
        ("notes/README.md", "mine\n"),
    ];
    for (path, text) in own {
        fleet.write(path, text);
    }
    let output = fleet.cistern(&["init"]);
    assert!(matches!(output.status.code(), Some(0 | 1)), "{}", everything(&output));
    for (path, text) in own {
        assert_eq!(fleet.read(path), text, "{path} was overwritten");
    }
    let merge = String::from_utf8(output.stdout.clone()).expect("it is text");
    assert!(merge.contains("inputs.cistern.lib.mkFleet {"), "nothing to merge:\n{}", everything(&output));
    assert!(merge.contains("flake.nix"), "it does not say into what:\n{}", everything(&output));
    for kept in ["flake.nix", ".gitignore", "modules/server.nix"] {
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(said.lines().any(|line| line.contains("Kept") && line.contains(kept)), "{kept}: {said}");
    }

    // Once more: now everything is there.
    let before = fleet.files();
    let output = fleet.cistern(&["init"]);
    assert!(matches!(output.status.code(), Some(0 | 1)), "{}", everything(&output));
    assert!(before == fleet.files(), "the second run wrote something");
}

#[test]
fn an_edited_fleet_stays() {
    let fleet = Fleet::new();
    expect_exit(&fleet.cistern(&["init"]), 0);
    fleet.edit("fleet.yaml", "Europe/Vienna", "Europe/Paris");
    let before = fleet.files();
    expect_exit(&fleet.cistern(&["init"]), 1);
    assert!(before == fleet.files(), "the second run wrote something");
}
