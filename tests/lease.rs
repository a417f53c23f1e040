//! Leases at run time: hosts that are booted with a real systemd ask a real etcd for one, and are struck.
//!
//! The units are those that the modules and the generated files evaluate to, and their certificates those that Cistern makes.
//! In the place of the container runs `tests/lease/unit.py`, which shows when and where it lives.

#![expect(clippy::disallowed_methods, reason = "boots hosts and strikes at them")]

#[path = "common/booted.rs"]
mod booted;
mod common;
#[path = "common/fleet.rs"]
mod fleet;
#[path = "common/hosts.rs"]
mod hosts;
#[path = "lease/stage.rs"]
mod stage;

use std::collections::BTreeMap;
use std::thread::sleep;
use std::time::{Duration, Instant};

use common::run;
use stage::{ASKING, KEEPER, MEMBERS, Mark, Stage};

/// How often they are struck.
const STRIKES: usize = 100;

/// Seconds that the lease lives where many strikes have to find room.
const SHORT: u64 = 6;

/// The lives of the service: where, from which mark to which.
fn lives(marks: &[Mark]) -> Vec<(&str, u64, u64)> {
    let mut lives: Vec<(&str, u64, u64)> = Vec::new();
    let mut open: BTreeMap<&str, usize> = BTreeMap::new();
    for (at, host, what) in marks {
        if what == "begin" || what == "second" {
            open.insert(host, lives.len());
            lives.push((host, *at, *at));
        } else if let Some(life) = open.get(host.as_str()) {
            lives[*life].2 = *at;
        }
    }
    lives
}

/// No two lives have a moment in common, and nobody found the lock taken.
fn never_two(stage: &Stage) -> usize {
    let mut marks = stage.marks();
    marks.sort();
    let second: Vec<_> = marks.iter().filter(|(.., what)| what == "second").collect();
    assert!(second.is_empty(), "two at once: {second:?}");
    let lives = lives(&marks);
    for pair in lives.windows(2) {
        assert!(pair[0].2 < pair[1].1, "two at once: {pair:?}");
    }
    lives.windows(2).filter(|pair| pair[0].0 != pair[1].0).count()
}

/// The strikes, in the order in which they go round.
const ROUND: &str = "hold etcdctl cut hold leave hold all-stop etcdctl hold hold-stops hold etcdctl leave hold \
                     etcdctl-stops hold member etcdctl hold leave";

/// Those that nobody notices at once: nothing else may end what they are to end.
const SILENT: [&str; 3] = ["all-stop", "cut", "hold-stops"];

