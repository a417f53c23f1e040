//! Kinds of service: one file each, with the facts that every emitter shares.
//!
//! A kind is `templates/services/<kind>.nix.j2`: YAML front matter between two `---` lines, then a NixOS module
//! with holes. Cistern's own are compiled in; a file of the same name in the fleet replaces one.

mod check;
pub mod format;
pub mod front;
mod names;
pub mod setting;
mod values;

use std::collections::BTreeMap;
use std::sync::OnceLock;

use crate::diag::{Diagnostic, Faults, codes};
use crate::load::decode::{Decode, Scalar};
use crate::load::{Node, parse};
use crate::nix::Templates;
use crate::source::{FileId, SourceFile, Sources, Span};
use crate::value::KindName;

pub use crate::source::BUILT_IN;
pub use front::{BroughtDef, Front, Metrics, PortDef, Quorum, RoleDef};
pub use names::NameIn;

mod embedded {
    // Written by build.rs: `FILES`, every file of `templates/` by its path there.
    include!(concat!(env!("OUT_DIR"), "/templates.rs"));
}

/// Where the fleet's own kinds lie.
const OWN: &str = "templates/services/";

/// A kind: its facts and where its body begins.
#[derive(Debug, Clone)]
pub struct Kind {
    /// The kind's name.
    pub name: KindName,
    /// The file that it stands in.
    pub file: FileId,
    /// The facts.
    pub front: Front,
    /// The first byte of the body.
    pub body: usize,
    /// Whether it is the fleet's own.
    pub own: bool,
}

/// Every kind that a fleet can use, and the files that could not be read. Cistern's own are read when they are first asked
/// for: there are many, and a fleet uses few.
#[derive(Debug, Default)]
pub struct Kinds {
    known: BTreeMap<KindName, OnceLock<Kind>>,
    /// The files of those of Cistern's.
    built_in: BTreeMap<KindName, FileId>,
    poisoned: Vec<String>,
}

/// The files that are compiled into the binary, by their path below `templates/`.
pub fn embedded_files() -> impl Iterator<Item = (&'static str, &'static [u8])> {
    embedded::FILES.iter().copied()
}

/// Says whether Cistern brings a kind of this name.
pub fn is_built_in(name: &str) -> bool {
    let path = format!("services/{name}.nix.j2");
    embedded_files().any(|(file, _)| file == path)
}

/// Adds Cistern's templates to the sources, where the fleet does not bring its own of the same name.
pub fn add_built_in(sources: &mut Sources) {
    for (path, bytes) in embedded_files().filter(|(path, _)| path.ends_with(".nix.j2")) {
        if sources.find(&format!("templates/{path}")).is_none() {
            let text = String::from_utf8_lossy(bytes);
            sources.add(format!("{BUILT_IN}{path}"), text);
        }
    }
}

/// Reads every template, Cistern's and the fleet's own. Cistern's have no faults: a test says so.
pub fn templates(sources: &Sources, faults: &mut Faults) -> Templates {
    let below = |directory: &'static str| {
        let files = sources.below(directory).map(move |(_, file)| (&file.path[directory.len()..], file));
        files.filter(|(name, _)| name.ends_with(".nix.j2")).map(|(name, file)| (name.to_owned(), file.text.clone()))
    };
    let (templates, found) = Templates::beside(below(BUILT_IN), below("templates/"));
    for fault in found {
        let file = sources
            .find(&format!("templates/{}", fault.name))
            .or_else(|| sources.find(&format!("{BUILT_IN}{}", fault.name)))
            .expect("faults are of templates that were given");
        let code = if fault.message.starts_with("a hole ") { codes::HOLE_IN_TEXT } else { codes::BAD_TEMPLATE };
        let diagnostic =
            Diagnostic::new(code, fault.message.clone()).at(Span::new(file, fault.range.0, fault.range.1), "here");
        faults.push(fault.help.into_iter().fold(diagnostic, Diagnostic::help));
    }
    templates
}

