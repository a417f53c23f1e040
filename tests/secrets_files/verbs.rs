//! set, show, rekey and rm.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};
use std::path::Path;

use serde_json::{Value as Json, json};

use crate::common::{everything, require};
use crate::fleet::expect_exit;
use crate::vault::Vault;

/// Two hosts and an admin; one secret for both, one for each, and one for the first.
fn vault() -> Vault {
    let vault = Vault::new();
    let keys = ["web-1", "web-2", "ana", "eva"].map(|name| vault.ssh_key(name, "ed25519", ""));
    define(&vault, &keys, &["ana"]);
    vault
}

fn define(vault: &Vault, keys: &[String; 4], admins: &[&str]) {
    let key = |name: &str| if name == "ana" { &keys[2] } else { &keys[3] };
    let admins: serde_json::Map<String, Json> =
        admins.iter().map(|name| ((*name).to_owned(), json!({ "role": "admin", "keys": [key(name)] }))).collect();
    let secrets = json!({
        "token": { "hosts": "web-*" },
        "each": { "hosts": "web-*", "per_host": true },
        "first": { "hosts": "web-1" },
    });
    vault.define(&[("web-1", &keys[0]), ("web-2", &keys[1])], &json!(admins), &secrets);
}

fn record(vault: &Vault) -> Json {
    serde_json::from_str(&vault.fleet.read("secrets/recipients.json")).expect("it is JSON")
}

#[test]
fn a_value_is_set_without_a_key_and_shown_byte_for_byte() {
    let vault = vault();
    for value in [&b"a\0b\xff\n\n"[..], b"x"] {
        vault.set(&["token"], value);
        for key in ["web-1", "web-2", "ana"] {
            assert_eq!(vault.show(&["token"], key).as_deref(), Some(value), "{key}");
        }
        assert_eq!(vault.show(&["token"], "eva"), None);
    }
    vault.set(&["each", "--host", "web-2"], b"two");
    assert_eq!(vault.show(&["each", "--host", "web-2"], "web-2").as_deref(), Some(&b"two"[..]));
    assert_eq!(vault.show(&["each", "--host", "web-2"], "web-1"), None);
    // Without `-i` the usual places are looked at.
    fs::copy(vault.key("ana"), vault.key(".ssh/id_ed25519")).expect("the directory is ours");
    assert_eq!(vault.secrets(&["show", "token"]).stdout, b"x");
}

#[test]
fn a_value_comes_from_a_file_or_twice_from_the_terminal() {
    let vault = vault();
    vault.fleet.write("value", "from a file\n");
    let output = vault.secrets(&["set", "token", "--from", "value"]);
    expect_exit(&output, 0);
    assert!(everything(&output).contains("Kept the newline at the end"), "{}", everything(&output));
    assert_eq!(vault.show(&["token"], "ana").as_deref(), Some(&b"from a file\n"[..]));

    let asked = [("Value of token", "ty\u{7f}yped ä"), ("once more", "typed ä")];
    let set = vault.on_terminal(&mut vault.command_here(&["set", "token"]), &asked);
    assert!(set.success && !set.shown.contains("typed"), "{}", set.shown);
    assert_eq!(vault.show(&["token"], "ana").as_deref(), Some("typed ä".as_bytes()));
    let asked = [("Value of token", "one"), ("once more", "two")];
    let set = vault.on_terminal(&mut vault.command_here(&["set", "token"]), &asked);
    assert!(!set.success && set.shown.contains("not the same"), "{}", set.shown);
    let set = vault.on_terminal(&mut vault.command_here(&["set", "token"]), &[("Value of token", "half\u{3}")]);
    assert!(!set.success && set.shown.contains("you stopped it"), "{}", set.shown);

    for (args, input, why) in [
        (&["set", "token"][..], &b"x"[..], "`--from -`"),
        (&["set", "token", "--from", "-"], b"", "there is no value"),
        (&["set", "tokn", "--from", "-"], b"x", "the nearest is `token`"),
        (&["set", "each", "--from", "-"], b"x", "name one with `--host`: `web-1` and `web-2`"),
        (&["set", "each", "--host", "db", "--from", "-"], b"x", "host `db` does not read `each`"),
        (&["set", "token", "--host", "web-1", "--from", "-"], b"x", "the same on every host"),
    ] {
        let output = vault.secrets_reading(args, input);
        expect_exit(&output, 2);
        assert!(everything(&output).contains(why), "{}", everything(&output));
    }
    assert_eq!(vault.show(&["token"], "ana").as_deref(), Some("typed ä".as_bytes()), "nothing was written");
}

