//! Keys with passphrases, files of identities, plugins, and keys that cannot be used.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use serde_json::json;

use crate::common::{everything, require, run};
use crate::fleet::expect_exit;
use crate::vault::Vault;

/// A plugin that hands the key of a file back as it got it; its recipient and its identity hold the word `mirror`.
const PLUGIN: &str = include_str!("age-plugin-mirror");
const RECIPIENT: &str = "age1mirror1d45hyun0wgp52juj";
const IDENTITY: &str = "AGE-PLUGIN-MIRROR-1D45HYUN0WGD4NEXL";

const SECRETS: [&str; 3] = ["one", "three", "two"];

/// A fleet of three secrets for one admin with this key.
fn vault(key: impl FnOnce(&Vault) -> String) -> Vault {
    let vault = Vault::new();
    let host = vault.ssh_key("web", "ed25519", "");
    let key = key(&vault);
    let ana = if key.starts_with("age1") {
        json!({ "role": "admin", "keys": [vault.ssh_key("login", "ecdsa", "")], "age_keys": [key] })
    } else {
        json!({ "role": "admin", "keys": [key] })
    };
    let admins = json!({ "ana": ana });
    let secrets: serde_json::Map<_, _> =
        SECRETS.iter().map(|name| ((*name).to_owned(), json!({ "hosts": "web" }))).collect();
    vault.define(&[("web", &host)], &admins, &json!(secrets));
    vault
}

fn set_all(vault: &Vault) {
    SECRETS.iter().for_each(|name| vault.set(&[name], name.as_bytes()));
}

#[test]
fn a_passphrase_is_asked_for_once_for_many_files() {
    for kind in ["ed25519", "rsa"] {
        let vault = vault(|vault| vault.ssh_key("ana", kind, "correct horse"));
        set_all(&vault);
        let ana = vault.key("ana");
        let rekey = ["rekey", "--all", "-i", ana.to_str().expect("a plain path")];
        let asked = [("Passphrase of", "wrong"), ("Passphrase of", "correct horse")];
        let rekeyed = vault.on_terminal(&mut vault.command_here(&rekey), &asked);
        assert!(rekeyed.success, "{}", rekeyed.shown);
        assert!(rekeyed.shown.contains("That is not the passphrase."), "{}", rekeyed.shown);
        assert_eq!(rekeyed.shown.matches("Passphrase of").count(), 2, "{}", rekeyed.shown);
        assert!(rekeyed.shown.contains("3 files, 0 unchanged"), "{}", rekeyed.shown);

        let wrong = [("Passphrase of", "a"), ("Passphrase of", "b"), ("Passphrase of", "c")];
        let refused = vault.on_terminal(&mut vault.command_here(&rekey), &wrong);
        assert!(!refused.success && refused.shown.contains("was wrong 3 times"), "{}", refused.shown);
        let output = vault.secrets(&rekey);
        expect_exit(&output, 1);
        assert!(everything(&output).contains("there is no terminal to ask on"), "{}", everything(&output));
        // A key that none of the files is for is not asked for.
        vault.ssh_key("eva", kind, "another");
        let (eva, web) = (vault.key("eva"), vault.key("web"));
        let two = ["-i", eva.to_str().expect("a plain path"), "-i", web.to_str().expect("a plain path")];
        expect_exit(&vault.secrets(&[&["rekey", "--all"][..], &two].concat()), 0);
    }
}

#[test]
fn files_of_identities_may_have_a_passphrase() {
    let Some(lab) = require(&["age", "age-keygen"]) else { return };
    let vault = vault(|vault| vault.age_key(lab, "ana"));
    set_all(&vault);
    let mut encrypt = lab.command("age");
    encrypt.args(["--passphrase", "--output"]).arg(vault.key("ana.age")).arg(vault.key("ana"));
    let asked = [("assphrase", "correct horse"), ("onfirm", "correct horse")];
    let written = vault.on_terminal(&mut encrypt, &asked);
    assert!(written.success, "{}", written.shown);
    let ana = vault.key("ana.age");
    let rekey = ["rekey", "--all", "-i", ana.to_str().expect("a plain path")];
    let rekeyed = vault.on_terminal(&mut vault.command_here(&rekey), &[("Passphrase of", "correct horse")]);
    assert!(rekeyed.success && rekeyed.shown.contains("3 files"), "{}", rekeyed.shown);
    assert_eq!(rekeyed.shown.matches("Passphrase of").count(), 1, "{}", rekeyed.shown);
    // The same key, in the place where age's users keep it.
    fs::create_dir_all(vault.key(".config/age")).expect("the directory is ours");
    fs::copy(vault.key("ana"), vault.key(".config/age/keys.txt")).expect("the directory is ours");
    assert_eq!(vault.secrets(&["show", "two"]).stdout, b"two");
}

