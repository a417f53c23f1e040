//! Laws of edits, on random definitions in random manners of writing and random sequences of edits.
//!
//! - An edit says what was asked for, and everything else is said as before. (Cistern proves this itself before it
//!   writes; here the proof is made once more, by another way.)
//! - What stands before and behind the edited entry stays byte by byte.
//! - A comment goes only with the entry that it belongs to.
//! - No usual manner of writing is refused.
//!
//! Long because it generates definitions in many manners of writing, and each manner is a few lines.

#![expect(clippy::disallowed_methods, reason = "asks the environment for more cases")]
#![expect(clippy::unwrap_used, reason = "what is not as it was written fails the test")]

use cistern::diag::{Faults, Renderer};
use cistern::edit::{Change, Edit, Path, Section, Value, edit};
use cistern::load::{self, Body, Node};
use cistern::source::Sources;
use proptest::prelude::*;

/// `PROPTEST_CASES` asks for more.
fn cases() -> u32 {
    std::env::var("PROPTEST_CASES").ok().and_then(|number| number.parse().ok()).unwrap_or(100)
}

const FILE: &str = "fleet.yaml";
const EDITS: usize = 12;
const NAMES: &[&str] = &["ada", "bob", "cleo", "dora", "emil", "finn"];
const WORDS: &[&str] = &[
    "plain",
    "two words",
    "yes",
    "25.10",
    "a: b",
    "a #b",
    "",
    "Küche 台",
    "it's",
    "say \"hi\"",
    "- x",
    "@tag",
    "1e3",
    "a, b",
    "[x]",
    "{x}",
    "line\nbreak",
    "tab\there",
    "null",
    "end:",
    "*a",
    "&a",
    "12:30:00",
    "2024-01-02",
    "\\",
    " x ",
    "#",
    "?",
    "0x1f",
    "%x",
    "|",
    "~",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn edits_change_what_they_are_about(seed in any::<u64>()) {
        let mut random = Random(seed | 1);
        let mut text = Writer::write(&mut random);
        for _ in 0..EDITS {
            let before = read(&text);
            let (name, change) = any_edit(&before, &mut random);
            let after = match edited(&text, &name, &change) {
                Ok(after) => after,
                Err(why) => panic!("{change:?} of {name} was refused\n{why}\n{text}"),
            };
            let shown = format!("{change:?} of {name}\n--- before ---\n{text}\n--- after ---\n{after}\n---");
            says(&before, &read(&after), &name, &change, &shown);
            around(&text, &after, &name, &change, &shown);
            comments(&text, &after, &name, &change, &shown);
            text = after;
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4 * cases(), failure_persistence: None, ..ProptestConfig::default() })]

    /// Texts that nobody means well: each is edited right or refused, and neither is a panic.
    #[test]
    fn spoilt_definitions_are_refused_or_edited_right(seed in any::<u64>()) {
        let mut random = Random(seed | 1);
        let mut chars: Vec<char> = Writer::write(&mut random).chars().collect();
        let pieces = ["#", " #", "\t", "\n", "\r", "  ", "? ", "- ", "&a ", "*a", "*a8", "{", "}", "[", "]", ",", ":", ": ", "|", "'", "\"", "\\", "!", "%", "@", "\u{feff}", "é", "---\n", "...\n", "\u{85}", "\u{2028}"];
        for _ in 0..random.below(4) + 1 {
            let at = usize::try_from(random.below(chars.len() as u64)).unwrap();
            match random.below(3) {
                0 => drop(chars.remove(at)),
                1 => drop(chars.splice(at..at, random.pick(&pieces).chars())),
                _ => {
                    let end = (at + usize::try_from(random.below(30)).unwrap()).min(chars.len());
                    let copy = chars[at..end].to_vec();
                    drop(chars.splice(at..at, copy));
                }
            }
        }
        let text: String = chars.into_iter().collect();
        let labels = Value::Map(vec![("a".to_owned(), Value::Text("é".to_owned()))]);
        let path = |words: &[&str]| Path(words.iter().map(|word| (*word).to_owned()).collect());
        for change in [
            Edit::Add { value: labels.clone(), split: false },
            Edit::Remove,
            Edit::Change(vec![Change::Set(path(&["labels"]), labels.clone())]),
            Edit::Change(vec![Change::Set(path(&["labels", "b"]), labels.clone())]),
            Edit::Change(vec![Change::Set(path(&["tags"]), Value::List(vec![Value::Text("two words".to_owned())]))]),
            Edit::Change(vec![Change::Unset(path(&["site"]))]),
            Edit::Change(vec![Change::Instead(path(&["deep"]), labels, path(&["site"]))]),
        ] {
            for name in NAMES {
                if let Ok(after) = edited(&text, name, &change) {
                    let shown = format!("{change:?} of {name}\n--- before ---\n{text}\n--- after ---\n{after}\n---");
                    let rest = |text: &str| read(text).1.into_iter().filter(|(host, _)| host != name).collect::<Entries>();
                    prop_assert_eq!(rest(&text), rest(&after), "{}", shown);
                }
            }
        }
    }
}

