//! The lint of kinds that somebody contributes: what loading checks, and beyond that what a good kind has.
//!
//! Each kind is put into a fleet made up for it, which is compiled as any other: so its body is filled in and read as
//! Nix, once with what it must be given, and once with everything that its examples say.

mod body;
mod facts;

use std::collections::BTreeSet;

use rayon::prelude::*;

use super::example::Given;
use super::scratch::fleet;
use crate::check;
use crate::diag::{Diagnostic, Faults, Severity, codes};
use crate::emit::{self, Context};
use crate::kind::{self, BUILT_IN, Kind, Kinds};
use crate::load;
use crate::model::{self, BROUGHT};
use crate::nix::Templates;
use crate::options::{self, Lists};
use crate::place;
use crate::prove::{self, Plan};
use crate::source::{FileId, Sources, Span};
use crate::tree::Tree;

/// Where kinds lie in a fleet.
const PLACE: &str = "templates/services/";

/// What their files end in.
const SUFFIX: &str = ".nix.j2";

/// A file that somebody submits.
#[derive(Debug, Clone)]
pub struct Submitted {
    /// The path that messages call it by.
    pub path: String,
    /// What stands before `.nix.j2` in its name.
    pub name: String,
    /// Its text.
    pub text: String,
}

/// What was found.
#[derive(Debug)]
pub struct Linted {
    /// The files, for the places of diagnostics.
    pub sources: Sources,
    /// Every finding.
    pub faults: Faults,
}

/// Looks at kinds; `beside` are further templates that they include, by their path below `templates/`.
pub fn lint(submitted: &[Submitted], beside: &[(String, String)], lists: Option<&Lists<'_>>) -> Linted {
    let mut sources = Sources::default();
    for (path, text) in beside {
        sources.add(format!("templates/{path}"), text.as_str());
    }
    let files: Vec<FileId> =
        submitted.iter().map(|one| sources.add(format!("{PLACE}{}{SUFFIX}", one.name), one.text.as_str())).collect();
    kind::add_built_in(&mut sources);
    let mut faults = Faults::default();
    let templates = kind::templates(&sources, &mut faults);
    let kinds = Kinds::read(&sources, &mut faults);
    // Of files beside those that were asked about nothing is said.
    faults.retain(|fault| is_about(fault, &files, submitted));
    let bench = Bench { sources: &sources, templates: &templates, kinds: &kinds, lists };
    let of_each: Vec<Faults> = files
        .par_iter()
        .filter_map(|file| kinds.iter().find(|kind| kind.file == *file))
        .map(|kind| bench.look_at(kind))
        .collect();
    of_each.into_iter().for_each(|found| faults.append(found));
    for (file, one) in files.iter().zip(submitted) {
        sources.rename(*file, &one.path);
    }
    let faults = faults.iter().cloned().map(|fault| called(fault, submitted)).collect();
    Linted { sources, faults }
}

/// The diagnostic with the file named as it was given.
fn called(mut fault: Diagnostic, submitted: &[Submitted]) -> Diagnostic {
    if let Some(path) = &mut fault.path {
        let one = submitted.iter().find(|one| *path == format!("{PLACE}{}{SUFFIX}", one.name));
        one.iter().for_each(|one| path.clone_from(&one.path));
    }
    fault
}

fn is_about(fault: &Diagnostic, files: &[FileId], submitted: &[Submitted]) -> bool {
    let by_path = |path: &String| submitted.iter().any(|one| *path == format!("{PLACE}{}{SUFFIX}", one.name));
    fault.labels.iter().any(|label| files.contains(&label.span.file)) || fault.path.as_ref().is_some_and(by_path)
}

/// What all kinds are held against.
struct Bench<'a> {
    sources: &'a Sources,
    templates: &'a Templates,
    kinds: &'a Kinds,
    lists: Option<&'a Lists<'a>>,
}

