//! Health checks, restarts, waits and standbys at run time: hosts that are booted with a real systemd.
//!
//! The units are those that the modules and the generated files evaluate to, and every script in them is the real one. In the
//! place of containers runs `tests/booted/service.py`, which a test tells how to behave.

#![expect(clippy::disallowed_methods, reason = "boots hosts and looks at them")]

#[path = "common/booted.rs"]
mod booted;
mod common;
#[path = "common/fleet.rs"]
mod fleet;
#[path = "common/hosts.rs"]
mod hosts;
#[path = "booted/stage.rs"]
mod stage;

use std::thread::{self, sleep};
use std::time::Duration;

use booted::until;
use common::require;
use stage::{Host, Stage};

/// The unit of the check that restarts until it gives up.
const PAGE: &str = "cistern-health-page.service";

/// How long something may take that happens within a few questions.
const SOON: Duration = Duration::from_secs(30);

#[test]
fn checks_restart_what_fails_and_nothing_else() {
    let Some(stage) = Stage::new(["ant"]) else { return };
    let [mut ant] = stage.hosts;
    for told in ["page.sick", "told.sick", "left.deaf"] {
        ant.tell(told);
    }
    ant.machine.boot();
    // Most of it is waiting, so both at once.
    thread::scope(|scope| {
        scope.spawn(|| restarts_until_it_gives_up(&ant));
        restarts_as_it_is_told(&ant);
    });
}

/// A service that does not come to work is restarted three times, and its check fails then.
fn restarts_until_it_gives_up(ant: &Host) {
    ant.reaches(PAGE, "failed", 60);
    let started = ant.machine.journal("podman-page.service").into_iter();
    let starts: Vec<f64> = started.filter(|(_, line)| line.contains("Started ")).map(|(at, _)| at).collect();
    eprintln!("page starts at {starts:?}");
    assert_eq!(starts.len(), 4, "three restarts: {starts:?}");
    for pair in starts.windows(2) {
        // Four seconds of grace, then two questions, the second two seconds after the first.
        assert!((5.8..20.0).contains(&(pair[1] - pair[0])), "{starts:?}");
    }
    let lines = ant.machine.journal(PAGE);
    let (first, _) = lines.iter().find(|(_, line)| line.contains("1 of 2 in a row")).expect("a first failure");
    assert!(first - starts[0] >= 3.8, "{first} {starts:?}");
    assert_eq!(ant.said(PAGE, "2 times in a row: restarting podman-page.service").len(), 3);
    assert!(!ant.said(PAGE, "it is left alone").is_empty());

    sleep(Duration::from_secs(4));
    assert_eq!(ant.starts("page").len(), 4, "it is left alone");
    assert_eq!(ant.property("podman-page.service", "ActiveState"), "active");
    // But for the moments in which it asks.
    until("the check has failed", SOON, || ant.failed().iter().any(|unit| unit == PAGE));

    // It works again, and so does its check.
    ant.untell("page.sick");
    ant.reaches(PAGE, "inactive", 30);
    ant.comes_to_pass("page");
    // An hour later it is restarted again.
    ant.shell(
        "cd /run/cistern-health/page; for at in $(cat restarts); do echo $((at - 3600)); done >new; mv new restarts",
    );
    ant.tell("page.sick");
    ant.comes_to_start("page", 5, SOON);
    let limits = ant.said(PAGE, "start-limit-hit");
    assert!(limits.is_empty(), "{limits:?}");
}

/// Each manner of check restarts its service after so many failures in a row, and no other service.
fn restarts_as_it_is_told(ant: &Host) {
    let certificate = "openssl req -x509 -newkey ed25519 -nodes -subj /CN=safe -keyout key -out certificate";
    ant.shell(&format!("cd /shared; {certificate}; cat key certificate >safe.pem"));
    ant.reaches("multi-user.target", "active", 30);

    // Somebody stops a service: nothing is expected of it any more.
    ant.comes_to_start("rest", 1, SOON);
    ant.shell("systemctl stop podman-rest");

    // Failures that are not in a row begin anew.
    let check = "cistern-health-port.service";
    ant.comes_to_pass("port");
    ant.comes_to_pass("tool");
    ant.comes_to_pass("safe");
    let safe = ant.starts("safe").len();
    ant.untell("safe.pem");
    ant.tell("tool.sick");
    ant.tell("port.deaf");
    ant.comes_to_say(check, "2 of 3 in a row", SOON);
    ant.untell("port.deaf");
    ant.comes_to_pass("port");
    assert_eq!(ant.starts("port").len(), 1, "two failures restart nothing");
    ant.tell("port.deaf");
    ant.comes_to_start("port", 2, SOON);
    ant.untell("port.deaf");
    let counted = ant.said(check, "port failed its check");
    let words = ["1 of 3", "2 of 3", "1 of 3", "2 of 3", "3 times in a row: restarting podman-port.service"];
    assert_eq!(counted.len(), words.len(), "{counted:?}");
    assert!(counted.iter().zip(words).all(|(line, word)| line.contains(word)), "{counted:?}");

    // A command fails as a port does, and so does a port that does not speak TLS.
    ant.comes_to_start("tool", 2, SOON);
    ant.untell("tool.sick");
    ant.comes_to_start("safe", safe + 1, SOON);

    // What cannot be asked fails, and says nothing of the service.
    let check = "cistern-health-typo.service";
    ant.reaches(check, "failed", 30);
    ant.comes_to_say(check, "status=3", SOON);

    // A unit that ends by itself is started again until systemd gives it up, and its check leaves it so.
    ant.reaches("podman-crash.service", "failed", 30);
    assert_eq!(ant.starts("crash").len(), 10);

    // What nobody restarts was not, whatever it answers.
    ant.comes_to_pass("port");
    ant.comes_to_pass("well");
    for name in ["well", "told", "left", "rest", "typo", "above"] {
        assert_eq!(ant.starts(name).len(), 1, "{name}: {:?}", ant.said(check, ""));
    }
    for name in ["told", "left"] {
        assert_eq!(ant.property(&format!("cistern-health-{name}.timer"), "LoadState"), "not-found");
        assert_eq!(ant.property(&format!("podman-{name}.service"), "ActiveState"), "active");
    }
    assert_eq!(ant.property("podman-rest.service", "ActiveState"), "inactive");
    assert_eq!(ant.starts("crash").len(), 10);
    until("two units have failed", SOON, || {
        let failed = ant.failed().into_iter().filter(|unit| unit != PAGE);
        failed.eq(["cistern-health-typo.service", "podman-crash.service"])
    });

    // What is needed on the same host starts before, and comes along.
    let microseconds = |unit: &str, property: &str| -> u64 { ant.property(unit, property).parse().expect("a number") };
    let well = microseconds("podman-well.service", "ActiveEnterTimestampMonotonic");
    assert!(well <= microseconds("podman-above.service", "ExecMainStartTimestampMonotonic"));
    ant.shell("systemctl stop podman-above podman-well; systemctl start podman-above");
    assert_eq!(ant.property("podman-well.service", "ActiveState"), "active");

    // What is killed starts again.
    ant.comes_to_start("well", 2, SOON);
    ant.shell("systemctl kill --signal=KILL podman-well");
    ant.comes_to_start("well", 3, SOON);
}

