//! What is wrong with the options that a module sets.

use std::collections::BTreeSet;

use super::assignment::{Assignment, Name, Step, dotted};
use super::dropped::{Fate, dropped};
use super::list::{Found, List};
use super::shape::Shape;
use crate::diag::{Code, Diagnostic, codes, nearest};
use crate::nix::Literal;

/// Longer descriptions of types are cut.
const LONGEST: usize = 70;

/// So many names are listed at most.
const MOST_NAMES: usize = 16;

/// What only NixOS' own modules are meant to set, and so its list leaves out. `lib` and `meta` are no options of a host.
const UNLISTED: &[&str] = &[
    "_module",
    "assertions",
    "boot.kernel.features",
    "boot.specialFileSystems",
    "fonts.fontconfig.confPackages",
    "ids",
    "lib",
    "meta",
    "nix.envVars",
    "system.activatableSystemBuilderCommands",
    "system.boot.loader",
    "system.build",
    "system.checks",
    "system.extraSystemBuilderCmds",
    "system.fsPackages",
    "system.modulesTree",
    "system.nssModules",
    "system.path",
    "system.requiredKernelConfig",
    "system.systemBuilderArgs",
    "system.systemBuilderCommands",
    "systemd.network.units",
    "systemd.units",
    "systemd.user.units",
    "warnings",
];

/// One fault.
#[derive(Debug, Clone)]
pub(super) struct Finding {
    /// The path of what is set.
    pub(super) steps: Vec<Step>,
    /// The step at fault; the last one of the option where its value is.
    pub(super) at: usize,
    /// What is wrong.
    pub(super) fault: Fault,
    /// The value.
    pub(super) value: Literal,
}

/// What is wrong with an option.
#[derive(Debug, Clone)]
pub(super) enum Fault {
    /// There is none of that name.
    Unknown {
        /// The name beside it that it is most like.
        sibling: Option<String>,
        /// What is known of it.
        help: Option<String>,
    },
    /// It has another name.
    Renamed {
        /// The whole path.
        to: String,
        /// Since when.
        release: &'static str,
    },
    /// It does not take that value.
    Value {
        /// What it takes.
        takes: String,
        /// What is given.
        given: String,
    },
    /// Nobody but NixOS sets it.
    ReadOnly,
}

/// Looks every option up; what stands below an unknown name is told once. Names of the root that no list knows and that
/// are like none that it knows are those of other modules: they go to `foreign`.
pub(super) fn judge(
    list: &List<'_>,
    assignments: &[Assignment],
    is_declared: &dyn Fn(&[Step]) -> bool,
    foreign: &mut BTreeSet<String>,
) -> Vec<Finding> {
    let mut told = BTreeSet::new();
    let mut findings = Vec::new();
    for assignment in assignments {
        let Some((at, fault)) = fault(list, assignment, foreign) else { continue };
        let steps = &assignment.steps;
        let is_known = is_unlisted(steps) || is_declared(steps);
        if !is_known && told.insert(dotted(&steps[..=at])) {
            findings.push(Finding { steps: steps.clone(), at, fault, value: assignment.value.clone() });
        }
    }
    findings
}

fn fault(list: &List<'_>, assignment: &Assignment, foreign: &mut BTreeSet<String>) -> Option<(usize, Fault)> {
    let (steps, value) = (&assignment.steps, &assignment.value);
    let last = steps.len().checked_sub(1)?;
    match list.look_up(steps) {
        Found::Option(entry, _) if entry.read_only => Some((last, Fault::ReadOnly)),
        Found::Option(entry, shape) => {
            let given = odd_one(&shape, value)?;
            Some((last, Fault::Value { takes: short(&entry.takes), given }))
        }
        Found::Group => {
            let is_set = matches!(value, Literal::Computed | Literal::Empty | Literal::Set(_));
            (!is_set).then(|| (last, Fault::Value { takes: "a set of options".to_owned(), given: shown(value) }))
        }
        Found::Free => None,
        Found::Beyond { at, entry } => {
            let given = if matches!(steps[at].name, Name::Item(_)) { "a list" } else { "a set" };
            Some((at - 1, Fault::Value { takes: short(&entry.takes), given: given.to_owned() }))
        }
        Found::Absent { at, below } => {
            let sibling = match &steps[at].name {
                Name::Is(name) => nearest(name, list.names(below)).map(str::to_owned),
                Name::Any | Name::Item(_) => None,
            };
            let row = dropped(steps);
            if at == 0 && sibling.is_none() && row.is_none() {
                if let (Name::Is(name), false) = (&steps[0].name, is_unlisted(steps)) {
                    foreign.insert(name.clone());
                }
                return None;
            }
            Some(match row.map(|row| (row, row.renamed(steps))) {
                Some((row, Some(new))) if !matches!(list.look_up(&new), Found::Absent { .. }) => {
                    let kept = new.len() - (steps.len() - row.len());
                    (at.max(row.len() - 1), Fault::Renamed { to: dotted(&new[..kept]), release: row.release })
                }
                Some((row, _)) => {
                    let help = match row.fate {
                        Fate::Renamed(new) => format!("NixOS {} renamed it to `{new}`", row.release),
                        Fate::Removed(instead) => format!("NixOS {} removed it: {instead}", row.release),
                    };
                    (at.max(row.len() - 1), Fault::Unknown { sibling: None, help: Some(help) })
                }
                None => {
                    let help = if sibling.is_some() { None } else { hint(list, steps, at, below) };
                    (at, Fault::Unknown { sibling, help })
                }
            })
        }
    }
}

