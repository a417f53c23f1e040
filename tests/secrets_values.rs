//! Values that are made, held against the programs that read them: ssh-keygen, wg, htpasswd, argon2, age, promtool.

#![expect(clippy::disallowed_methods, reason = "makes keys and runs the programs that read what was made")]

mod common;
#[path = "common/fleet.rs"]
mod fleet;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::os::unix::ffi::OsStringExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use common::{Lab, everything, require, run};
use fleet::{Fleet, Nix, Program, repository};
use serde_json::Value as Json;

/// Every generator once.
const GENERATORS: &str = r#"
  random: { hosts: one, generate: { type: random, length: 48 } }
  hex: { hosts: one, generate: { type: hex, length: 33 } }
  base64: { hosts: one, generate: { type: base64, length: 20 } }
  alphanumeric: { hosts: one, generate: { type: alphanumeric, length: 44 } }
  phrase: { generate: { type: passphrase, length: 7 } }
  bcrypt: { hosts: one, generate: { type: bcrypt, from: phrase } }
  argon2: { hosts: one, generate: { type: argon2, from: phrase } }
  htpasswd: { hosts: one, generate: { type: htpasswd, user: ana, from: phrase } }
  text: { hosts: one, generate: { type: text, from: phrase, depends_on: [hex], format: "{\"a\": \"{value}\", \"b\": \"{hex}\"}\n" } }
  key: { hosts: one, generate: { type: ssh-ed25519 } }
  tunnel: { hosts: "*", per_host: true, generate: { type: wireguard } }
  identity: { hosts: one, generate: { type: x25519 } }
  script: { hosts: one, generate: { type: script, depends_on: [hex], script: ./scripts/upper } }
  shell: { hosts: "*", per_host: true, generate: { type: script, depends_on: [tunnel], script: "pwd >&2; ls -l $CISTERN_SECRETS >&2; tail -c 5 $CISTERN_SECRETS/tunnel; echo" } }
"#;

