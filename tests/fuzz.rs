//! Fuzzing: whatever a fleet's files hold, Cistern says what is wrong, or writes a tree. It does not panic or hang.
//!
//! A seed makes a case: a fleet of the repository with some changes to its bytes, lines and branches. The case goes
//! through all that reads what a user writes: YAML, templates, reports, modules, the rules, every way of showing what was
//! found, and the emitters where it compiles.
//!
//! CI runs the same few hundred seeds each time. `CISTERN_FUZZ_SECONDS=600` runs others for that long, and
//! `CISTERN_FUZZ_SEED=N` that one only. A case that fails is made smaller and shown.

#![expect(clippy::disallowed_methods, reason = "reads fleets and the clock")]

#[path = "fuzz/corpus.rs"]
mod corpus;
#[path = "fuzz/mutate.rs"]
mod mutate;
#[path = "fuzz/random.rs"]
mod random;

use std::any::Any;
use std::env;
use std::panic::{self, AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use cistern::diag::{Faults, Renderer, json, summary};
use cistern::emit::{self, Context};
use cistern::kind::add_built_in;
use cistern::options::{self, List, Lists};
use cistern::source::{Rejected, Sources, Why};
use cistern::tree::Tree;
use cistern::{compile_sources, nix};
use corpus::{Files, corpus};
use mutate::mutate;
use random::Random;

/// Seeds of a usual run.
const USUAL: u64 = 300;

/// The longest that one case may take; one that takes longer is tried again, for other work may have held it up.
const LONGEST: Duration = Duration::from_secs(2);

/// After this long a case counts as hanging, and the process ends.
const HANGING: Duration = Duration::from_secs(60);

/// How often a case is made smaller at most.
const SMALLER: usize = 400;

/// A list that knows a few options, so that everything else is looked for in vain.
const OPTIONS: &str = r#"{
    "services.openssh.enable": { "loc": ["services", "openssh", "enable"], "type": "boolean" },
    "services.redis.servers": { "loc": ["services", "redis", "servers"], "type": "attribute set of (submodule)" },
    "services.redis.servers.<name>.port": { "loc": ["services", "redis", "servers", "<name>", "port"], "type": "string" },
    "networking.interfaces": { "loc": ["networking", "interfaces"], "type": "attribute set of (submodule)" },
    "networking.firewall.allowedTCPPorts": { "loc": ["networking", "firewall", "allowedTCPPorts"], "type": "list of string" },
    "users.users": { "loc": ["users", "users"], "type": "boolean" }
}"#;

#[test]
fn nothing_panics_or_hangs() {
    let corpus = corpus();
    let number = |name: &str| env::var(name).ok().map(|text| text.parse::<u64>().expect("a number is expected"));
    let (first, last, end) = match (number("CISTERN_FUZZ_SEED"), number("CISTERN_FUZZ_SECONDS")) {
        (Some(seed), _) => (seed, seed + 1, None),
        (None, Some(seconds)) => {
            let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).expect("it is later than 1970");
            // Far from those of a usual run, and from those of the last run.
            (since.as_secs() << 20, u64::MAX, Some(Instant::now() + Duration::from_secs(seconds)))
        }
        (None, None) => (0, USUAL, None),
    };
    let run = Run {
        corpus: &corpus,
        next: AtomicU64::new(first),
        last,
        end,
        open: Mutex::default(),
        found: Mutex::default(),
        written: AtomicU64::new(0),
    };
    run.all();
    let ran = run.next.load(Ordering::Relaxed).min(last) - first;
    let written = run.written.load(Ordering::Relaxed);
    eprintln!("{ran} cases, {written} of them compile; seeds from {first}");
    assert!(ran < 100 || (ran / 20..ran).contains(&written), "cases must be fleets still, and some no longer");
    let found = run.found.into_inner().expect("nobody panics while holding it");
    assert!(found.is_empty(), "{} of {ran} cases fail:\n\n{}", found.len(), found.join("\n"));
}