/// What the sections of the definition say of their entries.
type Entries = Vec<(String, Value)>;

fn read(text: &str) -> (Vec<String>, Entries) {
    let root = parse(text);
    let Body::Map(top) = &root.body else { panic!("{text}") };
    let hosts = root.get("hosts").map(|entry| Value::of(&entry.value));
    let hosts = match hosts {
        Some(Value::Map(members)) => members,
        _ => Vec::new(),
    };
    let rest =
        top.iter().filter(|entry| &*entry.key != "hosts").map(|e| format!("{}: {:?}", e.key, Value::of(&e.value)));
    (rest.collect(), hosts)
}

fn parse(text: &str) -> Node {
    let mut sources = Sources::default();
    let id = sources.add(FILE, text);
    let mut faults = Faults::default();
    let node = load::parse(id, sources.file(id), &mut faults);
    node.unwrap_or_else(|| panic!("{}\n{text}", Renderer::new(&sources, false).all(&faults)))
}

fn edited(text: &str, name: &str, change: &Edit) -> Result<String, String> {
    let mut sources = Sources::default();
    sources.add(FILE, text);
    match edit(&mut sources, Section::Hosts, name, change) {
        Ok(edited) => Ok(edited.after.expect("fleet.yaml stays")),
        Err(faults) => Err(Renderer::new(&sources, false).all(&faults)),
    }
}

fn any_edit((_, hosts): &(Vec<String>, Entries), random: &mut Random) -> (String, Edit) {
    let absent: Vec<_> = NAMES.iter().filter(|name| hosts.iter().all(|(host, _)| host != *name)).collect();
    if hosts.is_empty() || (!absent.is_empty() && random.one_in(4)) {
        let mut map = Vec::new();
        for key in ["address", "site", "tags", "labels"] {
            if random.one_in(2) {
                map.push((key.to_owned(), value(key, random)));
            }
        }
        return ((*random.pick(&absent)).to_string(), Edit::Add { value: Value::Map(map), split: false });
    }
    let (name, value_of) = random.pick(hosts);
    if random.one_in(6) {
        return (name.clone(), Edit::Remove);
    }
    let mut changes: Vec<Change> = Vec::new();
    for _ in 0..random.below(3) + 1 {
        let key = *random.pick(&["address", "site", "tags", "labels", "deep", "deep.er"]);
        let mut path: Vec<String> = key.split('.').map(str::to_owned).collect();
        if key == "labels" && random.one_in(2) {
            path.push((*random.pick(&["a", "b", "c", "n-o"])).to_owned());
        }
        let below = if path.len() == 1 { value(key, random) } else { value("address", random) };
        let is_map = |value: Option<&Value>| !matches!(value, Some(Value::Text(_) | Value::Plain(_) | Value::List(_)));
        if path.len() == 2 && !is_map(lookup(value_of, &path[..1])) {
            continue;
        }
        // An earlier change of the same edit may have taken it away or made it text.
        let touched = changes.iter().any(|change| match change {
            Change::Set(Path(other), _) | Change::Unset(Path(other)) | Change::Instead(Path(other), ..) => {
                other[0] == path[0]
            }
        });
        if touched {
            continue;
        }
        changes.push(match lookup(value_of, &path) {
            Some(_) if random.one_in(3) => Change::Unset(Path(path)),
            _ => Change::Set(Path(path), below),
        });
    }
    (name.clone(), Edit::Change(changes))
}

