//! Files that nobody means well: a clear message or a definition, never a panic, never for long.

use std::fs;
use std::process::Command;
use std::time::{Duration, Instant};

use cistern::import::{Answers, File, ansible, cistern_inventory, compose, flake};
use cistern::load::{Body, Node};

use crate::common::{everything, temp_dir};
use crate::{bare, cases};

/// The longest that one file may take, in a build without optimisation.
const LONGEST: Duration = Duration::from_secs(20);

fn inputs() -> Vec<(&'static str, Vec<u8>)> {
    let bomb: String = (1..12)
        .map(|level| format!("a{level}: &a{level} [{}]\n", vec![format!("*a{}", level - 1); 9].join(", ")))
        .collect();
    vec![
        ("nothing", Vec::new()),
        ("a newline", b"\n".to_vec()),
        ("binary", (0..=255).cycle().take(5000).collect()),
        ("not UTF-8", b"all: {\xff: 1}".to_vec()),
        ("a NUL", b"all:\0\n".to_vec()),
        ("an alias bomb", format!("a0: &a0 x\n{bomb}services: *a11\n").into_bytes()),
        ("deep", format!("services: {}{}", "[".repeat(5000), "]".repeat(5000)).into_bytes()),
        ("a list", b"- a\n- b\n".to_vec()),
        ("a word", b"word".to_vec()),
        ("two documents", b"a: 1\n---\nb: 2\n".to_vec()),
        ("an alias of itself", b"services: &s { a: *s }\n".to_vec()),
        ("a merge of itself", b"services: &s\n  <<: *s\n".to_vec()),
        ("a merge of a word", b"services: { a: { <<: x, image: y } }\n".to_vec()),
        ("a tab", b"services:\n\ta: 1\n".to_vec()),
        ("an unclosed quote", b"services: { a: \"x\n".to_vec()),
        ("an unquoted at", b"services: { a: { environment: { PASSWORD: @Sentinel } } }\n".to_vec()),
        ("a key twice", b"services: { a: { image: x, image: y } }\n".to_vec()),
        ("odd shapes", b"services: { a: [1], b: x, c: { ports: x, volumes: {a: b}, environment: [[1]], command: {a: b}, secrets: [{}], image: [] } }\nsecrets: [a]\nvolumes: x\nnetworks: 3\n".to_vec()),
        ("odd groups", b"all: { hosts: [a], children: x, vars: 3 }\n".to_vec()),
        ("odd servers", b"servers: { a: x, b: [1], c: { storage: x, services: {a: b}, hostname: [] } }\nnetwork: []\nservices: [x]\nmonitoring: 5\nstorage: y\n".to_vec()),
        ("odd names", "servers: { '': {}, ' ': {}, '../x': {}, \"\\u202e\": {}, '${x}': {}, \"a\\nb\": {} }\nservices: { '': {}, \"a\\nb: c\": {}, '-': { image: \"x\\ny\" }, a: { image: '${x}' } }\nall: { hosts: { '': {}, \"a\\nb\": {}, '[': {} } }\n".as_bytes().to_vec()),
        ("many hosts", b"all: { hosts: { 'a[1:99999999]': {}, 'b[0:4294967295]': {} } }\n".to_vec()),
        ("many patterns", (0..5000).map(|n| format!("h{n}-[1:9999]\n")).collect::<String>().into_bytes()),
        ("many of one name", format!("services: {{ {} }}", (0..5000).map(|n| format!("{}: {{}}", "\u{e9}".repeat(n % 100 + 1) + &"\u{e8}".repeat(n / 100 + 1))).collect::<Vec<_>>().join(", ")).into_bytes()),
        ("a long line", format!("services: {{ a: {{ image: {} }} }}", "x".repeat(1 << 20)).into_bytes()),
        ("many keys", (0..20_000).map(|n| format!("k{n}: v\n")).collect::<String>().into_bytes()),
        ("too large", vec![b'#'; (16 << 20) + 1]),
    ]
}