impl Bench<'_> {
    fn look_at(&self, kind: &Kind) -> Faults {
        let mut faults = Faults::default();
        facts::look(kind, &mut faults);
        let name = format!("services/{}{SUFFIX}", kind.name);
        // What is wrong with a template that cannot be filled in was told.
        let is_whole = self.templates.names().any(|known| known == name);
        let Some(source) = self.templates.source(&name).filter(|_| is_whole) else { return faults };
        body::look(kind, source, &mut faults);
        if !faults.has_errors() {
            self.fill_in(kind, &mut faults);
        }
        faults
    }

    /// Compiles the two fleets.
    fn fill_in(&self, kind: &Kind, faults: &mut Faults) {
        let around = self.around(kind);
        let (sources, plan, mut found) = self.compile(&around, &fleet(kind, self.kinds, Given::Required));
        if let Some(plan) = &plan {
            found.append(self.rendered(plan, &sources));
        }
        let mut told = BTreeSet::new();
        for fault in found.iter() {
            push(self.own(kind, fault), &mut told, faults);
        }
        // Examples of settings may contradict each other; what counts here is whether the body holds.
        let (sources, plan, _) = self.compile(&around, &fleet(kind, self.kinds, Given::All));
        let rendered = plan.map(|plan| self.rendered(&plan, &sources)).unwrap_or_default();
        for fault in rendered.iter() {
            push(self.own(kind, fault), &mut told, faults);
        }
    }

    /// The files without the kinds that this one has nothing to do with: their faults are not its own.
    fn around(&self, kind: &Kind) -> Sources {
        let mut needed: BTreeSet<&str> = BTreeSet::new();
        let mut open = vec![kind];
        while let Some(kind) = open.pop() {
            if needed.insert(kind.name.as_str()) {
                let members = kind.front.members.iter().flat_map(|members| members.entries.values());
                let members = members.filter_map(|member| member.value.kind.as_ref());
                let named = members.chain(kind.front.depends_on.iter().flatten());
                open.extend(named.filter_map(|name| self.kinds.get(&name.value)));
            }
        }
        if super::brought_by(&kind.name).is_some() {
            needed.extend(BROUGHT);
        }
        let mut sources = self.sources.clone();
        for prefix in [PLACE.to_owned(), format!("{BUILT_IN}services/")] {
            let is_other = |path: &String| {
                let name = path.strip_prefix(&prefix).and_then(|rest| rest.strip_suffix(SUFFIX));
                name.is_some_and(|name| !needed.contains(name))
            };
            let below = sources.paths.range(prefix.clone()..).take_while(|path| path.starts_with(&prefix));
            let others: Vec<String> = below.filter(|path| is_other(path)).cloned().collect();
            others.iter().for_each(|path| sources.replace(path, None));
        }
        sources
    }

    fn compile(&self, around: &Sources, definition: &str) -> (Sources, Option<Plan>, Faults) {
        let mut sources = around.clone();
        sources.add("fleet.yaml", definition);
        let (raw, mut faults) = load::load(&sources);
        let (fleet, found) = model::lower(raw, &sources);
        faults.append(found);
        let checked = check::check(fleet, &sources, self.templates, &mut faults);
        let plan = checked.and_then(|checked| prove::prove(place::place(checked), self.templates, &mut faults));
        (sources, plan, faults)
    }

    /// What is wrong with the files that would be written, and with the options that they set.
    fn rendered(&self, plan: &Plan, sources: &Sources) -> Faults {
        let nothing = Tree::default();
        let written = emit::emit(&Context::new(plan, self.templates, &nothing, sources));
        let mut faults = written.err().unwrap_or_default();
        if let Some(lists) = self.lists {
            faults.append(options::check(plan, self.templates, sources, lists));
        }
        faults
    }

    /// A finding of the made-up fleet, as far as it is the kind's: at its place in the kind's file, or at the top of it.
    fn own(&self, kind: &Kind, fault: &Diagnostic) -> Option<Diagnostic> {
        let is_known = |file: FileId| self.sources.below("").any(|(id, _)| id == file);
        if fault.labels.iter().any(|label| label.span.file == kind.file) {
            let mut fault = Diagnostic { about: Vec::new(), ..fault.clone() };
            fault.labels.retain(|label| is_known(label.span.file));
            return Some(fault);
        }
        // What stands in the file of another kind is told of that.
        let is_elsewhere = fault.labels.first().is_some_and(|label| is_known(label.span.file));
        let is_ours = fault.severity == Severity::Error && !is_elsewhere;
        is_ours.then(|| {
            let message = format!("an example of kind `{}` is refused: {}", kind.name, fault.message);
            let told = Diagnostic::new(codes::EXAMPLE_REFUSED, message).at(Span::top(kind.file), "this kind");
            let code = format!("`cistern explain {}` says more", fault.code.id);
            fault.help.iter().cloned().chain([code]).fold(told, Diagnostic::help)
        })
    }
}

/// Adds a finding, once.
fn push(finding: Option<Diagnostic>, told: &mut BTreeSet<(&'static str, String)>, faults: &mut Faults) {
    if let Some(finding) = finding.filter(|finding| finding.severity != Severity::Allowed)
        && told.insert((finding.code.id, finding.message.clone()))
    {
        faults.push(finding);
    }
}
