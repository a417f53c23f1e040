//! age and rage open what is written here, and here is opened what they write.

use std::fs;
use std::process::{Command, Stdio};

use serde_json::json;

use crate::common::{Lab, everything, require, run};
use crate::vault::Vault;

/// Lengths around those of age's pieces, and bytes that are no text.
fn values() -> Vec<Vec<u8>> {
    let long = |length: usize| (0..length).map(|number| (number * 7 + number / 251) as u8).collect();
    vec![b"a value\n".to_vec(), vec![0, 255, 10, 13], long(65_536), long(200_001)]
}

/// The keys: one of every sort that age knows.
const KEYS: [&str; 4] = ["web-1", "web-2", "ana", "jonas"];

struct Sides {
    vault: Vault,
    recipients: Vec<String>,
}

fn sides(lab: &Lab) -> Sides {
    let vault = Vault::new();
    let recipients = vec![
        vault.ssh_key("web-1", "ed25519", ""),
        vault.ssh_key("web-2", "rsa", ""),
        vault.ssh_key("ana", "ed25519", ""),
        vault.age_key(lab, "jonas"),
    ];
    let login = vault.ssh_key("jonas-login", "ecdsa", "");
    let admins = json!({
        "ana": { "role": "admin", "keys": [recipients[2]] },
        "jonas": { "role": "admin", "keys": [login], "age_keys": [recipients[3]] },
    });
    let hosts = [("web-1", recipients[0].as_str()), ("web-2", recipients[1].as_str())];
    vault.define(&hosts, &admins, &json!({ "token": { "hosts": "web-*" } }));
    Sides { vault, recipients }
}

#[test]
fn age_and_rage_open_what_is_written_here() {
    let Some(lab) = require(&["age", "age-keygen", "rage"]) else { return };
    let Sides { vault, recipients } = sides(lab);
    for value in values() {
        vault.set(&["token"], &value);
        opened_by_all(lab, &vault, &value);
        // A file in letters stays one.
        let file = vault.fleet.root().join("secrets/token.age");
        encrypt(lab, "age", &["--armor"], &recipients, &value, &vault);
        let output = vault.secrets(&["rekey", "--all", "-i", vault.key("ana").to_str().expect("a plain path")]);
        assert!(output.status.success(), "{}", everything(&output));
        assert!(fs::read(&file).expect("it is there").starts_with(b"-----BEGIN AGE"), "it was in letters");
        opened_by_all(lab, &vault, &value);
        fs::remove_file(file).expect("it is there");
    }
}

#[test]
fn what_age_and_rage_write_is_opened_here() {
    let Some(lab) = require(&["age", "age-keygen", "rage"]) else { return };
    let Sides { vault, recipients } = sides(lab);
    for program in ["age", "rage"] {
        for armor in [&[][..], &["--armor"]] {
            for value in values() {
                encrypt(lab, program, armor, &recipients, &value, &vault);
                for key in KEYS {
                    assert_eq!(vault.show(&["token"], key).as_ref(), Some(&value), "{program} {armor:?} {key}");
                }
            }
        }
    }
}

#[test]
fn files_with_a_passphrase_are_opened() {
    let Some(lab) = require(&["age", "age-keygen", "rage"]) else { return };
    let Sides { vault, .. } = sides(lab);
    fs::create_dir(vault.fleet.root().join("secrets")).expect("the directory is ours");
    vault.fleet.write("value", "by passphrase");
    for program in ["age", "rage"] {
        let mut encrypt = lab.command(program);
        encrypt.args(["--passphrase", "--armor", "--output", "secrets/token.age", "value"]);
        // Nobody is to open a window.
        encrypt.env("PINENTRY_PROGRAM", "");
        let asked = [("assphrase", "correct horse"), ("onfirm", "correct horse")];
        let written = vault.on_terminal(&mut encrypt, &asked);
        assert!(written.success, "{program}: {}", written.shown);
        let shown = vault.on_terminal(&mut vault.command_here(&["show", "token"]), &[("Passphrase", "correct horse")]);
        assert!(shown.success && shown.shown.contains("by passphrase"), "{program}: {}", shown.shown);
        assert!(!shown.shown.contains("horse"), "what is typed is not shown: {}", shown.shown);
        let wrong = vault.on_terminal(&mut vault.command_here(&["show", "token"]), &[("Passphrase", "wrong")]);
        assert!(!wrong.success && wrong.shown.contains("the passphrase is another"), "{}", wrong.shown);
        let output = vault.secrets(&["show", "token"]);
        assert_eq!(output.status.code(), Some(1));
        assert!(everything(&output).contains("there is no terminal to ask on"), "{}", everything(&output));
    }
}

/// Every key opens the file with both programs.
fn opened_by_all(lab: &Lab, vault: &Vault, value: &[u8]) {
    for program in ["age", "rage"] {
        for key in KEYS {
            let file = vault.fleet.root().join("secrets/token.age");
            let output = lab.command(program).args(["--decrypt", "-i"]).arg(vault.key(key)).arg(file).output();
            let output = output.expect("it starts");
            assert!(output.status.success(), "{program} {key}: {}", everything(&output));
            assert_eq!(output.stdout, value, "{program} {key}");
        }
    }
}

/// Encrypts with another program, as agenix does it.
fn encrypt(lab: &Lab, program: &str, more: &[&str], recipients: &[String], value: &[u8], vault: &Vault) {
    vault.fleet.write("value", value);
    fs::create_dir_all(vault.fleet.root().join("secrets")).expect("the directory is ours");
    let mut command: Command = lab.command(program);
    command.args(more).args(recipients.iter().flat_map(|recipient| ["--recipient", recipient]));
    command.args(["--output", "secrets/token.age", "value"]).current_dir(vault.fleet.root()).stdin(Stdio::null());
    let _ = fs::remove_file(vault.fleet.root().join("secrets/token.age"));
    run(&mut command);
}
