//! Files of sops, made here by its published format.

use std::io::Write as _;
use std::process::Stdio;

use aes_gcm::aead::consts::U32;
use aes_gcm::aead::{AeadInPlace as _, KeyInit as _};
use aes_gcm::aes::Aes256;
use aes_gcm::{AesGcm, Nonce};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha512};

use super::Home;
use crate::common::{Lab, require, run};

/// A file that is being written.
struct Sops {
    key: [u8; 32],
    hash: Sha512,
    count: u8,
}

impl Sops {
    fn seal(&mut self, value: &str, place: &str, kind: &str) -> String {
        self.count += 1;
        let nonce = [self.count; 32];
        let cipher = AesGcm::<Aes256, U32>::new_from_slice(&self.key).expect("32 bytes");
        let mut data = value.as_bytes().to_vec();
        let tag = cipher
            .encrypt_in_place_detached(Nonce::from_slice(&nonce), place.as_bytes(), &mut data)
            .expect("it is short");
        let [data, nonce, tag] = [&data[..], &nonce, &tag].map(|bytes| STANDARD.encode(bytes));
        format!("ENC[AES256_GCM,data:{data},iv:{nonce},tag:{tag},type:{kind}]")
    }

    fn value(&mut self, value: &str, place: &str, kind: &str) -> String {
        self.hash.update(value);
        self.seal(value, place, kind)
    }
}

fn file(lab: &Lab, recipient: &str) -> String {
    let mut sops = Sops { key: [7; 32], hash: Sha512::new(), count: 0 };
    let mut text = format!("#{}\n", sops.seal(" a comment", "", "comment"));
    text += &format!("db:\n    password: {}\n", sops.value("hunter2 ✓", "db:password:", "str"));
    text += &format!("    port: {}\n", sops.value("5432", "db:port:", "int"));
    text += &format!("    tls: {}\n", sops.value("True", "db:tls:", "bool"));
    text += &format!("tokens:\n    - {}\n", sops.value("one", "tokens:", "str"));
    text += &format!("    - {}\nempty: \"\"\n", sops.value("two\nlines\n", "tokens:", "str"));
    for plain in ["plain", "True", "1"] {
        sops.hash.update(plain);
    }
    text += "name_unencrypted: plain\nflag_unencrypted: true\ncount_unencrypted: 1\n";
    let when = "2026-11-21T16:00:00Z";
    let hash: String = sops.hash.clone().finalize().iter().map(|byte| format!("{byte:02X}")).collect();
    let mut age = lab.command("age");
    let mut child = age
        .args(["--armor", "--recipient", recipient])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("age starts");
    child.stdin.take().expect("stdin is a pipe").write_all(&sops.key).expect("age reads");
    let sealed = String::from_utf8(child.wait_with_output().expect("age ends").stdout).expect("armor is text");
    let sealed: String = sealed.lines().map(|line| format!("            {line}\n")).collect();
    text += &format!("sops:\n    kms: []\n    age:\n        - recipient: {recipient}\n          enc: |\n{sealed}");
    text += &format!("    lastmodified: \"{when}\"\n    mac: {}\n", sops.seal(&hash, when, "str"));
    text + "    pgp: []\n    unencrypted_suffix: _unencrypted\n    version: 3.9.0\n"
}

#[test]
fn values_of_sops_are_taken_over_and_proved() {
    let Some(lab) = require(&["age", "age-keygen"]) else { return };
    let home = Home::new();
    let key = home.key_of("sops.key");
    run(lab.command("age-keygen").args(["-o", &key]));
    let recipient = run(lab.command("age-keygen").args(["-y", &key]));
    let text = file(lab, recipient.trim());
    let path = home.put("prod.yaml", &text);
    let said = home.fine(&["import", &path, "--hosts", "eden", "-i", &key]);
    for (name, value) in [
        ("db-password", "hunter2 ✓"),
        ("db-port", "5432"),
        ("db-tls", "true"),
        ("tokens-0", "one"),
        ("tokens-1", "two\nlines\n"),
    ] {
        assert_eq!(home.value(name), value, "{name}");
    }
    assert!(said.contains("`name_unencrypted` of") && !said.contains("`empty`"), "{said}");

    // Any change of the file is seen.
    for (from, to) in [
        ("name_unencrypted: plain", "name_unencrypted: other"),
        ("flag_unencrypted: true", "flag_unencrypted: false"),
        ("    port: ENC", "    part: ENC"),
        ("count_unencrypted: 1\n", ""),
        ("lastmodified: \"2026", "lastmodified: \"2027"),
    ] {
        assert_eq!(text.matches(from).count(), 1, "{from}");
        let path = home.put("changed.yaml", text.replace(from, to));
        let arguments = ["import", &path, "--prefix", "x-", "--hosts", "eden", "-i", &key];
        home.wrong(&arguments, &["changed.yaml: ", "nothing was imported"]);
    }
    home.wrong(&["import", &path, "--force", "-i", &home.key_of("ana")], &["its data key stays closed"]);
}
