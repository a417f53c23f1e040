//! Plan files: a fresh one holds, each thing that moved is named, and signatures are those of the real ssh-keygen.

#![expect(clippy::disallowed_methods, reason = "runs the program, git and ssh-keygen on fleets of its own")]

mod common;
#[path = "common/fleet.rs"]
mod fleet;

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use common::{everything, run, skip};
use fleet::{Fleet, copy, expect_exit};
use serde_json::{Value as Json, json};

const PLAN: &str = "../plan.json";

#[test]
fn a_fresh_plan_holds() {
    let work = Work::new();
    work.plan(&[]);
    let said = work.said(&["plan", "verify", PLAN], 0);
    assert!(said.contains("nothing moved; not signed"), "{said}");
    let plan = work.json();
    assert_eq!(plan["format"], json!(1));
    assert_eq!(plan["revision"], json!({ "commit": work.head(), "dirty": false }));
    assert!(
        !fs::read_to_string(work.file()).expect("it is there").contains(work.directory().to_str().expect("a path"))
    );

    // The same commit elsewhere gives the same bytes.
    let before = fs::read(work.file()).expect("it is there");
    work.plan(&[]);
    assert!(fs::read(work.file()).expect("it is there") == before);
    let other = work.directory().join("other");
    work.git(&["clone", "--quiet", ".", other.to_str().expect("a plain path")]);
    let mut cistern = work.fleet.command(env!("CARGO_BIN_EXE_cistern"));
    run(cistern.current_dir(&other).args(["plan", "-o", "elsewhere.json"]));
    assert!(fs::read(other.join("elsewhere.json")).expect("it is there") == before);
    // The file itself is none of what a plan is made from.
    let mut cistern = work.fleet.command(env!("CARGO_BIN_EXE_cistern"));
    run(cistern.current_dir(&other).args(["plan", "verify", "elsewhere.json"]));
}