#[test]
fn the_epoch_grows_with_every_change_and_not_with_a_rekey() {
    let vault = vault();
    let epoch = || record(&vault)["files"]["secrets/token.age"]["epoch"].as_u64().unwrap_or_default();
    vault.set(&["token"], b"1");
    assert_eq!(epoch(), 0);
    let output = vault.secrets_reading(&["set", "token", "--from", "-"], b"2");
    assert!(everything(&output).contains("`cistern generate`"), "{}", everything(&output));
    assert_eq!(epoch(), 1);
    let ana = vault.key("ana");
    expect_exit(&vault.secrets(&["rekey", "--all", "-i", ana.to_str().expect("a plain path")]), 0);
    assert_eq!(epoch(), 1);
    assert_eq!(vault.show(&["token"], "web-2").as_deref(), Some(&b"2"[..]));
}

#[test]
fn only_what_drifted_is_rekeyed_and_the_rest_is_not_touched() {
    let vault = vault();
    let keys = ["web-1", "web-2", "ana", "eva"]
        .map(|name| fs::read_to_string(vault.key(&format!("{name}.pub"))).expect("it was made").trim().to_owned());
    vault.set(&["token"], b"t");
    vault.set(&["first"], b"f");
    vault.set(&["each", "--host", "web-1"], b"e");
    vault.fleet.write("secrets/README", "kept");
    let ana = vault.key("ana");
    let rekey = |more: &[&str]| vault.secrets(&[&["rekey", "-i", ana.to_str().expect("a plain path")], more].concat());
    let stat = |path: &str| {
        let meta = fs::metadata(vault.fleet.root().join("secrets").join(path)).expect("it is there");
        (meta.ino(), meta.mtime(), meta.mtime_nsec())
    };
    let before = ["token.age", "first.age", "web-1/each.age", "README"].map(stat);
    let output = rekey(&[]);
    expect_exit(&output, 0);
    assert!(everything(&output).contains("0 files, 3 unchanged, 1 not there yet"), "{}", everything(&output));

    // Another program encrypted one of them to somebody else; a second one is named alone.
    define(&vault, &keys, &["ana", "eva"]);
    let output = rekey(&["--dry-run"]);
    assert_eq!(String::from_utf8_lossy(&output.stdout).lines().count(), 3, "{}", everything(&output));
    assert!(everything(&output).contains("Would rekey 3 files"), "{}", everything(&output));
    let output = rekey(&["first"]);
    expect_exit(&output, 0);
    assert!(everything(&output).contains("Rekeyed 1 file, 0 unchanged"), "{}", everything(&output));
    assert_eq!(vault.show(&["first"], "eva").as_deref(), Some(&b"f"[..]));
    assert_eq!(vault.show(&["token"], "eva"), None);
    let after = ["token.age", "first.age", "web-1/each.age", "README"].map(stat);
    let moved: Vec<bool> = before.iter().zip(&after).map(|(before, after)| before != after).collect();
    assert_eq!(moved, [false, true, false, false]);

    let output = rekey(&[]);
    assert!(everything(&output).contains("Rekeyed 2 files, 1 unchanged"), "{}", everything(&output));
    assert_eq!(vault.show(&["token"], "eva").as_deref(), Some(&b"t"[..]));
    define(&vault, &keys, &["ana"]);
    expect_exit(&rekey(&[]), 0);
    assert_eq!(vault.show(&["token"], "eva"), None, "whoever left opens nothing that was rekeyed");
    expect_exit(&rekey(&["tokn"]), 2);
}

