//! Why two derivations are not the same: the way down to what differs by itself, and the packages on all ways.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::io;
use std::rc::Rc;

use schemars::JsonSchema;
use serde::Serialize;

use super::closure::Upgrade;
use super::derivation::Derivation;
use super::differences::{Difference, Differences};
use super::name::{Name, name_in};
use super::text::visible;

/// The most pairs of derivations that are compared for one host.
const COMPARED: usize = 20_000;

/// The most causes that are told, and the most differences of one.
const CAUSES: usize = 5;
const DIFFERENCES: usize = 12;

/// The most packages of a kind that are named.
const PACKAGES: usize = 50;

/// Why two derivations are not the same.
#[derive(Debug, Clone, Default, PartialEq, Eq, JsonSchema, Serialize)]
pub struct Explanation {
    /// Whether both would build the same thing: what differs is how something is fetched.
    pub same_output: bool,
    /// Derivations that differ by themselves, the nearest first.
    pub causes: Vec<Cause>,
    /// How many more of them there are.
    pub more_causes: usize,
    /// The packages that differ among all inputs.
    pub packages: Packages,
    /// How many pairs of derivations were compared.
    pub compared: usize,
    /// Whether there were too many, and the counts are of some only.
    pub cut: bool,
}

/// A derivation that differs by itself, and not only because its inputs do.
#[derive(Debug, Clone, PartialEq, Eq, JsonSchema, Serialize)]
pub struct Cause {
    /// The names of the derivations from the system down to this one.
    pub path: Vec<String>,
    /// Its old `.drv` file.
    pub old: String,
    /// Its new one.
    pub new: String,
    /// What differs.
    pub differences: Vec<Difference>,
    /// How many more differences there are.
    pub more_differences: usize,
}

/// Packages that differ between two sets of derivations.
#[derive(Debug, Clone, Default, PartialEq, Eq, JsonSchema, Serialize)]
pub struct Packages {
    /// Those of another version.
    pub upgraded: Vec<Upgrade>,
    /// Names of what is needed only now.
    pub added: Vec<String>,
    /// Names of what is no longer needed.
    pub removed: Vec<String>,
    /// How many more of these three there are.
    pub more: usize,
    /// How many are of the same version and built anew.
    pub rebuilt: usize,
}

/// Explains pairs of derivations; what two hosts share is read once.
#[derive(Debug, Default)]
pub struct Explainer {
    known: HashMap<Pair, Rc<Compared>>,
}

type Pair = (String, String);

/// What is known of a pair.
#[derive(Debug)]
struct Compared {
    name: String,
    same_output: bool,
    differences: Differences,
    /// The package and its two versions, where there are any.
    package: Option<(String, [String; 2])>,
}

/// Explains why two `.drv` files are not the same.
///
/// # Errors
/// One of them, or one that they need, cannot be read.
pub fn explain(old: &str, new: &str) -> io::Result<Explanation> {
    Explainer::default().explain(old, new)
}

impl Explainer {
    /// Explains why two `.drv` files are not the same.
    ///
    /// # Errors
    /// One of them, or one that they need, cannot be read.
    pub fn explain(&mut self, old: &str, new: &str) -> io::Result<Explanation> {
        let mut walk = Walk::default();
        let top: Pair = (old.to_owned(), new.to_owned());
        walk.next(top, None);
        while let Some(at) = walk.waiting.pop_front() {
            if walk.explanation.compared == COMPARED {
                walk.explanation.cut = true;
                break;
            }
            walk.explanation.compared += 1;
            let compared = self.compare(&walk.seen[at].pair)?;
            walk.visit(at, &compared);
        }
        Ok(walk.end())
    }

    fn compare(&mut self, pair: &Pair) -> io::Result<Rc<Compared>> {
        if let Some(known) = self.known.get(pair) {
            return Ok(Rc::clone(known));
        }
        let (old, new) = (Derivation::read(&pair.0)?, Derivation::read(&pair.1)?);
        let same_output = !old.outputs.is_empty() && old.outputs == new.outputs;
        let mut differences = Differences::of(&old, &new);
        differences.added.retain(|path| is_package(path));
        differences.removed.retain(|path| is_package(path));
        let is_fixed = !new.fixed.is_empty();
        if is_fixed {
            // What is fetched is known by its hash; what fetches it does not matter.
            differences.inputs.clear();
        }
        let package = if is_fixed { None } else { package(&old, &new) };
        let compared = Rc::new(Compared { name: new.name, same_output, differences, package });
        self.known.insert(pair.clone(), Rc::clone(&compared));
        Ok(compared)
    }
}