fn value(key: &str, random: &mut Random) -> Value {
    let word = |random: &mut Random| match random.below(8) {
        0 => Value::Plain((*random.pick(&["true", "5", "-1.5", "null"])).to_owned()),
        _ => Value::Text((*random.pick(WORDS)).to_owned()),
    };
    match key {
        "tags" => Value::List((0..random.below(4)).map(|_| word(random)).collect()),
        "labels" | "deep" => {
            let keys = ["a", "b", "c", "n-o"].into_iter().filter(|_| random.one_in(2)).collect::<Vec<_>>();
            Value::Map(keys.into_iter().map(|key| (key.to_owned(), word(random))).collect())
        }
        _ => word(random),
    }
}

fn lookup<'v>(value: &'v Value, path: &[String]) -> Option<&'v Value> {
    path.iter().try_fold(value, |value, key| match value {
        Value::Map(members) => members.iter().find(|(name, _)| name == key).map(|(_, value)| value),
        _ => None,
    })
}

/// The edited entry says what was asked for; all others and every other section say what they did.
fn says(before: &(Vec<String>, Entries), after: &(Vec<String>, Entries), name: &str, change: &Edit, shown: &str) {
    let rest = |entries: &Entries| entries.iter().filter(|(host, _)| host != name).cloned().collect::<Entries>();
    assert_eq!(before.0, after.0, "{shown}");
    assert_eq!(rest(&before.1), rest(&after.1), "{shown}");
    let of = |entries: &Entries| entries.iter().find(|(host, _)| host == name).map(|(_, value)| value.clone());
    match change {
        Edit::Remove => assert_eq!(of(&after.1), None, "{shown}"),
        Edit::Add { value, .. } => assert_eq!(of(&after.1).as_ref(), Some(value), "{shown}"),
        Edit::Change(changes) => {
            let (old, new) = (of(&before.1).unwrap(), of(&after.1).unwrap());
            let mut roots = Vec::new();
            for change in changes {
                let (Change::Set(Path(path), _) | Change::Unset(Path(path)) | Change::Instead(Path(path), ..)) = change;
                roots.push(path[0].clone());
                match change {
                    Change::Set(_, value) => assert_eq!(lookup(&new, path).map(sorted), Some(sorted(value)), "{shown}"),
                    _ => assert_eq!(lookup(&new, path), None, "{shown}"),
                }
            }
            let keys = |value: &Value| match value {
                Value::Map(members) => members.iter().filter(|(key, _)| !roots.contains(key)).cloned().collect(),
                _ => Vec::new(),
            };
            assert_eq!(keys(&old), keys(&new), "{shown}");
        }
    }
}

/// The same with the keys of maps in the order of the alphabet.
fn sorted(value: &Value) -> Value {
    match value {
        Value::Map(members) => {
            let mut members: Vec<_> = members.iter().map(|(key, value)| (key.clone(), sorted(value))).collect();
            members.sort_by(|a, b| a.0.cmp(&b.0));
            Value::Map(members)
        }
        other => other.clone(),
    }
}

/// What stands before the edited entry and behind it stays.
fn around(before: &str, after: &str, name: &str, change: &Edit, shown: &str) {
    let root = parse(before);
    let hosts = root.get("hosts");
    let entries: &[load::Entry] = match hosts.map(|hosts| &hosts.value.body) {
        Some(Body::Map(entries)) => entries,
        _ => &[],
    };
    let at = entries.iter().position(|entry| &*entry.key == name).unwrap_or(entries.len());
    let is_flow = hosts.is_some_and(|hosts| before[hosts.value.span.start as usize..].starts_with('{'));
    let prefix = match (at.checked_sub(1), hosts) {
        (Some(previous), _) => last_byte(&entries[previous]),
        (None, Some(hosts)) => hosts.key_span.end as usize,
        (None, None) => before.trim_end().len(),
    };
    assert!(after.starts_with(&before[..prefix]), "what stands before has changed\n{shown}");
    let suffix = match entries.get(at + 1) {
        Some(next) => next.key_span.start as usize,
        // The next section, which begins a line.
        None => match &root.body {
            Body::Map(top) => {
                let behind = top.iter().map(|entry| entry.key_span.start).filter(|start| *start as usize > prefix);
                behind.min().map_or(before.len(), |start| start as usize)
            }
            _ => before.len(),
        },
    };
    let is_last = entries.get(at + 1).is_none();
    assert!(after.ends_with(&before[suffix..]), "what stands behind has changed\n{shown}");
    // A line stays as it is, unless an entry shares it.
    if matches!(change, Edit::Add { .. }) && !is_flow && !is_last {
        assert!(before.lines().all(|line| after.contains(line)), "{shown}");
    }
}

