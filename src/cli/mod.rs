//! The command line: one file per command, and the options that all of them have.

#![expect(clippy::disallowed_methods, reason = "the edge itself")]

mod catalog;
mod check;
mod completions;
mod coverage;
mod diff;
mod entry;
mod evaluation;
mod explain;
mod files;
mod flags;
mod generate;
mod graph;
mod host;
mod https;
mod import;
mod init;
mod lifecycle;
mod list;
mod options_list;
mod pin;
mod place;
mod plan;
mod registry;
mod relocate;
mod schema;
mod selection;
mod secrets;
mod service;
mod show;
mod simulate;
mod ssh_keygen;
mod status;
mod terminal;
mod why;

use std::io;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, CommandFactory, Parser, Subcommand, ValueEnum};

use crate::diag::summary;
use crate::prove::Plan;
use crate::{Compiled, compile};
use terminal::Terminal;

/// What a run came to; the numbers are the exit codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    /// All is well, warnings included.
    Fine = 0,
    /// Not the same: differs, stale, an overwrite refused.
    Differs = 1,
    /// The definition or the usage is wrong.
    Wrong = 2,
    /// A finding was denied.
    Denied = 4,
}

/// Compiles the definition of a NixOS fleet into modules, deploy-rs nodes, Prometheus configuration and agenix rules.
#[derive(Parser)]
#[command(
    name = "cistern",
    version,
    propagate_version = true,
    after_help = "Exit codes: 0 fine, 1 not the same (differs, stale, overwrite refused) or something stops, 2 the definition or the usage is wrong, 3 the machine failed, 4 a finding was denied."
)]
struct Cli {
    #[command(flatten)]
    common: Common,
    #[command(subcommand)]
    command: Command,
}

/// Options that may stand anywhere on the line.
#[derive(Args)]
struct Common {
    /// The fleet directory.
    #[arg(short = 'C', long = "directory", value_name = "DIR", default_value = ".", global = true)]
    directory: PathBuf,
    /// When to use colour; NO_COLOR is honoured.
    #[arg(long, value_enum, default_value_t = Color::Auto, global = true)]
    color: Color,
    /// Say more.
    #[arg(short, long, global = true)]
    verbose: bool,
    /// Say nothing but what was asked for and faults.
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    quiet: bool,
}

impl Common {
    /// The same options once more.
    fn like(other: &Self) -> Self {
        Self { directory: other.directory.clone(), ..*other }
    }
}

/// When to use colour.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Color {
    /// On a terminal.
    Auto,
    /// In any case.
    Always,
    /// Never.
    Never,
}

/// For whom to print.
#[derive(Clone, Copy, ValueEnum)]
enum Format {
    /// For people.
    Human,
    /// For programs: one JSON document.
    Json,
}

#[derive(Subcommand)]
enum Command {
    /// Write a fleet directory to begin with.
    Init(init::Options),
    /// Make a definition of what another program knows of a fleet.
    Import(Box<import::Options>),
    /// Look for every fault of the definition.
    Check(check::Options),
    /// Write generated/.
    Generate(generate::Options),
    /// Show what would change against today's flake.
    Diff(diff::Options),
    /// Store what would change in a file that can be signed, and hold it against today later.
    Plan(plan::Options),
    /// Add, change or remove a host of the definition.
    Host(host::Options),
    /// Add, change, move or remove a service of the definition.
    Service(service::Options),
    /// List, show, search and check the kinds that services can be of.
    Catalog(catalog::Options),
    /// Say where everything runs and why, or let go of where it was placed.
    Place(place::Options),
    /// Have a host take no instances, and have those leave that may.
    Drain(lifecycle::Drain),
    /// Have a drained host take instances again.
    Undrain(lifecycle::Undrain),
    /// Place a service on another host, and say how its data gets there.
    Move(relocate::Options),
    /// Keep the encrypted values: who reads them, audit, and everything that changes one.
    Secrets(secrets::Options),
    /// List hosts.
    List(list::Options),
    /// Show hosts as their layers resolve them.
    Show(show::Options),
    /// Say what watches every host and every service, and who would be told.
    Coverage(coverage::Options),
    /// Say what stops, and what is lost, while some hosts are down.
    Simulate(simulate::Options),
    /// Say how the hosts are doing, from Prometheus or from each of them.
    Status(Box<status::Options>),
    /// Draw the fleet: its sites, hosts and services, and what depends on what.
    Graph(graph::Options),
    /// Say where a value of a host comes from, and which values it beat.
    Why(why::Options),
    /// Say what a diagnostic means, and the remedy.
    Explain(explain::Options),
    /// Print the JSON Schema of the definition.
    Schema(schema::Options),
    /// Print the completions of a shell.
    Completions(completions::Options),
    /// Print the manual page.
    Man,
}

