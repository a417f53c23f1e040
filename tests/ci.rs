//! The pipelines that `cistern init --ci` writes: what they may do, that each command in them is one of the program, and
//! that the real nix runs them.

#![expect(clippy::disallowed_methods, reason = "runs the program and bash on fleets of its own")]

mod common;
#[path = "common/fleet.rs"]
mod fleet;

use std::fs;
use std::io::Write as _;
use std::process::{Command, Stdio};

use cistern::diag::Faults;
use cistern::load;
use cistern::scaffold::PIPELINES;
use cistern::source::Sources;
use common::{everything, run};
use fleet::{FLAKE, Fleet, Nix, Program, expect_exit};
use serde_json::{Value as Json, json};

/// What stands before the arguments of the program.
const CALL: &str = "nix run \"$FLEET#cistern\" -- -C \"$FLEET\" ";

/// A pipeline as text and as our own reader reads it.
struct Written {
    name: &'static str,
    text: String,
    tree: Json,
}

#[test]
fn each_says_how_it_is_run() {
    for written in all("") {
        let calls = calls(&written);
        for wanted in ["check", "generate --check", "diff --against "] {
            assert!(calls.iter().any(|call| call.starts_with(wanted)), "{} runs no `{wanted}`", written.name);
        }
        for call in calls {
            let words = call.replace('"', "").replace('$', "x");
            // clap looks at every word before it prints the help.
            run(Command::new(env!("CARGO_BIN_EXE_cistern")).args(words.split_whitespace()).arg("--help"));
        }
        assert!(written.text.starts_with("# "), "the head says what it is for");
    }
}

#[test]
fn each_may_do_what_it_needs_and_no_more() {
    for written in all("") {
        let tree = &written.tree;
        match written.name {
            "github" => {
                let permissions = json!({ "contents": "read", "pull-requests": "write", "security-events": "write" });
                assert_eq!(tree["permissions"], permissions);
            }
            "forgejo" => assert_eq!(tree["permissions"], json!({ "contents": "read", "pull-requests": "write" })),
            _ => {
                let image = tree["cistern"]["image"].as_str().expect("a text");
                assert!(image.rsplit_once(':').is_some_and(|(_, tag)| tag.starts_with(|c: char| c.is_ascii_digit())));
                continue;
            }
        }
        let events: Vec<_> = tree["on"].as_object().expect("a map").keys().collect();
        assert_eq!(events, ["pull_request", "push"], "a run for foreign code has no secrets");
        assert!(!written.text.contains("pull_request_target") && !written.text.contains("secrets."));
        for step in steps(&written) {
            if let Some(action) = step["uses"].as_str() {
                let version = action.rsplit_once("@v").map(|(_, version)| version.parse::<u32>());
                assert!(matches!(version, Some(Ok(_))), "{action} is not pinned by a major version");
            }
            if step["uses"].as_str().is_some_and(|action| action.contains("actions/checkout@")) {
                assert_eq!(step["with"], json!({ "fetch-depth": 0, "persist-credentials": false }));
            }
            // The job's token goes to the step that writes the comment, and that is passed over for forks.
            if step.to_string().contains("github.token") {
                let only = "github.event.pull_request.head.repo.full_name == github.repository";
                assert!(step["if"].as_str().is_some_and(|condition| condition.ends_with(only)), "{step}");
            }
        }
    }
}

#[test]
fn each_script_is_one() {
    for written in all("") {
        let scripts = scripts(&written);
        assert!(scripts.len() >= 4);
        for script in scripts {
            assert!(!script.contains("${{"), "what others wrote would become code:\n{script}");
            parses(&script);
            if let Some((_, rest)) = script.split_once("<<'SCRIPT'\n") {
                let (inner, _) = rest.split_once("\nSCRIPT\n").expect("it ends");
                parses(inner);
            }
        }
        assert_eq!(written.text.matches("startswith(env.MARKER)").count(), 1, "one comment, found by its first line");
    }
}

#[test]
fn a_fleet_that_is_there_gets_the_pipeline_alone() {
    for pipeline in PIPELINES {
        let fleet = Fleet::copy("examples/homelab");
        fleet.known_to_git();
        let mut before = fleet.files();
        let output = fleet.cistern(&["init", "--ci", pipeline.name]);
        expect_exit(&output, 0);
        let mut after = fleet.files();
        let added = after.remove(pipeline.path).expect("it was written");
        assert!(after == before, "more was written");
        before.insert(pipeline.path.to_owned(), added);
        expect_exit(&fleet.cistern(&["init", "--ci", pipeline.name]), 0);
        assert!(fleet.files() == before, "the second time nothing is written");
    }
}

#[test]
fn a_pipeline_that_is_there_stays() {
    for pipeline in PIPELINES {
        let fleet = Fleet::copy("examples/homelab");
        fleet.write(pipeline.path, "mine: true\n");
        let before = fleet.files();
        let output = fleet.cistern(&["init", "--ci", pipeline.name]);
        expect_exit(&output, 1);
        assert!(fleet.files() == before, "something was written");
        let printed = String::from_utf8_lossy(&output.stdout);
        assert!(printed.starts_with(&format!("# merge this into {}:\n", pipeline.path)), "{printed}");
        assert!(printed.contains(CALL), "{printed}");
        assert!(everything(&output).contains("Kept"), "{}", everything(&output));
    }
}

