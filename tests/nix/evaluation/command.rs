//! `cistern diff --eval` on the command line.

use std::process::Output;

use super::*;
use crate::common::everything;
use crate::fleet::expect_exit;

/// Runs `cistern diff` on the example with the lab's nix.
fn diff(lab: &Lab, company: &Company, args: &[&str]) -> Output {
    let mut command = lab.nix.program(env!("CARGO_BIN_EXE_cistern"));
    command.env("XDG_CACHE_HOME", lab.cache.path()).env("NO_COLOR", "1").arg("diff").args(args);
    command.current_dir(&company.below).output().expect("the program starts")
}

fn document(output: &Output) -> Json {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {}", everything(output)))
}

#[test]
fn hosts_that_are_touched_are_evaluated() {
    let Some(lab) = Lab::new() else { return };
    let company = lab.company();
    let hosts = company.hosts().len();

    // Nothing is touched: nix is not even looked for.
    let mut nothing = lab.nix.program(env!("CARGO_BIN_EXE_cistern"));
    nothing.env("PATH", lab.cache.path()).current_dir(&company.below);
    let output = nothing.args(["diff", "--eval", "--against", "worktree"]).output().expect("the program starts");
    expect_exit(&output, 0);
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(said.ends_with(&format!("{hosts} hosts untouched and not evaluated (--all does)\n")), "{said}");

    // The definition is edited, and nothing generated yet.
    let wiki = company.below.join("hosts/wiki.yaml");
    let text = std::fs::read_to_string(&wiki).expect("the example has it");
    std::fs::write(&wiki, text + "time_zone: Asia/Tokyo\n").expect("the directory is ours");
    let output = diff(&lab, &company, &["--eval"]);
    expect_exit(&output, 1);
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        said.contains("\n~ wiki: another system\n    nixos-system-wiki-25.11\n      attribute configuration: …"),
        "{said}"
    );
    assert!(said.contains("Asia/Tokyo"), "{said}");
    let last = format!(
        "0 of 1 host byte-identical; 1 changed: wiki; 2 systems evaluated; {} hosts untouched and not evaluated (--all does)",
        hosts - 1
    );
    assert_eq!(said.lines().last(), Some(last.as_str()));
    assert!(String::from_utf8_lossy(&output.stderr).contains("2 systems, 0 known from before"));

    // All of them, for a program.
    let output =
        diff(&lab, &company, &["--eval", "--all", "--format", "json", "--eval-jobs", "2", "--eval-memory", "2G"]);
    expect_exit(&output, 1);
    let evaluation = document(&output)["evaluation"].clone();
    let expected = serde_json::json!({
        "hosts": hosts, "identical": hosts - 1, "changed": 1, "created": 0, "removed": 0, "failed": 0,
        "not_evaluated": 0, "systems_evaluated": 2 * hosts - 2, "systems_cached": 2
    });
    assert_eq!(evaluation["summary"], expected);
    assert_eq!(evaluation["hosts"]["wiki"]["change"], "changed");
    assert_eq!(evaluation["hosts"]["print"]["change"], "identical");
    assert_eq!(evaluation["hosts"]["wiki"]["explanation"]["causes"][0]["differences"][0]["what"], "attribute");
    assert!(evaluation["hosts"]["wiki"]["closure"].is_null());
    let schema = serde_json::to_value(schemars::schema_for!(Evaluated)).expect("a schema is JSON");
    let validator = jsonschema::validator_for(&schema).expect("it is a schema");
    assert!(validator.is_valid(&evaluation), "{:?}", validator.validate(&evaluation));

    // A plan file keeps it, for whoever asks later what hosts are to run; whether the plan holds needs no nix.
    let plan = company.below.join("plan.json");
    let cistern = |args: &[&str]| {
        let mut command = lab.nix.program(env!("CARGO_BIN_EXE_cistern"));
        command.env("XDG_CACHE_HOME", lab.cache.path()).env("NO_COLOR", "1").args(args).arg(&plan);
        command.current_dir(&company.below).output().expect("the program starts")
    };
    expect_exit(&cistern(&["plan", "--eval", "--all", "-o"]), 0);
    let kept: Json = serde_json::from_slice(&std::fs::read(&plan).expect("it was written")).expect("it is JSON");
    let system = kept["diff"]["evaluation"]["hosts"]["wiki"]["system"].as_str().expect("a store path");
    assert!(system.ends_with("-nixos-system-wiki-25.11"), "{system}");
    assert_eq!(kept["diff"]["evaluation"]["hosts"], evaluation["hosts"]);
    expect_exit(&cistern(&["plan", "verify"]), 0);

    // Without a nix it is the machine that fails.
    let mut absent = lab.nix.program(env!("CARGO_BIN_EXE_cistern"));
    let git = Path::new("/usr/bin");
    absent.env("PATH", git).env("XDG_CACHE_HOME", lab.cache.path()).current_dir(&company.below);
    if !git.join("nix").exists() {
        let output = absent.args(["diff", "--eval"]).output().expect("the program starts");
        expect_exit(&output, 3);
        assert!(everything(&output).contains("error: nix is not installed"), "{}", everything(&output));
    }
}