#[test]
fn each_thing_that_moved_is_named() {
    let edit = |from: &'static str, to: &'static str| move |work: &Work| work.fleet.edit("fleet.yaml", from, to);
    let comment = edit("version: 1\n", "# A comment.\nversion: 1\n");
    let port = edit("web: 8081", "web: 8085");
    type Step<'a> = &'a dyn Fn(&Work);
    let commit: Step<'_> = &|work| drop(work.git(&["commit", "--quiet", "--allow-empty", "--message", "more"]));
    let lock: Step<'_> = &|work| work.fleet.write("flake.lock", "{}\n");
    let module: Step<'_> =
        &|work| work.fleet.edit("modules/backup.nix", "initialize = true;", "initialize = true; # a comment");
    let tampered: Step<'_> = &|work| work.rewrite("\"diff\": {\n", "\"diff\": {\n    \"more\": 1,\n");
    let program: Step<'_> = &|work| {
        let own = format!("\"cistern\": \"{}\"", env!("CARGO_PKG_VERSION"));
        work.rewrite(&own, "\"cistern\": \"0.0.1\"");
    };
    for (steps, expected) in [
        (vec![&comment as Step<'_>], vec!["definition", "revision"]),
        (vec![&port], vec!["definition", "tree", "revision"]),
        (vec![&port, commit], vec!["definition", "tree", "revision", "base"]),
        (vec![module], vec!["definition", "revision"]),
        (vec![commit], vec!["revision", "base"]),
        (vec![lock], vec!["flake.lock"]),
        (vec![tampered], vec!["diff"]),
        (vec![program], vec!["program"]),
        (vec![&port, lock, program, tampered], vec!["definition", "tree", "flake.lock", "revision", "program"]),
    ] {
        let work = Work::new();
        work.plan(&[]);
        steps.iter().for_each(|step| step(&work));
        work.moved(&expected);
    }
}

#[test]
fn what_was_compared_with_may_move() {
    let work = Work::new();
    work.git(&["branch", "old"]);
    work.fleet.edit("fleet.yaml", "web: 8081", "web: 8085");
    work.fleet.generate();
    work.commit("another port");
    work.plan(&["--against", "old"]);
    let plan = work.json();
    assert_eq!(plan["against"]["asked"], json!("old"));
    let entries = plan["diff"]["entries"].to_string();
    assert!(entries.contains("sabnzbd") && !entries.contains("sonarr"), "{entries}");
    work.said(&["plan", "verify", PLAN], 0);
    work.git(&["branch", "--force", "old"]);
    work.moved(&["base"]);
    work.git(&["branch", "--delete", "--force", "old"]);
    let said = work.moved(&["base"]);
    assert!(said.contains("there is no revision `old`"), "{said}");

    // A directory.
    let base = work.directory().join("base");
    copy(&work.fleet.root().join("generated"), &base.join("generated"));
    work.plan(&["--against", base.to_str().expect("a plain path")]);
    work.said(&["plan", "verify", PLAN], 0);
    fs::write(base.join("generated/nodes.nix"), "{ }\n").expect("the directory is ours");
    work.moved(&["base"]);

    // Without a commit, and without git.
    for git in [true, false] {
        let fleet = Fleet::copy("examples/homelab");
        if git {
            run(fleet.command("git").args(["init", "--quiet"]));
        }
        expect_exit(&fleet.cistern(&["plan", "-o", PLAN]), 0);
        expect_exit(&fleet.cistern(&["plan", "verify", PLAN]), 0);
        let text = fs::read(fleet.root().join(PLAN)).expect("it is there");
        let plan: Json = serde_json::from_slice(&text).expect("it is JSON");
        assert_eq!(plan["revision"], Json::Null);
    }
}

#[test]
fn ssh_keygen_verifies_what_we_sign() {
    if !has_ssh_keygen() {
        return;
    }
    let work = Work::new();
    let allowed = work.directory().join("allowed");
    let keys: String = work.keys.iter().map(|key| format!("ana {}", read(&public(key)))).collect();
    fs::write(&allowed, keys).expect("the directory is ours");
    for key in &work.keys {
        let said = work.plan(&["--sign", path(key)]);
        assert!(said.contains("plan.json.sig by `ana`"), "{said}");
        let said = work.said(&["plan", "verify", PLAN, "--signed"], 0);
        assert!(said.contains("nothing moved; signed by `ana`"), "{said}");
        let verify = ["-Y", "verify", "-I", "ana", "-n", "cistern-plan", "-f", path(&allowed), "-s"];
        let mut command = Command::new("ssh-keygen");
        command.args(verify).arg(work.signature()).stdin(fs::File::open(work.file()).expect("it is there"));
        let said = run(&mut command);
        assert!(said.contains("Good \"cistern-plan\" signature for ana"), "{said}");
    }
}

#[test]
fn we_verify_what_ssh_keygen_signs() {
    if !has_ssh_keygen() {
        return;
    }
    let work = Work::new();
    for key in &work.keys {
        work.plan(&[]);
        assert!(!work.signature().exists());
        work.sign(key, "cistern-plan");
        let said = work.said(&["plan", "verify", "--signed", PLAN], 0);
        assert!(said.contains("signed by `ana`"), "{said}");
    }
}

#[test]
fn an_encrypted_key_and_an_agent_sign() {
    if !has_ssh_keygen() {
        return;
    }
    let work = Work::new();
    let key = work.keys[0].clone();
    let ask = work.directory().join("ask");
    fs::write(&ask, "#!/bin/sh\necho correct horse\n").expect("the directory is ours");
    fs::set_permissions(&ask, fs::Permissions::from_mode(0o755)).expect("it is ours");
    run(Command::new("ssh-keygen").args(["-q", "-p", "-P", "", "-N", "correct horse", "-f", path(&key)]));
    let cistern = |args: &[&str]| {
        let mut command = work.fleet.command(env!("CARGO_BIN_EXE_cistern"));
        command.args(args).env("SSH_ASKPASS", &ask).env("SSH_ASKPASS_REQUIRE", "force").env_remove("SSH_AUTH_SOCK");
        command
    };
    run(&mut cistern(&["plan", "-o", PLAN, "--sign", path(&key)]));
    work.said(&["plan", "verify", PLAN, "--signed"], 0);

    let before = fs::read(work.file()).expect("it is there");
    fs::write(&ask, "#!/bin/sh\necho wrong\n").expect("the directory is ours");
    let output = cistern(&["plan", "-o", PLAN, "--sign", path(&key), "--against", "worktree"]).output();
    let output = output.expect("the program starts");
    expect_exit(&output, 3);
    assert!(everything(&output).contains("did not sign"), "{}", everything(&output));
    assert!(fs::read(work.file()).expect("it is there") == before, "what cannot be signed is not written");
    work.said(&["plan", "verify", PLAN, "--signed"], 0);

    fs::write(&ask, "#!/bin/sh\necho correct horse\n").expect("the directory is ours");
    let socket = work.directory().join("agent");
    let Ok(mut agent) =
        Command::new("ssh-agent").args(["-D", "-a", path(&socket)]).stdout(std::process::Stdio::null()).spawn()
    else {
        return skip("there is no ssh-agent");
    };
    while !socket.exists() {
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    let mut add = Command::new("ssh-add");
    add.args(["-q", path(&key)]).env("SSH_ASKPASS", &ask).env("SSH_ASKPASS_REQUIRE", "force");
    run(add.env("SSH_AUTH_SOCK", &socket));
    fs::remove_file(&key).expect("it is ours");
    run(cistern(&["plan", "-o", PLAN, "--sign", path(&public(&key))]).env("SSH_AUTH_SOCK", &socket));
    agent.kill().expect("it runs");
    agent.wait().expect("it ends");
    work.said(&["plan", "verify", PLAN, "--signed"], 0);
}

#[test]
fn a_signature_that_does_not_count_is_refused() {
    if !has_ssh_keygen() {
        return;
    }
    let work = Work::new();
    let (ana, bo) = (work.keys[0].clone(), work.directory().join("bo"));
    let stranger = make_key(work.directory(), "stranger", &["ed25519"]);
    type Step<'a> = &'a dyn Fn(&Work);
    let tamper: Step<'_> = &|work| work.rewrite("\"format\": 1", "\"format\":  1");
    let cases: [(Step<'_>, &str); 7] = [
        (&|_| (), "there is no signature"),
        (&|work| work.sign(&stranger, "cistern-plan"), "belongs to nobody in `access.people`"),
        (&|work| work.sign(&bo, "cistern-plan"), "`bo` made it, who is no admin"),
        (&|work| work.sign(&ana, "file"), "it was made for the namespace `file`, not for `cistern-plan`"),
        (&|work| (work.sign(&ana, "cistern-plan"), tamper(work)).1, "it is not `ana`'s signature of this file"),
        (&|work| fs::write(work.signature(), "hello\n").expect("it is ours"), "it cannot be read"),
        (&|work| fs::write(work.signature(), "").expect("it is ours"), "it cannot be read"),
    ];
    for (step, expected) in &cases {
        work.plan(&[]);
        step(&work);
        let said = work.said(&["plan", "verify", PLAN, "--signed"], 1);
        assert!(said.contains(expected), "{expected}: {said}");
        let without = work.fleet.cistern(&["plan", "verify", PLAN]);
        // One that is there counts, whether it was asked for or not.
        expect_exit(&without, i32::from(work.signature().exists()));
    }
    let messages: BTreeSet<_> = cases.iter().map(|(_, message)| message).collect();
    assert_eq!(messages.len(), 6, "each has its own");

    // Who may sign is what the definition says today; and what moved is told beside it.
    work.plan(&["--sign", path(&ana)]);
    let key = read(&public(&ana));
    work.fleet.edit("fleet.yaml", key.trim(), read(&public(&stranger)).trim());
    let said = work.said(&["plan", "verify", PLAN], 1);
    assert!(said.contains("belongs to nobody") && said.contains("definition, tree and revision moved"), "{said}");
    let said = work.said(&["plan", "-o", PLAN, "--sign", path(&ana)], 0);
    assert!(said.contains("nobody will accept the signature"), "{said}");
}

#[test]
fn files_that_are_no_plan_stay() {
    let work = Work::new();
    let before = work.fleet.files();
    let said = work.said(&["plan", "-o", "fleet.yaml"], 1);
    assert!(said.contains("fleet.yaml is there already and is no plan file"), "{said}");
    for (file, expected) in [("fleet.yaml", "it is no plan file"), ("absent.json", "there is no file absent.json")] {
        for verb in ["verify", "show"] {
            let said = work.said(&["plan", verb, file], 2);
            assert!(said.contains(expected), "{said}");
        }
    }
    let said = work.said(&["plan", "-o", PLAN, "--sign", "absent"], 2);
    assert!(said.contains("there is no key absent"), "{said}");
    let said = work.said(&["plan", "-o", PLAN, "--against", "absent"], 2);
    assert!(said.contains("there is no revision `absent`"), "{said}");
    work.said(&["plan"], 2);
    work.said(&["plan", "-o", PLAN, "verify", PLAN], 2);
    assert!(!work.file().exists() && work.fleet.files() == before);
    work.plan(&[]);
    work.rewrite("\"format\": 1", "\"format\": 2");
    let said = work.said(&["plan", "verify", PLAN], 2);
    assert!(said.contains("which is newer"), "{said}");
    work.fleet.edit("fleet.yaml", "version: 1\n", "version: 1\nmore: 1\n");
    let other = work.directory().join("other.json");
    work.said(&["plan", "-o", path(&other)], 2);
    assert!(!other.exists());
}

#[test]
fn a_plan_is_shown() {
    let work = Work::new();
    work.fleet.edit("fleet.yaml", "web: 8081", "web: 8085");
    work.plan(&[]);
    let said = work.said(&["plan", "show", PLAN], 0);
    for part in ["revision", " and edits\n", "against", "HEAD (", "definition", "flake.lock", "absent", "eden"] {
        assert!(said.contains(part), "{part}: {said}");
    }
    // It is about the file alone.
    work.fleet.write("fleet.yaml", "broken\n");
    assert_eq!(work.said(&["plan", "show", PLAN], 0), said);
}

/// The example homelab in a git repository, with people whose keys are at hand.
struct Work {
    fleet: Fleet,
    keys: Vec<PathBuf>,
}

impl Work {
    fn new() -> Self {
        let fleet = Fleet::copy("examples/homelab");
        let directory = fleet.root().parent().expect("a directory").to_owned();
        let kinds: [&[&str]; 5] = [
            &["ed25519"],
            &["rsa", "-b", "2048"],
            &["ecdsa", "-b", "256"],
            &["ecdsa", "-b", "384"],
            &["ecdsa", "-b", "521"],
        ];
        let mut keys = Vec::new();
        if has_ssh_keygen() {
            keys = kinds.iter().enumerate().map(|(at, kind)| make_key(&directory, &format!("ana{at}"), kind)).collect();
            let own = fleet.read("fleet.yaml");
            let (_, rest) = own.split_once("keys: [ssh-ed25519 ").expect("ana has a key");
            let old = format!("ssh-ed25519 {}", rest.split_once(']').expect("a list").0);
            let all: Vec<_> = keys.iter().map(|key| read(&public(key)).trim().to_owned()).collect();
            fleet.edit("fleet.yaml", &old, &all.join(", "));
            let bo = make_key(&directory, "bo", &["ed25519"]);
            fleet.write("keys/bo.pub", read(&public(&bo)));
        }
        let work = Self { fleet, keys };
        work.fleet.generate();
        work.git(&["init", "--quiet"]);
        work.commit("first");
        work
    }

    /// What stands beside the fleet.
    fn directory(&self) -> &Path {
        self.fleet.root().parent().expect("a directory")
    }

    fn file(&self) -> PathBuf {
        self.directory().join("plan.json")
    }

    fn signature(&self) -> PathBuf {
        self.directory().join("plan.json.sig")
    }

    fn json(&self) -> Json {
        serde_json::from_str(&read(&self.file())).expect("it is JSON")
    }

    /// Replaces a text that occurs exactly once in the plan.
    fn rewrite(&self, from: &str, to: &str) {
        let text = read(&self.file());
        assert_eq!(text.matches(from).count(), 1, "`{from}` must occur once:\n{text}");
        fs::write(self.file(), text.replace(from, to)).expect("it is ours");
    }

    fn git(&self, args: &[&str]) -> String {
        let who = ["-c", "user.name=t", "-c", "user.email=t@example.org"];
        run(self.fleet.command("git").args(who).args(args))
    }

    fn commit(&self, message: &str) {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--message", message]);
    }

    fn head(&self) -> String {
        self.git(&["rev-parse", "HEAD"]).trim().to_owned()
    }

    /// Writes a plan, and returns what was said.
    fn plan(&self, more: &[&str]) -> String {
        self.said(&[&["plan", "-o", PLAN], more].concat(), 0)
    }

    #[track_caller]
    fn said(&self, args: &[&str], code: i32) -> String {
        let output: Output = self.fleet.cistern(args);
        expect_exit(&output, code);
        everything(&output)
    }

    /// Holds the plan against today, which must name what moved.
    #[track_caller]
    fn moved(&self, expected: &[&str]) -> String {
        let output = self.fleet.cistern(&["plan", "verify", PLAN]);
        expect_exit(&output, 1);
        let printed = String::from_utf8_lossy(&output.stdout);
        let first = |line: &str| line.split_whitespace().next().unwrap_or_default().to_owned();
        let named: Vec<_> = printed.lines().skip(1).map(first).collect();
        assert_eq!(named, expected, "{printed}");
        everything(&output)
    }

    /// Signs the plan as ssh-keygen does.
    fn sign(&self, key: &Path, namespace: &str) {
        let _ = fs::remove_file(self.signature());
        let args = ["-q", "-Y", "sign", "-n", namespace, "-f", path(key)];
        run(Command::new("ssh-keygen").args(args).arg(self.file()));
    }
}

fn has_ssh_keygen() -> bool {
    let there = Command::new("ssh-keygen").arg("-?").output().is_ok();
    if !there {
        skip("there is no ssh-keygen");
    }
    there
}

fn make_key(directory: &Path, name: &str, kind: &[&str]) -> PathBuf {
    let file = directory.join(name);
    let args = ["-q", "-N", "", "-C", "test", "-f", path(&file), "-t"];
    run(Command::new("ssh-keygen").args(args).args(kind));
    file
}

fn public(key: &Path) -> PathBuf {
    key.with_extension("pub")
}

fn path(path: &Path) -> &str {
    path.to_str().expect("a plain path")
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