#[test]
fn a_new_fleet_comes_with_its_pipeline() {
    let fleet = Fleet::new();
    run(fleet.command("git").args(["init", "--quiet"]));
    expect_exit(&fleet.cistern(&["init", "--ci", "github"]), 0);
    expect_exit(&fleet.cistern(&["generate", "--check"]), 0);
    assert!(fleet.read(".github/workflows/cistern.yml").contains("FLEET: \".\"\n"));
    expect_exit(&fleet.cistern(&["init", "--ci", "jenkins"]), 2);
}

#[test]
fn a_fleet_in_a_directory_is_named_from_the_root() {
    let repository = Fleet::new();
    run(repository.command("git").args(["init", "--quiet"]));
    expect_exit(&repository.cistern(&["init", "machines/fleet", "--ci", "gitlab"]), 0);
    let written = read("gitlab", repository.read(".gitlab-ci.yml"));
    let variables = &written.tree["cistern"]["variables"];
    assert_eq!(variables["FLEET"], json!("./machines/fleet"));
    assert_eq!(variables["MARKER"], json!("<!-- cistern diff of ./machines/fleet -->"));
    assert!(!repository.files().contains_key("machines/fleet/.gitlab-ci.yml"));
    expect_exit(&repository.cistern(&["init", "a b", "--ci", "gitlab"]), 2);
}

#[test]
fn the_real_nix_runs_the_commands() {
    let Some(nix) = Nix::new(Program::Real) else { return };
    if !nix.builds() {
        return common::skip("the program is built in a store of its own");
    }
    let fleet = Fleet::copy("examples/homelab");
    let mut flake = FLAKE.to_owned();
    for (url, name) in [
        ("github:NixOS/nixpkgs/nixos-26.05", "nixpkgs"),
        ("github:serokell/deploy-rs", "deploy-rs"),
        ("github:ryantm/agenix", "agenix"),
        ("flake:cistern", "cistern"),
    ] {
        let directory = &nix.inputs().into_iter().find(|(input, _)| *input == name).expect("it is one of them").1;
        flake = flake.replace(url, &format!("path:{}", directory.display()));
    }
    fleet.write("flake.nix", flake);
    fleet.known_to_git();
    let written = &all("").into_iter().find(|written| written.name == "github").expect("it is one of them");
    let shell = |script: &str| {
        let mut command = nix.program("bash");
        command.args(["-eo", "pipefail", "-c", script]).current_dir(fleet.root());
        command.env("FLEET", ".").env("RUNNER_TEMP", fleet.root().parent().expect("a directory"));
        command.output().expect("bash starts")
    };
    let script = |wanted: &str| {
        let found = scripts(written).into_iter().find(|script| script.contains(wanted));
        found.unwrap_or_else(|| panic!("no script has {wanted}"))
    };
    expect_exit(&shell(&script("check --format github")), 0);
    expect_exit(&shell(&script("generate --check")), 0);
    fleet.edit("fleet.yaml", "web: 8081", "web: 8085");
    let output = shell(&script("generate --check"));
    expect_exit(&output, 1);
    assert!(everything(&output).contains("hosts/eden.nix"), "{}", everything(&output));
    fleet.edit("fleet.yaml", "address: 192.168.1.51\n", "address: 192.168.1.151\n");
    expect_exit(&shell(&script("check --format github")), 2);
    expect_exit(&shell(&script("check --format sarif")), 0);
    let log =
        fs::read_to_string(fleet.root().parent().expect("a directory").join("cistern.sarif")).expect("it is there");
    assert!(log.contains("\"C052\""), "{log}");
}

/// Every pipeline, as it is written for a fleet at the root of its repository or in a directory.
fn all(directory: &str) -> Vec<Written> {
    let write = |pipeline: &'static cistern::scaffold::Pipeline| {
        let fleet = Fleet::new();
        let root = fleet.root().to_owned();
        cistern::scaffold::write_pipeline(&root, pipeline, directory).expect("the directory is ours");
        read(pipeline.name, fleet.read(pipeline.path))
    };
    PIPELINES.iter().map(write).collect()
}

fn read(name: &'static str, text: String) -> Written {
    let mut sources = Sources::default();
    let id = sources.add(name, text.as_str());
    let mut faults = Faults::default();
    let node = load::parse(id, sources.file(id), &mut faults).expect("it is YAML");
    assert!(faults.is_empty(), "{name}");
    Written { name, tree: node.to_json(), text }
}

fn steps(written: &Written) -> Vec<Json> {
    written.tree["jobs"]["fleet"]["steps"].as_array().expect("a list").clone()
}

/// What bash runs.
fn scripts(written: &Written) -> Vec<String> {
    let texts = match written.name {
        "gitlab" => written.tree["cistern"]["script"].as_array().expect("a list").clone(),
        _ => steps(written).iter().map(|step| step["run"].clone()).filter(|run| !run.is_null()).collect(),
    };
    texts.iter().map(|text| text.as_str().expect("a text").to_owned()).collect()
}

/// The arguments of each call of the program, up to where its output goes.
fn calls(written: &Written) -> Vec<String> {
    let scripts = scripts(written);
    let calls = scripts.iter().flat_map(|script| script.split(CALL).skip(1));
    let calls: Vec<_> = calls.map(|rest| rest.split(['>', '|', '\n']).next().unwrap_or_default().to_owned()).collect();
    assert_eq!(calls.len(), written.text.matches("#cistern\" -- ").count(), "a call of another form");
    calls
}

#[track_caller]
fn parses(script: &str) {
    let mut bash =
        Command::new("bash").args(["-n"]).stdin(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("bash starts");
    bash.stdin.take().expect("a pipe").write_all(script.as_bytes()).expect("bash reads");
    let output = bash.wait_with_output().expect("bash ends");
    assert!(output.status.success() && output.stderr.is_empty(), "{}\n{script}", everything(&output));
}
