//! Modules: which may use which, and which may touch the machine.

use std::collections::{BTreeMap, BTreeSet};

use crate::files::{File, Files, Finding, places};
use crate::rust::{Name, Rust};

/// The files that may read, write, start programs and ask for the time; a directory with its `/`.
const EDGES: &[&str] = &[
    "build.rs",
    "src/cli.rs",
    "src/cli/",
    "src/current.rs",
    "src/current/",
    "src/eval/",
    "src/git.rs",
    "src/main.rs",
    "src/scaffold.rs",
    "src/secrets/generate/script.rs",
    "src/secrets/host_key.rs",
    "src/secrets/identity.rs",
    "src/secrets/import/",
    "src/secrets/memory.rs",
    "src/secrets/store.rs",
    "src/source.rs",
    "src/tree.rs",
    "src/tree/",
];

/// What only the edges may name.
const IO: &[&str] = &[
    "rustix",
    "std::env",
    "std::fs",
    "std::process",
    "std::time::Instant",
    "std::time::SystemTime",
    "tempfile",
    "walkdir",
];

/// A file of the library and the paths that stand in it.
struct Module<'a> {
    file: &'a File,
    /// `["model", "lower"]` for `src/model/lower/mod.rs`.
    path: Vec<String>,
    names: Vec<Name>,
}

/// Every file of the library by its path in the crate; the root's is empty.
struct Crate<'a> {
    modules: BTreeMap<Vec<String>, Module<'a>>,
}

/// A module uses only modules that stand above it in `src/lib.rs`; those of `src/main.rs` come last.
pub(crate) fn order(files: &Files) -> Vec<Finding> {
    let library = Crate::of(files, |rust| rust);
    let order: Vec<String> = ["src/lib.rs", "src/main.rs"].iter().flat_map(|root| declared(files, root)).collect();
    let rank = |name: &str| order.iter().position(|module| module == name);
    let lowest = library.used_by_root().iter().filter_map(|name| rank(name)).max();
    let mut findings = Vec::new();
    let mut told = BTreeSet::new();
    if let Some(file) = files.find("rustfmt.toml").filter(|file| !file.text.contains("reorder_modules = false")) {
        let message = "`cargo fmt` would sort the modules of src/lib.rs by name; add `reorder_modules = false`";
        findings.push(file.finding(1, message));
    }
    if let Some(at) = rank("cli").filter(|at| at + 1 != order.len()) {
        let message = format!("`{}` stands below `cli`; the command line comes last", order[at + 1]);
        findings.push(Finding::new("src/lib.rs", 1, message));
    }
    for module in library.modules.values() {
        let Some(own) = module.path.first() else { continue };
        let Some(here) = rank(own) else {
            findings.push(
                module.file.finding(1, format!("`{own}` is no module of src/lib.rs; add its line, or remove the file")),
            );
            continue;
        };
        for name in &module.names {
            let Some(path) = library.absolute(module, name) else { continue };
            let target = library.target(&path).map_or(&[] as &[String], |target| &target.path);
            match target.first() {
                Some(used) if rank(used).is_none_or(|there| there > here) => {
                    let message = format!(
                        "`{own}` uses `{used}`, which stands below it in src/lib.rs; move what it needs up, or the use down"
                    );
                    // A list of imports from one module is one finding.
                    if told.insert((&module.path, used)) {
                        findings.push(module.file.finding(name.line, message));
                    }
                }
                // The root is put together from modules, so only what stands below them all may use it.
                None if lowest.is_some_and(|lowest| here <= lowest) => {
                    let message = format!(
                        "`{own}` uses `crate::{}` of src/lib.rs, which uses it in turn; move that into a module above",
                        path.join("::")
                    );
                    findings.push(module.file.finding(name.line, message));
                }
                _ => {}
            }
        }
    }
    findings
}

