//! Fleets with secrets and real keys to open them, for tests that run `cistern secrets`.
//!
//! Every key is made by the test that uses it. The program runs without a terminal and without the user's own keys;
//! [`Vault::on_terminal`] gives it one, and answers what is asked there.

#![allow(dead_code, reason = "each test file uses a part of this")]

use std::fs;
use std::io::{Read as _, Write as _};
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value as Json, json};
use tempfile::TempDir;

use crate::common::{Lab, everything, run, temp_dir};
use crate::fleet::Fleet;

/// How long an answer on the terminal may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// A fleet, and a home with keys.
pub(crate) struct Vault {
    pub(crate) fleet: Fleet,
    home: TempDir,
}

/// What came of a run on a terminal.
pub(crate) struct Dialogue {
    pub(crate) success: bool,
    /// Everything that the terminal showed.
    pub(crate) shown: String,
}

impl Vault {
    pub(crate) fn new() -> Self {
        let home = temp_dir();
        fs::create_dir(home.path().join(".ssh")).expect("the directory is ours");
        Self { fleet: Fleet::new(), home }
    }

    /// The path of a private key.
    pub(crate) fn key(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    /// Makes an SSH key and returns its public half.
    pub(crate) fn ssh_key(&self, name: &str, kind: &str, passphrase: &str) -> String {
        let mut keygen = Command::new("ssh-keygen");
        keygen.args(["-q", "-C", name, "-N", passphrase, "-t", kind, "-f"]).arg(self.key(name));
        run(if kind == "rsa" { keygen.args(["-b", "2048"]) } else { &mut keygen });
        let text = fs::read_to_string(self.key(&format!("{name}.pub"))).expect("ssh-keygen wrote it");
        text.split_whitespace().take(2).collect::<Vec<_>>().join(" ")
    }

    /// Makes a key of age and returns its recipient.
    pub(crate) fn age_key(&self, lab: &Lab, name: &str) -> String {
        run(lab.command("age-keygen").arg("-o").arg(self.key(name)));
        run(lab.command("age-keygen").arg("-y").arg(self.key(name))).trim().to_owned()
    }

    /// Writes a definition: hosts with their keys, the keys of admins, and secrets.
    pub(crate) fn define(&self, hosts: &[(&str, &str)], admins: &Json, secrets: &Json) {
        let host = |(number, (name, key)): (usize, &(&str, &str))| {
            let host = json!({
                "address": format!("10.0.0.{}", number + 1),
                "system": "x86_64-linux",
                "state_version": "25.11",
                "hardware": "vm",
                "host_key": key,
                "filesystems": { "/": { "device": "/dev/vda1", "fs_type": "ext4" } },
            });
            ((*name).to_owned(), host)
        };
        let hosts: serde_json::Map<String, Json> = hosts.iter().enumerate().map(host).collect();
        let definition = json!({
            "version": 1,
            "fleet": { "name": "vault", "domain": "example.org" },
            "access": { "people": admins },
            "hosts": hosts,
            "secrets": secrets,
        });
        self.fleet.write("fleet.yaml", serde_json::to_string_pretty(&definition).expect("it is JSON"));
    }

    /// A command that runs `cistern` in the fleet directory, without a terminal.
    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = self.fleet.command("setsid");
        command.args(["--wait", env!("CARGO_BIN_EXE_cistern")]).args(args).stdin(Stdio::null());
        command.env("HOME", self.home.path()).env_remove("XDG_CONFIG_HOME").env_remove("XDG_RUNTIME_DIR");
        command.env_remove("VISUAL").env_remove("EDITOR");
        command
    }

    /// A command that runs `cistern secrets` on whatever terminal there is.
    pub(crate) fn command_here(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_cistern"));
        command.arg("secrets").args(args);
        command.env_remove("XDG_CONFIG_HOME").env_remove("XDG_RUNTIME_DIR").env_remove("VISUAL").env_remove("EDITOR");
        command
    }

    /// Runs `cistern secrets`.
    pub(crate) fn secrets(&self, args: &[&str]) -> Output {
        self.command(&[&["secrets"], args].concat()).output().expect("the program starts")
    }

    /// Runs `cistern secrets` with something to read.
    pub(crate) fn secrets_reading(&self, args: &[&str], input: &[u8]) -> Output {
        let mut command = self.command(&[&["secrets"], args].concat());
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        // One that refuses does not read.
        let _ = child.stdin.take().expect("it is a pipe").write_all(input);
        child.wait_with_output().expect("it ends")
    }

    /// Gives a secret a value.
    #[track_caller]
    pub(crate) fn set(&self, args: &[&str], value: &[u8]) {
        let output = self.secrets_reading(&[&["set", "--from", "-"], args].concat(), value);
        assert!(output.status.success(), "{}", everything(&output));
    }

    /// Prints the value of a secret with one key, if that opens it.
    pub(crate) fn show(&self, args: &[&str], key: &str) -> Option<Vec<u8>> {
        let key = self.key(key);
        let output = self.secrets(&[&["show", "-i", key.to_str().expect("a plain path")], args].concat());
        output.status.success().then_some(output.stdout)
    }

    /// Runs a shell command on a terminal of its own; answers each prompt when it appears.
    pub(crate) fn on_terminal(&self, command: &mut Command, answers: &[(&str, &str)]) -> Dialogue {
        let words = std::iter::once(command.get_program()).chain(command.get_args());
        let line: Vec<_> = words.map(|word| format!("'{}'", word.to_string_lossy().replace('\'', "'\\''"))).collect();
        let mut script = self.fleet.command("script");
        script.args(["-qefc", &line.join(" "), "/dev/null"]).env("SHELL", "/bin/sh").env("HOME", self.home.path());
        for (name, value) in command.get_envs() {
            match value {
                Some(value) => script.env(name, value),
                None => script.env_remove(name),
            };
        }
        let mut child =
            script.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("script starts");
        let (mut stdin, mut stdout) = (child.stdin.take().expect("a pipe"), child.stdout.take().expect("a pipe"));
        let (sender, pieces) = mpsc::channel();
        thread::spawn(move || {
            let mut buffer = [0_u8; 4096];
            while let Ok(length @ 1..) = stdout.read(&mut buffer) {
                let _ = sender.send(buffer[..length].to_vec());
            }
        });
        let mut shown = Vec::new();
        let mut from = 0;
        for (prompt, answer) in answers {
            let began = Instant::now();
            loop {
                let text = String::from_utf8_lossy(&shown[from..]).into_owned();
                if text.contains(prompt) {
                    break;
                }
                let piece = pieces.recv_timeout(PATIENCE.saturating_sub(began.elapsed()));
                let Ok(piece) = piece else { panic!("`{prompt}` was never asked:\n{text}") };
                shown.extend(piece);
            }
            from = shown.len();
            // Other programs ask before they are ready to listen.
            thread::sleep(Duration::from_millis(200));
            stdin.write_all(format!("{answer}\n").as_bytes()).expect("it listens");
        }
        shown.extend(pieces.iter().flatten());
        let success = child.wait().expect("it ends").success();
        drop(stdin);
        Dialogue { success, shown: String::from_utf8_lossy(&shown).into_owned() }
    }
}