/// Cases, worked at by a few threads.
struct Run<'c> {
    corpus: &'c [Files],
    next: AtomicU64,
    last: u64,
    end: Option<Instant>,
    /// What is being worked at, and since when.
    open: Mutex<Vec<(u64, Instant)>>,
    found: Mutex<Vec<String>>,
    /// How many cases were fleets still.
    written: AtomicU64,
}

impl Run<'_> {
    fn all(&self) {
        let quiet = panic::take_hook();
        panic::set_hook(Box::new(|_| {}));
        let done = AtomicBool::new(false);
        thread::scope(|scope| {
            let workers: Vec<_> = (0..2).map(|_| scope.spawn(|| self.work())).collect();
            scope.spawn(|| self.watch(&done));
            let ends: Vec<_> = workers.into_iter().map(thread::ScopedJoinHandle::join).collect();
            done.store(true, Ordering::Relaxed);
            assert!(ends.iter().all(Result::is_ok), "making a case failed");
        });
        panic::set_hook(quiet);
    }

    fn work(&self) {
        // Enough failures are enough.
        while self.end.is_none_or(|end| Instant::now() < end) && self.found.lock().expect("see above").len() < 20 {
            let seed = self.next.fetch_add(1, Ordering::Relaxed);
            if seed >= self.last {
                return;
            }
            let files = match catch_unwind(|| mutate(self.corpus, &mut Random::of(seed))) {
                Ok(files) => files,
                Err(panic) => {
                    let why = format!("seed {seed} makes no case: {}", words(&*panic));
                    self.found.lock().expect("see above").push(why);
                    continue;
                }
            };
            self.open.lock().expect("see above").push((seed, Instant::now()));
            if let Some(why) = fault(&files, &self.written) {
                let small = smaller(files, &why);
                self.found
                    .lock()
                    .expect("see above")
                    .push(format!("seed {seed}: {why}\n{}", shown(&small, self.corpus)));
            }
            self.open.lock().expect("see above").retain(|(open, _)| *open != seed);
        }
    }

    /// Ends the process when a case does not end.
    fn watch(&self, done: &AtomicBool) {
        while !done.load(Ordering::Relaxed) {
            thread::sleep(Duration::from_millis(100));
            let open = self.open.lock().expect("see above");
            if let Some((seed, _)) = open.iter().find(|(_, since)| since.elapsed() > HANGING) {
                eprintln!("seed {seed} hangs: CISTERN_FUZZ_SEED={seed} cargo test --test fuzz");
                std::process::exit(101);
            }
        }
    }
}

/// Says what is wrong with a case: the words of a panic, or how long it took.
fn fault(files: &Files, written: &AtomicU64) -> Option<String> {
    let began = Instant::now();
    match catch_unwind(AssertUnwindSafe(|| everything(files))) {
        Ok(is_written) => drop(written.fetch_add(is_written.into(), Ordering::Relaxed)),
        Err(panic) => return Some(words(&*panic)),
    }
    let took = |began: Instant| began.elapsed() > LONGEST;
    let is_slow = took(began)
        && (0..3).all(|_| {
            let began = Instant::now();
            everything(files);
            took(began)
        });
    is_slow.then(|| format!("it takes more than {LONGEST:?}"))
}

/// What a panic says.
fn words(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied());
    text.unwrap_or("a panic without words").to_owned()
}