/// No two files of one top-level module import each other, nor any more in a circle.
///
/// A file may name those below it: it puts its parts together, and re-exports them.
pub(crate) fn circles(files: &Files) -> Vec<Finding> {
    let library = Crate::of(files, |rust| rust.without_tests());
    let mut uses: BTreeMap<&[String], BTreeMap<&[String], usize>> = BTreeMap::new();
    for module in library.modules.values().filter(|module| !module.path.is_empty()) {
        for name in &module.names {
            let Some(target) = library.absolute(module, name).and_then(|path| library.target(&path)) else { continue };
            if target.path.first() == module.path.first() && !target.path.starts_with(&module.path) {
                uses.entry(&module.path).or_default().entry(&target.path).or_insert(name.line);
            }
        }
    }
    let mut search = Search { uses: &uses, done: Vec::new(), open: Vec::new(), circles: Vec::new() };
    for start in uses.keys() {
        search.visit(start);
    }
    let show = |path: &[String]| library.modules[path].file.path.clone();
    let finding = |circle: &Vec<&[String]>| {
        let (last, first) = (circle[circle.len() - 1], circle[0]);
        let way: Vec<_> = circle.iter().chain([&first]).map(|path| show(path)).collect();
        let message =
            format!("files import each other: {}; take what they share into a file of its own", way.join(" → "));
        Finding::new(&show(last), uses[last][first], message)
    };
    search.circles.iter().map(finding).collect()
}

/// Files, programs, the environment and the clock are touched at the edges only.
pub(crate) fn io(files: &Files) -> Vec<Finding> {
    let mut findings = Vec::new();
    let inner = |file: &&File| {
        let edge = |edge: &&str| if edge.ends_with('/') { file.path.starts_with(*edge) } else { file.path == *edge };
        !EDGES.iter().any(edge) && !file.path.ends_with("/tests.rs")
    };
    for file in files.like("src/", ".rs").filter(inner) {
        for name in Rust::read(&file.text).without_tests().names() {
            let path = name.parts.join("::");
            let below =
                |io: &&&str| path.strip_prefix(**io).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"));
            if let Some(io) = IO.iter().find(below) {
                let message = format!(
                    "`{io}` away from the edges; read before in source.rs or current.rs, write after in tree.rs"
                );
                findings.push(file.finding(name.line, message));
            }
        }
    }
    findings
}

impl<'a> Crate<'a> {
    fn of(files: &'a Files, look: fn(Rust) -> Rust) -> Self {
        let library = files.like("src/", ".rs").filter(|file| file.path != "src/main.rs");
        let module = |file: &'a File| {
            let below = file.path.trim_start_matches("src/").trim_end_matches(".rs");
            let path: Vec<String> = match below {
                "lib" => Vec::new(),
                _ => below.trim_end_matches("/mod").split('/').map(str::to_owned).collect(),
            };
            (path.clone(), Module { file, path, names: look(Rust::read(&file.text)).names() })
        };
        Self { modules: library.map(module).collect() }
    }

    /// The path in the crate that a name stands for; none when it leads out of the crate.
    fn absolute(&self, module: &Module<'_>, name: &Name) -> Option<Vec<String>> {
        let mut base = [module.path.as_slice(), &name.inside].concat();
        let mut rest = name.parts.as_slice();
        match rest.first()?.as_str() {
            "crate" => base.clear(),
            "self" => {}
            "super" => {
                while rest.first().is_some_and(|part| part == "super") {
                    base.pop();
                    rest = &rest[1..];
                }
                return Some([&base, rest].concat());
            }
            child => {
                base.push(child.to_owned());
                return self.modules.contains_key(&base).then(|| [&base, &rest[1..]].concat());
            }
        }
        Some([&base, &rest[1..]].concat())
    }

    /// The file that defines what a path in the crate stands for: re-exports are followed.
    fn target(&self, path: &[String]) -> Option<&Module<'a>> {
        let mut path = path.to_vec();
        for _ in 0..8 {
            let (module, rest) =
                (0..=path.len()).rev().find_map(|len| Some((self.modules.get(&path[..len])?, &path[len..])))?;
            let Some(first) = rest.first() else { return Some(module) };
            let import = module.names.iter().find(|name| name.alias.as_ref() == Some(first) && name.inside.is_empty());
            match import.and_then(|import| self.absolute(module, import)) {
                Some(further) if further != path => path = [&further, &rest[1..]].concat(),
                _ => return Some(module),
            }
        }
        None
    }

    /// The modules that `src/lib.rs` itself uses.
    fn used_by_root(&self) -> Vec<String> {
        let Some(root) = self.modules.get(&[] as &[String]) else { return Vec::new() };
        root.names.iter().filter_map(|name| self.absolute(root, name)?.first().cloned()).collect()
    }
}

