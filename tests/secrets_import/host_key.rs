//! Keys of hosts: made, kept, taken out again, and scanned from a real sshd.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use super::Home;
use crate::common::{everything, run, skip};

/// A directory in memory that goes with the test.
fn in_memory() -> Option<tempfile::TempDir> {
    let made = tempfile::Builder::new().prefix("cistern-test-").tempdir_in("/dev/shm");
    made.map_err(|_| skip("there is no /dev/shm")).ok()
}

#[test]
fn a_host_gets_a_key_before_it_is_installed() {
    let Some(memory) = in_memory() else { return };
    let home = Home::new();
    let ana = home.key_of("ana");
    // The host reads a secret and has no key: nothing could be generated.
    home.fleet.edit("fleet.yaml", "vpn: { hosts: eden }", "vpn: { hosts: gihon }");
    let said = everything(&home.fleet.cistern(&["check"]));
    assert!(said.contains("C090") && said.contains("cistern secrets host-key gihon"), "{said}");

    home.wrong(&["host-key", "gihom"], &["there is no host `gihom`; the nearest is `gihon`"]);
    home.wrong(&["host-key", "eden"], &["host `eden` has a `host_key`", "--force"]);
    let elsewhere = home.key_of("out");
    home.wrong(&["host-key", "gihon", "--extra-files", &elsewhere], &["does not lie in memory", "--insecure-tmp"]);
    let out = memory.path().join("out").to_str().expect("a plain path").to_owned();
    home.fine(&["host-key", "gihon", "--extra-files", &out]);

    let private = format!("{out}/etc/ssh/ssh_host_ed25519_key");
    let mode = fs::metadata(&private).expect("it was written").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let public = run(Command::new("ssh-keygen").args(["-y", "-f", &private]));
    let key = public.trim().rsplit_once(' ').expect("a comment ends it").0;
    assert!(home.fleet.read("fleet.yaml").contains(&format!("    host_key: {key}\n")), "{key}");
    assert_eq!(fs::read_to_string(format!("{private}.pub")).expect("it was written"), public);

    // Kept for the admins: no orphan, rekeyed with the rest, shown, and taken out again.
    home.fine(&["set", "vpn", "--from", &ana]);
    let said = everything(&home.fleet.cistern(&["check"]));
    assert!(!said.contains("error") && !said.contains("C097"), "{said}");
    home.fine(&["rekey", "--all", "-i", &ana]);
    assert_eq!(home.value("host-key.gihon"), fs::read_to_string(&private).expect("it is there"));
    home.wrong(&["host-key", "gihon"], &["holds a key already"]);
    home.wrong(&["host-key", "gihon", "--extra-files", &out], &["it is there already"]);
    let again = memory.path().join("again").to_str().expect("a plain path").to_owned();
    home.fine(&["host-key", "gihon", "--extra-files", &again, "-i", &ana]);
    let same = format!("{again}/etc/ssh/ssh_host_ed25519_key");
    assert_eq!(fs::read(&same).expect("it was written"), fs::read(&private).expect("it is there"));
    // The host itself is no recipient of it.
    let output = home.secrets(&["show", "host-key.gihon", "-i", &private]);
    assert_eq!(output.status.code(), Some(1), "{}", everything(&output));

    home.fine(&["host-key", "gihon", "--force"]);
    assert!(!home.fleet.read("fleet.yaml").contains(key));
}

/// A real sshd on a port of its own, which ends with the test.
struct Sshd {
    child: Child,
    port: u16,
}

impl Sshd {
    fn start(home: &Home, key: &str) -> Option<Self> {
        let program = ["/usr/sbin/sshd", "/usr/bin/sshd"].into_iter().find(|path| Path::new(path).exists());
        let Some(program) = program else {
            skip("there is no sshd: run tests/lab/install");
            return None;
        };
        // It wants the directory that its privileges are separated in.
        let _ = fs::create_dir_all("/run/sshd");
        let free = TcpListener::bind("127.0.0.1:0").expect("there is a free port");
        let port = free.local_addr().expect("it is bound").port();
        drop(free);
        let settings = home.put("sshd_config", format!("ListenAddress 127.0.0.1\nPidFile none\nHostKey {key}\n"));
        let mut command = Command::new(program);
        command.args(["-D", "-e", "-f", &settings, "-p", &port.to_string()]).stderr(Stdio::null());
        let sshd = Self { child: command.spawn().expect("it starts"), port };
        let up = (0..100).any(|_| {
            sleep(Duration::from_millis(50));
            std::net::TcpStream::connect(("127.0.0.1", port)).is_ok()
        });
        assert!(up, "sshd does not listen");
        Some(sshd)
    }
}

impl Drop for Sshd {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn scan<'a>(port: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    let usual = ["host-key", "gihon", "--scan", "127.0.0.1", "--port", port];
    usual.into_iter().chain(more.iter().copied()).collect()
}

#[test]
fn the_key_of_a_running_host_is_taken() {
    let home = Home::new();
    home.key("machine");
    let Some(sshd) = Sshd::start(&home, &home.key_of("machine")) else { return };
    let port = sshd.port.to_string();
    let printed = run(Command::new("ssh-keygen").args(["-l", "-f", &home.key_of("machine.pub")]));
    let fingerprint = printed.split(' ').nth(1).expect("the second word").to_owned();

    home.wrong(&scan(&port, &[]), &[&fingerprint, "--fingerprint"]);
    home.wrong(&scan(&port, &["--fingerprint", "SHA256:AAAA"]), &[&fingerprint, "another key than SHA256:AAAA"]);
    home.fine(&scan(&port, &["--fingerprint", &fingerprint]));
    let definition = home.fleet.read("fleet.yaml");
    assert!(definition.contains(&format!("    host_key: {}\n", home.public("machine"))), "{definition}");
    let said = home.fine(&scan(&port, &["--fingerprint", &fingerprint]));
    assert!(said.contains("it has this key already"), "{said}");
    // The address is the definition's, where none is named.
    home.fleet.edit(
        "fleet.yaml",
        "address: 192.168.1.51",
        "deploy: { hostname: localhost }\n    address: 192.168.1.51",
    );
    home.fine(&["host-key", "gihon", "--port", &port, "--fingerprint", &fingerprint, "--scan"]);

    drop(sshd);
    let output = home.secrets(&scan(&port, &["--fingerprint", &fingerprint]));
    assert_eq!(output.status.code(), Some(3), "{}", everything(&output));
}
