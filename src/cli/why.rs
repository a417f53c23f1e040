//! `cistern why`: where a value of a host comes from.

use std::io;

use clap::Args;

use super::{Common, Format, Outcome, Terminal};
use crate::diag::{Faults, Subject, listed, summary};
use crate::emit::{self, Context, HostTrace};
use crate::kind;
use crate::source::Sources;
use crate::tree::Tree;
use crate::value::HostName;
use crate::why::{self, Absent, Known, Options as Lines, Reach, View};

#[derive(Args)]
pub(super) struct Options {
    /// The host.
    host: String,
    /// A path in the definition (`ssh.password_auth`, `services.jellyfin.ports`) or an option of NixOS.
    path: String,
    /// How to print the answer.
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
}

pub(super) fn run(options: &Options, common: &Common, terminal: &Terminal) -> io::Result<Outcome> {
    let mut sources = Sources::read(&common.directory)?;
    kind::add_built_in(&mut sources);
    let known = match Known::about(sources, &options.host) {
        Ok(known) => known,
        Err((absent, known)) => return Ok(no_host(&options.host, &absent, &known, terminal)),
    };
    let view = View::of(&known, &options.host).expect("it was read for this host");
    let path = why::plain_path(&options.path, &options.host);
    let mut answer = why::ask(&view, &path);
    let mut without = Vec::new();
    if answer.needs_options(&path) {
        let module = module(&known, &view.host.name);
        match &module {
            Ok((Some(trace), left_out)) => {
                let lines = Lines::of(&view, trace);
                answer.with_options(&lines, &path);
                without.clone_from(left_out);
                if answer.is_empty() {
                    return Ok(no_path(&view, Some(&lines), options, terminal));
                }
            }
            Ok((None, _)) if answer.is_empty() => {
                let managed = view.host.managed;
                no_path(&view, None, options, terminal);
                terminal
                    .warn(&format!("`{}` is `managed: {managed}`, so Cistern writes no module for it", options.host));
                return Ok(Outcome::Wrong);
            }
            Err(faults) if answer.is_empty() => {
                terminal.faults(faults, &known.sources);
                terminal.error(&format!(
                    "`{}` is no key of the definition, and what NixOS is told cannot be said before this is mended: {}",
                    options.path,
                    summary(faults)
                ));
                return Ok(Outcome::Wrong);
            }
            _ => {}
        }
    }
    match options.format {
        Format::Human => terminal.print(&why::text(&view, &answer))?,
        Format::Json => terminal.line(&why::json(&view, &path, &answer, &without))?,
    }
    note_faults(&known, &without, terminal);
    Ok(Outcome::Fine)
}

/// The module of the host as it would be generated now, and the entries that it was made without.
fn module(known: &Known, host: &HostName) -> Result<(Option<HostTrace>, Vec<Subject>), Faults> {
    let plan = known.plan(host)?;
    let nothing = Tree::default();
    let context = Context::new(&plan.plan, &known.templates, &nothing, &known.sources);
    let trace = emit::trace(&context, host).map_err(|faults| *faults)?;
    Ok((trace, plan.without))
}

/// Says that the answer may not be the whole truth.
fn note_faults(known: &Known, without: &[Subject], terminal: &Terminal) {
    if !without.is_empty() {
        let names: Vec<_> = without.iter().map(|entry| format!("{}.{}", entry.section, entry.name)).collect();
        terminal.warn(&format!(
            "answered without {}, which cannot be used as it stands: see `cistern check`",
            listed(&names)
        ));
    } else if known.faults.has_errors() {
        terminal.warn("the definition has faults: see `cistern check`");
    }
}

pub(super) fn no_host(host: &str, absent: &Absent, known: &Known, terminal: &Terminal) -> Outcome {
    match absent {
        Absent::Unreadable => {
            let reach = Reach::of(known);
            let mut faults = known.faults.clone();
            let _ = faults.split_off(|finding| {
                reach.hosts(finding).is_none_or(|hosts| hosts.iter().any(|name| name.as_str() == host))
            });
            terminal.faults(&faults, &known.sources);
            terminal.error(&format!("host `{}` cannot be read: {}", host.escape_debug(), summary(&faults)));
        }
        Absent::Unknown(near) => {
            let hint = match near {
                Some(near) => format!("did you mean `{near}`?"),
                None => "`cistern list` names them".to_owned(),
            };
            terminal.error(&format!("there is no host `{}`; {hint}", host.escape_debug()));
        }
    }
    Outcome::Wrong
}

fn no_path(view: &View<'_>, lines: Option<&Lines<'_, '_>>, options: &Options, terminal: &Terminal) -> Outcome {
    let host = &options.host;
    let hint = match why::near(view, lines, &why::plain_path(&options.path, host)) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("`cistern show {host}` lists the values, generated/hosts/{host}.nix the options"),
    };
    let asked = options.path.escape_debug();
    terminal.error(&format!("nothing is known of `{asked}` on host `{host}`; {hint}"));
    Outcome::Wrong
}