impl Kinds {
    /// Finds every kind, and reads the front matter of the fleet's own.
    pub fn read(sources: &Sources, faults: &mut Faults) -> Self {
        let mut kinds = Self::default();
        for (id, file) in sources.below(BUILT_IN) {
            let name = file.path[BUILT_IN.len()..].strip_prefix("services/").and_then(kind_of_file);
            if let Some(name) = name.and_then(|name| KindName::read(name).ok()) {
                kinds.known.insert(name.clone(), OnceLock::new());
                kinds.built_in.insert(name, id);
            }
        }
        for (id, file) in sources.below(OWN) {
            let Some(name) = kind_of_file(&file.path[OWN.len()..]) else { continue };
            match read_kind(id, file, name, true, faults) {
                Some(kind) => {
                    kinds.known.insert(kind.name.clone(), OnceLock::from(kind));
                }
                None => kinds.poisoned.push(name.to_owned()),
            }
        }
        kinds
    }

    /// Finds a kind.
    pub fn get(&self, name: &KindName) -> Option<&Kind> {
        self.named(name.as_str())
    }

    /// Finds a kind by what may be a name.
    pub fn named(&self, name: &str) -> Option<&Kind> {
        let (name, kind) = self.known.get_key_value(name)?;
        Some(kind.get_or_init(|| read_built_in(name, self.built_in[name])))
    }

    /// Lists every kind by its name.
    pub fn iter(&self) -> impl Iterator<Item = &Kind> {
        self.known.keys().filter_map(|name| self.get(name))
    }

    /// Lists the fleet's own kinds by their names.
    pub fn own(&self) -> impl Iterator<Item = &Kind> {
        self.known.iter().filter(|(name, _)| !self.built_in.contains_key(*name)).filter_map(|(_, kind)| kind.get())
    }

    /// Lists the names of all kinds.
    pub fn names(&self) -> impl Iterator<Item = &KindName> {
        self.known.keys()
    }

    /// Says whether a kind's file exists and could not be read.
    pub fn is_poisoned(&self, name: &str) -> bool {
        self.poisoned.iter().any(|poisoned| poisoned == name)
    }
}

/// The name of the kind that a file describes, by the file's own name.
fn kind_of_file(name: &str) -> Option<&str> {
    name.strip_suffix(".nix.j2")
}

/// Reads one of Cistern's kinds.
fn read_built_in(name: &KindName, id: FileId) -> Kind {
    let path = format!("services/{name}.nix.j2");
    let (_, bytes) = embedded_files().find(|(file, _)| *file == path).expect("it was found by this name");
    let file = SourceFile { path: format!("{BUILT_IN}{path}"), text: String::from_utf8_lossy(bytes).into_owned() };
    let mut faults = Faults::default();
    read_kind(id, &file, name.as_str(), false, &mut faults).expect("a test reads every kind of Cistern's")
}

fn read_kind(id: FileId, file: &SourceFile, name: &str, own: bool, faults: &mut Faults) -> Option<Kind> {
    let name = match KindName::read(name) {
        Ok(name) => name,
        Err(why) => {
            faults.push(
                Diagnostic::new(codes::BAD_NAME, format!("`{name}` is not {}: {why}", KindName::WHAT))
                    .file(file.path.clone())
                    .help(KindName::FORM),
            );
            return None;
        }
    };
    let Some((front, body)) = split(&file.text) else {
        faults.push(
            Diagnostic::new(codes::BAD_TEMPLATE, "the file has no front matter")
                .at(Span::new(id, 0, file.text.find('\n').unwrap_or(file.text.len())), "`---` is expected here")
                .help("begin it with a line `---`, the facts of the kind as YAML, and another line `---`"),
        );
        return None;
    };
    let masked = SourceFile { path: file.path.clone(), text: front };
    let node: Node = parse(id, &masked, faults)?;
    let found = faults.counts();
    let front = Front::decode(&node, faults)?;
    front.check(Span::top(id), faults);
    front.check_secrets(faults);
    (faults.counts() == found).then_some(Kind { name, file: id, front, body, own })
}

/// The front matter at its own place in an otherwise blank text, and where the body begins.
fn split(text: &str) -> Option<(String, usize)> {
    let rest = text.strip_prefix("---\n")?;
    let end = rest.find("\n---\n")?;
    Some((format!("   \n{}\n", &rest[..end]), 4 + end + 5))
}