#[test]
fn hostile_files_do_no_harm() {
    for (name, bytes) in inputs() {
        let file = |path: &str| File { path: path.to_owned(), bytes: bytes.clone() };
        let answers = Answers::default();
        let begin = Instant::now();
        let beside = [file("group_vars/all.yml"), file("host_vars/a/b.yml")];
        let good = File { path: "hosts.yml".to_owned(), bytes: b"all: { hosts: { a: } }".to_vec() };
        let results = [
            ("inventory", cistern_inventory::import(&file("x.yaml"), &answers)),
            ("json", cistern_inventory::import(&file("x.json"), &answers)),
            ("yaml", ansible::import(&file("x.yml"), &[], &answers)),
            ("ini", ansible::import(&file("x.ini"), &[], &answers)),
            ("guessed", ansible::import(&file("x"), &[], &answers)),
            ("beside", ansible::import(&good, &beside, &answers)),
            ("compose", compose::import(&file("x.yml"), &|_| None, &answers)),
            (
                "env",
                compose::import(
                    &File {
                        path: "c.yml".to_owned(),
                        bytes: b"services: { a: { image: '$A', env_file: x } }".to_vec(),
                    },
                    &|path| Some(file(path)),
                    &answers,
                ),
            ),
            ("flake", flake::import(&String::from_utf8_lossy(&bytes), &answers)),
        ];
        assert!(begin.elapsed() < LONGEST, "{name}: {:?}", begin.elapsed());
        for (format, result) in results {
            match result {
                Ok(imported) => {
                    assert!(imported.definition.contains("version: 1\n"), "{name} as {format}");
                    assert!(
                        !imported.report.contains("Sentinel") && !imported.definition.contains("Sentinel"),
                        "{name} as {format}"
                    );
                }
                Err(refused) => {
                    let said = cistern::import::faults(&refused.faults, &refused.sources);
                    assert!(said.starts_with("error[C") && said.contains("help: "), "{name} as {format}: {said}");
                    assert!(!said.contains("Sentinel"), "{name} as {format}: {said}");
                }
            }
        }
    }
}

#[test]
fn the_program_says_what_is_wrong() {
    let home = temp_dir();
    fs::write(home.path().join("binary"), [0, 159, 146, 150]).expect("the directory is ours");
    fs::write(home.path().join("broken.yml"), "services: {\n").expect("the directory is ours");
    for (format, file, code, words) in [
        ("compose", "binary", 2, "error[C002]: "),
        ("ansible", "broken.yml", 2, " --> broken.yml:2:1: "),
        ("cistern-inventory", "broken.yml", 2, "error[C004]: "),
        ("compose", "nowhere", 3, "nowhere: "),
        ("flake", "nowhere", 3, "nowhere: "),
    ] {
        let output = bare(Command::new(env!("CARGO_BIN_EXE_cistern")).args(["import", format, file]), home.path())
            .output()
            .expect("the program starts");
        let said = everything(&output);
        assert_eq!(output.status.code(), Some(code), "{format} {file}: {said}");
        assert!(output.stdout.is_empty() && said.contains(words), "{format} {file}: {said}");
    }
}

/// Every file with one stretch of it cut out: a definition, or a clear message.
#[test]
fn files_that_were_cut_do_no_harm() {
    let mut tried = 0;
    for case in cases() {
        for (path, text) in
            case.files().into_iter().filter(|(path, _)| !path.contains("_vars/") && !path.ends_with(".env"))
        {
            let places: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
            for cut in places.windows(14).step_by(97) {
                let bytes = format!("{}{}", &text[..cut[0]], &text[cut[13]..]).into_bytes();
                let file = File { path: path.clone(), bytes };
                let answers = Answers::default();
                let result = match case.name.split('/').next() {
                    Some("ansible") => ansible::import(&file, &[], &answers),
                    Some("compose") => compose::import(&file, &|_| None, &answers),
                    _ => cistern_inventory::import(&file, &answers),
                };
                if let Ok(imported) = result {
                    assert!(leaves_of(&imported.definition) > 2, "{}", case.name);
                }
                tried += 1;
            }
        }
    }
    assert!(tried > 50, "{tried}");
}

/// How many values a definition holds, which also says that it is YAML.
fn leaves_of(definition: &str) -> usize {
    fn count(node: &Node) -> usize {
        match &node.body {
            Body::List(items) => items.iter().map(count).sum(),
            Body::Map(entries) => entries.iter().map(|entry| count(&entry.value)).sum(),
            _ => 1,
        }
    }
    let mut sources = cistern::source::Sources::default();
    let id = sources.add("fleet.yaml", definition);
    let mut faults = cistern::diag::Faults::default();
    let node = cistern::load::parse(id, sources.file(id), &mut faults).unwrap_or_else(|| panic!("{definition}"));
    assert!(faults.is_empty(), "{definition}");
    count(&node)
}
