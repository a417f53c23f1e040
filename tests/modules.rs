//! What the shell of the static modules really does: firewalls between network namespaces, and the metrics of systems.

#![expect(clippy::disallowed_methods, reason = "runs programs and makes directories for them")]

mod common;

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use common::{Lab, everything, require, run, skip, temp_dir};
use serde_json::Value as Json;

fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// What a system of the stand-in for nixpkgs with the static modules and one of its own is configured to.
fn evaluated(lab: &Lab, module: &str, wanted: &str) -> Json {
    let root = repository().display();
    let expression = format!(
        "let lib = import {root}/tests/nixpkgs/lib;
          config = (import {root}/tests/nixpkgs/nixos/eval.nix {{ inherit lib; }} {{
            system = \"x86_64-linux\"; modules = [ {root}/modules ({module}) ];
          }}).config; in {wanted}"
    );
    let mut nix = lab.command("nix-instantiate");
    let text = run(nix.args(["--eval", "--strict", "--json", "--expr", &expression]));
    serde_json::from_str(&text).expect("nix prints JSON")
}

/// The host watches itself no more than anybody: only 10.77.0.2 is let in, and at one port.
const ALLOW: &str = "cistern.firewall.allow = [ { from = [ \"10.77.0.2\" \"fd77::2\" ]; tcp = [ 9100 9558 ]; } ];";

/// A host with two neighbours on one switch, each in a network namespace; `$1` is the script of its firewall. Tells who
/// reaches what.
const NEIGHBOURS: &str = r#"
    mount -t tmpfs none /run
    ip link set lo up
    ip link add switch type bridge
    ip address add 10.77.0.1/24 dev switch
    ip address add fd77::1/64 dev switch nodad
    ip link set switch up
    number=2
    for name in watcher stranger; do
      ip netns add $name
      ip link add $name type veth peer name eth0 netns $name
      ip link set $name master switch up
      ip -n $name address add 10.77.0.$number/24 dev eth0
      ip -n $name address add fd77::$number/64 dev eth0 nodad
      ip -n $name link set eth0 up
      number=$((number + 1))
    done
    for port in 9100 9558 9999; do
      python3 -m http.server --bind :: --directory / $port >/dev/null 2>&1 &
    done
    reaches() {
      ip netns exec $1 timeout 2 bash -c "exec 3<>/dev/tcp/$2/$3" 2>/dev/null && echo "$1 $2 $3" || true
    }
    for port in 9100 9558 9999; do
      until [ -n "$(reaches stranger fd77::1 $port)" ]; do sleep 0.1; done
    done
    . "$1"
    for address in 10.77.0.1 fd77::1; do
      for port in 9100 9558 9999; do
        reaches watcher $address $port
        reaches stranger $address $port
      done
    done
    kill $(jobs -p)
"#;

const LET_IN: &str = "watcher 10.77.0.1 9100\nwatcher 10.77.0.1 9558\nwatcher fd77::1 9100\nwatcher fd77::1 9558\n";

/// Starts the host and its neighbours, and returns who reached what.
fn reached(lab: &Lab, firewall: &str) -> Option<String> {
    let home = temp_dir();
    let script = home.path().join("firewall");
    fs::write(&script, firewall).expect("the directory is ours");
    let possible = Command::new("unshare").args(["--net", "--mount", "true"]).output();
    if !possible.is_ok_and(|output| output.status.success()) {
        skip("network namespaces need root");
        return None;
    }
    let mut host = Command::new("unshare");
    host.envs(lab.environment.iter().cloned()).env("XTABLES_LIBDIR", matches_of_iptables(lab)).stdin(Stdio::null());
    host.args(["--net", "--mount", "--pid", "--fork", "--kill-child", "bash", "-euc", NEIGHBOURS, "bash"]);
    let output = host.arg(&script).output().expect("unshare starts");
    assert!(output.status.success(), "{}", everything(&output));
    Some(String::from_utf8(output.stdout).expect("names and numbers"))
}

/// Where the lab's iptables finds its matches.
fn matches_of_iptables(lab: &Lab) -> PathBuf {
    let libraries = Path::new(lab.variable("CISTERN_LAB")).join("trixie/usr/lib");
    let below =
        fs::read_dir(libraries).expect("the lab has libraries").map(|entry| entry.expect("it can be read").path());
    below.map(|path| path.join("xtables")).find(|path| path.is_dir()).expect("iptables brings matches")
}

