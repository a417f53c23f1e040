//! `cistern status`: how the hosts are doing, from Prometheus or from each of them.

mod child;
mod hosts;
mod prometheus;
mod ssh;

use std::fs;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use clap::Args;
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::{flag, low_level};

use super::{Common, Format, Outcome, Terminal, planned, selection};
use crate::status::{self, Expected, Heard, Look, Question, Source, Status};
use prometheus::Remote;
use ssh::Ssh;

/// How often it is looked whether somebody wants to end.
const BEAT: Duration = Duration::from_millis(50);

#[derive(Args)]
#[command(
    after_help = "Exits with 1 when an active host is critical or unreachable; hosts in maintenance and inactive ones do not count.\n\nWithout --url and --ssh, the Prometheus of a monitoring host is asked, through ssh; where none answers in half of the time, each host is asked in the other half."
)]
pub(super) struct Options {
    /// Which hosts; all of them without it.
    selector: Option<String>,
    /// The Prometheus to ask; otherwise that of a monitoring host of the fleet, through ssh.
    #[arg(long, value_name = "URL")]
    url: Option<String>,
    /// Who asks, where that Prometheus wants to know.
    #[arg(long, value_name = "NAME", requires_all = ["url", "password_file"])]
    username: Option<String>,
    /// The file that holds the password.
    #[arg(long, value_name = "FILE", requires = "username")]
    password_file: Option<PathBuf>,
    /// Ask each host over ssh, and no Prometheus.
    #[arg(long, conflicts_with = "url")]
    ssh: bool,
    /// What hosts are to run: a file of `cistern plan -o FILE --eval`; otherwise what was deployed last.
    #[arg(long, value_name = "FILE")]
    expected: Option<PathBuf>,
    /// How long a host may take, in seconds.
    #[arg(long, value_name = "SECONDS", default_value_t = 5, value_parser = clap::value_parser!(u16).range(1..=600))]
    timeout: u16,
    /// Ask again and again, with so many seconds in between; 10 by default.
    #[arg(long, value_name = "SECONDS", num_args = 0..=1, require_equals = true, default_missing_value = "10", value_parser = clap::value_parser!(u32).range(1..))]
    watch: Option<u32>,
    /// How to print it; with --watch, JSON is one line a round.
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
    /// Exit with 0 when something is critical, for hooks that only tell.
    #[arg(long)]
    exit_zero: bool,
}

pub(super) fn run(options: &Options, common: &Common, terminal: &Terminal) -> io::Result<Outcome> {
    let Some(plan) = planned(common, terminal, "nobody was asked")? else { return Ok(Outcome::Wrong) };
    let chosen = match &options.selector {
        None => Some(plan.entries().hosts.keys().cloned().collect()),
        Some(selector) => selection::of_plan(selector, plan.entries(), terminal),
    };
    let Some(hosts) = chosen else { return Ok(Outcome::Wrong) };
    let expected = match expected(options) {
        Ok(expected) => expected,
        Err(why) => return Ok(terminal.wrong(&why)),
    };
    let patience = Duration::from_secs(options.timeout.into());
    let remote = options.url.as_ref().map(|url| {
        let user = options.username.as_deref().zip(options.password_file.as_deref());
        Remote::new(url, user, patience / 2)
    });
    let remote = match remote.transpose() {
        Ok(remote) => remote,
        Err(why) => return Ok(terminal.wrong(&why)),
    };
    let asker = Asker { options, common, remote, signal: Signal::new()? };
    let mut question =
        Question { entries: plan.entries(), kept: plan.kept(), hosts: &hosts, expected: &expected, now: now() };
    let Some(seconds) = options.watch else {
        let found = asker.ask(&question)?;
        return asker.print(&found, terminal);
    };
    let pause = Duration::from_secs(seconds.into());
    loop {
        let begun = Instant::now();
        question.now = now();
        let found = asker.ask(&question)?;
        asker.redraw(&found, terminal)?;
        while begun.elapsed() < pause {
            asker.signal.obey()?;
            thread::sleep(BEAT.min(pause.saturating_sub(begun.elapsed())));
        }
    }
}

