//! Changes of a fleet by chance, the same in every run.

use cistern::kind;
use serde_json::{Map, Value, json};

use crate::fleet::Fleet;

impl Fleet {
    /// Changes something, which may give a fleet with faults; says what.
    pub(crate) fn change(&mut self, random: &mut Random) -> String {
        match random.below(12) {
            0 | 1 => return self.change_template(random),
            2 => return self.change_evidence(random),
            _ => {}
        }
        let mut definition = self.joined();
        let what = match random.below(8) {
            0 => add_host(&mut definition, random),
            1 => remove_entry(&mut definition, random),
            _ => change_value(&mut definition, random),
        };
        *self = self.with(&definition);
        what
    }

    /// Brings a template of the fleet's own, or changes one.
    fn change_template(&mut self, random: &mut Random) -> String {
        let own: Vec<_> = self.files.keys().filter(|path| path.ends_with(".nix.j2")).cloned().collect();
        let built_in: Vec<_> = kind::embedded_files().filter(|(path, _)| path.ends_with(".nix.j2")).collect();
        let (path, text) = if random.below(2) == 0 && !own.is_empty() {
            let path = random.pick(&own).clone();
            let text = self.files[&path].clone();
            (path, text)
        } else {
            let (path, bytes) = random.pick(&built_in);
            (format!("templates/{path}"), String::from_utf8(bytes.to_vec()).expect("templates are UTF-8"))
        };
        // A number, a comment, a fact of the front matter.
        let text = match random.below(3) {
            0 => text.replacen("mkOverride 900", &format!("mkOverride {}", 800 + random.below(99)), 1),
            1 => text.replacen("= {\n", &format!("= {{\n    # {}\n", random.below(1000)), 1),
            _ => text.replacen("open: true", "open: false", 1).replacen("user: ", "user: x", 1),
        };
        self.files.insert(path.clone(), text);
        path
    }

    /// Takes away a report or a file of keys, or gives one the text of another.
    fn change_evidence(&mut self, random: &mut Random) -> String {
        let suffix = *random.pick(&[".json", ".pub"]);
        let paths: Vec<_> = self.files.keys().filter(|path| path.ends_with(suffix)).cloned().collect();
        if paths.is_empty() {
            return "nothing".to_owned();
        }
        let (path, other) = (random.pick(&paths), random.pick(&paths));
        match random.below(2) {
            0 => drop(self.files.remove(path)),
            _ => drop(self.files.insert(path.clone(), self.files[other].clone())),
        }
        format!("{path} like {other}")
    }
}

fn add_host(definition: &mut Value, random: &mut Random) -> String {
    let Some(hosts) = definition["hosts"].as_object_mut() else { return "nothing".to_owned() };
    let mut host = hosts[random.pick(&keys(hosts))].clone();
    host["address"] = json!(format!("10.20.0.{}", 100 + random.below(99)));
    let name = format!("new-{}", random.below(100));
    hosts.insert(name.clone(), host);
    format!("add {name}")
}

fn remove_entry(definition: &mut Value, random: &mut Random) -> String {
    let sections: Vec<_> =
        ["groups", "hosts", "services", "secrets"].into_iter().filter(|s| definition[*s].is_object()).collect();
    let section = *random.pick(&sections);
    let Some(entries) = definition[section].as_object_mut() else { return "nothing".to_owned() };
    let names = keys(entries);
    if names.is_empty() {
        return "nothing".to_owned();
    }
    let name = random.pick(&names).clone();
    entries.remove(&name);
    format!("remove {section}.{name}")
}

/// Changes one value somewhere, by its looks.
fn change_value(definition: &mut Value, random: &mut Random) -> String {
    let mut places = Vec::new();
    collect_places(definition, String::new(), &mut places);
    let place = random.pick(&places).clone();
    let value = definition.pointer_mut(&place).expect("the place was found there");
    let old = value.to_string();
    match value {
        Value::Bool(truth) => *truth = !*truth,
        Value::Number(number) => *value = json!(number.as_i64().unwrap_or(1) + random.range(1, 50)),
        Value::String(text) => {
            *text = match text.rsplit_once('.') {
                Some((net, last)) if last.parse::<u8>().is_ok() => format!("{net}.{}", random.below(250)),
                _ if random.below(2) == 0 => format!("{text}{}", random.below(10)),
                _ => random.pick(&["staging", "web", "x", "lan0", "30s", "full"]).to_string(),
            }
        }
        Value::Array(items) if items.is_empty() || random.below(2) == 0 => {
            items.push(json!(format!("t{}", random.below(9))))
        }
        Value::Array(items) => drop(items.remove(random.below(items.len() as u64) as usize)),
        Value::Object(map) if map.is_empty() || random.below(3) > 0 => {
            let new = [
                ("port", json!(random.range(2000, 9000))),
                ("tags", json!(["new"])),
                ("labels", json!({ "new": "yes" })),
                ("exporters", json!({ "node": { "port": random.range(2000, 9000) } })),
                ("time_zone", json!("Asia/Tokyo")),
                ("ssh", json!({ "known_hosts": "all" })),
                ("deploy", json!({ "confirm_timeout": random.below(99) })),
                ("modules", json!(["flake:other#nixosModules.new"])),
                ("mode", json!("0440")),
                ("state", json!({ "path": "/srv/state" })),
            ];
            let (key, value) = random.pick(&new);
            map.insert((*key).to_owned(), value.clone());
        }
        Value::Object(map) => drop(map.remove(random.pick(&keys(map)))),
        Value::Null => *value = json!({}),
    }
    format!("{place}: {old} is now {}", definition.pointer(&place).expect("it stays where it is"))
}

fn collect_places(value: &Value, at: String, places: &mut Vec<String>) {
    let below = |key: &str| format!("{at}/{}", key.replace('~', "~0").replace('/', "~1"));
    match value {
        Value::Object(map) => map.iter().for_each(|(key, value)| collect_places(value, below(key), places)),
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(n, v)| collect_places(v, below(&n.to_string()), places))
        }
        _ => {}
    }
    places.push(at);
}

/// Writes a value as JSON, with the keys of every map in another order.
pub(crate) fn shuffled_json(value: &Value, random: &mut Random) -> String {
    match value {
        Value::Object(map) => {
            let mut entries: Vec<_> = map.iter().collect();
            for last in (1..entries.len()).rev() {
                entries.swap(last, random.below(last as u64 + 1) as usize);
            }
            let entry = |(key, value): (&String, &Value)| format!("{}: {}", json!(key), shuffled_json(value, random));
            format!("{{ {} }}", entries.into_iter().map(entry).collect::<Vec<_>>().join(",\n"))
        }
        Value::Array(items) => {
            format!("[{}]", items.iter().map(|item| shuffled_json(item, random)).collect::<Vec<_>>().join(", "))
        }
        other => other.to_string(),
    }
}

pub(crate) fn keys(map: &Map<String, Value>) -> Vec<String> {
    map.keys().cloned().collect()
}

/// Numbers that look random and are the same in every run (SplitMix64).
pub(crate) struct Random(pub(crate) u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }

    fn range(&mut self, low: i64, high: i64) -> i64 {
        low + self.below((high - low) as u64) as i64
    }

    fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len() as u64) as usize]
    }
}
