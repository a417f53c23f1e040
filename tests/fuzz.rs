//! Nonsense: whatever stands in a fleet directory, the program neither panics nor hangs.
//!
//! Each case is a fleet made by a seed: an example or a good fleet whose text was spoilt a few times, or bytes that were
//! never a fleet. It is compiled; its diagnostics are rendered for people and machines; what compiles is emitted. A case
//! may think for [`LONGEST`].
//!
//! `cargo test --test fuzz` tries the same cases every time. `CISTERN_FUZZ_SECONDS=600 cargo test --test fuzz` goes on
//! from another seed for so long; it prints the seed of what fails, and `CISTERN_FUZZ_SEED=…` tries that one alone.
//! What was found stands in [`FOUND`], so that it stays mended.

#![expect(clippy::disallowed_methods, reason = "reads fleets, the environment and the clock")]

use std::env;
use std::fs;
use std::panic::{self, AssertUnwindSafe};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime};

use cistern::diag::{Renderer, json};
use cistern::emit::{self, Context};
use cistern::source::Sources;
use cistern::tree::Tree;
use cistern::{compile_sources, kind, nix};
use rayon::prelude::*;
use walkdir::WalkDir;

/// The longest that a case may take, in a build for tests on a busy machine.
const LONGEST: Duration = Duration::from_secs(10);

/// How many cases are tried when nobody says for how long.
const CASES: u64 = 400;

/// Seeds of cases that once failed.
const FOUND: &[u64] = &[];

type Files = Vec<(String, String)>;

#[test]
fn nothing_panics_and_nothing_hangs() {
    let fleets = fleets();
    assert!(fleets.len() > 10, "the good fleets are there");
    if let Ok(seed) = env::var("CISTERN_FUZZ_SEED") {
        let seed = seed.parse().expect("a number");
        eprintln!("{:#?}", spoilt(&fleets, seed));
        return try_one(&fleets, seed).expect("the case holds");
    }
    let wrong: Vec<String> = match env::var("CISTERN_FUZZ_SECONDS") {
        Ok(seconds) => for_so_long(&fleets, Duration::from_secs(seconds.parse().expect("a number of seconds"))),
        Err(_) => {
            let seeds: Vec<u64> = FOUND.iter().copied().chain(0..CASES).collect();
            seeds.par_iter().filter_map(|seed| try_one(&fleets, *seed).err()).collect()
        }
    };
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

fn for_so_long(fleets: &[Files], long: Duration) -> Vec<String> {
    let begin = Instant::now();
    let first = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).expect("after 1970").as_nanos() as u64;
    let tried = AtomicU64::new(0);
    let threads = rayon::current_num_threads() as u64;
    let wrong = (0..threads)
        .into_par_iter()
        .flat_map_iter(|thread| {
            let mut wrong = Vec::new();
            let mut seed = first.wrapping_add(thread);
            while begin.elapsed() < long && wrong.len() < 20 {
                wrong.extend(try_one(fleets, seed).err());
                seed = seed.wrapping_add(threads);
                tried.fetch_add(1, Ordering::Relaxed);
            }
            wrong
        })
        .collect();
    eprintln!("{} cases in {:?}", tried.load(Ordering::Relaxed), begin.elapsed());
    wrong
}

/// Runs a case and says what went wrong with it.
fn try_one(fleets: &[Files], seed: u64) -> Result<(), String> {
    let files = spoilt(fleets, seed);
    let begin = Instant::now();
    let outcome = panic::catch_unwind(AssertUnwindSafe(|| go_the_way(files)));
    let took = begin.elapsed();
    match outcome {
        Err(_) => Err(format!("seed {seed}: a panic")),
        Ok(()) if took > LONGEST => Err(format!("seed {seed}: took {took:?}")),
        Ok(()) => Ok(()),
    }
}

fn go_the_way(files: Files) {
    let mut sources = Sources::default();
    for (path, text) in files {
        if path.ends_with(".nix") {
            let _ = nix::assigned(&text);
        }
        let _ = nix::outline(&text);
        sources.add(path, text);
    }
    kind::add_built_in(&mut sources);
    let compiled = compile_sources(sources);
    let text = Renderer::new(&compiled.sources, true).all(&compiled.faults);
    assert_eq!(text.is_empty(), compiled.faults.is_empty());
    let told: serde_json::Value = serde_json::from_str(&json(&compiled.faults, &compiled.sources)).expect("JSON");
    assert!(told["diagnostics"].is_array());
    if let Some(plan) = &compiled.plan {
        let nothing = Tree::default();
        let _ = emit::emit(&Context::new(plan, &compiled.templates, &nothing, &compiled.sources));
    }
}

/// Every fleet that is good: what they hold is what a fleet can hold.
fn fleets() -> Vec<Files> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let examples = ["examples/homelab", "examples/company"].map(|path| root.join(path));
    let good = fs::read_dir(root.join("tests/fleets/good")).expect("the good fleets");
    let mut all: Vec<_> = good.map(|entry| entry.expect("an entry").path().join("fleet")).chain(examples).collect();
    all.sort();
    all.iter().map(|path| read(path)).collect()
}

fn read(root: &Path) -> Files {
    let entries = WalkDir::new(root).sort_by_file_name().into_iter().filter_map(Result::ok);
    let wanted =
        entries.filter(|entry| entry.file_type().is_file() && !entry.path().starts_with(root.join("generated")));
    wanted
        .filter_map(|entry| {
            let path = entry.path().strip_prefix(root).ok()?.to_str()?.to_owned();
            Some((path, fs::read_to_string(entry.path()).ok()?))
        })
        .collect()
}