/// Compiles the fleet; without a plan it says what is wrong with the fleet, and what was not done for that.
fn planned(common: &Common, terminal: &Terminal, undone: &str) -> io::Result<Option<&'static Plan>> {
    // The process ends with the command: nothing needs to be taken apart.
    let compiled: &'static Compiled = Box::leak(Box::new(compile(&common.directory)?));
    if compiled.plan.is_none() {
        terminal.faults(&compiled.faults, &compiled.sources);
        terminal.error(&format!("{undone}: {}", summary(&compiled.faults)));
    }
    Ok(compiled.plan.as_ref())
}

/// Runs the program with the arguments of the process.
pub fn main() -> ExitCode {
    announce_panics();
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            let _ = error.print();
            return ExitCode::from(if error.use_stderr() { 2 } else { 0 });
        }
    };
    let terminal = Terminal::new(&cli.common);
    match run(cli.command, &cli.common, &terminal) {
        Ok(outcome) => ExitCode::from(outcome as u8),
        // Whoever reads our output has seen enough.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            terminal.error(&error.to_string());
            ExitCode::from(3)
        }
    }
}

fn run(command: Command, common: &Common, terminal: &Terminal) -> io::Result<Outcome> {
    match command {
        Command::Init(options) => init::run(&options, common, terminal),
        Command::Import(options) => import::run(&options, common, terminal),
        Command::Check(options) => check::run(&options, common, terminal),
        Command::Generate(options) => generate::run(&options, common, terminal),
        Command::Diff(options) => diff::run(&options, common, terminal),
        Command::Plan(options) => plan::run(&options, common, terminal),
        Command::Host(options) => host::run(&options, common, terminal),
        Command::Service(options) => service::run(&options, common, terminal),
        Command::Catalog(options) => catalog::run(&options, common, terminal),
        Command::Place(options) => place::run(&options, common, terminal),
        Command::Drain(options) => lifecycle::drain(&options, common, terminal),
        Command::Undrain(options) => lifecycle::undrain(&options, common, terminal),
        Command::Move(options) => relocate::run(&options, common, terminal),
        Command::Secrets(options) => secrets::run(&options, common, terminal),
        Command::List(options) => list::run(&options, common, terminal),
        Command::Show(options) => show::run(&options, common, terminal),
        Command::Coverage(options) => coverage::run(&options, common, terminal),
        Command::Simulate(options) => simulate::run(&options, common, terminal),
        Command::Status(options) => status::run(&options, common, terminal),
        Command::Graph(options) => graph::run(&options, common, terminal),
        Command::Why(options) => why::run(&options, common, terminal),
        Command::Explain(options) => explain::run(&options, terminal),
        Command::Schema(options) => schema::run(&options, terminal),
        Command::Completions(options) => completions::run(&options, &mut Cli::command(), terminal),
        Command::Man => completions::man(Cli::command(), terminal),
    }
}

/// A panic is a fault of Cistern's own; says so, and what to report.
fn announce_panics() {
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        usual(panic);
        eprintln!(
            "cistern: this is a fault of Cistern's own, not of your fleet. Nothing was half-written. \
             Please report the lines above with version {} and the smallest definition that shows it.",
            env!("CARGO_PKG_VERSION")
        );
    }));
}
