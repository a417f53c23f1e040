//! `cistern secrets metrics`: how old secrets are, for node exporter.

use std::io;
use std::path::PathBuf;

use clap::Args;

use super::{Common, Outcome, Terminal};
use crate::record::{self, Record};
use crate::secrets::metrics;

#[derive(Args)]
pub(super) struct Options {
    /// Write to this file at once, so that nobody reads half of it; to stdout by default.
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

pub(super) fn run(options: &Options, common: &Common, terminal: &Terminal) -> io::Result<Outcome> {
    let Some(compiled) = super::planned(common, terminal)? else { return Ok(Outcome::Wrong) };
    let plan = compiled.plan.as_ref().expect("it is planned");
    // What could not be read was told, and left no plan.
    let noted = compiled.sources.find(record::PATH).map(|id| Record::read(&compiled.sources.file(id).text));
    let text = metrics(plan.entries(), &noted.and_then(Result::ok).unwrap_or_default(), now());
    match &options.output {
        None => terminal.print(&text)?,
        Some(path) => {
            write(path, &text)?;
            terminal.say("Wrote", &path.display().to_string());
        }
    }
    Ok(Outcome::Fine)
}

/// Puts the file into its place as a whole, readable by the exporter's account.
fn write(path: &std::path::Path, text: &str) -> io::Result<()> {
    use std::io::Write as _;
    use std::os::unix::fs::PermissionsExt as _;
    let beside = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(std::path::Path::new("."));
    let mut file = tempfile::Builder::new()
        .prefix(".cistern-")
        .permissions(std::fs::Permissions::from_mode(0o644))
        .tempfile_in(beside)?;
    file.write_all(text.as_bytes())?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}

/// Seconds since 1970 by the machine's clock.
#[expect(clippy::disallowed_methods, reason = "says how old values are")]
fn now() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).expect("a number of seconds")
}