/// A small generator of numbers (xorshift*): the same seed gives the same case on every machine.
struct Dice(u64);

impl Dice {
    fn new(seed: u64) -> Self {
        let mut dice = Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
        dice.next();
        dice
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.next() >> 16) as usize % limit.max(1)
    }

    fn pick<'t, T: ?Sized>(&mut self, list: &[&'t T]) -> &'t T {
        list[self.below(list.len())]
    }
}

/// Texts that break things: of YAML, of Nix, of templates, of paths, of terminals.
const ODD: &[&str] = &[
    "",
    " ",
    "\t",
    "\n",
    "\r\n",
    "\0",
    "\u{feff}",
    "\u{202e}",
    "é",
    "𝒳",
    "\u{1b}[31m",
    "~",
    "null",
    "true",
    "-",
    "- ",
    "? ",
    ": ",
    "{",
    "}",
    "[",
    "]",
    "{{",
    "}}",
    "{%",
    "%}",
    "{#",
    "&a ",
    "*a",
    "&a *a",
    "!!str ",
    "!x ",
    "| ",
    ">\n",
    "---\n",
    "...\n",
    "%YAML 1.2\n",
    "<<: ",
    "#",
    "'",
    "\"",
    "\\",
    "''",
    "${",
    "''${",
    "@",
    "@media",
    "tag:",
    "not ",
    "and or",
    "((((",
    "0",
    "-1",
    "65536",
    "99999999999999999999",
    "1e999",
    ".inf",
    "0x10",
    "1_000",
    "2026-02-30",
    "0.0.0.0",
    "::",
    "::1",
    "255.255.255.255",
    "192.168.1.0/33",
    "10.0.0.0/0",
    "fe80::1%eth0",
    "00:00:00:00:00:00",
    "../",
    "./../x",
    "/",
    "//",
    "a/b",
    "a\\b",
    ".",
    "..",
    "con",
    "ssh-ed25519 AAAA",
    "age1",
    "sha256:",
    "x@sha256:",
    "eden",
    "\"eden\"",
    "hosts",
    "defaults",
    "{ a: { a: { a: { a: { a: 1 } } } } }",
    "[[[[[[[[1]]]]]]]]",
];

/// Makes the fleet of a seed.
fn spoilt(fleets: &[Files], seed: u64) -> Files {
    let mut dice = Dice::new(seed);
    if dice.below(10) == 0 {
        return vec![("fleet.yaml".to_owned(), noise(&mut dice))];
    }
    let mut files = fleets[dice.below(fleets.len())].clone();
    for _ in 0..=dice.below(4) {
        // The definition is spoilt most often.
        let definition = files.iter().position(|(path, _)| path == "fleet.yaml").filter(|_| dice.below(3) > 0);
        let at = definition.unwrap_or_else(|| dice.below(files.len()));
        let other = fleets[dice.below(fleets.len())].clone();
        let text = spoil(&files[at].1, &other, &mut dice);
        files[at].1 = text;
    }
    files
}

fn noise(dice: &mut Dice) -> String {
    let mut text = String::new();
    for _ in 0..dice.below(200) {
        match dice.below(3) {
            0 => text.push_str(dice.pick(ODD)),
            1 => text.push(char::from_u32(dice.below(0x3000) as u32).unwrap_or('?')),
            _ => text.push(char::from(b' ' + dice.below(95) as u8)),
        }
    }
    text
}

/// Spoils a text once.
fn spoil(text: &str, other: &Files, dice: &mut Dice) -> String {
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    if lines.is_empty() {
        return noise(dice);
    }
    let line = dice.below(lines.len());
    let (before, rest) = (lines[..line].concat(), &lines[line..]);
    let (this, after) = (rest[0], rest[1..].concat());
    match dice.below(12) {
        0 => before + &after,
        1 => format!("{before}{this}{this}{after}"),
        2 => format!("{before}{}{after}", other_line(other, dice)),
        3 => format!("{before}{}{this}{after}", " ".repeat(dice.below(9))),
        4 => before + this.trim_start() + &after,
        5 => format!("{before}{}{after}", within(this, dice.pick(ODD), dice)),
        6 => format!("{before}{}{after}", value_of(this, dice.pick(ODD))),
        7 => format!("{before}{}{after}", without(this, dice)),
        8 => format!("{before}{}{after}", value_of(this, &"x".repeat(dice.below(70_000)))),
        9 => format!("{before}{}{after}", value_of(this, &"[".repeat(dice.below(3_000)))),
        10 => before + this,
        _ => after + &before,
    }
}

fn other_line(other: &Files, dice: &mut Dice) -> String {
    let text = &other[dice.below(other.len())].1;
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    if lines.is_empty() { String::new() } else { lines[dice.below(lines.len())].to_owned() }
}

/// A place between two characters.
fn place(text: &str, dice: &mut Dice) -> usize {
    let places: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
    if places.is_empty() { 0 } else { places[dice.below(places.len())] }
}

fn within(line: &str, odd: &str, dice: &mut Dice) -> String {
    let at = place(line, dice);
    format!("{}{odd}{}", &line[..at], &line[at..])
}

fn without(line: &str, dice: &mut Dice) -> String {
    let (a, b) = (place(line, dice), place(line, dice));
    format!("{}{}", &line[..a.min(b)], &line[a.max(b)..])
}

/// The line with another value behind its first colon.
fn value_of(line: &str, value: &str) -> String {
    match line.split_once(": ") {
        Some((key, _)) => format!("{key}: {value}\n"),
        None => format!("{}: {value}\n", line.trim_end()),
    }
}
