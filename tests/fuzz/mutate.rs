//! Changes to files: of bytes, of lines, and of the branches of a YAML tree as its indentation shows them.

use std::ops::Range;

use crate::corpus::Files;
use crate::random::Random;

/// Scalars that somebody might not have thought of.
const ODD: &[&str] = &[
    "",
    "~",
    "null",
    "true",
    "no",
    "-1",
    "0",
    "00",
    "0x1F",
    "1e400",
    ".nan",
    ".inf",
    "65536",
    "4294967296",
    "99999999999999999999999",
    "9223372036854775807",
    "-9223372036854775808",
    "1.5",
    "\"\"",
    "' '",
    "\"\\u0000\"",
    "\"\\uFEFF\"",
    "\"\\n\"",
    "\"\\t\"",
    "\"\u{202e}gnp.exe\"",
    "ä\u{308}\u{308}",
    "🦀",
    "\u{1F468}\u{200D}\u{1F469}\u{200D}\u{1F467}",
    "\u{85}",
    "\u{2028}",
    "\u{7f}",
    "@media",
    "\"@media\"",
    "\"@\"",
    "\"@a and\"",
    "\"not not not @a\"",
    "\"(((((((((@a\"",
    "\"=,=,=\"",
    "\"* and *\"",
    "*nobody",
    "&anchor x",
    "!vault x",
    "!!binary aGk=",
    "? x",
    "- x",
    "{",
    "}",
    "[",
    "]",
    "[[]]",
    "{}",
    "[{}]",
    "{ ? x : y }",
    "{ a, b }",
    "|",
    ">-",
    "%YAML 1.2",
    "---",
    "...",
    "# nothing",
    "a: b: c",
    "'it''s'",
    "\"${x}\"",
    "\"''${x}''\"",
    "{ secret: nobody }",
    "./nowhere.nix",
    "./../x.nix",
    "./a/./b",
    "/",
    "//",
    "/nix/store",
    "flake:x#y.z",
    "flake:#",
    "0.0.0.0",
    "0.0.0.0/0",
    "255.255.255.255/32",
    "10.0.0.0/31",
    "192.168.1.0/33",
    "::",
    "::/0",
    "fe80::1%eth0",
    "2001:db8::/127",
    "::ffff:10.0.0.1",
    "1d",
    "0s",
    "18446744073709551616d",
    "1y1y",
    "512mb",
    "\"25.11\"",
    "\"99.99\"",
    "2024-02-30",
    "9999-12-31",
    "-2024-01-01",
    "ssh-ed25519 AAAA",
    "age1",
    "a.b.c.",
    "xn--80ak6aa92e.example.org",
    "sha256:",
    "registry.example.org/a@sha256:00",
    "Ω",
    "İ",
    "ß",
    "A",
    "aA-_.9",
    "lists: [",
    "<<: *x",
];

/// Keys of any section, and some of none.
const KEYS: &[&str] = &[
    "hosts",
    "services",
    "profiles",
    "groups",
    "sites",
    "secrets",
    "settings",
    "selector",
    "placement",
    "deploy",
    "network",
    "address",
    "extends",
    "modules",
    "accept",
    "lints",
    "state",
    "ports",
    "exporters",
    "labels",
    "storage",
    "filesystems",
    "\"/\"",
    "\"\"",
    "__proto__",
    "é",
    "a.b",
    "\"a b\"",
    "*",
    "'*'",
    "&x y",
    "12",
    "true",
    "null",
    "<<",
];

/// Makes between one and a few changes, and says which files they were.
pub(crate) fn mutate(corpus: &[Files], random: &mut Random) -> Files {
    let mut files = random.one(corpus).expect("there are fleets").clone();
    if random.once_in(25) {
        let path = random.one(&[
            "fleet.yaml",
            "hosts/a.yaml",
            "templates/services/a.nix.j2",
            "facts/eden.json",
            "modules/a.nix",
        ]);
        files.insert((*path.expect("there are some")).to_owned(), soup(random));
    }
    for _ in 0..=random.below(4) {
        change(&mut files, corpus, random);
    }
    files
}

/// Text of nothing but bytes, or of what means something to a reader.
fn soup(random: &mut Random) -> String {
    let marks = [
        "- ", ": ", "\n", "\n  ", "{", "}", "[", "]", ",", "\"", "'", "#", "&a ", "*a", "!", "|\n", ">\n", "? ", "a",
        "1", "---\n", "\t", "é", "%", "{{", "}}", "=", ";",
    ];
    let length = random.below(400);
    if random.once_in(2) {
        let bytes: Vec<u8> = (0..length).map(|_| random.byte()).collect();
        return String::from_utf8_lossy(&bytes).into_owned();
    }
    (0..length).map(|_| *random.one(&marks).expect("there are some")).collect()
}

