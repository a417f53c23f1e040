//! Secrets from elsewhere, keys of hosts, and what is accepted: with real git, nix, age and sshd.

#![expect(clippy::disallowed_methods, reason = "makes keys, runs programs, and looks at files")]

mod common;
#[path = "common/fleet.rs"]
mod fleet;
#[path = "secrets_import/accept.rs"]
mod accept;
#[path = "secrets_import/host_key.rs"]
mod host_key;
#[path = "secrets_import/sops.rs"]
mod sops;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

use common::{everything, lab, require, run};
use fleet::Fleet;

/// A fleet of one host and one admin, whose private key lies beside it.
struct Home {
    fleet: Fleet,
}

impl Home {
    fn new() -> Self {
        let home = Self { fleet: Fleet::new() };
        home.key("ana");
        home.key("host");
        let definition = format!(
            r#"version: 1
fleet: {{ name: homelab, domain: example.org }}
access:
  people:
    ana: {{ role: admin, keys: [{}] }}
defaults:
  system: x86_64-linux
  hardware: vm
  filesystems: {{ "/": {{ device: /dev/disk/by-label/nixos, fs_type: ext4 }} }}
hosts:
  eden: # the first one
    address: 192.168.1.50
    state_version: "25.11"
    host_key: {}
  gihon:
    address: 192.168.1.51
    state_version: "25.11"
secrets:
  vpn: {{ hosts: eden }}
"#,
            home.public("ana"),
            home.public("host")
        );
        home.fleet.write("fleet.yaml", definition);
        home
    }

    /// A path beside the fleet directory.
    fn beside(&self, name: &str) -> PathBuf {
        self.fleet.root().parent().expect("it lies in a directory").join(name)
    }

    fn key(&self, name: &str) {
        let mut keygen = self.fleet.command("ssh-keygen");
        run(keygen.args(["-q", "-t", "ed25519", "-N", "", "-C", name, "-f"]).arg(self.beside(name)));
    }

    fn public(&self, name: &str) -> String {
        let text = fs::read_to_string(self.beside(&format!("{name}.pub"))).expect("it was just made");
        text.trim().rsplit_once(' ').expect("a comment ends it").0.to_owned()
    }

    fn put(&self, path: &str, bytes: impl AsRef<[u8]>) -> String {
        let file = self.beside(path);
        fs::create_dir_all(file.parent().expect("it has one")).expect("the directory is ours");
        fs::write(&file, bytes).expect("the directory is ours");
        file.to_str().expect("a plain path").to_owned()
    }

    /// Runs `cistern secrets …` with the admin's key, and with the lab's nix.
    fn secrets(&self, args: &[&str]) -> Output {
        let mut command = self.fleet.command(env!("CARGO_BIN_EXE_cistern"));
        command.envs(lab().iter().flat_map(|lab| lab.environment.iter().cloned()));
        command.env("HOME", self.beside("home")).arg("secrets").args(args).output().expect("the program starts")
    }

    fn fine(&self, args: &[&str]) -> String {
        let output = self.secrets(args);
        assert_eq!(output.status.code(), Some(0), "{args:?}\n{}", everything(&output));
        everything(&output)
    }

    fn wrong(&self, args: &[&str], words: &[&str]) {
        let before = self.fleet.files();
        let output = self.secrets(args);
        let said = everything(&output);
        assert_eq!(output.status.code(), Some(2), "{args:?}\n{said}");
        words.iter().for_each(|word| assert!(said.contains(word), "{args:?}: no {word:?} in\n{said}"));
        assert_eq!(self.fleet.files(), before, "{args:?} changed something");
    }

    /// The value of a secret, as the admin decrypts it.
    fn value(&self, name: &str) -> String {
        let key = self.beside("ana");
        let output = self.secrets(&["show", name, "-i", key.to_str().expect("a plain path")]);
        assert!(output.status.success(), "{name}: {}", everything(&output));
        String::from_utf8(output.stdout).expect("it is text")
    }

    fn key_of(&self, name: &str) -> String {
        self.beside(name).to_str().expect("a plain path").to_owned()
    }
}

#[test]
fn files_become_secrets_and_stay_where_they_are() {
    let home = Home::new();
    let file = home.put("in/vpn.txt", "the value\n");
    let said = home.fine(&["import", &file]);
    assert_eq!(home.value("vpn"), "the value\n");
    assert!(said.contains(&format!("to delete: rm {file}")) && said.contains("0 new in the definition"), "{said}");
    assert!(Path::new(&file).exists());
    home.wrong(&["import", &file], &["secrets/vpn.age", "--force"]);
    home.put("in/vpn.txt", "another");
    home.fine(&["import", &file, "--force"]);
    assert_eq!(home.value("vpn"), "another");
    assert!(home.fleet.read("secrets/recipients.json").contains("\"epoch\":1"));

    // What the definition does not have is added to it, and everything else in it stays.
    let before = home.fleet.read("fleet.yaml");
    home.put("in/more/one.key", "1");
    home.put("in/more/two/Web Shop.env", "A=1\n");
    home.put("in/more/README.md", "no secret");
    let directory = home.beside("in/more").to_str().expect("a plain path").to_owned();
    home.wrong(&["import", &directory], &["`one` and `two-web-shop`", "--service", "--hosts"]);
    home.fine(&["import", &directory, "--hosts", "eden"]);
    assert_eq!((home.value("one").as_str(), home.value("two-web-shop").as_str()), ("1", "A=1\n"));
    let after = home.fleet.read("fleet.yaml");
    assert!(after.starts_with(&before) && after.lines().count() == before.lines().count() + 4, "{after}");
}