/// Sends files through all that reads them, and says whether they were a fleet.
fn everything(files: &Files) -> bool {
    let mut sources = Sources::default();
    for (path, text) in files {
        // What begins so was no text: reading the directory would have put it aside.
        match text.starts_with(char::REPLACEMENT_CHARACTER) {
            true => sources.rejected.push(Rejected { path: path.clone(), why: Why::NotUtf8(0) }),
            false => drop(sources.add(path.as_str(), text.as_str())),
        }
    }
    add_built_in(&mut sources);
    let mut compiled = compile_sources(sources);
    if let Some(plan) = &compiled.plan {
        let nothing = Tree::default();
        let context = Context::new(plan, &compiled.templates, &nothing, &compiled.sources);
        match emit::emit(&context) {
            Ok(emitted) => {
                let again = Context::new(plan, &compiled.templates, &emitted.tree, &compiled.sources);
                let again = emit::emit(&again).unwrap_or_else(|_| panic!("what was written can be written again"));
                assert!(again.edited.is_empty() && again.reformatted.is_empty(), "what was written looks edited");
                assert!(emitted.tree.iter().eq(again.tree.iter()), "the same plan gives other bytes");
            }
            Err(faults) => compiled.faults.append(faults),
        }
        let list = List::read(OPTIONS).expect("it is a list");
        let lists = Lists { common: Some(list), hosts: Default::default() };
        let found = options::check(plan, &compiled.templates, &compiled.sources, &lists);
        compiled.faults.append(found);
    } else {
        assert!(compiled.faults.has_errors(), "there is neither a plan nor an error");
    }
    let is_written = compiled.plan.is_some();
    show(&compiled.faults, &compiled.sources);
    for (path, text) in files {
        if path.ends_with(".nix") {
            nix::assigned(text);
            nix::declared(text);
            nix::survey(text);
            let _ = nix::format(text);
        }
        if path.ends_with(".j2") {
            let outline = nix::outline(text);
            for one in &outline.assigned {
                assert!(text.get(one.range.clone()).is_some(), "a place is not in the text");
                outline.holes_in(&one.range).count();
            }
        }
    }
    is_written
}

/// Shows what was found in every way that there is.
fn show(faults: &Faults, sources: &Sources) {
    for color in [false, true] {
        let renderer = Renderer::new(sources, color);
        renderer.all(faults);
        renderer.allowed(faults);
    }
    let text = json(faults, sources);
    assert!(serde_json::from_str::<serde_json::Value>(&text).is_ok(), "what is for programs is no JSON");
    summary(faults);
    for diagnostic in faults.iter() {
        for label in &diagnostic.labels {
            sources.slice(label.span);
        }
    }
}

/// Leaves out what is not needed for the same fault.
fn smaller(mut files: Files, why: &str) -> Files {
    let mut left = SMALLER;
    let mut fails = |files: &Files| {
        left = left.saturating_sub(1);
        left > 0 && fault(files, &AtomicU64::new(0)).as_deref() == Some(why)
    };
    for path in files.keys().cloned().collect::<Vec<_>>() {
        let mut fewer = files.clone();
        fewer.remove(&path);
        if fails(&fewer) {
            files = fewer;
        }
    }
    for path in files.keys().cloned().collect::<Vec<_>>() {
        let mut size = files[&path].lines().count().div_ceil(2);
        while size > 0 {
            let lines: Vec<String> = files[&path].lines().map(str::to_owned).collect();
            for at in (0..lines.len()).step_by(size).rev() {
                let mut kept: Vec<String> = files[&path].lines().map(str::to_owned).collect();
                kept.drain(at.min(kept.len())..(at + size).min(kept.len()));
                let fewer: Files = files
                    .iter()
                    .map(|(name, text)| (name.clone(), if *name == path { kept.join("\n") } else { text.clone() }))
                    .collect();
                if fails(&fewer) {
                    files = fewer;
                }
            }
            size /= 2;
        }
    }
    files
}

/// The files that are no fleet's as they stand.
fn shown(files: &Files, corpus: &[Files]) -> String {
    let is_changed = |(path, text): &(&String, &String)| !corpus.iter().any(|files| files.get(*path) == Some(*text));
    let text =
        |(path, text): (&String, &String)| format!("--- {path}\n{}\n", text.chars().take(3000).collect::<String>());
    files.iter().filter(is_changed).map(text).collect()
}