/// The end of the last scalar of an entry: that of a map counts comments behind it.
fn last_byte(entry: &load::Entry) -> usize {
    let mut value = &entry.value;
    let mut end = entry.key_span.end;
    loop {
        match &value.body {
            Body::Map(entries) if !entries.is_empty() => {
                let last = &entries[entries.len() - 1];
                (value, end) = (&last.value, last.key_span.end);
            }
            Body::List(items) if !items.is_empty() => value = &items[items.len() - 1],
            Body::Text(_) => return value.span.end as usize,
            _ => return end as usize,
        }
    }
}

/// A comment goes only with the entry that it names.
fn comments(before: &str, after: &str, name: &str, change: &Edit, shown: &str) {
    for comment in before.split("#c:").skip(1).map(|rest| rest.split_whitespace().next().unwrap()) {
        let may_go = match change {
            Edit::Add { .. } => false,
            _ => comment.starts_with(&format!("{name}-")),
        };
        let stays = after.contains(&format!("#c:{comment}"));
        assert!(stays || may_go, "the comment {comment} is gone\n{shown}");
    }
    assert_eq!(before.contains('\r'), after.contains('\r'), "{shown}");
    assert_eq!(before.ends_with('\n'), after.ends_with('\n'), "{shown}");
}

/// Writes a definition in a random manner.
struct Writer<'r> {
    random: &'r mut Random,
    text: String,
    newline: &'static str,
    step: usize,
    comments: usize,
    /// Whose comments are written.
    owner: String,
}

impl<'r> Writer<'r> {
    fn write(random: &'r mut Random) -> String {
        let newline = if random.one_in(4) { "\r\n" } else { "\n" };
        let step = *random.pick(&[2, 2, 4, 3]);
        let mut writer = Self { random, text: String::new(), newline, step, comments: 0, owner: "top".to_owned() };
        writer.comment_line(0);
        writer.line("version: 1");
        let hosts: Vec<_> = NAMES.iter().filter(|_| writer.random.one_in(2)).copied().collect();
        if writer.random.one_in(8) {
            writer.line("fleet: { name: lab, domain: example.org }");
        }
        match writer.random.below(6) {
            0 => writer.line("hosts:"),
            1 => writer.line("hosts: {}"),
            2 => {
                let entries: Vec<_> = hosts.iter().map(|name| format!("{name}: {}", writer.flow_map(0))).collect();
                writer.line(&format!("hosts: {{ {} }}", entries.join(", ")));
            }
            _ => writer.hosts(&hosts),
        }
        if writer.random.one_in(2) {
            writer.gap();
            writer.owner = "end".to_owned();
            writer.comment_line(0);
            writer.line("services: {}");
        }
        if writer.random.one_in(3) {
            writer.owner = "end".to_owned();
            writer.comment_line(0);
        }
        if writer.random.one_in(4) {
            writer.text.truncate(writer.text.trim_end().len());
        }
        writer.text
    }

    fn hosts(&mut self, names: &[&str]) {
        if names.is_empty() {
            self.line("hosts:");
            return;
        }
        self.line("hosts:");
        let apart = self.random.one_in(2);
        for name in names {
            self.owner = (*name).to_owned();
            if apart {
                self.gap();
            }
            self.comment_line(self.step);
            if self.random.one_in(3) {
                let map = self.flow_map(0);
                let comment = self.comment();
                self.line(&format!("{:1$}{name}: {map}{comment}", "", self.step));
            } else {
                let comment = self.comment();
                self.line(&format!("{:1$}{name}:{comment}", "", self.step));
                self.block_map(self.step * 2);
            }
        }
    }