fn expected(options: &Options) -> Result<Expected, String> {
    let Some(file) = &options.expected else { return Ok(Expected::default()) };
    let at = |why: &str| format!("{}: {why}", file.display());
    let text = fs::read_to_string(file).map_err(|error| at(&error.to_string()))?;
    Expected::read(&text).map_err(|why| at(&why))
}

/// Whom to ask, and how.
struct Asker<'a> {
    options: &'a Options,
    common: &'a Common,
    remote: Option<Remote>,
    signal: Signal,
}

impl Asker<'_> {
    /// Asks once.
    fn ask(&self, question: &Question<'_>) -> io::Result<Status> {
        let begun = Instant::now();
        let whole = Duration::from_secs(self.options.timeout.into());
        let is_over = || self.signal.came();
        let mut notes = Vec::new();
        if !self.options.ssh {
            let ssh = Ssh::new(&self.common.directory, whole / 2)?;
            let found = match &self.remote {
                Some(remote) => remote.ask(question).map_err(|why| vec![why]),
                None => prometheus::through(question, &ssh, &is_over),
            };
            self.signal.obey()?;
            match found {
                Ok((source, hosts)) => return Ok(status::status(question, Heard { source, notes, hosts })),
                Err(refusals) => notes.extend(refusals.iter().map(|why| format!("{why}; each host is asked over ssh"))),
            }
            if notes.is_empty() {
                notes.push("the fleet has no Prometheus: each host is asked over ssh".to_owned());
            }
        }
        let ssh = Ssh::new(&self.common.directory, whole.saturating_sub(begun.elapsed()))?;
        let hosts = hosts::ask(question, &ssh, &is_over);
        self.signal.obey()?;
        Ok(status::status(question, Heard { source: Source::Hosts, notes, hosts }))
    }

    fn print(&self, found: &Status, terminal: &Terminal) -> io::Result<Outcome> {
        found.notes.iter().for_each(|note| terminal.warn(note));
        match self.options.format {
            Format::Human => terminal.print(&status::table(found, look(terminal)))?,
            Format::Json => terminal.line(&status::json(found))?,
        }
        terminal.say("Asked", &status::summary(found));
        Ok(if found.is_critical() && !self.options.exit_zero { Outcome::Differs } else { Outcome::Fine })
    }

    /// Prints a round in the place of the one before, or below it where there is no terminal.
    fn redraw(&self, found: &Status, terminal: &Terminal) -> io::Result<()> {
        if matches!(self.options.format, Format::Json) {
            return terminal.line(&status::json_line(found));
        }
        let notes: String = found.notes.iter().map(|note| format!("note: {note}\n")).collect();
        let block = format!("{}{notes}{}\n", status::table(found, look(terminal)), status::summary(found));
        if !terminal.is_watched() {
            return terminal.print(&format!("{block}\n"));
        }
        // From the top, each line to its end, and nothing of the round before below it: so it does not flicker.
        let lines: String = block.lines().map(|line| format!("{line}\x1b[K\n")).collect();
        terminal.print(&format!("\x1b[H{lines}\x1b[J"))
    }
}

fn look(terminal: &Terminal) -> Look {
    Look { width: terminal.width(), color: terminal.color() }
}

/// Now, in seconds since 1970.
fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}

/// Whether somebody wants to end: then nothing that was started may be left.
struct Signal {
    number: Arc<AtomicUsize>,
}

impl Signal {
    fn new() -> io::Result<Self> {
        let number = Arc::new(AtomicUsize::new(0));
        for signal in [SIGHUP, SIGINT, SIGTERM] {
            flag::register_usize(signal, Arc::clone(&number), usize::try_from(signal).expect("signals have numbers"))?;
        }
        Ok(Self { number })
    }

    fn came(&self) -> bool {
        self.number.load(Ordering::Relaxed) != 0
    }

    /// Ends as the signal would have, if one came.
    fn obey(&self) -> io::Result<()> {
        match i32::try_from(self.number.load(Ordering::Relaxed)) {
            Ok(number @ 1..) => low_level::emulate_default_handler(number),
            _ => Ok(()),
        }
    }
}