/// A search for circles, deepest first.
struct Search<'a> {
    uses: &'a BTreeMap<&'a [String], BTreeMap<&'a [String], usize>>,
    done: Vec<&'a [String]>,
    open: Vec<&'a [String]>,
    circles: Vec<Vec<&'a [String]>>,
}

impl<'a> Search<'a> {
    fn visit(&mut self, at: &'a [String]) {
        if let Some(start) = self.open.iter().position(|open| *open == at) {
            self.circles.push(self.open[start..].to_vec());
        } else if !self.done.contains(&at) {
            self.open.push(at);
            for next in self.uses.get(at).into_iter().flatten() {
                self.visit(next.0);
            }
            self.open.pop();
            self.done.push(at);
        }
    }
}

/// The modules that a crate root declares as files, in its order.
fn declared(files: &Files, root: &str) -> Vec<String> {
    let code = files.find(root).map(|file| Rust::read(&file.text).code).unwrap_or_default();
    let line = |line: &str| {
        let name = line.trim().strip_suffix(';')?.rsplit_once("mod ")?.1;
        Some(name.trim().to_owned())
    };
    code.lines().filter_map(line).collect()
}

#[test]
fn a_use_of_what_stands_below_is_found() {
    let files = Files::sample(&[
        ("src/lib.rs", "pub mod a;\npub mod b;\npub(crate) mod c;\npub mod cli;\npub fn compile() { b::f(a::X) }\n"),
        ("src/a.rs", "use crate::a::x;\nuse crate::{\n    a::y,\n    b::Z,\n};\n"),
        ("src/b/mod.rs", "pub mod d;\nuse crate::a::X;\nfn f() -> crate::c::G { crate::compile() }\n"),
        ("src/b/d.rs", "use super::super::c;\nmod tests {\n    use super::super::e;\n}\nuse std::fmt;\n"),
        ("src/c.rs", "fn f() { crate::compile() }\n"),
        ("src/cli/mod.rs", "use crate::{a, b, c, compile};\n"),
        ("src/lost.rs", "\n"),
    ]);
    assert_eq!(
        places(&order(&files)),
        ["src/a.rs:4", "src/b/mod.rs:3", "src/b/mod.rs:3", "src/b/d.rs:1", "src/lost.rs:1"]
    );
    let files = Files::sample(&[("src/lib.rs", "pub mod cli;\npub mod a;\n"), ("rustfmt.toml", "max_width = 120\n")]);
    assert_eq!(places(&order(&files)), ["rustfmt.toml:1", "src/lib.rs:1"]);
}

#[test]
fn a_circle_of_imports_is_found() {
    let files = Files::sample(&[
        ("src/lib.rs", "pub mod m;\n"),
        ("src/m/mod.rs", "mod a;\nmod b;\nmod c;\nmod d;\npub use a::A;\npub use b::B;\nuse c::part;\n"),
        ("src/m/a.rs", "use super::b::B;\n"),
        // By way of a re-export.
        ("src/m/b.rs", "\nuse crate::m::A;\n"),
        // To the parent, and in tests only: neither is a circle.
        ("src/m/c.rs", "use super::Shared;\n#[cfg(test)]\nmod tests { use crate::m::d::X; }\n"),
        ("src/m/d.rs", "use super::c::X;\n"),
    ]);
    let found = circles(&files);
    assert_eq!(places(&found), ["src/m/b.rs:2"]);
    assert!(found[0].to_string().contains("src/m/a.rs → src/m/b.rs → src/m/a.rs"), "{}", found[0]);
}

#[test]
fn io_in_the_middle_is_found() {
    let text = "use std::{fmt, fs::File};\nuse std::time::Duration;\nfn f() { std::env::var(x); std::time::Instant::now(); std::environment::x(); }\n#[cfg(test)]\nmod tests { use std::fs; }\n";
    let files = Files::sample(&[
        ("src/check/a.rs", text),
        ("src/cli/a.rs", text),
        ("src/tree.rs", text),
        ("src/trees.rs", "use walkdir::WalkDir;\n"),
    ]);
    assert_eq!(places(&io(&files)), ["src/check/a.rs:1", "src/check/a.rs:3", "src/check/a.rs:3", "src/trees.rs:1"]);
}