fn change(files: &mut Files, corpus: &[Files], random: &mut Random) {
    let wanted = match random.below(20) {
        0..13 => ".yaml",
        13..16 => ".j2",
        16..18 => ".nix",
        _ => ".json",
    };
    let paths: Vec<_> = files.keys().filter(|path| path.ends_with(wanted)).cloned().collect();
    let Some(path) = random.one(&paths).cloned() else { return };
    if random.once_in(12) {
        return move_file(files, path, random);
    }
    let text = files.get_mut(&path).expect("it was listed");
    match random.below(10) {
        0 => bytes(text, random),
        1..4 => lines(text, random),
        _ if wanted == ".yaml" => branches(text, corpus, random),
        _ => tokens(text, random),
    }
}

/// Files that are gone, in two places, or have another name.
fn move_file(files: &mut Files, path: String, random: &mut Random) {
    let text = files.remove(&path).unwrap_or_default();
    let directory = path.rsplit_once('/').map_or("", |(directory, _)| directory);
    let name = random.one(&["a", "a b", "é", "A", "-", "a.b", "0", "nothing", "a_b", "con"]).expect("there are some");
    let suffix = random.one(&[".yaml", ".yml", ".nix.j2", ".json", ".nix", ""]).expect("there are some");
    match random.below(4) {
        0 => {}
        1 => drop(files.insert(format!("{directory}/{name}{suffix}"), text)),
        2 => drop(files.insert(format!("hosts/{name}{suffix}"), text)),
        _ => {
            files.insert(format!("{directory}/{}{suffix}", "x".repeat(random.below(300))), text.clone());
            files.insert(path, text);
        }
    }
}

/// Changes some bytes; what is no text afterwards is told by its replacement.
fn bytes(text: &mut String, random: &mut Random) {
    let mut bytes = std::mem::take(text).into_bytes();
    for _ in 0..=random.below(6) {
        let at = random.below(bytes.len() + 1);
        match random.below(4) {
            0 => bytes.insert(at, random.byte()),
            1 if at < bytes.len() => drop(bytes.remove(at)),
            2 if at < bytes.len() => bytes[at] ^= 1 << random.below(8),
            _ => bytes.truncate(at.max(1)),
        }
    }
    *text = String::from_utf8_lossy(&bytes).into_owned();
}

/// Changes whole lines: leaves out, repeats, swaps, indents.
fn lines(text: &mut String, random: &mut Random) {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    if lines.is_empty() {
        return;
    }
    let (at, other) = (random.below(lines.len()), random.below(lines.len()));
    match random.below(7) {
        0 => drop(lines.remove(at)),
        1 => lines.insert(other, lines[at].clone()),
        2 => lines.swap(at, other),
        3 => lines[at].insert_str(0, random.one(&[" ", "  ", "\t", "    - "]).expect("there are some")),
        4 => lines[at] = lines[at].trim_start().to_owned(),
        5 => lines.truncate(at + 1),
        _ => lines[at] = lines[at].repeat(1 + random.below(40)),
    }
    *text = lines.join(if random.once_in(10) { "\r\n" } else { "\n" });
}

/// Changes a word or a mark.
fn tokens(text: &mut String, random: &mut Random) {
    let marks: Vec<_> = text.char_indices().filter(|(_, c)| !c.is_alphanumeric()).map(|(at, _)| at).collect();
    let Some(&at) = random.one(&marks) else { return };
    let new = [
        "",
        "{{",
        "}}",
        "{%",
        "%}",
        "{#",
        "#}",
        "''",
        "${",
        "}",
        "{",
        "\"",
        "[",
        "]",
        "(",
        ")",
        ";",
        "= ",
        ".",
        "| attr",
        "let",
        "in",
        "rec",
        "if x then",
        "{{ x }}",
        "{% include \"host.nix.j2\" %}",
        "{% for a in b %}",
        "{% raw %}",
        "\0",
        "é",
        "//",
        "/*",
        "inherit",
        "@",
        "? x",
        "-",
        "- -",
        "...",
        "with lib;",
        "assert",
        "or",
        "<x>",
        "~/x",
        "./.",
        "0x",
        "1e9",
        ":",
        "{{-",
        "-%}",
        "{{ 1 / 0 }}",
        "{{ x[0:9] }}",
        "{% set x = 1 %}",
        "{{ loop.index }}",
        "{{ \"a\" * 99999999 }}",
        "{{ range(99999999) }}",
    ];
    let new = random.one(&new).expect("there are some");
    let end = text[at..].chars().next().map_or(at, |c| at + c.len_utf8());
    let end = if random.once_in(2) { at } else { end };
    text.replace_range(at..end, &new.repeat(if random.once_in(20) { 70 } else { 1 }));
}