#[test]
fn a_lease_never_has_two_holders() {
    let more = format!(
        "cistern.failover = lib.mkMerge [
           (lib.mkIf (config.networking.hostName != \"three\") {{ updater.lease.ttl = {SHORT}; }})
           (lib.mkIf (builtins.elem config.networking.hostName [ \"two\" \"four\" ]) {{ ddns.lease.asks = false; }})
         ];"
    );
    let Some(stage) = Stage::new(&more) else { return };
    let began = Instant::now();
    stage.comes_elsewhere(&[], Duration::from_secs(20));
    eprintln!("the first has it {:.1} s after booting", began.elapsed().as_secs_f32());

    // What is out, and when it comes back.
    let mut cut: Option<(&str, Instant)> = None;
    let mut hit: BTreeMap<&str, usize> = BTreeMap::new();
    let (mut count, mut turn) = (0, 0);
    // How many lives there were when one was to end that nothing else may end.
    let mut left_alone: Option<usize> = None;
    let round: Vec<_> = ROUND.split(' ').collect();
    let began = Instant::now();
    while count < STRIKES {
        if began.elapsed() > Duration::from_secs(400) {
            panic!("only {count} strikes: {hit:?}, {left_alone:?}\n{}", ASKING.map(|host| stage.said(host)).join("\n"));
        }
        let how = round[turn % round.len()];
        turn += 1;
        if let Some((host, _)) = cut.filter(|(_, until)| *until < Instant::now()) {
            stage.connect(host, true);
            cut = None;
        }
        // Mostly at whoever has it; whoever waits and dies leaves a place in the queue, which takes its time to go.
        let asking = ASKING[turn % ASKING.len()];
        let waits = turn % 7 == 0;
        let holder = stage.holder();
        let struck = if waits { Some(asking.to_owned()) } else { holder.clone() };
        let begun = stage.marks().iter().filter(|(.., what)| what == "begin").count();
        let goes_on = left_alone.is_none_or(|before| holder.is_some() && begun > before);
        let Some(struck) = struck.filter(|_| goes_on) else {
            turn -= 1;
            sleep(Duration::from_millis(50));
            continue;
        };
        left_alone = (SILENT.contains(&how) && !waits).then_some(begun);
        let host = ASKING.into_iter().find(|name| *name == struck).expect("it asked");
        // Every third life does not listen to SIGTERM.
        stage.tell(host, "deaf", turn % 3 == 0);
        let how = if waits && how == "etcdctl-stops" { "etcdctl" } else { how };
        let done = match how {
            // One cable at a time: the others need a majority.
            "cut" if cut.is_none() => {
                stage.connect(host, false);
                cut = Some((host, Instant::now() + Duration::from_secs(SHORT + 2)));
                true
            }
            "member" if cut.is_none() => stage.strike(MEMBERS[turn % MEMBERS.len()], "member"),
            "cut" => false,
            // Without that member there is no majority until it is back.
            "member" => stage.strike("three", "member"),
            _ => stage.strike(host, how),
        };
        if done {
            count += 1;
            *hit.entry(how).or_default() += 1;
        }
        sleep(Duration::from_millis(400));
    }
    if let Some((host, _)) = cut {
        stage.connect(host, true);
    }
    let took = began.elapsed();
    sleep(Duration::from_secs(2));
    let (holder, _) = stage.comes_elsewhere(&[], Duration::from_secs(SHORT * 4));
    let changes = never_two(&stage);
    let lived = lives(&stage.marks()).len();
    eprintln!("{count} strikes {hit:?} in {took:?}: {lived} lives, {changes} changes of the host, at last {holder}");
    assert!(changes >= STRIKES / 4, "{changes} changes of the host");
}

#[test]
fn a_lease_moves_with_its_service() {
    let Some(stage) = Stage::new("") else { return };
    let (first, _) = stage.comes_elsewhere(&[], Duration::from_secs(60));
    let moved = |what: &str, from: &str, most: u64| {
        let (to, took) = stage.comes_elsewhere(&[from], Duration::from_secs(most));
        eprintln!("{what}: {took:.1?}");
        to
    };

    // Nobody who has no lease starts it by hand.
    let other = ASKING.into_iter().find(|host| *host != first).expect("there are three");
    run(stage.host(other).command("systemctl").args(["start", "podman-updater.service"]));
    assert_eq!(stage.host(other).property("podman-updater.service", "ActiveState"), "inactive");

    // A service that nobody can ask is under its lease as well, and works while its unit runs.
    let ddns = |host: &str| stage.host(host).property("cloudflare-ddns.service", "ActiveState") == "active";
    let began = Instant::now();
    while ddns("two") == ddns("four") {
        assert!(began.elapsed() < Duration::from_secs(10), "it runs on one of them");
        sleep(Duration::from_millis(100));
    }

    assert!(stage.strike(&first, "hold"));
    let second = moved("its script is killed", &first, 10);

    // The service stops, before anybody else begins.
    run(stage.host(&second).command("systemctl").args(["restart", KEEPER]));
    let third = moved("the unit of the lease is restarted", &second, 10);
    assert_eq!(stage.host(&second).property(KEEPER, "ActiveState"), "active");
    assert_eq!(stage.host(&second).property("podman-updater.service", "ActiveState"), "inactive");

    // Where it failed, it is not asked for any more.
    stage.tell(&third, "sick", true);
    let fourth = moved("its check fails", &third, 10);
    stage.tell(&third, "sick", false);
    assert!(stage.said(&third).contains("does not ask for it for 300 s"), "{}", stage.said(&third));

    // Whoever waits and is stopped leaves the queue: nobody waits for them.
    let waiting = ASKING.into_iter().find(|host| *host != third && *host != fourth).expect("there are three");
    run(stage.host(waiting).command("systemctl").args(["stop", KEEPER]));
    assert_eq!(stage.host(waiting).property(KEEPER, "ActiveState"), "inactive");
    run(stage.host(waiting).command("systemctl").args(["start", KEEPER]));
    sleep(Duration::from_secs(2));

    stage.connect(&fourth, false);
    let fifth = moved("the cable is pulled", &fourth, 40);
    let (effect, to) = stage.foreseen(&[&fourth]);
    assert!(effect == "moves" && to.contains(&fifth), "{effect} to {to:?}, and it is on {fifth}");
    stage.connect(&fourth, true);
    assert_ne!(fifth, third, "it rests");
    let starts = |host: &str| stage.host(host).property("cistern-lease-ddns.service", "NRestarts");
    let still = ["two", "four"].into_iter().find(|host| *host != fourth).expect("one of two");
    assert_eq!(starts(still), "0", "{:?}", stage.host(still).journal("cistern-lease-ddns.service"));

    // Without a majority nobody runs it.
    let members: Vec<&str> = MEMBERS.into_iter().filter(|member| *member != fifth).take(2).collect();
    assert_eq!(stage.foreseen(&members), ("lost".to_owned(), Vec::new()));
    for member in members {
        run(stage.host(member).command("systemctl").args(["stop", "etcd.service"]));
    }
    let began = Instant::now();
    while stage.holder().is_some() {
        assert!(began.elapsed() < Duration::from_secs(15), "it runs without a majority");
        sleep(Duration::from_millis(20));
    }
    eprintln!("etcd has no majority: it ends after {:.1?}", began.elapsed());
    never_two(&stage);
}