/// Says whether a `.drv` file builds something, and fetches nothing.
fn is_package(path: &str) -> bool {
    Derivation::read(path).is_ok_and(|derivation| derivation.fixed.is_empty())
}

/// The name and both versions of a package.
fn package(old: &Derivation, new: &Derivation) -> Option<(String, [String; 2])> {
    let version = |derivation: &Derivation| {
        let said = derivation.attribute("version").filter(|_| derivation.attribute("pname").is_some());
        let version = said.unwrap_or(Name::parse(&derivation.name).version);
        (!version.is_empty()).then(|| visible(version))
    };
    let name = new.attribute("pname").unwrap_or(Name::parse(&new.name).package);
    Some((visible(name), [version(old)?, version(new)?]))
}

/// A walk through all inputs that differ, the nearest first.
#[derive(Default)]
struct Walk {
    explanation: Explanation,
    seen: Vec<Seen>,
    known: BTreeSet<Pair>,
    waiting: VecDeque<usize>,
    upgraded: BTreeMap<String, [BTreeSet<String>; 2]>,
    added: BTreeSet<String>,
    removed: BTreeSet<String>,
}

/// A pair, and the one that needs it.
struct Seen {
    pair: Pair,
    name: String,
    from: Option<usize>,
}

impl Walk {
    fn next(&mut self, pair: Pair, from: Option<usize>) {
        if self.known.insert(pair.clone()) {
            self.waiting.push_back(self.seen.len());
            self.seen.push(Seen { pair, name: String::new(), from });
        }
    }

    fn visit(&mut self, at: usize, compared: &Compared) {
        self.seen[at].name.clone_from(&compared.name);
        let is_top = at == 0;
        if is_top {
            self.explanation.same_output = compared.same_output;
        } else if compared.same_output {
            return;
        }
        match &compared.package {
            _ if is_top => {}
            Some((name, [old, new])) if old != new => {
                let versions = self.upgraded.entry(name.clone()).or_default();
                versions[0].insert(old.clone());
                versions[1].insert(new.clone());
            }
            _ => self.explanation.packages.rebuilt += 1,
        }
        let Differences { own, inputs, added, removed } = &compared.differences;
        self.added.extend(added.iter().map(|path| name_in(path).to_owned()));
        self.removed.extend(removed.iter().map(|path| name_in(path).to_owned()));
        if !own.is_empty() {
            self.cause(at, own);
        }
        inputs.iter().for_each(|pair| self.next(pair.clone(), Some(at)));
    }

    fn cause(&mut self, at: usize, own: &[Difference]) {
        if self.explanation.causes.len() == CAUSES {
            self.explanation.more_causes += 1;
            return;
        }
        let mut path = Vec::new();
        let mut step = Some(at);
        while let Some(at) = step {
            path.push(self.seen[at].name.clone());
            step = self.seen[at].from;
        }
        path.reverse();
        let (old, new) = self.seen[at].pair.clone();
        let differences: Vec<_> = own.iter().take(DIFFERENCES).cloned().collect();
        let more_differences = own.len() - differences.len();
        self.explanation.causes.push(Cause { path, old, new, differences, more_differences });
    }

    fn end(mut self) -> Explanation {
        let packages = &mut self.explanation.packages;
        // Of two derivations of one name, one may be gone on either side.
        let both: BTreeSet<String> = self.added.intersection(&self.removed).cloned().collect();
        let named = |names: BTreeSet<String>| names.into_iter().filter(|name| !both.contains(name));
        packages.upgraded = self.upgraded.into_iter().map(Upgrade::from).collect();
        packages.added = named(self.added).collect();
        packages.removed = named(self.removed).collect();
        packages.more = cut(&mut packages.upgraded) + cut(&mut packages.added) + cut(&mut packages.removed);
        self.explanation
    }
}

/// Cuts a list, and counts what is cut off.
fn cut<T>(list: &mut Vec<T>) -> usize {
    let more = list.len().saturating_sub(PACKAGES);
    list.truncate(PACKAGES);
    more
}