/// Changes a branch: what stands below a key.
fn branches(text: &mut String, corpus: &[Files], random: &mut Random) {
    let all = branches_of(text);
    let Some(branch) = random.one(&all).cloned() else { return };
    match random.below(12) {
        0 => text.replace_range(branch, ""),
        1 => {
            let again = text[branch.clone()].to_owned();
            text.insert_str(branch.end, &again);
        }
        2 | 3 => splice(text, &branch, corpus, random),
        4 => rename(text, &branch, random),
        5 => wrap(text, &branch, random),
        6 => anchor(text, &branch, random),
        7 => {
            let other = random.one(&all).cloned().expect("there is one");
            let moved = text[other].to_owned();
            text.insert_str(branch.start, &moved);
        }
        _ => scalar(text, &branch, random),
    }
}

/// The branches of a text: each line with those below it that are indented further.
fn branches_of(text: &str) -> Vec<Range<usize>> {
    let mut starts = Vec::new();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let indent = line.len() - line.trim_start_matches(' ').len();
        starts.push((at, indent, line.trim().is_empty()));
        at += line.len();
    }
    let end = |number: usize| {
        let (_, indent, _) = starts[number];
        let next = starts[number + 1..].iter().find(|(_, other, empty)| !empty && *other <= indent);
        next.map_or(text.len(), |(at, ..)| *at)
    };
    let full = (0..starts.len()).filter(|number| !starts[*number].2);
    full.map(|number| starts[number].0..end(number)).collect()
}

/// Puts a branch of another fleet in the place of one, with its indentation.
fn splice(text: &mut String, branch: &Range<usize>, corpus: &[Files], random: &mut Random) {
    let Some(other) = random.one(corpus) else { return };
    let sources: Vec<_> = other.iter().filter(|(path, _)| path.ends_with(".yaml")).map(|(_, text)| text).collect();
    let Some(source) = random.one(&sources) else { return };
    let Some(from) = random.one(&branches_of(source)).cloned() else { return };
    let indent = |line: &str| line.len() - line.trim_start_matches(' ').len();
    let (own, theirs) = (indent(&text[branch.clone()]), indent(&source[from.clone()]));
    let lines: String = source[from]
        .lines()
        .map(|line| format!("{}{}\n", " ".repeat(own), line.get(theirs..).unwrap_or_default()))
        .collect();
    let place = if random.once_in(2) { branch.clone() } else { branch.end..branch.end };
    text.replace_range(place, &lines);
}

/// The key of a branch, and what stands behind it on its line.
fn parts(text: &str, branch: &Range<usize>) -> Option<(Range<usize>, Range<usize>)> {
    let line = text[branch.clone()].lines().next()?;
    let begin = line.len() - line.trim_start_matches([' ', '-']).len();
    let colon = line.find(": ").or_else(|| line.ends_with(':').then(|| line.len() - 1))?;
    (begin <= colon).then(|| {
        let start = branch.start;
        (start + begin..start + colon, start + (colon + 1).min(line.len())..start + line.len())
    })
}

fn rename(text: &mut String, branch: &Range<usize>, random: &mut Random) {
    let Some((key, _)) = parts(text, branch) else { return };
    let long;
    let new = match random.below(4) {
        0 => {
            long = "k".repeat(1 + random.below(2000));
            &long
        }
        1 => *random.one(ODD).expect("there are some"),
        _ => *random.one(KEYS).expect("there are some"),
    };
    text.replace_range(key, new);
}

/// Puts a value inside of many others.
fn wrap(text: &mut String, branch: &Range<usize>, random: &mut Random) {
    let Some((_, value)) = parts(text, branch) else { return };
    let depth = 1 + random.below(90);
    let (open, close) = if random.once_in(2) { ("[", "]") } else { ("{ a: ", "}") };
    let inner = text[value.clone()].trim().to_owned();
    text.replace_range(value, &format!(" {}{inner}{}", open.repeat(depth), close.repeat(depth)));
}

/// Names a value, and uses the name elsewhere.
fn anchor(text: &mut String, branch: &Range<usize>, random: &mut Random) {
    let Some((_, value)) = parts(text, branch) else { return };
    text.insert_str(value.start, " &again");
    for _ in 0..=random.below(3) {
        let Some(other) = random.one(&branches_of(text)).cloned() else { return };
        if let Some((_, value)) = parts(text, &other) {
            text.replace_range(value, " *again");
        }
    }
}

fn scalar(text: &mut String, branch: &Range<usize>, random: &mut Random) {
    let Some((_, value)) = parts(text, branch) else { return };
    let odd = random.one(ODD).expect("there are some");
    let long = if random.once_in(30) { "x".repeat(1 + random.below(100_000)) } else { (*odd).to_owned() };
    if random.once_in(3) {
        // One word of a list or a map in a line.
        let words: Vec<_> =
            text[value.clone()].match_indices([' ', ',', '[']).map(|(at, _)| value.start + at).collect();
        if let Some(&at) = random.one(&words) {
            let end = text[at + 1..value.end].find([',', ']', ' ', '}']).map_or(value.end, |end| at + 1 + end);
            return text.replace_range(at + 1..end, &long);
        }
    }
    text.replace_range(value, &format!(" {long}"));
}