/// What can be said of a name that is like none beside it.
fn hint(list: &List<'_>, steps: &[Step], at: usize, below: usize) -> Option<String> {
    let names: Option<Vec<&str>> = steps
        .iter()
        .map(|step| match &step.name {
            Name::Is(name) => Some(name.as_str()),
            Name::Any | Name::Item(_) => None,
        })
        .collect();
    if let Some(option) = names.and_then(|names| list.akin(&names)) {
        return Some(format!("there is `{option}`"));
    }
    let beside: Vec<_> = list.names(below).collect();
    let few = at > 0 && (1..=MOST_NAMES).contains(&beside.len());
    few.then(|| format!("below `{}` there are: {}", dotted(&steps[..at]), beside.join(", ")))
}

fn is_unlisted(steps: &[Step]) -> bool {
    UNLISTED.iter().any(|path| {
        let mut names = path.split('.');
        let mut here = steps.iter();
        names.all(|name| here.next().is_some_and(|step| matches!(&step.name, Name::Is(own) if own == name)))
    })
}

/// Shows the value, or the item of a list, that an option does not take.
fn odd_one(shape: &Shape, value: &Literal) -> Option<String> {
    if shape.takes(value) {
        return None;
    }
    match (shape, value) {
        (Shape::List(inner), Literal::List(items)) => {
            let odd = items.iter().find(|item| !inner.takes(item))?;
            Some(format!("a list with {} in it", shown(odd)))
        }
        _ => Some(shown(value)),
    }
}

fn shown(value: &Literal) -> String {
    match value {
        Literal::Text(text) => format!("the text {:?}", text.chars().take(40).collect::<String>()),
        Literal::Bool(value) => format!("`{value}`"),
        Literal::Number(number) => format!("the number {number}"),
        Literal::Fraction => "a number with a fraction".to_owned(),
        Literal::Null => "`null`".to_owned(),
        Literal::Path => "a path".to_owned(),
        Literal::List(_) => "a list".to_owned(),
        Literal::Set(_) | Literal::Empty => "a set".to_owned(),
        Literal::Computed => "what Nix computes".to_owned(),
    }
}

/// The words of a type, cut where they are many.
fn short(takes: &str) -> String {
    let line = takes.lines().next().unwrap_or_default();
    match line.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line.to_owned(),
    }
}

impl Finding {
    /// The path as far as it is at fault.
    pub(super) fn path(&self) -> String {
        dotted(&self.steps[..=self.at])
    }

    /// Says whether the name is at fault, and not the value.
    pub(super) fn is_of_name(&self) -> bool {
        !matches!(self.fault, Fault::Value { .. })
    }

    /// Its code, for what Cistern emits.
    pub(super) fn code(&self) -> &'static Code {
        match self.fault {
            Fault::Unknown { .. } => codes::UNKNOWN_OPTION,
            Fault::Renamed { .. } => codes::RENAMED_OPTION,
            Fault::Value { .. } => codes::OPTION_TYPE,
            Fault::ReadOnly => codes::READ_ONLY_OPTION,
        }
    }

    /// A few words for its place.
    pub(super) fn label(&self) -> &'static str {
        match self.fault {
            Fault::Unknown { .. } => "not in the options list",
            Fault::Renamed { .. } => "the old name",
            Fault::Value { .. } => "not what the option takes",
            Fault::ReadOnly => "NixOS sets this itself",
        }
    }

    /// The diagnostic, without its places.
    pub(super) fn diagnostic(&self, code: &'static Code) -> Diagnostic {
        let path = self.path();
        match &self.fault {
            Fault::Unknown { sibling, help } => {
                let mut diagnostic = Diagnostic::new(code, format!("there is no option `{path}`"));
                diagnostic.suggestion.clone_from(sibling);
                help.iter().fold(diagnostic, |diagnostic, help| diagnostic.help(help))
            }
            Fault::Renamed { to, release } => {
                Diagnostic::new(code, format!("the option `{path}` has another name since NixOS {release}"))
                    .help(format!("it is called `{to}` now"))
            }
            Fault::Value { takes, given } => {
                Diagnostic::new(code, format!("the option `{path}` does not take {given}"))
                    .help(format!("it takes: {takes}"))
            }
            Fault::ReadOnly => Diagnostic::new(code, format!("the option `{path}` is read-only"))
                .help("leave it out: NixOS computes it from other options"),
        }
    }
}