#[test]
fn iptables_lets_those_in_who_watch() {
    let Some(lab) = require(&["nix", "iptables-nft"]) else { return };
    let commands = evaluated(lab, &format!("{{ {ALLOW} }}"), "config.networking.firewall.extraCommands");
    // The chains of NixOS, as far as these rules use them.
    let firewall = format!(
        "iptables() {{ iptables-nft \"$@\"; }}
         ip6tables() {{ ip6tables-nft \"$@\"; }}
         both() {{ iptables -w \"$@\"; ip6tables -w \"$@\"; }}
         both -N nixos-fw-accept; both -A nixos-fw-accept -j ACCEPT
         both -N nixos-fw; ip6tables -w -A nixos-fw -p icmpv6 -j nixos-fw-accept
         {}
         both -A nixos-fw -j DROP; both -A INPUT -j nixos-fw",
        commands.as_str().expect("lines")
    );
    let Some(reached) = reached(lab, &firewall) else { return };
    assert_eq!(reached, LET_IN);
}

#[test]
fn nftables_lets_those_in_who_watch() {
    let Some(lab) = require(&["nix", "nft"]) else { return };
    let module = format!("{{ {ALLOW} networking.nftables.enable = true; }}");
    let rules = evaluated(lab, &module, "config.networking.firewall.extraInputRules");
    let firewall = format!(
        "nft -f - <<'END'
table inet nixos-fw {{
  chain input {{
    type filter hook input priority filter; policy drop;
    meta l4proto ipv6-icmp accept
    {}
  }}
}}
END\n",
        rules.as_str().expect("lines")
    );
    let Some(reached) = reached(lab, &firewall) else { return };
    assert_eq!(reached, LET_IN);
}

#[test]
fn both_firewalls_take_ten_thousand_addresses() {
    let Some(lab) = require(&["nix", "nft", "iptables-nft"]) else { return };
    let module = |more: &str| {
        format!(
            "{{ lib, ... }}: {{ {more} cistern.firewall.allow = [ {{ tcp = lib.range 1 20; from = map
               (n: \"10.0.${{toString (n / 250)}}.${{toString (n - n / 250 * 250)}}\") (lib.range 1 10000); }} ]; }}"
        )
    };
    let rules =
        evaluated(lab, &module("networking.nftables.enable = true;"), "config.networking.firewall.extraInputRules");
    let home = temp_dir();
    let file = home.path().join("rules.nft");
    let table = format!("table inet t {{\nchain c {{\n{}}}\n}}\n", rules.as_str().expect("lines"));
    fs::write(&file, table).expect("the directory is ours");
    let check = lab.command("nft").args(["-c", "-f"]).arg(&file).output().expect("nft starts");
    if everything(&check).contains("Operation not permitted") {
        return skip("nft needs root");
    }
    assert!(check.status.success(), "{}", everything(&check));
    let commands = evaluated(lab, &module(""), "config.networking.firewall.extraCommands");
    // One call takes a hundred addresses and fifteen ports.
    assert_eq!(commands.as_str().expect("lines").lines().filter(|line| !line.is_empty()).count(), 100 * 2);
}

#[test]
fn the_script_of_metrics_is_sound() {
    let Some(lab) = require(&["shellcheck"]) else { return };
    run(lab.command("shellcheck").arg(repository().join("modules/system-metrics.sh")));
}

/// A machine's links, below a directory: which system runs, was started, and starts next, each with its kernel.
struct Machine(tempfile::TempDir);

impl Machine {
    fn new(running: &str, booted: &str, profile: &str) -> Self {
        let machine = Self(temp_dir());
        for directory in ["run", "nix/var/nix/profiles", "nix/store", "metrics"] {
            fs::create_dir_all(machine.0.path().join(directory)).expect("the directory is ours");
        }
        machine.link("run/current-system", running);
        machine.link("run/booted-system", booted);
        machine.link("nix/var/nix/profiles/system", profile);
        machine
    }

    fn link(&self, link: &str, to: &str) {
        symlink(self.store(to), self.0.path().join(link)).expect("the directory is ours");
    }

    /// A system in the store with the kernel of its own, but for what its name has behind a hyphen.
    fn store(&self, name: &str) -> PathBuf {
        let store = self.0.path().join("nix/store");
        let system = store.join(name);
        if !system.exists() {
            fs::create_dir(&system).expect("the directory is ours");
            let kernel = name.split('-').next().expect("there is one");
            for part in ["kernel", "initrd", "kernel-modules"] {
                let file = store.join(format!("{kernel}.{part}"));
                fs::write(&file, "").expect("the directory is ours");
                symlink(file, system.join(part)).expect("the directory is ours");
            }
        }
        system
    }

    /// Runs the script, and returns what it wrote: what promtool accepts.
    fn metrics(&self, lab: &Lab) -> String {
        let directory = self.0.path().join("metrics");
        let script = repository().join("modules/system-metrics.sh");
        run(Command::new("bash").arg(script).arg(&directory).arg(self.0.path()));
        let files: Vec<_> = fs::read_dir(&directory).expect("it is there").collect();
        assert_eq!(files.len(), 1, "the script leaves nothing else behind");
        let file = directory.join("cistern-system.prom");
        let stdin = fs::File::open(&file).expect("it was written");
        run(lab.command("promtool").args(["check", "metrics"]).stdin(stdin));
        fs::read_to_string(file).expect("it is text").replace(&self.0.path().display().to_string(), "")
    }
}

/// The value of a metric.
fn value<'t>(text: &'t str, name: &str) -> &'t str {
    let line = text.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_else(|| panic!("no {name} in {text}"));
    line.trim()
}

#[test]
fn metrics_tell_which_system_runs() {
    let Some(lab) = require(&["promtool"]) else { return };
    let same = Machine::new("one", "one", "one");
    let told = same.metrics(lab);
    assert_eq!(
        value(&told, "cistern_system_info"),
        r#"{running="/nix/store/one",booted="/nix/store/one",profile="/nix/store/one"} 1"#
    );
    assert_eq!(value(&told, "cistern_system_drifted "), "0");
    assert_eq!(value(&told, "cistern_system_reboot_needed "), "0");
    let activated: u64 = value(&told, "cistern_system_activated_timestamp_seconds ").parse().expect("a number");
    assert!(activated > 1_700_000_000);
    // It writes again what is there.
    assert_eq!(same.metrics(lab), told);

    // Switched to a system with the same kernel, and tried without making it the one that starts next.
    let switched = Machine::new("one-b", "one-a", "one-b").metrics(lab);
    assert_eq!(value(&switched, "cistern_system_drifted "), "0");
    assert_eq!(value(&switched, "cistern_system_reboot_needed "), "0");
    let tried = Machine::new("one-b", "one-a", "one-a").metrics(lab);
    assert_eq!(value(&tried, "cistern_system_drifted "), "1");

    let upgraded = Machine::new("two", "one", "two").metrics(lab);
    assert_eq!(value(&upgraded, "cistern_system_drifted "), "0");
    assert_eq!(value(&upgraded, "cistern_system_reboot_needed "), "1");
}

#[test]
fn a_container_has_no_kernel_of_its_own() {
    let Some(lab) = require(&["promtool"]) else { return };
    let machine = Machine::new("two", "one", "two");
    for part in ["kernel", "initrd", "kernel-modules"] {
        for system in ["one", "two"] {
            fs::remove_file(machine.0.path().join("nix/store").join(system).join(part)).expect("it is there");
        }
    }
    fs::remove_file(machine.0.path().join("nix/var/nix/profiles/system")).expect("it is there");
    let told = machine.metrics(lab);
    assert_eq!(value(&told, "cistern_system_reboot_needed "), "0");
    // Nothing is there that would start next, so it is not told that something else would.
    assert_eq!(value(&told, "cistern_system_drifted "), "0");
}

#[test]
fn a_wait_is_as_long_as_it_says_whatever_the_clock_does() {
    let began = Instant::now();
    let mut wait = Command::new("bash");
    wait.arg(repository().join("modules/health-wait.sh")).args(["store", "2", "--ask", "false"]);
    // So much has passed since the shell started, it is told: as when the time is learnt while it waits.
    let output = wait.env("SECONDS", "9999").output().expect("bash starts");
    assert!(output.status.success(), "{}", everything(&output));
    assert!(everything(&output).contains("store did not answer within 2 s"), "{}", everything(&output));
    let waited = began.elapsed().as_secs_f64();
    assert!((1.9..10.0).contains(&waited), "{waited} s");
}