#[test]
fn services_wait_for_those_of_other_hosts() {
    let Some(stage) = Stage::new(["bee", "cow"]) else { return };
    let [mut bee, mut cow] = stage.hosts;
    bee.tell("store.sick");
    bee.tell("wire.deaf");
    bee.tell("never.deaf");
    cow.machine.boot();
    cow.reaches("cistern-ready-store.service", "activating", 30);

    // The other host is off: the wait ends, and what waited starts all the same.
    cow.comes_to_start("late", 1, SOON);
    cow.comes_to_say("cistern-ready-never.service", "never did not answer within 6 s", SOON);
    let waited = cow.starts("late")[0] - cow.machine.journal("cistern-ready-never.service")[0].0;
    eprintln!("late starts after {waited} s");
    assert!((5.5..12.0).contains(&waited), "{waited}");

    // The other host is there, and its services are not yet. A third, which has one of them as well, stays off.
    bee.machine.boot();
    bee.comes_to_start("store", 1, SOON);
    bee.comes_to_start("wire", 1, SOON);
    sleep(Duration::from_secs(3));
    for name in ["shop", "line"] {
        assert!(cow.starts(name).is_empty(), "{name} does not wait");
        assert_eq!(cow.property(&format!("podman-{name}.service"), "ActiveState"), "inactive");
    }
    for (there, waits) in [("store.sick", "shop"), ("wire.deaf", "line")] {
        let began = bee.uptime();
        bee.untell(there);
        cow.comes_to_start(waits, 1, SOON);
        let after = cow.starts(waits)[0] - began;
        eprintln!("{waits} starts {after} s after what it needs answers");
        assert!((0.0..10.0).contains(&after), "{waits}: {after}");
    }
    cow.reaches("multi-user.target", "active", 30);
    assert!(cow.failed().is_empty(), "{:?}", cow.failed());
}

#[test]
fn standbys_run_where_the_address_is() {
    let Some(lab) = require(&["keepalived"]) else { return };
    let Some(stage) = Stage::new(["dog", "emu"]) else { return };
    let [mut dog, mut emu] = stage.hosts;
    let desk = "podman-desk.service";
    for host in [&mut dog, &mut emu] {
        host.machine.boot();
        host.reaches("multi-user.target", "active", 30);
        assert_eq!(host.property(desk, "ActiveState"), "inactive", "it is not started at boot");
        // Debian's keepalived does not start without the file that it comes with.
        let lab = lab.variable("CISTERN_LAB");
        host.shell(&format!("cp -r '{lab}/trixie/etc/keepalived' /etc/; systemctl start keepalived"));
    }
    dog.reaches(desk, "active", 30);
    assert!(emu.starts("desk").is_empty(), "it runs on one host");
    sleep(Duration::from_secs(4));

    // It fails where it runs, and starts on the other host.
    let began = dog.uptime();
    dog.tell("desk.sick");
    emu.comes_to_start("desk", 1, SOON);
    eprintln!("desk starts on the other host {} s after it failed", emu.starts("desk")[0] - began);
    dog.reaches(desk, "inactive", 30);
    emu.reaches(desk, "active", 30);

    // keepalived dies where the address is: systemd takes both away, and starts it again, which takes both back.
    emu.shell("systemctl kill --signal=KILL --kill-who=main keepalived");
    emu.comes_to_say(desk, "Stopped podman-desk.service", SOON);
    emu.comes_to_start("desk", 2, SOON);
    assert_eq!(dog.starts("desk").len(), 1, "it failed here, and is not taken again for a while");
}