    fn block_map(&mut self, indent: usize) {
        let first = format!("{:indent$}address: {}", "", self.word());
        let comment = self.comment();
        self.line(&(first + &comment));
        for key in ["site", "tags", "labels", "deep"] {
            if !self.random.one_in(2) {
                continue;
            }
            self.comment_line(indent);
            let comment = self.comment();
            match key {
                "tags" if self.random.one_in(2) => {
                    self.line(&format!("{:indent$}tags:{comment}", ""));
                    let dash = if self.random.one_in(2) { indent } else { indent + self.step };
                    for _ in 0..self.random.below(3) + 1 {
                        let (word, comment) = (self.word(), self.comment());
                        self.line(&format!("{:dash$}- {word}{comment}", ""));
                    }
                }
                "tags" => {
                    let items: Vec<_> = (0..self.random.below(3)).map(|_| self.word()).collect();
                    self.line(&format!("{:indent$}tags: [{}]{comment}", "", items.join(", ")));
                }
                "labels" | "deep" if self.random.one_in(2) => {
                    self.line(&format!("{:indent$}{key}:{comment}", ""));
                    for label in ["a", "b"] {
                        let (word, comment) = (self.word(), self.comment());
                        self.line(&format!("{:1$}{label}: {word}{comment}", "", indent + self.step));
                    }
                    self.comment_line(indent + self.step);
                }
                "labels" if self.random.one_in(2) => self.tall_flow_map(indent, &comment),
                "labels" | "deep" => {
                    let map = self.flow_map(1);
                    self.line(&format!("{:indent$}{key}: {map}{comment}", ""));
                }
                _ if self.random.one_in(4) => self.line(&format!("{:indent$}{key}:{comment}", "")),
                _ if self.random.one_in(4) => {
                    let style = *self.random.pick(&["|", ">-", "|-", "&anchor |"]);
                    self.line(&format!("{:indent$}{key}: {style}{comment}", ""));
                    let below = indent + self.step;
                    self.line(&format!("{:below$}some text: # of it", ""));
                    if self.random.one_in(2) {
                        self.gap();
                    }
                    self.line(&format!("{:below$}- more", ""));
                }
                _ => {
                    let word = self.word();
                    self.line(&format!("{:indent$}{key}:   {word}{comment}", ""));
                }
            }
        }
        self.comment_line(indent);
    }

    fn flow_map(&mut self, depth: usize) -> String {
        let mut members = Vec::new();
        for key in ["address", "site", "labels"] {
            if self.random.one_in(2) {
                let value = if key == "labels" && depth == 0 { self.flow_map(1) } else { self.word() };
                let key = if depth == 0 { key } else { &key[..1] };
                members.push(format!("{key}: {value}"));
            }
        }
        let comma = if self.random.one_in(5) && !members.is_empty() { "," } else { "" };
        format!("{{{}{}{comma}}}", if members.is_empty() { "" } else { " " }, members.join(", "))
    }

    /// A map between brackets, a key a line.
    fn tall_flow_map(&mut self, indent: usize, comment: &str) {
        self.line(&format!("{:indent$}labels: {{{comment}", ""));
        let below = indent + self.step;
        let keys = &["a", "b", "c"][..usize::try_from(self.random.below(3) + 1).unwrap()];
        for (at, key) in keys.iter().enumerate() {
            self.comment_line(below);
            let comma = if at + 1 < keys.len() || self.random.one_in(2) { "," } else { "" };
            let (word, comment) = (self.word(), self.comment());
            self.line(&format!("{:below$}{key}: {word}{comma}{comment}", ""));
        }
        self.comment_line(below);
        self.line(&format!("{:indent$}}}", ""));
    }

    /// A word that is plain or quoted.
    fn word(&mut self) -> String {
        let word = *self.random.pick(&["plain", "two words", "über uns", "10.0.0.1", "x-y"]);
        match self.random.below(4) {
            0 if self.random.one_in(2) => format!("&a{} {word}", self.random.below(9)),
            0 => format!("\"{word} \\\" , #\""),
            1 => format!("'{word} '' }} : '"),
            _ => word.to_owned(),
        }
    }

    fn comment(&mut self) -> String {
        if !self.random.one_in(3) {
            return String::new();
        }
        self.comments += 1;
        format!("  #c:{}-{} über: \"x\" {{", self.owner, self.comments)
    }

    fn comment_line(&mut self, indent: usize) {
        if self.random.one_in(3) {
            self.comments += 1;
            self.line(&format!("{:indent$}#c:{}-{} [", "", self.owner, self.comments));
        }
    }

    fn gap(&mut self) {
        self.line("");
    }

    fn line(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push_str(self.newline);
    }
}

/// Numbers that look random and are the same in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) % limit
    }

    fn one_in(&mut self, number: u64) -> bool {
        self.below(number) == 0
    }

    fn pick<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[usize::try_from(self.below(all.len() as u64)).unwrap()]
    }
}
