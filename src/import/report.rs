//! What is said of an import: what was not carried over, what is to be filled in, stored and known.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::rc::Rc;

use super::tree::{Fate, Leaf, Owner};
use super::write::plain_line;
use crate::diag::{Diagnostic, Faults};
use crate::source::Sources;

/// How many faults are shown; what is more is of the same kind, as a rule.
const MOST: usize = 50;

/// How many values came to what.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Values that the definition says.
    pub carried: usize,
    /// Values that are to be stored as secrets.
    pub stored: usize,
    /// Values that the definition does not say.
    pub lost: usize,
}

/// What is said of a leaf that nobody looked at.
const UNSEEN: (&str, &str) =
    ("the definition has no key for it", "put it into a module of your own if it is still needed");

/// Counts the leaves.
pub(super) fn count(leaves: &[Rc<Leaf>]) -> Counts {
    let mut counts = Counts::default();
    for leaf in leaves {
        match leaf.fate() {
            Fate::Carried => counts.carried += 1,
            Fate::Store(_) => counts.stored += 1,
            Fate::Unseen | Fate::Beaten(_) | Fate::Lost(..) => counts.lost += 1,
        }
    }
    counts
}

/// Why a leaf was not carried over, and what to do; nothing for one that was.
pub(super) fn loss(leaf: &Leaf) -> Option<(String, String)> {
    match leaf.fate() {
        Fate::Carried => None,
        Fate::Unseen => Some((UNSEEN.0.to_owned(), UNSEEN.1.to_owned())),
        Fate::Beaten(by) => Some((by, "it had no effect before either".to_owned())),
        Fate::Store(name) => Some(("it is confidential".to_owned(), format!("store it: cistern secrets set {name}"))),
        Fate::Lost(why, remedy) => Some((why, remedy)),
    }
}

/// A comment of the definition, and the entry that it belongs to.
pub(super) type Comment = (Option<Owner>, String);

/// The comments of every leaf that was not carried over: one for each entry and cause.
pub(super) fn comments(leaves: &[Rc<Leaf>]) -> Vec<Comment> {
    let mut comments: Vec<(Option<Owner>, String, Vec<String>)> = Vec::new();
    let mut known: BTreeMap<(Option<Owner>, String), usize> = BTreeMap::new();
    for leaf in leaves {
        let Some((why, remedy)) = loss(leaf) else { continue };
        let (owner, cause) = (leaf.owner(), sentence(&why, &remedy));
        let at = *known.entry((owner.clone(), cause.clone())).or_insert_with(|| {
            comments.push((owner, cause, Vec::new()));
            comments.len() - 1
        });
        comments[at].2.push(format!("{} ({})", leaf.path, leaf.place));
    }
    let text =
        |cause: &str, places: &[String]| plain_line(&format!("not carried over: {}: {cause}", places.join(", ")));
    comments.into_iter().map(|(owner, cause, places)| (owner, text(&cause, &places))).collect()
}

/// Lists every leaf that was not carried over, those with one cause together.
pub(super) fn losses(leaves: &[Rc<Leaf>]) -> String {
    let mut causes: Vec<(String, Vec<&Leaf>)> = Vec::new();
    let mut of_cause: BTreeMap<String, usize> = BTreeMap::new();
    for leaf in leaves {
        let Some((why, remedy)) = loss(leaf) else { continue };
        let cause = sentence(&why, &remedy);
        let at = *of_cause.entry(cause.clone()).or_insert_with(|| {
            causes.push((cause, Vec::new()));
            causes.len() - 1
        });
        causes[at].1.push(leaf);
    }
    let mut text = String::new();
    for (cause, leaves) in causes {
        let _ = writeln!(text, "not carried over: {}", plain_line(&cause));
        for leaf in leaves {
            let _ = writeln!(text, "  {} {}", leaf.place, plain_line(&leaf.path));
        }
    }
    text
}

fn sentence(why: &str, remedy: &str) -> String {
    if remedy.is_empty() { why.to_owned() } else { format!("{why}; {remedy}") }
}

/// Faults as text that shows no line of the input, because there may be a password in it.
pub fn faults(faults: &Faults, sources: &Sources) -> String {
    let mut text = String::new();
    let sorted = faults.sorted();
    for diagnostic in sorted.iter().take(MOST) {
        fault(diagnostic, sources, &mut text);
    }
    if sorted.len() > MOST {
        let _ = writeln!(text, "{} more are not shown\n", sorted.len() - MOST);
    }
    text
}

fn fault(diagnostic: &Diagnostic, sources: &Sources, text: &mut String) {
    let severity = diagnostic.severity.word();
    let _ = writeln!(text, "{severity}[{}]: {}", diagnostic.code.id, plain_line(&diagnostic.message));
    if let Some(path) = &diagnostic.path {
        let _ = writeln!(text, " --> {path}");
    }
    for label in &diagnostic.labels {
        let file = label.span.file;
        let (line, column) = sources.position(file, label.span.start);
        let _ = writeln!(text, " --> {}:{line}:{column}: {}", sources.file(file).path, plain_line(&label.text));
    }
    for help in &diagnostic.help {
        let _ = writeln!(text, "  = help: {}", plain_line(help));
    }
    text.push('\n');
}
