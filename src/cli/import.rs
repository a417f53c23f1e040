//! `cistern import`: a definition of what another program knows of a fleet.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use clap::{Args, Subcommand, ValueEnum};
use walkdir::WalkDir;

use super::{Common, Outcome, Terminal};
use crate::import::{self, Answers, File, Imported, Refused, judged, judged_pair};
use crate::scaffold;
use crate::value::{
    Address, Device, Domain, FleetName, FsType, HardwareChoice, HostName, SshKey, StateVersion, System,
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
    CisternInventory(FromMachines),
    /// An inventory of Ansible's, in YAML or INI, with group_vars/ and host_vars/ beside it.
    Ansible(FromAnsible),
    /// A compose file, with .env and the files of `env_file` beside it. Its services run on one host.
    Compose(FromCompose),
    /// The nodes of deploy-rs and the configurations of a flake, asked of nix. Its hosts keep their own modules.
    Flake(FromFlake),
}

#[derive(Args)]
struct FromFlake {
    /// The directory of the flake.
    #[arg(value_name = "DIR")]
    directory: PathBuf,
    #[command(flatten)]
    shared: Shared,
    /// More arguments for nix, behind `--`.
    #[arg(last = true, value_name = "NIX ARGUMENTS")]
    nix: Vec<String>,
}

#[derive(Args)]
struct FromCompose {
    #[command(flatten)]
    from: FromFile,
    /// The name of the host that runs the services.
    #[arg(long, value_parser = judged::<HostName>)]
    host: Option<String>,
    /// Keep every image a container, also where Cistern has a kind for it.
    #[arg(long)]
    containers: bool,
    /// The digest of an image, as `nginx:1.27=sha256:…`; may be given for each.
    #[arg(long, value_name = "IMAGE=DIGEST", value_parser = digest)]
    digest: Vec<(String, String)>,
}

#[derive(Args)]
struct FromMachines {
    #[command(flatten)]
    from: FromFile,
    /// How much of the hosts Cistern is to configure.
    #[arg(long, value_enum, default_value_t = Managed::Full)]
    managed: Managed,
}

#[derive(Args)]
struct FromAnsible {
    #[command(flatten)]
    machines: FromMachines,
    /// A variable that becomes a label; may be given several times.
    #[arg(long, value_name = "VARIABLE")]
    label: Vec<String>,
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
    /// The EFI partition, of hosts that boot by UEFI and name none.
    #[arg(long, value_name = "DEVICE", value_parser = judged::<Device>)]
    boot_device: Option<String>,
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
    let (shared, managed) = match &options.from {
        From::CisternInventory(machines) | From::Ansible(FromAnsible { machines, .. }) => {
            (&machines.from.shared, machines.managed)
        }
        From::Compose(from) => (&from.from.shared, Managed::Full),
        From::Flake(from) => (&from.shared, Managed::Node),
    };
    let Some(mut answers) = answers(shared, terminal)? else { return Ok(Outcome::Wrong) };
    answers.managed = managed.to_possible_value().map(|value| value.get_name().to_owned());
    let result = match &options.from {
        From::CisternInventory(machines) => import::cistern_inventory::import(&read(&machines.from.file)?, &answers),
        From::Ansible(from) => {
            answers.labels = from.label.iter().cloned().collect();
            let path = &from.machines.from.file;
            import::ansible::import(&read(path)?, &variables(path)?, &answers)
        }
        From::Compose(from) => {
            answers.host = from.host.clone();
            answers.containers = from.containers;
            answers.digests = from.digest.iter().cloned().collect();
            let path = &from.from.file;
            let beside = |name: &str| read(&path.parent().unwrap_or(Path::new("")).join(name)).ok();
            import::compose::import(&read(path)?, &beside, &answers)
        }
        From::Flake(from) => match asked(from, terminal)? {
            Some(printed) => import::flake::import(&printed, &answers),
            None => return Ok(Outcome::Wrong),
        },
    };
    tell(result, shared, common, terminal)
}

/// What nix says of a flake; nothing when it cannot say it, which was then told.
fn asked(from: &FromFlake, terminal: &Terminal) -> io::Result<Option<String>> {
    let named = |error: io::Error| io::Error::new(error.kind(), format!("{}: {error}", from.directory.display()));
    let directory = from.directory.canonicalize().map_err(named)?;
    let Some(path) = directory.to_str().filter(|path| !path.contains(['#', '?', '%'])) else {
        terminal.error("nix takes no path with `#`, `?` or `%` for a flake");
        return Ok(None);
    };
    let mut nix = Command::new("nix");
    nix.args(["--extra-experimental-features", "nix-command flakes", "eval", "--json", "--no-write-lock-file"]);
    nix.args(&from.nix).arg(format!("{path}#."));
    nix.args(["--apply", &format!("({}) {}", import::flake::APPLY, from.shared.system.is_none())]);
    let output = nix.output().map_err(|error| io::Error::new(error.kind(), format!("nix: {error}")))?;
    if !output.status.success() {
        terminal.report(&String::from_utf8_lossy(&output.stderr));
        terminal.error(&format!("nix cannot evaluate the flake in {}", from.directory.display()));
        return Ok(None);
    }
    String::from_utf8(output.stdout).map(Some).map_err(|_| io::Error::other("nix printed something that is not text"))
}

/// The files of variables beside an inventory, in the order of their paths.
fn variables(inventory: &Path) -> io::Result<Vec<File>> {
    let beside = inventory.parent().unwrap_or(Path::new(""));
    let mut files = Vec::new();
    for directory in ["group_vars", "host_vars"].map(|name| beside.join(name)) {
        if !directory.is_dir() {
            continue;
        }
        let hidden = |name: &std::ffi::OsStr| {
            name.as_encoded_bytes().starts_with(b".") || name.as_encoded_bytes().ends_with(b"~")
        };
        let walk = WalkDir::new(&directory).sort_by_file_name().max_depth(8).into_iter();
        for entry in walk.filter_entry(|entry| entry.depth() == 0 || !hidden(entry.file_name())) {
            let entry = entry.map_err(|error| io::Error::other(error.to_string()))?;
            // As Ansible does: a file is called after its host, and in a directory of several others are passed over.
            let extension = entry.path().extension().map(std::ffi::OsStr::as_encoded_bytes);
            let read_there = matches!(extension, None | Some(b"yml" | b"yaml" | b"json"));
            if entry.path().is_file() && (entry.depth() == 1 || read_there) {
                files.push(read(entry.path())?);
            }
        }
    }
    Ok(files)
}

/// `IMAGE=sha256:…`, split at the last `=`: digests have none.
fn digest(text: &str) -> Result<(String, String), String> {
    let (image, digest) = text.rsplit_once('=').ok_or("write IMAGE=sha256:…")?;
    let hex = digest.strip_prefix("sha256:").unwrap_or_default();
    let legal = hex.len() == 64 && hex.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
    if legal {
        Ok((image.to_owned(), digest.to_owned()))
    } else {
        Err("a digest is sha256: and 64 hexadecimal digits".to_owned())
    }
}

/// Prints or writes what was imported, and tells what was not.
fn tell(
    result: Result<Imported, Box<Refused>>,
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
        boot_device: shared.boot_device.clone(),
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