#[test]
fn a_plugin_encrypts_and_decrypts() {
    let vault = vault(|_| RECIPIENT.to_owned());
    let bin = vault.key("bin");
    fs::create_dir(&bin).expect("the directory is ours");
    fs::write(bin.join("age-plugin-mirror"), PLUGIN).expect("the directory is ours");
    fs::set_permissions(bin.join("age-plugin-mirror"), fs::Permissions::from_mode(0o755)).expect("it is ours");
    fs::write(vault.key("mirror"), format!("# a key\n{IDENTITY}\n")).expect("the directory is ours");
    let path = format!("{}:{}", bin.display(), std::env::var("PATH").expect("there is one"));
    let mirror = vault.key("mirror");
    let mirror = mirror.to_str().expect("a plain path");
    for name in SECRETS {
        vault.fleet.write("value", name);
        run(vault.command(&["secrets", "set", name, "--from", "value"]).env("PATH", &path));
    }
    let header = String::from_utf8_lossy(&fs::read(vault.fleet.root().join("secrets/one.age")).expect("it is there"))
        .into_owned();
    assert!(header.contains("-> mirror"), "{header}");
    let rekeyed = vault.command(&["secrets", "rekey", "--all", "-i", mirror]).env("PATH", &path).output();
    expect_exit(&rekeyed.expect("it starts"), 0);
    assert_eq!(run(vault.command(&["secrets", "show", "two", "-i", mirror]).env("PATH", &path)), "two");
    // It asks for a touch, and for a PIN.
    let mut asking = vault.command_here(&["show", "two", "-i", mirror]);
    asking.env("PATH", &path).env("MIRROR_ASKS", "1");
    let shown = vault.on_terminal(&mut asking, &[("Your PIN", "1234")]);
    assert!(shown.success && shown.shown.contains("Touch it now"), "{}", shown.shown);
    let output =
        vault.command(&["secrets", "show", "two", "-i", mirror]).env("PATH", &path).env("MIRROR_ASKS", "1").output();
    expect_exit(&output.expect("it starts"), 1);

    let output = vault.secrets(&["show", "two", "-i", mirror]);
    expect_exit(&output, 2);
    assert!(everything(&output).contains("`age-plugin-mirror`"), "{}", everything(&output));
    let output = vault.secrets(&["set", "two", "--from", "value"]);
    expect_exit(&output, 2);
    assert!(everything(&output).contains("is not on PATH"), "{}", everything(&output));
}

#[test]
fn keys_that_cannot_be_used_are_named_with_the_remedy() {
    let vault = vault(|vault| vault.ssh_key("ana", "ed25519", ""));
    set_all(&vault);
    vault.ssh_key("curve", "ecdsa", "");
    vault.ssh_key("closed-curve", "ecdsa", "secret");
    run(std::process::Command::new("ssh-keygen")
        .args(["-q", "-m", "PEM", "-t", "rsa", "-b", "2048", "-N", "secret", "-f"])
        .arg(vault.key("old")));
    fs::write(vault.key("empty"), "# nothing\n").expect("the directory is ours");
    fs::write(vault.key("slip"), "AGE-SECRET-KEY-1SLIP\n").expect("the directory is ours");
    for (key, why) in [
        ("curve", "age cannot decrypt with ecdsa-sha2-nistp256"),
        ("closed-curve", "age cannot decrypt with ecdsa-sha2-nistp256"),
        ("old", "`ssh-keygen -p -f FILE`"),
        ("ana.pub", "it is a public key; name the private one"),
        ("empty", "there is no identity in it"),
        ("slip", "line 1 is no identity"),
        ("missing", "No such file"),
    ] {
        let file = vault.key(key);
        let output = vault.secrets(&["show", "one", "-i", file.to_str().expect("a plain path")]);
        expect_exit(&output, 2);
        let said = everything(&output);
        assert!(said.contains(why) && said.contains(key) && !said.contains("SLIP"), "{said}");
    }
    // In a usual place it is no fault, but told when nothing else opens the file.
    fs::copy(vault.key("curve"), vault.key(".ssh/id_ed25519")).expect("the directory is ours");
    let output = vault.secrets(&["show", "one"]);
    expect_exit(&output, 1);
    assert!(everything(&output).contains("age cannot decrypt with ecdsa"), "{}", everything(&output));
}