#[test]
fn programs_read_what_was_made() {
    let programs = ["age", "age-keygen", "wg", "htpasswd", "argon2"];
    let Some((lab, made)) = require(&programs).map(|lab| (lab, Made::new(GENERATORS))) else { return };
    made.fleet.write("scripts/upper", "#!/bin/sh\ntr a-f A-F < \"$CISTERN_SECRETS/hex\"\n");
    run(Command::new("chmod").arg("+x").arg(made.fleet.root().join("scripts/upper")));
    let output = made.secrets(&["create", "--missing"]);
    assert!(output.status.success(), "{}", everything(&output));
    let value = |name: &str| made.value(lab, &format!("secrets/{name}.age"));
    let text = |name: &str| String::from_utf8(value(name)).expect("it is text");

    assert_eq!(value("random").len(), 48);
    assert!(text("hex").len() == 33 && text("hex").bytes().all(|byte| byte.is_ascii_hexdigit()));
    assert_eq!(piped(Command::new("base64").arg("--decode"), &value("base64")).len(), 20);
    assert!(text("alphanumeric").len() == 44 && text("alphanumeric").bytes().all(|byte| byte.is_ascii_alphanumeric()));
    let phrase = text("phrase");
    assert_eq!(phrase.split('-').filter(|word| word.bytes().all(|byte| byte.is_ascii_lowercase())).count(), 7);
    assert_eq!(text("text"), format!("{{\"a\": \"{phrase}\", \"b\": \"{}\"}}\n", text("hex")));
    assert_eq!(text("script"), text("hex").to_uppercase());

    let htpasswd = made.fleet.root().parent().expect("its own").join("htpasswd");
    let accepts = |line: &str, password: &str| {
        fs::write(&htpasswd, line).expect("the directory is ours");
        lab.command("htpasswd").arg("-vb").arg(&htpasswd).args(["ana", password]).output().expect("it starts")
    };
    let bcrypt = text("bcrypt");
    for line in [text("htpasswd"), format!("ana:{}\n", bcrypt.replacen("$2b$", "$2y$", 1))] {
        assert!(accepts(&line, &phrase).status.success(), "{line}");
        assert!(!accepts(&line, "another").status.success(), "{line}");
    }
    assert!(bcrypt.starts_with("$2b$12$"), "{bcrypt}");
    while argon2(lab, &text("argon2"), &phrase).is_none() {
        // A salt with a zero byte cannot be given to the program: another hash has another.
        fs::remove_file(made.fleet.root().join("secrets/argon2.age")).expect("it is there");
        assert!(made.secrets(&["create", "argon2"]).status.success());
    }
    assert_eq!(Some(text("argon2")), argon2(lab, &text("argon2"), &phrase));

    made.private("key", &value("key"));
    let public = run(Command::new("ssh-keygen").arg("-yf").arg(made.private_path("key")));
    assert_eq!(public, made.fleet.read("secrets/key.pub"));
    made.private("identity", &value("identity"));
    let recipient = run(lab.command("age-keygen").arg("-y").arg(made.private_path("identity")));
    assert_eq!(recipient, made.fleet.read("secrets/identity.pub"));
    for host in ["one", "two", "three"] {
        let key = made.value(lab, &format!("secrets/{host}/tunnel.age"));
        let public = piped(lab.command("wg").arg("pubkey"), &key);
        assert_eq!(String::from_utf8_lossy(&public), made.fleet.read(&format!("secrets/{host}/tunnel.pub")), "{host}");
        let end = made.value(lab, &format!("secrets/{host}/shell.age"));
        assert_eq!(end, key[key.len() - 5..], "{host}");
    }
    // The program ran in the fleet directory, and what it read is gone from memory.
    let said = everything(&output);
    assert!(said.contains(&format!("{}\n", made.fleet.root().display())), "{said}");
    let left = fs::read_dir("/dev/shm").into_iter().flatten().flatten();
    assert!(!left.into_iter().any(|entry| entry.file_name().to_string_lossy().starts_with("cistern-")));

    // A second time nothing is missing, and nobody needs a key to see that.
    let before = made.fleet.files();
    let output = made.secrets(&["create", "--missing"]);
    assert!(output.status.success() && output.stdout.is_empty(), "{}", everything(&output));
    assert_eq!(made.fleet.files(), before);
}

/// What is in the fleet of three.
const SHARED: &str = r#"
  token: { hosts: "*", previous: true, rotate_every: 90d, generate: { type: hex } }
  password: { generate: { type: alphanumeric }, rotate_every: 30d }
  hash: { hosts: "one or two", generate: { type: bcrypt, from: password } }
  by-hand: { hosts: one, rotate_every: 30d }
  tunnel: { hosts: "*", per_host: true, rotate_every: 1y, generate: { type: wireguard } }
  sonarr-api-key: { rotate_every: 90d }
"#;

