//! `cistern secrets edit`: the value of a secret in an editor.

use std::env;
use std::io;
use std::path::PathBuf;

use clap::Args;
use indicatif::ProgressBar;

use super::ask::OnTerminal;
use super::identities::Chosen;
use super::scratch::Scratch;
use super::which::Which;
use super::{Common, Outcome, Terminal, told};
use crate::secrets::memory::Plain;
use crate::secrets::seal;
use crate::secrets::store::Store;

#[derive(Args)]
pub(super) struct Options {
    #[command(flatten)]
    which: Which,
    #[command(flatten)]
    identities: Chosen,
    /// Put the value into a file on a disk where there is no directory in memory.
    #[arg(long)]
    insecure_tmp: bool,
}

pub(super) fn run(options: &Options, common: &Common, terminal: &Terminal) -> io::Result<Outcome> {
    let store = Store::open(&common.directory)?;
    let Some(compiled) = super::planned(common, terminal)? else { return Ok(Outcome::Wrong) };
    let entries = compiled.plan.as_ref().expect("it is planned").entries();
    let file = match options.which.file(entries) {
        Ok(file) => file,
        Err(why) => return Ok(terminal.wrong(&why)),
    };
    let before = match store.read(&file.path) {
        None => Plain::new(Vec::new()),
        Some(bytes) => {
            let ask = OnTerminal::new(ProgressBar::hidden());
            let Some(identities) = options.identities.load(ask, terminal) else { return Ok(Outcome::Wrong) };
            match seal::open(bytes, &identities) {
                Ok(value) => value,
                Err(why) => {
                    terminal.error(&format!("{}: {why}", file.path));
                    return Ok(Outcome::Differs);
                }
            }
        }
    };
    let Some(place) = place(options.insecure_tmp) else {
        return Ok(terminal.wrong(
            "there is no directory in memory for the editor: neither $XDG_RUNTIME_DIR nor /dev/shm is a tmpfs; \
             `--insecure-tmp` takes one on a disk, where the value may be found later",
        ));
    };
    let after = match Scratch::new(&place, &options.which.name, &before)?.edit(&editor())? {
        Ok(after) => without_added_newline(&before, after, terminal),
        Err(why) => {
            terminal.error(&format!("nothing was written: {why}"));
            return Ok(Outcome::Differs);
        }
    };
    if after == before {
        terminal.say("Unchanged", &file.path);
        return Ok(Outcome::Fine);
    }
    if after.is_empty() {
        return Ok(terminal
            .wrong("nothing was written: the editor left the file empty; `cistern secrets rm` deletes a secret"));
    }
    told::write("Edited", store, (&file, &after), &compiled, terminal)
}

/// The command that edits, as git and agenix choose it.
fn editor() -> String {
    let named = |name: &str| env::var(name).ok().filter(|editor| !editor.trim().is_empty());
    named("VISUAL").or_else(|| named("EDITOR")).unwrap_or_else(|| "vi".to_owned())
}

/// The directory that the editor's file stands in.
fn place(insecure: bool) -> Option<PathBuf> {
    let own = env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from);
    let in_memory = own.into_iter().chain([PathBuf::from("/dev/shm")]).find(|place| Scratch::is_in_memory(place));
    in_memory.or_else(|| insecure.then(env::temp_dir))
}

/// Takes away the newline that editors put behind a last line that had none; a line that is new counts as such.
fn without_added_newline(before: &Plain, mut after: Plain, terminal: &Terminal) -> Plain {
    let Some(text) = after.bytes().strip_suffix(b"\n") else { return after };
    let is_one_line = !text.contains(&b'\n');
    let added = !text.ends_with(b"\n")
        && match before.is_empty() {
            true => is_one_line,
            false => !before.bytes().ends_with(b"\n"),
        };
    if added {
        let length = text.len();
        after.truncate(length);
        if after != *before {
            terminal.say("Left out", "the newline that the editor put behind the last line");
        }
    }
    after
}
