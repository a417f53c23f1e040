//! `cistern secrets audit`: encrypted files against the plan, and secrets that lie open.

use std::io;
use std::mem::ManuallyDrop;

use clap::{Args, ValueEnum};
use serde_json::{Value, json};

use super::{Common, Outcome, Terminal};
use crate::audit::{Drift, What, audit, document};
use crate::cli::check::base;
use crate::diag::codes::{self, Code};
use crate::diag::{self, Diagnostic, Renderer, counted, listed, sarif, summary};
use crate::source::Sources;
use crate::{Compiled, compile_leniently, kind};

/// What is said of secrets; everything else `cistern check` tells.
const CODES: &[&Code] = &[
    codes::NO_HOST_KEY,
    codes::NO_SECRET_FILE,
    codes::ORPHAN_SECRET,
    codes::LITERAL_PASSWORD,
    codes::KNOWN_SECRET,
    codes::PRIVATE_KEY,
    codes::PLAIN_SECRET,
    codes::NOT_IN_GIT,
    codes::RANDOM_TEXT,
    codes::PUBLISHED,
    codes::BAD_RECORD,
    codes::HOST_CANNOT_DECRYPT,
    codes::LACKS_RECIPIENT,
    codes::EXTRA_RECIPIENT,
    codes::UNKNOWN_RECIPIENTS,
    codes::NO_AGE_FILE,
    codes::OVERDUE_SECRET,
];

/// For whom to print findings.
#[derive(Clone, Copy, ValueEnum)]
enum Format {
    /// For people.
    Human,
    /// For programs: one JSON document.
    Json,
    /// For code scanning and editors: SARIF 2.1.0.
    Sarif,
}

#[derive(Args)]
pub(super) struct Options {
    /// How to print the findings.
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
    /// Exit with 0 when there are findings, for hooks that only tell.
    #[arg(long)]
    exit_zero: bool,
}

pub(super) fn run(options: &Options, common: &Common, terminal: &Terminal) -> io::Result<Outcome> {
    // The process ends here: nothing needs to be taken apart.
    let mut sources = Sources::read(&common.directory)?;
    kind::add_built_in(&mut sources);
    let mut compiled = ManuallyDrop::new(compile_leniently(sources));
    let other = compiled.faults.split_off(is_of_secrets);
    let Compiled { faults, sources, plan, .. } = &*compiled;
    let drifts = plan.as_ref().map(|plan| audit(plan.entries(), plan.kept())).unwrap_or_default();
    match options.format {
        Format::Human => terminal.print(&Renderer::new(sources, terminal.color()).all(faults))?,
        Format::Json => {
            let found: Value = serde_json::from_str(&diag::json(faults, sources)).expect("it was just written");
            let document = json!({ "version": 1, "files": document(&drifts), "diagnostics": found["diagnostics"] });
            terminal.line(&serde_json::to_string_pretty(&document).expect("text and numbers"))?;
        }
        Format::Sarif => terminal.line(&sarif(faults, sources, &base(&common.directory)))?,
    }
    if plan.is_none() {
        terminal.error(&format!(
            "the definition has to be right before files can be held against it: {} in all, see `cistern check`",
            summary(&joined(faults.clone(), other))
        ));
        return Ok(Outcome::Wrong);
    }
    let secrets = plan.as_ref().map_or(0, |plan| plan.entries().secrets.len());
    terminal.say("Audited", &format!("{}: {}", counted(secrets, "secret"), told(&drifts, faults)));
    let counts = faults.counts();
    let found = counts.errors + counts.warnings > 0;
    Ok(if found && !options.exit_zero { Outcome::Differs } else { Outcome::Fine })
}

fn is_of_secrets(finding: &Diagnostic) -> bool {
    CODES.contains(&finding.code)
}

fn joined(mut faults: diag::Faults, other: diag::Faults) -> diag::Faults {
    faults.append(other);
    faults
}

/// How many files are not as they should be, and in which way.
fn told(drifts: &[Drift<'_>], faults: &diag::Faults) -> String {
    let files = |is: fn(&What<'_>) -> bool| drifts.iter().filter(|drift| drift.what.iter().any(is)).count();
    let rekey = drifts.iter().filter(|drift| drift.needs_rekey()).count();
    let counts = [
        (files(|what| matches!(what, What::Absent)), "absent"),
        (files(|what| matches!(what, What::Broken(_))), "broken"),
        (rekey, "to be rekeyed"),
        (files(|what| matches!(what, What::Overdue { .. } | What::Ageless)), "to be renewed"),
    ];
    let counts = counts.iter().filter(|(count, _)| *count > 0);
    let mut parts: Vec<_> = counts.map(|(count, what)| format!("{} {what}", counted(*count, "file"))).collect();
    if parts.is_empty() {
        parts.push("every file is as planned".to_owned());
    }
    let unnoted = files(|what| matches!(what, What::Unnoted));
    let note = match unnoted {
        0 => String::new(),
        many => format!(" (the age keys of {} were never taken note of)", counted(many, "file")),
    };
    format!("{}{note}; {}", listed(&parts), summary(faults))
}
