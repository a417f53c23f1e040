//! `cistern secrets edit`, with editors that are shell scripts.

use std::fs;
use std::path::Path;
use std::process::{Output, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::common::everything;
use crate::fleet::expect_exit;
use crate::vault::Vault;

fn vault() -> Vault {
    let vault = Vault::new();
    let (host, ana) = (vault.ssh_key("web", "ed25519", ""), vault.ssh_key("ana", "ed25519", ""));
    let admins = json!({ "ana": { "role": "admin", "keys": [ana] } });
    vault.define(&[("web", &host)], &admins, &json!({ "token": { "hosts": "web" } }));
    vault
}

/// Edits with a shell script whose `$1` is the file.
fn edit(vault: &Vault, script: &str) -> Output {
    vault.fleet.write("editor", format!("#!/bin/sh\n{script}\n"));
    let ana = vault.key("ana");
    let mut command = vault.command(&["secrets", "edit", "token", "-i", ana.to_str().expect("a plain path")]);
    command.env("EDITOR", "sh ./editor").output().expect("the program starts")
}

fn value(vault: &Vault) -> Option<Vec<u8>> {
    vault.show(&["token"], "ana")
}

#[test]
fn a_value_is_edited_and_the_file_is_gone() {
    let vault = vault();
    vault.set(&["token"], b"old");
    let output = edit(
        &vault,
        "cat \"$1\" >seen; stat -c '%a %n' \"$1\" >>seen; stat -f -c %T \"$1\" >>seen; printf new >\"$1\"",
    );
    expect_exit(&output, 0);
    assert_eq!(value(&vault).as_deref(), Some(&b"new"[..]));
    let seen = vault.fleet.read("seen");
    let words: Vec<_> = seen.split_whitespace().collect();
    let [contents, path, kind] = words[..] else { panic!("{seen}") };
    assert_eq!((contents, kind), ("old600", "tmpfs"), "{seen}");
    assert!(path.starts_with("/dev/shm/cistern-edit-") && path.ends_with("/token"), "{path}");
    assert!(!Path::new(path).parent().expect("it has one").exists(), "nothing is left of {path}");
}

#[test]
fn newlines_at_the_end_are_what_was_there() {
    let vault = vault();
    for (before, script, after) in [
        // An editor that puts a newline behind the last line, as most do.
        (&b"one"[..], "printf 'one\\n' >\"$1\"", &b"one"[..]),
        (b"one", "printf 'two\\n' >\"$1\"", b"two"),
        (b"one\n", "printf 'two\\n' >\"$1\"", b"two\n"),
        (b"one\n", "printf 'two' >\"$1\"", b"two"),
        (b"one", "printf 'two\\n\\n' >\"$1\"", b"two\n\n"),
        // sed and vim put another file into its place.
        (b"one", "sed -i s/one/two/ \"$1\"", b"two"),
    ] {
        vault.set(&["token"], before);
        expect_exit(&edit(&vault, script), 0);
        assert_eq!(value(&vault).as_deref(), Some(after), "{script}");
    }
    for (script, after) in [("echo line >\"$1\"", &b"line"[..]), ("printf 'A=1\\nB=2\\n' >\"$1\"", b"A=1\nB=2\n")] {
        fs::remove_file(vault.fleet.root().join("secrets/token.age")).expect("it is there");
        expect_exit(&edit(&vault, script), 0);
        assert_eq!(value(&vault).as_deref(), Some(after), "{script}");
    }
}

#[test]
fn what_is_unchanged_or_failed_is_not_written() {
    let vault = vault();
    vault.set(&["token"], b"old");
    let before = vault.fleet.files();
    for (script, code, why) in [
        ("true", 0, "Unchanged secrets/token.age"),
        ("touch \"$1\"", 0, "Unchanged secrets/token.age"),
        ("echo >>\"$1\"", 0, "Unchanged secrets/token.age"),
        ("printf new >\"$1\"; exit 3", 1, "nothing was written: `sh ./editor` failed (exit status: 3)"),
        ("rm \"$1\"", 1, "left no file"),
        (": >\"$1\"", 2, "left the file empty"),
        ("ln -sf /etc/hostname \"$1\"", 1, "left no file"),
    ] {
        let output = edit(&vault, script);
        expect_exit(&output, code);
        assert!(everything(&output).contains(why), "{}", everything(&output));
        fs::remove_file(vault.fleet.root().join("editor")).expect("it was made");
        assert_eq!(vault.fleet.files(), before, "{script}");
        assert_eq!(left_behind(&vault), Vec::<String>::new(), "{script}");
    }
}

#[test]
fn a_run_that_is_told_to_stop_takes_its_file_along() {
    let vault = vault();
    vault.set(&["token"], b"old");
    let ana = vault.key("ana");
    for (signal, code) in [("TERM", Some(1)), ("HUP", Some(1)), ("KILL", None)] {
        let _ = fs::remove_file(vault.fleet.root().join("begun"));
        vault.fleet.write("editor", "echo \"$1\" >file; mv file begun; exec sleep 20\n");
        let mut command = vault.command_here(&["-C", ".", "edit", "token", "-i", ana.to_str().expect("a plain path")]);
        command.current_dir(vault.fleet.root()).env("EDITOR", "exec sh ./editor");
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let mut child = command.spawn().expect("the program starts");
        let began = Instant::now();
        while !vault.fleet.root().join("begun").exists() {
            assert!(began.elapsed() < Duration::from_secs(60), "the editor never began");
            sleep(Duration::from_millis(10));
        }
        let file = vault.fleet.read("begun");
        let id = child.id().to_string();
        let killed = std::process::Command::new("kill").args(["-s", signal, &id]).status().expect("kill starts");
        assert!(killed.success());
        assert_eq!(child.wait().expect("it ends").code(), code, "{signal}");
        if signal == "KILL" {
            assert!(Path::new(file.trim()).exists(), "nobody can tidy up after that");
            // The next one does.
            expect_exit(&edit(&vault, "true"), 0);
        }
        assert!(!Path::new(file.trim()).parent().expect("it has one").exists(), "{signal}");
        assert_eq!(value(&vault).as_deref(), Some(&b"old"[..]), "{signal}");
    }
}

#[test]
fn a_directory_on_a_disk_is_refused() {
    let vault = vault();
    vault.set(&["token"], b"old");
    // In a namespace of its own the directory in memory is another one, on the disk.
    let script = r#"mount --bind "$1" /dev/shm && shift && exec "$@""#;
    let run = |more: &[&str]| {
        let (ana, disk) = (vault.key("ana"), vault.fleet.root().join("disk"));
        fs::create_dir_all(&disk).expect("the directory is ours");
        let mut command = std::process::Command::new("unshare");
        command.args(["-m", "sh", "-c", script, "sh"]).arg(disk).arg(env!("CARGO_BIN_EXE_cistern"));
        command.args(["secrets", "edit", "token", "-i"]).arg(ana).args(more).current_dir(vault.fleet.root());
        command.env("EDITOR", "sh -c 'printf new >\"$1\"' x").env("TMPDIR", vault.key("tmp"));
        command.env_remove("XDG_RUNTIME_DIR").env_remove("VISUAL").stdin(Stdio::null());
        command.output().expect("unshare starts")
    };
    let root = std::process::Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout == b"0\n");
    if !root {
        crate::common::skip("a mount of one's own needs root");
        return;
    }
    fs::create_dir(vault.key("tmp")).expect("the directory is ours");
    let output = run(&[]);
    expect_exit(&output, 2);
    assert!(everything(&output).contains("`--insecure-tmp`"), "{}", everything(&output));
    assert_eq!(value(&vault).as_deref(), Some(&b"old"[..]));
    expect_exit(&run(&["--insecure-tmp"]), 0);
    assert_eq!(value(&vault).as_deref(), Some(&b"new"[..]));
    assert_eq!(fs::read_dir(vault.key("tmp")).expect("it is there").count(), 0, "nothing is left");
}

/// Directories of this test's editor that are left in memory.
fn left_behind(vault: &Vault) -> Vec<String> {
    let entries = fs::read_dir("/dev/shm").into_iter().flatten().flatten().map(|entry| entry.path().join("token"));
    let text = |path: &Path| fs::read_to_string(path).unwrap_or_default();
    let _ = vault;
    entries.filter(|path| text(path).starts_with("old")).map(|path| path.display().to_string()).collect()
}
