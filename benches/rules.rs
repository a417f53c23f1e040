//! Times every rule and every emitter by itself on the synthetic fleets, and says which grows faster than the fleet.
//!
//!     cargo bench --bench rules [-- --check]
//!
//! One row each: the best of five runs at 1,000 and at 10,000 hosts, and how many times longer the larger one took.
//! With `--check` the exit code is 1 where one takes more than twenty times as long for ten times the hosts.

#![expect(clippy::disallowed_methods, reason = "makes fleets and looks at the clock")]

use std::env;
use std::path::Path;
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

use cistern::check::evidence::Evidence;
use cistern::diag::Faults;
use cistern::place::Draft;
use cistern::source::Sources;
use cistern::tree::Tree;
use cistern::{check, emit, kind, load, model, place, prove};

/// How many times as long a rule may take for ten times the hosts.
const STEEPEST: f64 = 20.0;

/// What is too short to tell how it grows.
const SHORT: Duration = Duration::from_micros(500);

const RUNS: usize = 5;

fn main() -> ExitCode {
    let [small, large] = [1_000, 10_000].map(times);
    let mut steep = false;
    println!("{:<44} {:>12} {:>12} {:>8}", "rule", "1,000 hosts", "10,000 hosts", "growth");
    for ((name, small), (_, large)) in small.iter().zip(&large) {
        let growth = large.as_secs_f64() / small.as_secs_f64().max(1e-9);
        let quadratic = growth > STEEPEST && *large > SHORT;
        steep |= quadratic;
        let mark = if quadratic { "  too steep" } else { "" };
        println!("{name:<44} {:>9.2} ms {:>9.2} ms {growth:>7.1}x{mark}", millis(*small), millis(*large));
    }
    let sum = |list: &[(String, Duration)]| list.iter().map(|(_, time)| *time).sum::<Duration>();
    println!("{:<44} {:>9.2} ms {:>9.2} ms", "all of them", millis(sum(&small)), millis(sum(&large)));
    if steep && env::args().any(|argument| argument == "--check") { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}

/// The times of every rule on a fleet of so many hosts.
fn times(hosts: usize) -> Vec<(String, Duration)> {
    let directory = tempfile::tempdir().expect("a directory to work in");
    let fleet = directory.path().join("fleet");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/synthetic/generate");
    let made = Command::new(script).args(["--hosts", &hosts.to_string()]).arg(&fleet).status();
    assert!(made.expect("python3 runs the generator").success(), "the generator failed");
    let mut sources = Sources::read(&fleet).expect("the fleet was just written");
    kind::add_built_in(&mut sources);
    let (raw, mut faults) = load::load(&sources);
    let templates = kind::templates(&sources, &mut faults);
    assert!(faults.is_empty());
    let (fleet, _) = model::lower(raw, &sources);
    let mut times = Vec::new();
    for rule in check::RULES {
        times.push((rule.name.to_owned(), best(|| (rule.run)(&fleet, &mut Faults::default()))));
    }
    let (evidence, took) = timed(|| Evidence::new(&fleet, &sources, &templates));
    times.push(("evidence".to_owned(), took));
    for rule in check::EVIDENCE_RULES {
        times.push((rule.name.to_owned(), best(|| (rule.run)(&fleet, &evidence, &mut Faults::default()))));
    }
    drop(evidence);
    let checked =
        check::check(fleet, &sources, &templates, &mut Faults::default()).expect("a synthetic fleet has no errors");
    let draft: Draft = place::place(checked);
    for rule in prove::RULES {
        times.push((rule.name.to_owned(), best(|| (rule.run)(&draft, &mut Faults::default()))));
    }
    for rule in prove::TEMPLATE_RULES {
        times.push((rule.name.to_owned(), best(|| (rule.run)(&draft, &templates, &mut Faults::default()))));
    }
    let plan = prove::prove(draft, &templates, &mut Faults::default()).expect("a synthetic fleet has no errors");
    let nothing = Tree::default();
    for emitter in emit::EMITTERS {
        let files = || emitter.files(&emit::Context::new(&plan, &templates, &nothing, &sources));
        times.push((format!("writes {}", emitter.name), best(|| assert_ne!(files(), usize::MAX))));
    }
    times
}

fn best(mut work: impl FnMut()) -> Duration {
    (0..RUNS).map(|_| timed(&mut work).1).min().expect("more than no run")
}

fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let start = Instant::now();
    let result = work();
    (result, start.elapsed())
}