#[test]
fn variables_become_secrets_of_their_own() {
    let home = Home::new();
    let file = home.put("web.env", "# x\nDB_PASSWORD=\"x \\\"y\\\"\"\nexport TOKEN='z'\n");
    home.fine(&["import", &file, "--split", "--prefix", "web-", "--hosts", "eden"]);
    assert_eq!((home.value("web-db-password").as_str(), home.value("web-token").as_str()), ("x \"y\"", "z"));
    let file = home.put("bad.env", "A=1\nwhat is this\n");
    home.wrong(&["import", &file, "--split", "--hosts", "eden"], &["bad.env: line 2: it is not NAME=value"]);
    let twice = home.put("twice.env", "A_B=1\na-b=2\nA.B=3\n");
    home.wrong(&["import", &twice, "--split", "--hosts", "eden"], &["line 2"]);
    let twice = home.put("twice.env", "A_B=1\na_b=2\n");
    home.wrong(&["import", &twice, "--split", "--hosts", "eden"], &["`a-b` is also what comes from"]);
}

#[test]
fn what_git_remembers_is_told() {
    let home = Home::new();
    home.fleet.write("secrets/vpn.txt", "the value");
    home.fleet.committed();
    let said = home.fine(&["import", "secrets/vpn.txt"]);
    for words in ["to delete: git rm secrets/vpn.txt", "git's history holds the plain text", "replace the value"] {
        assert!(said.contains(words), "no {words:?} in\n{said}");
    }
    assert!(said.contains("git add secrets/vpn.age secrets/recipients.json"), "{said}");
    // It is gone from git's index, and its history still holds it.
    run(home.fleet.command("git").args(["rm", "--quiet", "--cached", "secrets/vpn.txt"]));
    let said = home.fine(&["import", "secrets/vpn.txt", "--force"]);
    assert!(said.contains("to delete: rm secrets/vpn.txt") && said.contains("git's history holds"), "{said}");
}

#[test]
fn agenix_repositories_are_taken_over() {
    let Some(lab) = require(&["nix", "age"]) else { return };
    let home = Home::new();
    home.key("old");
    for (name, value) in [("db.age", "one"), ("web/token.age", "two"), ("stray.age", "three")] {
        let plain = home.put("plain", value);
        let sealed = home.put(&format!("old-repository/secrets/{name}"), "");
        run(lab.command("age").args(["-R", &home.key_of("old.pub"), "-o", &sealed, &plain]));
    }
    let key = home.public("old");
    let rules = format!(
        "let\n  key = \"{key}\";\n  of = name: {{ name = \"secrets/${{name}}.age\"; value.publicKeys = [ key ]; }};\nin\nbuiltins.listToAttrs (map of [ \"db\" \"web/token\" \"not-there\" ])\n"
    );
    home.put("old-repository/secrets.nix", rules);
    let repository = home.key_of("old-repository");
    home.wrong(&["import", &repository, "--hosts", "eden", "-i", &home.key_of("ana")], &["db.age", "token.age"]);
    home.fine(&["import", &repository, "--hosts", "eden", "-i", &home.key_of("old")]);
    assert_eq!((home.value("db").as_str(), home.value("web-token").as_str()), ("one", "two"));
    assert!(!home.fleet.read("fleet.yaml").contains("stray"));
    // The old key opens nothing of it any more.
    let output = home.secrets(&["show", "db", "-i", &home.key_of("old")]);
    assert_eq!(output.status.code(), Some(1), "{}", everything(&output));
}

#[test]
fn a_host_has_a_value_of_its_own() {
    let home = Home::new();
    home.fleet.edit("fleet.yaml", "  vpn: { hosts: eden }", "  vpn: { hosts: eden, per_host: true }");
    let file = home.put("vpn", "x");
    home.wrong(&["import", &file], &["`vpn` is `per_host`", "--host NAME"]);
    home.wrong(&["import", &file, "--host", "gihon"], &["of a host that reads it"]);
    home.fine(&["import", &file, "--host", "eden"]);
    assert!(home.fleet.root().join("secrets/eden/vpn.age").exists());
    home.wrong(&["import", &file, &file], &["`vpn` is also what comes from"]);
    home.wrong(&["import", "nowhere"], &["nowhere: "]);
    let said = home.fine(&["import", &file, "--name", "Other.1", "--hosts", "eden", "--dry-run"]);
    assert!(said.contains("secrets/Other.1.age") && !home.fleet.root().join("secrets/Other.1.age").exists(), "{said}");
}
