//! Where a value goes: a run of each verb under strace, what its process lets others see, and what is left in memory.

use std::fs;
use std::process::{Command, Stdio};

use serde_json::json;

use crate::common::{everything, skip};
use crate::vault::Vault;

/// A value that stands nowhere else.
const VALUE: &str = "canary-5f2c9e7d41b84a06";

/// Calls that can carry a value out of the process.
const CALLS: &str = "trace=write,pwrite64,writev,pwritev,sendto,sendmsg,openat,creat,execve,memfd_create,rename,link,\
                     symlink,mkdir,prctl";

fn vault() -> Vault {
    let vault = Vault::new();
    let (host, ana) = (vault.ssh_key("web", "ed25519", ""), vault.ssh_key("ana", "ed25519", ""));
    let admins = json!({ "ana": { "role": "admin", "keys": [ana] } });
    vault.define(&[("web", &host)], &admins, &json!({ "token": { "hosts": "web" } }));
    vault.fleet.write("editor", "printf -- -edited >>\"$1\"\n");
    vault
}

/// Runs `cistern secrets` and returns every call that it made itself, a line each.
fn traced(vault: &Vault, args: &[&str], input: &str) -> Vec<String> {
    let log = vault.key("trace");
    let mut command = vault.fleet.command("strace");
    // Children are followed to see what they are started with; what the editor itself writes is its own matter.
    command.args(["-f", "-v", "-s", "1000000", "-y", "-e", CALLS, "-o"]).arg(&log);
    command.arg(env!("CARGO_BIN_EXE_cistern")).arg("secrets").args(args);
    command.env("HOME", vault.key("")).env("EDITOR", "sh ./editor").env_remove("VISUAL").env_remove("XDG_RUNTIME_DIR");
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("strace starts");
    std::io::Write::write_all(&mut child.stdin.take().expect("a pipe"), input.as_bytes()).expect("it reads");
    let output = child.wait_with_output().expect("it ends");
    assert!(output.status.success(), "{args:?}: {}", everything(&output));
    assert!(!String::from_utf8_lossy(&output.stderr).contains(VALUE), "{}", everything(&output));
    fs::read_to_string(log).expect("strace wrote it").lines().map(str::to_owned).collect()
}

#[test]
fn a_value_goes_nowhere_but_where_it_was_asked_for() {
    let root = Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout == b"0\n");
    if !root || Command::new("strace").arg("--version").output().is_err() {
        skip("looking into a process that hides needs root and strace: run tests/lab/install");
        return;
    }
    let vault = vault();
    let ana = vault.key("ana");
    let ana = ana.to_str().expect("a plain path");
    let carrying = |args: &[&str], input: &str| -> Vec<String> {
        let lines = traced(&vault, args, input);
        assert!(lines.iter().any(|line| line.contains("PR_SET_DUMPABLE")), "the trace shows nothing");
        lines.into_iter().filter(|line| line.contains(VALUE)).collect()
    };
    let nothing: Vec<String> = Vec::new();
    assert_eq!(carrying(&["set", "token", "--from", "-"], VALUE), nothing);
    assert_eq!(carrying(&["rekey", "--all", "-i", ana], ""), nothing);
    assert_eq!(carrying(&["rekey", "--all", "-v", "-i", ana], ""), nothing);
    let shown = carrying(&["show", "token", "-i", ana], "");
    assert_eq!(shown.len(), 1, "{shown:?}");
    assert!(shown[0].contains("write(") && shown[0].contains("<pipe:"), "{shown:?}");
    let edited = carrying(&["edit", "token", "-i", ana], "");
    assert_eq!(edited.len(), 1, "{edited:?}");
    assert!(edited[0].contains("write(") && edited[0].contains("</dev/shm/cistern-edit-"), "{edited:?}");
    let value = vault.show(&["token"], "ana").expect("ana opens it");
    assert_eq!(value, format!("{VALUE}-edited").into_bytes());

    // Nor is it in anything that the runs left behind.
    for (path, bytes) in vault.fleet.files() {
        assert!(!bytes.windows(VALUE.len()).any(|window| window == VALUE.as_bytes()), "{path}");
    }
}

#[test]
fn others_cannot_look_into_it() {
    let vault = vault();
    vault.set(&["token"], b"value");
    // The editor sees the process that waits for it from outside.
    vault.fleet.write(
        "editor",
        "grep -E '^(VmLck|CoreDumping)' /proc/$PPID/status >seen; grep 'core file' /proc/$PPID/limits >>seen\n\
         stat -c 'owner %u' /proc/$PPID/environ >>seen; ulimit -c >>seen\n",
    );
    let ana = vault.key("ana");
    let mut command = vault.command_here(&["edit", "token", "-i", ana.to_str().expect("a plain path")]);
    let output =
        command.current_dir(vault.fleet.root()).env("EDITOR", "exec sh ./editor").stdin(Stdio::null()).output();
    let output = output.expect("it starts");
    assert!(output.status.success(), "{}", everything(&output));
    let seen = vault.fleet.read("seen");
    let locked = seen.lines().find_map(|line| line.strip_prefix("VmLck:")).expect("the kernel tells");
    let locked: u64 = locked.trim().trim_end_matches(" kB").parse().expect("a number");
    assert!(locked > 0 || everything(&output).contains("could be locked into memory"), "{seen}");
    let core = seen.lines().find(|line| line.starts_with("Max core file")).expect("the kernel tells");
    assert_eq!(core.split_whitespace().filter(|word| *word == "0").count(), 2, "{seen}");
    assert!(seen.contains("owner 0"), "what is not dumpable belongs to root: {seen}");
    assert!(seen.ends_with("\n0\n"), "{seen}");
}