#[test]
fn closures_are_asked_for() {
    let Some(lab) = Lab::new() else { return };
    let company = lab.company();
    company.edit("hosts/wiki.yaml", |text| text + "time_zone: Asia/Tokyo\n");
    let output = diff(&lab, &company, &["--eval", "--closure", "--format", "json"]);
    expect_exit(&output, 1);
    let host = document(&output)["evaluation"]["hosts"]["wiki"].clone();
    assert_eq!(host["closure"]["missing"], serde_json::json!(["old", "new"]));
    if !lab.nix.builds() {
        return;
    }
    for side in ["old", "new"] {
        let path = host[side].as_str().expect("a derivation");
        run(lab.nix.command(&["build", "--no-link"]).arg(format!("{path}^*")));
    }
    let output = diff(&lab, &company, &["--eval", "--closure"]);
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(said.contains("\n    closure: ") && said.contains(" KiB → "), "{said}");
}

#[test]
fn what_only_nix_needs_is_refused_without_it() {
    let fleet = Fleet::copy("examples/company");
    for args in [&["--all"][..], &["--closure"], &["--eval-jobs", "2"], &["--eval", "--eval-memory", "much"]] {
        let output = fleet.cistern(&[&["diff"], args].concat());
        expect_exit(&output, 2);
    }
    let output = fleet.cistern(&["diff", "--eval", "--eval-memory", "2g"]);
    assert!(everything(&output).contains("write `2G`"), "{}", everything(&output));
}

#[test]
fn a_host_that_does_not_evaluate_is_the_machines_fault() {
    let Some(lab) = Lab::new() else { return };
    let company = lab.company();
    std::fs::write(company.below.join("modules/printing.nix"), "{ ... }: throw \"there is no printer\"\n")
        .expect("ours");
    let output = diff(&lab, &company, &["--eval", "--all"]);
    expect_exit(&output, 3);
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(said.contains("\n! print: does not evaluate\n    new side: there is no printer\n"), "{said}");
    assert!(everything(&output).contains("error: 1 host does not evaluate: print\n"), "{}", everything(&output));
    assert!(said.contains("; 1 not evaluable: print; "), "{said}");
}

#[test]
fn hosts_that_an_input_may_concern_are_evaluated() {
    let Some(lab) = Lab::new() else { return };
    let company = lab.company();
    // A hand-written module says the same in other words: one host imports it, and stays as it is.
    let module = company.below.join("modules/printing.nix");
    let text = std::fs::read_to_string(&module).expect("the example has it");
    std::fs::write(&module, format!("# In other words.\n{text}")).expect("ours");
    let output = diff(&lab, &company, &["--eval", "--format", "json"]);
    expect_exit(&output, 1);
    let found = document(&output);
    assert_eq!(found["inputs"][0]["reach"]["hosts"], serde_json::json!(["print"]));
    let summary = &found["evaluation"]["summary"];
    assert_eq!((&summary["systems_evaluated"], &summary["identical"]), (&Json::from(2), &Json::from(1)));
    assert_eq!(found["deploy"]["targets"], serde_json::json!([]), "nix has proved that nothing changes");
}

#[test]
fn a_flake_elsewhere_is_compared_with() {
    let Some(lab) = Lab::new() else { return };
    let company = lab.company();
    company.edit("hosts/wiki.yaml", |text| text + "time_zone: Asia/Tokyo\n");
    let elsewhere = Fleet::copy("examples/company");
    let at = elsewhere.root().parent().expect("it is below a directory of its own");
    let reference = format!("path:{}?dir=fleet", at.display());
    let output = diff(&lab, &company, &["--against", &reference, "--format", "json"]);
    expect_exit(&output, 1);
    let hosts = document(&output)["hosts"].clone();
    assert_eq!(hosts.as_object().expect("a map").keys().collect::<Vec<_>>(), ["wiki"], "{}", everything(&output));
    let output = diff(&lab, &company, &["--against", "path:/nowhere/at/all"]);
    expect_exit(&output, 2);
    assert!(everything(&output).contains("error: nix cannot get the flake `path:/nowhere/at/all`"));
}
