//! `cistern import`: a definition of what another program knows of a fleet.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand, ValueEnum};

use super::{Common, Outcome, Terminal};
use crate::import::{self, Answers, File, Imported, Refused, judged, judged_pair};
use crate::scaffold;
use crate::value::{
    Address, Device, Domain, FleetName, FsType, HardwareChoice, SshKey, StateVersion, System,
};

/// The largest file that is read, one byte more than what is taken.
const LARGEST: u64 = crate::source::LARGEST_FILE + 1;

#[derive(Args)]
pub(super) struct Options {
    #[command(subcommand)]
    from: From,
}

#[derive(Subcommand)]
enum From {
    /// An inventory of servers, services, network and monitoring, in JSON or YAML.
    CisternInventory(FromFile),
}

#[derive(Args)]
struct FromFile {
    /// The file.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    #[command(flatten)]
    shared: Shared,
}

/// What a definition needs and the input may lack. What is not given either becomes a line to fill in.
#[derive(Args)]
#[command(next_help_heading = "What the input may lack")]
struct Shared {
    /// Write DIR/fleet.yaml in place of printing; never over one that is there.
    #[arg(short, long, value_name = "DIR")]
    output: Option<PathBuf>,
    /// The fleet's name.
    #[arg(long, value_parser = judged::<FleetName>)]
    name: Option<String>,
    /// The domain of the hosts.
    #[arg(long, value_parser = judged::<Domain>)]
    domain: Option<String>,
    /// A public SSH key of an administrator, or a file with some, one a line.
    #[arg(long, value_name = "KEY|FILE")]
    admin_key: Vec<String>,
    /// The NixOS release that the hosts were installed with.
    #[arg(long, value_name = "RELEASE", value_parser = judged::<StateVersion>)]
    state_version: Option<String>,
    /// The platform of the hosts that say none.
    #[arg(long, value_parser = judged::<System>)]
    system: Option<String>,
    /// How the hosts boot that say nothing of it.
    #[arg(long, value_parser = judged::<HardwareChoice>)]
    hardware: Option<String>,
    /// The device of `/`, of hosts that name none.
    #[arg(long, value_name = "DEVICE", value_parser = judged::<Device>)]
    root_device: Option<String>,
    /// The type of file systems that are named without one.
    #[arg(long, value_name = "TYPE", value_parser = judged::<FsType>)]
    fs_type: Option<String>,
    /// The address of a host; may be given for each.
    #[arg(long, value_name = "HOST=ADDRESS", value_parser = judged_pair::<Address>)]
    address: Vec<(String, String)>,
    /// The public host key of a host; may be given for each.
    #[arg(long, value_name = "HOST=KEY", value_parser = judged_pair::<SshKey>)]
    host_key: Vec<(String, String)>,
}

/// How much of the hosts Cistern is to configure.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Managed {
    /// Everything.
    Full,
    /// All but the module.
    Node,
    /// Monitoring targets only.
    Scrape,
}

pub(super) fn run(options: &Options, common: &Common, terminal: &Terminal) -> io::Result<Outcome> {
    match &options.from {
        From::CisternInventory(from) => {
            let Some(answers) = answers(&from.shared, terminal)? else { return Ok(Outcome::Wrong) };
            let file = read(&from.file)?;
            tell(import::cistern_inventory::import(&file, &answers), &from.shared, common, terminal)
        }
    }
}

/// Prints or writes what was imported, and tells what was not.
fn tell(
    result: Result<Imported, Refused>,
    shared: &Shared,
    common: &Common,
    terminal: &Terminal,
) -> io::Result<Outcome> {
    let imported = match result {
        Ok(imported) => imported,
        Err(refused) => {
            terminal.report(&import::faults(&refused.faults, &refused.sources));
            return Ok(Outcome::Wrong);
        }
    };
    match &shared.output {
        None => terminal.print(&imported.definition)?,
        Some(directory) => {
            let into = common.directory.join(directory);
            if !scaffold::write_definition(&into, &imported.definition)? {
                terminal.error(&format!("{} holds a definition already; nothing was written", directory.display()));
                return Ok(Outcome::Differs);
            }
            terminal.say("Wrote", &directory.join("fleet.yaml").display().to_string());
        }
    }
    terminal.report(&imported.report);
    terminal.say("Imported", &imported.summary);
    Ok(if imported.whole { Outcome::Fine } else { Outcome::Differs })
}

/// Gathers the answers; none when one of them is wrong, which was then told.
fn answers(shared: &Shared, terminal: &Terminal) -> io::Result<Option<Answers>> {
    let mut answers = Answers {
        name: shared.name.clone(),
        domain: shared.domain.clone(),
        state_version: shared.state_version.clone(),
        system: shared.system.clone(),
        hardware: shared.hardware.clone(),
        root_device: shared.root_device.clone(),
        fs_type: shared.fs_type.clone(),
        addresses: shared.address.iter().cloned().collect(),
        host_keys: shared.host_key.iter().cloned().collect(),
        ..Answers::default()
    };
    for given in &shared.admin_key {
        let text = if judged::<SshKey>(given).is_ok() { given.clone() } else { text(Path::new(given))? };
        for line in text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
            match judged::<SshKey>(line) {
                Ok(key) => answers.admin_keys.push(key),
                // What the file holds may be the private half.
                Err(why) => {
                    terminal.error(&format!("--admin-key {given}: {why}"));
                    return Ok(None);
                }
            }
        }
    }
    Ok(Some(answers))
}

fn text(path: &Path) -> io::Result<String> {
    let file = read(path)?;
    String::from_utf8(file.bytes).map_err(|_| io::Error::other(format!("{}: not text", path.display())))
}

/// Reads a file, no more of it than is taken.
fn read(path: &Path) -> io::Result<File> {
    use io::Read as _;
    let named = |error: io::Error| io::Error::new(error.kind(), format!("{}: {error}", path.display()));
    let mut bytes = Vec::new();
    fs::File::open(path).map_err(named)?.take(LARGEST).read_to_end(&mut bytes).map_err(named)?;
    Ok(File { path: path.display().to_string(), bytes })
}