#[test]
fn rotation_reaches_what_follows() {
    let Some((lab, made)) = require(&["age"]).map(|lab| (lab, Made::new(SHARED))) else { return };
    made.fleet.write("templates/services/watcher.nix.j2", WATCHER);
    let services = "services:\n  sonarr: { placement: { hosts: [one] }, settings: { environment_file: generate } }\n  \
                    watcher: { placement: { hosts: [two] }, settings: { api_key: { service: sonarr } } }\nsecrets:";
    made.fleet.edit("fleet.yaml", "secrets:", services);
    let output = made.secrets(&["create", "--missing"]);
    assert!(output.status.success(), "{}", everything(&output));
    let key = |made: &Made| String::from_utf8(made.value(lab, "secrets/sonarr-api-key.age")).expect("it is text");
    let first = key(&made);
    let environment = made.value(lab, "secrets/sonarr-environment.age");
    assert_eq!(String::from_utf8_lossy(&environment), format!("SONARR__AUTH__APIKEY={first}"));

    // The key of a service: its file of variables follows, its unit and that of the other reader restart.
    let output = made.secrets(&["rotate", "sonarr-api-key"]);
    let said = everything(&output);
    assert!(output.status.success(), "{said}");
    assert_eq!(String::from_utf8_lossy(&output.stdout), "secrets/sonarr-api-key.age\nsecrets/sonarr-environment.age\n");
    for line in ["Restarts sonarr.service on one\n", "Restarts watcher.service on two\n"] {
        assert!(said.contains(line), "{said}");
    }
    assert_ne!(key(&made), first);
    let environment = made.value(lab, "secrets/sonarr-environment.age");
    assert_eq!(String::from_utf8_lossy(&environment), format!("SONARR__AUTH__APIKEY={}", key(&made)));
    assert_eq!(made.epoch("secrets/sonarr-environment.age"), 1);
    assert_eq!(made.epoch("secrets/token.age"), 0);

    // What follows is new only with what it follows.
    let output = made.secrets(&["rotate", "hash"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(everything(&output).contains("cistern secrets rotate password"), "{}", everything(&output));
    let output = made.secrets(&["rotate", "by-hand"]);
    assert!(everything(&output).contains("cistern secrets edit by-hand"), "{}", everything(&output));
    let before = made.fleet.files();
    let output = made.secrets(&["rotate", "password", "--dry-run"]);
    assert_eq!(String::from_utf8_lossy(&output.stdout), "secrets/password.age\nsecrets/hash.age\n");
    assert_eq!(made.fleet.files(), before);

    two_steps(lab, &made);
    what_is_due(lab, &made);
}

/// Both values live until the previous one is dropped.
fn two_steps(lab: &Lab, made: &Made) {
    let old = made.value(lab, "secrets/token.age");
    let output = made.secrets(&["rotate", "token"]);
    let said = everything(&output);
    assert!(output.status.success() && said.contains("Step 1") && said.contains("Step 3"), "{said}");
    assert_eq!(made.value(lab, "secrets/token.previous.age"), old);
    assert_ne!(made.value(lab, "secrets/token.age"), old);
    made.fleet.generate();
    for host in ["one", "two", "three"] {
        let module = made.fleet.read(&format!("generated/hosts/{host}.nix"));
        assert!(module.contains("../../secrets/token.previous.age"), "{module}");
    }
    assert!(made.fleet.read("generated/secrets.nix").contains("\"secrets/token.previous.age\".publicKeys"));
    // A third value would push out one that may be in use.
    let before = made.fleet.files();
    let output = made.secrets(&["rotate", "token"]);
    assert_eq!(output.status.code(), Some(1), "{}", everything(&output));
    assert!(everything(&output).contains("rotate --finish token"), "{}", everything(&output));
    assert_eq!(made.fleet.files(), before);
    let output = made.secrets(&["rotate", "--finish", "token"]);
    assert!(output.status.success(), "{}", everything(&output));
    assert!(!made.fleet.root().join("secrets/token.previous.age").exists());
    assert!(!made.fleet.read("secrets/recipients.json").contains("previous"));
    made.fleet.generate();
    assert!(!made.fleet.read("generated/hosts/one.nix").contains("previous"));
    assert_eq!(made.secrets(&["rotate", "--finish", "token"]).status.code(), Some(2));
}

/// Values that are too old are renewed; what nothing makes is told.
fn what_is_due(lab: &Lab, made: &Made) {
    made.fleet.write("secrets/by-hand.age", made.sealed(lab, "by hand"));
    let record = made.fleet.read("secrets/recipients.json");
    let aged = |path: &str, day: &str| {
        let mut record: Json = serde_json::from_str(&made.fleet.read("secrets/recipients.json")).expect("JSON");
        record["files"][path]["changed"] = day.into();
        if record["files"][path]["sha256"].is_null() {
            record["files"][path]["sha256"] = "".into();
        }
        made.fleet.write("secrets/recipients.json", record.to_string());
    };
    assert_eq!(made.secrets(&["rotate", "--due"]).stdout, b"", "{record}");
    aged("secrets/password.age", "2020-01-01");
    aged("secrets/two/tunnel.age", "2020-01-01");
    let output = made.secrets(&["rotate", "--due"]);
    assert!(output.status.success(), "{}", everything(&output));
    let paths = "secrets/password.age\nsecrets/hash.age\nsecrets/two/tunnel.age\n";
    assert_eq!(String::from_utf8_lossy(&output.stdout), paths);
    assert_eq!(made.epoch("secrets/one/tunnel.age"), 0);
    assert_eq!(made.epoch("secrets/two/tunnel.age"), 1);
    aged("secrets/by-hand.age", "2020-01-01");
    let output = made.secrets(&["rotate", "--due"]);
    assert_eq!(output.status.code(), Some(1), "{}", everything(&output));
    assert!(everything(&output).contains("cistern secrets edit by-hand"), "{}", everything(&output));
}

#[test]
fn nothing_is_written_when_one_value_cannot_be_made() {
    let Some((lab, made)) = require(&["age"]).map(|lab| (lab, Made::new("\n  other: { hosts: one }"))) else { return };
    let secrets = r#"
  other: { hosts: one }
  good: { hosts: one, generate: { type: hex } }
  fails: { hosts: one, generate: { type: script, script: "echo told >&2; exit 3" } }
  empty: { hosts: one, generate: { type: script, script: "true" } }
  long: { generate: { type: alphanumeric, length: 73 } }
  hash: { hosts: one, generate: { type: bcrypt, from: long } }
  of-other: { hosts: one, generate: { type: argon2, from: other } }"#;
    made.fleet.edit("fleet.yaml", "\n  other: { hosts: one }", secrets);
    let before = made.fleet.files();
    let output = made.secrets(&["create", "--missing"]);
    let said = everything(&output);
    assert_eq!(output.status.code(), Some(1), "{said}");
    let expected = [
        "told\n",
        "`secrets/fails.age` cannot be made: the script failed (exit status: 3)",
        "`secrets/empty.age` cannot be made: the script printed nothing",
        "`secrets/hash.age` cannot be made: bcrypt reads 72 bytes",
        "`secrets/of-other.age` cannot be made: it is made from `other`, which has no value: `cistern secrets set other`",
        "nothing was changed",
    ];
    for line in expected {
        assert!(said.contains(line), "{line}\n{said}");
    }
    assert_eq!(made.fleet.files(), before);
    // What is there already is opened, by a key that can.
    made.fleet.write("secrets/other.age", made.sealed(lab, "value\n"));
    let output = made.without_identity(&["create", "of-other"]);
    assert_eq!(output.status.code(), Some(1), "{}", everything(&output));
    let output = made.secrets(&["create", "of-other"]);
    assert!(output.status.success(), "{}", everything(&output));
    let hash = String::from_utf8(made.value(lab, "secrets/of-other.age")).expect("it is text");
    if let Some(lab) = require(&["argon2"]) {
        assert!(argon2(lab, &hash, "value").is_none_or(|same| same == hash));
    }
}

#[test]
fn prometheus_knows_how_old_values_are() {
    let Some((lab, made)) = require(&["promtool", "age"]).map(|lab| (lab, Made::new(SHARED))) else { return };
    made.fleet.edit("fleet.yaml", "  sonarr-api-key: { rotate_every: 90d }\n", "");
    let file = "generated/prometheus/rules/secrets.yml";
    made.fleet.generate();
    assert!(!made.fleet.root().join(file).exists(), "nobody reads rules");
    made.fleet.edit("fleet.yaml", "secrets:", "monitoring: { hosts: [three] }\nsecrets:");
    made.fleet.edit("fleet.yaml", "defaults:", "defaults:\n  exporters: { node: {} }");
    let output = made.secrets(&["create", "--missing"]);
    assert!(output.status.success(), "{}", everything(&output));
    let mut record: Json = serde_json::from_str(&made.fleet.read("secrets/recipients.json")).expect("JSON");
    record["files"]["secrets/token.age"]["changed"] = "1970-01-01".into();
    record["files"]["secrets/password.age"]["changed"] = "1970-01-02".into();
    made.fleet.write("secrets/recipients.json", record.to_string());
    made.fleet.generate();

    run(lab.command("promtool").args(["check", "rules"]).arg(made.fleet.root().join(file)));
    // promtool's clock begins at 1970-01-01, when the token was set: it is due after 90 days.
    made.fleet.write("test.yml", tests_of_rules(&made.fleet.root().join(file)));
    run(lab.command("promtool").args(["test", "rules"]).arg(made.fleet.root().join("test.yml")));
    assert!(made.fleet.read("generated/hosts/three.nix").contains("../prometheus/rules/secrets.yml"));
    assert!(!made.fleet.read("generated/hosts/one.nix").contains("ruleFiles"));

    // The same figures for node exporter.
    let text = run(made.fleet.command(env!("CARGO_BIN_EXE_cistern")).args(["secrets", "metrics"]));
    let check = piped(lab.command("promtool").args(["check", "metrics"]), text.as_bytes());
    assert!(check.is_empty(), "{}", String::from_utf8_lossy(&check));
    let labels = "{secret=\"token\",file=\"secrets/token.age\"}";
    assert!(text.contains(&format!("cistern_secret_rotate_after_seconds{labels} 7776000\n")), "{text}");
    let age = text.lines().find_map(|line| line.strip_prefix(&format!("cistern_secret_age_seconds{labels} ")));
    assert!(age.expect("it is told").parse::<i64>().expect("a number") > 50 * 365 * 86_400, "{text}");
    let output = made.secrets(&["metrics", "--output", "secrets.prom"]);
    assert!(output.status.success(), "{}", everything(&output));
    assert_eq!(made.fleet.read("secrets.prom").lines().count(), text.lines().count());
}

/// Tests of promtool's: the figures, and the alert that goes off when one passes the other.
fn tests_of_rules(rules: &Path) -> String {
    let mut text = format!("rule_files: [{}]\nevaluation_interval: 1d\ntests:\n  - interval: 1d\n", rules.display());
    let labels = "secret=\"token\", file=\"secrets/token.age\"";
    text.push_str("    promql_expr_test:\n");
    for (figure, value) in [("age", 10 * 86_400), ("rotate_after", 90 * 86_400)] {
        let name = format!("cistern_secret_{figure}_seconds{{{labels}}}");
        let _ = writeln!(
            text,
            "      - {{ expr: '{name}', eval_time: 10d, exp_samples: [ {{ labels: '{name}', value: {value} }} ] }}"
        );
    }
    text.push_str("    alert_rule_test:\n");
    for (day, due) in [(20, ""), (40, "password"), (100, "password token")] {
        let _ =
            writeln!(text, "      - eval_time: {day}d\n        alertname: CisternSecretOverdue\n        exp_alerts:");
        for secret in due.split_whitespace() {
            let age = day - i32::from(secret == "password");
            let _ = writeln!(
                text,
                "          - exp_labels: {{ severity: warning, secret: {secret}, file: secrets/{secret}.age }}\n            \
                 exp_annotations:\n              summary: The secret {secret} is older than it may become.\n              \
                 description: \"secrets/{secret}.age was set {age}d 0h 0m 0s ago. Run `cistern secrets rotate --due`, \
                 or `cistern secrets edit` for a value that nothing generates.\"\n              \
                 runbook: cistern explain CisternSecretOverdue"
            );
        }
        if due.is_empty() {
            text = text.trim_end_matches("exp_alerts:\n").to_owned() + "exp_alerts: []\n";
        }
    }
    text
}

#[test]
fn kinds_bring_what_they_need() {
    let Some(nix) = Nix::new(Program::Absent) else { return };
    let fleet = Fleet::copy("tests/fleets/good/values/fleet");
    fleet.generate();
    fleet.write(
        "seen.nix",
        "builtins.mapAttrs (_: secret: { inherit (secret) owner; })
           (import (import ./generated/hosts.nix).gihon.module { lib.mkOverride = _: value: value; }).age.secrets",
    );
    let secrets = nix.eval_file(&fleet.root().join("seen.nix"));
    let names: Vec<&str> = secrets.as_object().expect("a map").keys().map(String::as_str).collect();
    let expected = [
        "grafana-admin-password",
        "grafana-secret-key",
        "sonarr-api-key",
        "token",
        "token.previous",
        "tunnel",
        "tunnel-file",
    ];
    assert_eq!(names, expected);
    assert_eq!(secrets["grafana-secret-key"]["owner"], "grafana");
    let module = fleet.read("generated/hosts/gihon.nix");
    assert!(module.contains("\"secret_key:/run/agenix/grafana-secret-key\""), "{module}");
    assert!(module.contains("\"key:/run/agenix/sonarr-api-key\""), "{module}");
}

#[test]
fn the_guide_says_what_happens() {
    let guide = fs::read_to_string(repository().join("docs/secrets-values.md")).expect("it is there");
    let definition = guide.split("```yaml\n").nth(1).and_then(|rest| rest.split_once("```")).expect("an example").0;
    let Some((_, made)) = require(&["age"]).map(|lab| (lab, Made::new("\n  other: { hosts: one }"))) else { return };
    let base = made.fleet.read("fleet.yaml").replace("secrets:\n\n  other: { hosts: one }\n", "");
    made.fleet.write("fleet.yaml", format!("{base}{definition}"));
    let mut commands = 0;
    for block in guide.split("```console\n").skip(1).map(|rest| rest.split_once("```").expect("a block ends").0) {
        for command in block.split("$ ").skip(1) {
            let (line, expected) = command.split_once('\n').expect("a line");
            let words: Vec<&str> = line.split(' ').skip(1).collect();
            let output = match words[0] {
                "secrets" => made.secrets(&words[1..]),
                _ => made.fleet.cistern(&words),
            };
            let said = everything(&output);
            assert!(output.status.success(), "{line}\n{said}");
            for expected in expected.lines() {
                assert!(said.lines().any(|found| found.trim() == expected.trim()), "{line}: {expected}\n{said}");
            }
            commands += 1;
        }
    }
    assert!(commands >= 4, "{commands} only");
}

/// A kind that reads the key of another service.
const WATCHER: &str = "---
version: 1
summary: Asks Sonarr how it is
units: [watcher]
settings:
  api_key: { type: secret, required: true, shared: api-key, description: What Sonarr is called with. }
---
{
  systemd.services.watcher.serviceConfig.LoadCredential = [ {{ \"key:\" ~ settings.api_key }} ];
}
";

/// A fleet of three hosts and one admin, with the admin's private key beside it.
struct Made {
    fleet: Fleet,
    keys: BTreeMap<&'static str, PathBuf>,
}

impl Made {
    fn new(secrets: &str) -> Self {
        let fleet = Fleet::new();
        let home = fleet.root().parent().expect("its own").to_owned();
        let keys: BTreeMap<&'static str, PathBuf> =
            ["ana", "one", "two", "three"].into_iter().map(|name| (name, home.join(name))).collect();
        for (name, file) in &keys {
            run(Command::new("ssh-keygen").args(["-q", "-N", "", "-C", name, "-t", "ed25519", "-f"]).arg(file));
        }
        let public = |name: &str| fs::read_to_string(home.join(format!("{name}.pub"))).expect("it was made");
        let hosts: String = ["one", "two", "three"]
            .into_iter()
            .zip(1..)
            .map(|(name, number)| {
                let key = public(name);
                format!(
                    "  {name}: {{ address: 10.0.0.{number}, state_version: \"25.11\", host_key: {} }}\n",
                    key.trim()
                )
            })
            .collect();
        let text = format!(
            "version: 1\nfleet: {{ name: made, domain: example.org }}\ndefaults:\n  system: x86_64-linux\n  \
             hardware: vm\n  filesystems: {{ \"/\": {{ device: /dev/vda1, fs_type: ext4 }} }}\naccess: {{ people: {{ \
             ana: {{ role: admin, keys: [{}] }} }} }}\nhosts:\n{hosts}secrets:\n{secrets}\n",
            public("ana").trim()
        );
        fleet.write("fleet.yaml", text);
        Self { fleet, keys }
    }

    /// Runs a verb of `cistern secrets` with the admin's key.
    fn secrets(&self, args: &[&str]) -> Output {
        let key = self.keys["ana"].to_str().expect("a plain path");
        let identity: &[&str] = if args[0] == "metrics" { &[] } else { &["-i", key] };
        self.without_identity(&[args, identity].concat())
    }

    fn without_identity(&self, args: &[&str]) -> Output {
        let home = self.fleet.root().parent().expect("its own");
        let mut command = self.fleet.command(env!("CARGO_BIN_EXE_cistern"));
        command.env("HOME", home).env_remove("XDG_CONFIG_HOME").arg("secrets").args(args);
        command.output().expect("the program starts")
    }

    /// Decrypts a file with age itself.
    fn value(&self, lab: &Lab, path: &str) -> Vec<u8> {
        let mut age = lab.command("age");
        age.args(["--decrypt", "--identity"]).arg(&self.keys["ana"]).arg(self.fleet.root().join(path));
        let output = age.output().expect("age starts");
        assert!(output.status.success(), "{path}: {}", everything(&output));
        output.stdout
    }

    /// Encrypts a text to the admin.
    fn sealed(&self, lab: &Lab, text: &str) -> Vec<u8> {
        let public = self.keys["ana"].with_extension("pub");
        piped(lab.command("age").arg("--recipients-file").arg(public), text.as_bytes())
    }

    fn epoch(&self, path: &str) -> u64 {
        let record: Json = serde_json::from_str(&self.fleet.read("secrets/recipients.json")).expect("JSON");
        record["files"][path]["epoch"].as_u64().unwrap_or_default()
    }

    fn private_path(&self, name: &str) -> PathBuf {
        self.fleet.root().parent().expect("its own").join(format!("private-{name}"))
    }

    fn private(&self, name: &str, bytes: &[u8]) {
        use std::os::unix::fs::PermissionsExt as _;
        fs::write(self.private_path(name), bytes).expect("the directory is ours");
        fs::set_permissions(self.private_path(name), fs::Permissions::from_mode(0o600)).expect("it is ours");
    }
}

/// The hash that Debian's argon2 makes of a password with the salt and the parameters of another hash; none where that
/// salt cannot be an argument.
fn argon2(lab: &Lab, hash: &str, password: &str) -> Option<String> {
    let parts: Vec<&str> = hash.split('$').collect();
    let [_, "argon2id", "v=19", "m=19456,t=2,p=1", salt, _] = parts[..] else { panic!("{hash}") };
    let padded = format!("{salt}{}", "=".repeat((4 - salt.len() % 4) % 4));
    let salt = piped(Command::new("base64").arg("--decode"), padded.as_bytes());
    if salt.contains(&0) {
        return None;
    }
    let salt = std::ffi::OsString::from_vec(salt);
    let mut program = lab.command("argon2");
    program.arg(salt).args(["-id", "-t", "2", "-k", "19456", "-p", "1", "-l", "32", "-e"]);
    Some(String::from_utf8(piped(&mut program, password.as_bytes())).expect("it is text").trim().to_owned())
}

/// Runs a program that reads these bytes, and returns what it prints.
fn piped(command: &mut Command, bytes: &[u8]) -> Vec<u8> {
    use std::io::Write as _;
    use std::process::Stdio;
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("it starts");
    child.stdin.take().expect("it is a pipe").write_all(bytes).expect("it reads");
    let output = child.wait_with_output().expect("it ends");
    assert!(output.status.success(), "{command:?}");
    output.stdout
}