#[test]
fn a_file_is_deleted_when_nobody_would_miss_it() {
    let vault = vault();
    vault.set(&["token"], b"t");
    vault.set(&["each", "--host", "web-1"], b"1");
    vault.set(&["each", "--host", "web-2"], b"2");
    let output = vault.secrets(&["rm", "token", "--yes"]);
    expect_exit(&output, 1);
    assert!(everything(&output).contains("host `web-1` and host `web-2` would miss it"), "{}", everything(&output));
    let output = vault.secrets(&["rm", "token", "--force"]);
    expect_exit(&output, 2);
    assert!(everything(&output).contains("`--yes`"), "{}", everything(&output));
    let asked = vault.on_terminal(&mut vault.command_here(&["rm", "token", "--force"]), &[("Delete", "n")]);
    assert!(asked.success && asked.shown.contains("Kept"), "{}", asked.shown);
    assert!(vault.fleet.root().join("secrets/token.age").exists());
    let output = vault.secrets(&["rm", "token", "--force", "--yes"]);
    expect_exit(&output, 0);
    assert!(everything(&output).contains("the definition still has `secrets.token`"), "{}", everything(&output));
    assert!(!vault.fleet.root().join("secrets/token.age").exists());
    assert!(record(&vault)["files"].get("secrets/token.age").is_none());
    expect_exit(&vault.secrets(&["rm", "each", "--host", "web-2", "--force", "--yes"]), 0);
    assert!(vault.fleet.root().join("secrets/web-1/each.age").exists());
    assert!(!vault.fleet.root().join("secrets/web-2").exists());
    // One that the definition does not know any more.
    vault.fleet.write("secrets/left.age", "x");
    expect_exit(&vault.secrets(&["rm", "left", "--yes"]), 0);
    assert!(!vault.fleet.root().join("secrets/left.age").exists());
    expect_exit(&vault.secrets(&["rm", "left", "--yes"]), 2);
}

#[test]
fn the_directory_may_be_missing_or_a_link() {
    let vault = vault();
    // A run that writes nothing leaves nothing.
    expect_exit(&vault.secrets(&["set", "token"]), 2);
    assert!(!vault.fleet.root().join("secrets").exists());
    fs::create_dir(vault.fleet.root().join("elsewhere")).expect("the directory is ours");
    fs::set_permissions(vault.fleet.root().join("elsewhere"), fs::Permissions::from_mode(0o750)).expect("it is ours");
    symlink("elsewhere", vault.fleet.root().join("secrets")).expect("the directory is ours");
    vault.set(&["token"], b"t");
    vault.set(&["first"], b"f");
    assert!(vault.fleet.root().join("secrets").is_symlink());
    assert_eq!(names(&vault.fleet.root().join("elsewhere")), ["first.age", "recipients.json", "token.age"]);
    let mode = fs::metadata(vault.fleet.root().join("elsewhere")).expect("it is there").permissions().mode();
    assert_eq!(mode & 0o777, 0o750);
    assert_eq!(vault.show(&["token"], "ana").as_deref(), Some(&b"t"[..]));
}

#[test]
fn a_record_that_cannot_be_read_stops_everything() {
    let Some(_) = require(&["age"]) else { return };
    let vault = vault();
    vault.set(&["token"], b"t");
    let before = vault.fleet.files();
    vault.fleet.write("secrets/recipients.json", "<<<<<<< HEAD\n");
    let output = vault.secrets_reading(&["set", "token", "--from", "-"], b"x");
    assert!(!output.status.success(), "{}", everything(&output));
    assert!(everything(&output).contains("recipients.json"), "{}", everything(&output));
    let after = vault.fleet.files();
    let differing: BTreeMap<_, _> = after.iter().filter(|(path, bytes)| before.get(*path) != Some(bytes)).collect();
    assert_eq!(differing.into_keys().collect::<Vec<_>>(), ["secrets/recipients.json"]);
}

fn names(directory: &Path) -> Vec<String> {
    let entries = fs::read_dir(directory).expect("it is there").map(|entry| entry.expect("it can be read"));
    let mut names: Vec<_> = entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}
