//! `cistern secrets host-key`: the key of a host, before it is installed or as it runs.

use std::fs::{self, OpenOptions};
use std::io::{self, IsTerminal as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use clap::Args;
use indicatif::ProgressBar;

use super::ask::OnTerminal;
use super::identities::Chosen;
use super::scratch::Scratch;
use super::{Common, Outcome, Terminal};
use crate::diag::{Faults, Severity, summary};
use crate::edit::{self, Change, Edit, Edited, Section, Value};
use crate::load::decode::Scalar as _;
use crate::model::{Fleet, Host};
use crate::place::recipients::files_of;
use crate::secrets::host_key::{self, HostKey, PLACE};
use crate::secrets::identity::Ask as _;
use crate::secrets::seal;
use crate::secrets::store::Store;
use crate::source::Sources;
use crate::value::{Date, HostName, SshKey};
use crate::{check, compile_leniently, load, model, record, tree};

#[derive(Args)]
pub(super) struct Options {
    /// The host.
    host: String,

    /// Write the private key below DIR as well, where `nixos-anywhere --extra-files DIR` takes it from. DIR has to lie in
    /// memory, such as in /dev/shm, and is yours to delete.
    #[arg(long, value_name = "DIR", conflicts_with = "scan")]
    extra_files: Option<PathBuf>,

    /// Let DIR lie on a disk, where the key may be found later.
    #[arg(long, requires = "extra_files")]
    insecure_tmp: bool,

    /// Take the key of the running machine, which `ssh-keyscan` asks for it; ADDRESS is that of the definition otherwise.
    #[arg(long, value_name = "ADDRESS", num_args = 0..=1, default_missing_value = "")]
    scan: Option<String>,

    /// The port to ask on.
    #[arg(long, value_name = "PORT", requires = "scan")]
    port: Option<u16>,

    /// The fingerprint that the scanned key must have, as `ssh-keygen -l` prints it on the machine; without it, you are asked.
    #[arg(long, value_name = "SHA256:…", requires = "scan")]
    fingerprint: Option<String>,

    /// Make another key in the place of the one that the host has.
    #[arg(long, conflicts_with = "scan")]
    force: bool,

    #[command(flatten)]
    identities: Chosen,
}

pub(super) fn run(options: &Options, common: &Common, terminal: &Terminal) -> io::Result<Outcome> {
    let sources = super::read(common)?;
    let (raw, _) = load::load(&sources);
    let (fleet, _) = model::lower(raw, &sources);
    let Some(host) = find(&options.host, &fleet) else {
        return Ok(terminal.wrong(&unknown(&options.host, &fleet)));
    };
    if let Some(directory) = &options.extra_files
        && let Err(why) = suits(directory, options.insecure_tmp)
    {
        return Ok(terminal.wrong(&why));
    }
    let verb = Verb { options, common, terminal, sources, host };
    match &options.scan {
        Some(address) => verb.scan(address),
        None => verb.make(),
    }
}

fn find<'f>(name: &str, fleet: &'f Fleet) -> Option<&'f Host> {
    fleet.hosts.get(&HostName::read(name).ok()?)
}

fn unknown(name: &str, fleet: &Fleet) -> String {
    match crate::diag::nearest(name, fleet.hosts.keys().map(|host| host.as_str())) {
        Some(near) => format!("there is no host `{name}`; the nearest is `{near}`"),
        None => format!("there is no host `{name}`; `cistern list` prints those that there are"),
    }
}

/// What a run works with.
struct Verb<'a> {
    options: &'a Options,
    common: &'a Common,
    terminal: &'a Terminal,
    sources: Sources,
    host: &'a Host,
}

impl Verb<'_> {
    /// Makes a key, or takes the one that was made before.
    fn make(self) -> io::Result<Outcome> {
        let terminal = self.terminal;
        let name = check::secrets::host_key(&self.host.name);
        let path = check::secrets::file(&name, None);
        let kept = self.sources.paths.contains(&path);
        match (kept && !self.options.force, &self.host.host_key, &self.options.extra_files) {
            (true, _, Some(directory)) => return self.take_out(&path, directory),
            (true, ..) => {
                return Ok(terminal.wrong(&format!(
                    "{path} holds a key already: `--extra-files DIR` takes it out, `--force` makes another"
                )));
            }
            (false, Some(_), _) if !self.options.force => {
                return Ok(terminal.wrong(&format!(
                    "host `{}` has a `host_key`: with another one it could open no secret before it is installed again; `--force` makes one",
                    self.host.name
                )));
            }
            _ => {}
        }
        let key = host_key::make(&self.host.name)?;
        let mut after = self.sources.clone();
        let edited = match set(&mut after, &self.host.name, &key.public) {
            Ok(edited) => edited,
            Err(faults) => return Ok(refused(&faults, &after, terminal)),
        };
        after.paths.insert(path.clone());
        let compiled = compile_leniently(after);
        let Some(plan) = &compiled.plan else {
            return Ok(refused(&compiled.faults, &compiled.sources, terminal));
        };
        let entries = plan.entries();
        let (secret, _) = entries.secrets.get_key_value(&name).expect("the plan has what is kept");
        let file = files_of(entries, secret).remove(0);
        let mut store = Store::open(&self.common.directory)?;
        if let Err(why) = store.put(&file, entries, &key.private, Date::from_days(compiled.sources.today)) {
            return Ok(terminal.wrong(&format!("{path}: {why}")));
        }
        store.commit(&mut |_| {})?;
        self.write(&edited)?;
        terminal.line(&key.public.fingerprint())?;
        terminal.say(
            "Made",
            &format!("{path}, encrypted to {}", crate::diag::counted(file.recipients(entries).len(), "key")),
        );
        if let Some(directory) = &self.options.extra_files {
            self.lay_out(&key, directory)?;
        }
        super::tell_git(&[&path, record::PATH], self.common, terminal);
        self.next();
        Ok(Outcome::Fine)
    }

    /// Decrypts the key that is kept, for another installation.
    fn take_out(self, path: &str, directory: &Path) -> io::Result<Outcome> {
        let terminal = self.terminal;
        let bytes = crate::secrets::store::read(&self.common.directory, path)?;
        let ask = OnTerminal::new(ProgressBar::hidden());
        let Some(identities) = self.options.identities.load(ask, terminal) else { return Ok(Outcome::Wrong) };
        let opened = seal::open(&bytes, &identities).and_then(|private| {
            let public = host_key::public_of(&private)?;
            Ok(HostKey { private, public })
        });
        let key = match opened {
            Ok(key) => key,
            Err(why) => {
                terminal.error(&format!("{path}: {why}"));
                return Ok(Outcome::Differs);
            }
        };
        if self.host.host_key.as_ref().is_none_or(|own| own.value != key.public) {
            let own = format!("{path} holds another key than the `host_key` of `{}`", self.host.name);
            return Ok(terminal.wrong(&format!("{own}; correct the definition, or make another with `--force`")));
        }
        terminal.line(&key.public.fingerprint())?;
        self.lay_out(&key, directory)?;
        Ok(Outcome::Fine)
    }

    /// Writes both halves where the host will have them.
    fn lay_out(&self, key: &HostKey, directory: &Path) -> io::Result<()> {
        let private = directory.join(PLACE);
        let above = private.parent().expect("it stands in a directory");
        fs::DirBuilder::new().recursive(true).mode(0o755).create(above).map_err(at(above))?;
        let public = directory.join(format!("{PLACE}.pub"));
        let comment = self.host.name.as_str();
        put(&private, 0o600, key.private.bytes())?;
        put(&public, 0o644, format!("{} {comment}\n", key.public.0).as_bytes())?;
        self.terminal
            .say("Wrote", &format!("{}: `nixos-anywhere --extra-files {}`", private.display(), directory.display()));
        Ok(())
    }

    /// Asks the running machine for its key.
    fn scan(self, address: &str) -> io::Result<Outcome> {
        let terminal = self.terminal;
        let deploy = self.host.layer.deploy.as_ref();
        let named = deploy.and_then(|deploy| deploy.hostname.as_ref()).map(|at| at.value.to_string());
        let own = named.or_else(|| self.host.address.map(|address| address.value.to_string()));
        let Some(address) = Some(address.to_owned()).filter(|address| !address.is_empty()).or(own) else {
            return Ok(terminal.wrong("the definition has no address of it: name one behind `--scan`"));
        };
        let port = deploy.and_then(|deploy| deploy.port.as_ref()).map(|at| at.value.0.get());
        let port = self.options.port.or(port).unwrap_or(22);
        let Some(key) = host_key::scanned(&keyscan(&address, port)?) else {
            let why = "shows no ed25519 or RSA key: is it up, and reached without a jump host?";
            return Err(io::Error::other(format!("{address}, port {port}, {why}")));
        };
        let fingerprint = key.fingerprint();
        terminal.line(&format!("{fingerprint} ({})", key.algorithm()))?;
        if let Err(why) = self.confirm(&fingerprint, &address) {
            return Ok(terminal.wrong(&why));
        }
        let mut after = self.sources.clone();
        let edited = match set(&mut after, &self.host.name, &key) {
            Ok(edited) => edited,
            Err(faults) => return Ok(refused(&faults, &after, terminal)),
        };
        if edited.before == edited.after {
            terminal.say("Unchanged", &format!("{}: it has this key already", edited.path));
            return Ok(Outcome::Fine);
        }
        self.write(&edited)?;
        terminal.say("Edited", &edited.path);
        self.next();
        Ok(Outcome::Fine)
    }

    /// Has somebody who knows the machine say that this is its key.
    fn confirm(&self, fingerprint: &str, address: &str) -> Result<(), String> {
        if let Some(expected) = &self.options.fingerprint {
            return match expected == fingerprint {
                true => Ok(()),
                false => Err(format!("{address} has another key than {expected}: nothing was written")),
            };
        }
        if !io::stdin().is_terminal() {
            return Err("nobody can be asked whether that is the right key: give `--fingerprint`".to_owned());
        }
        let how = format!("`ssh-keygen -lf /{PLACE}.pub` prints it on the machine");
        let ask = OnTerminal::new(ProgressBar::hidden());
        let answer = ask.line(&format!("Is that the key of `{}`? {how} [yes/no]", self.host.name))?;
        match answer.trim() {
            "yes" => Ok(()),
            _ => Err("nothing was written".to_owned()),
        }
    }

    fn write(&self, edited: &Edited) -> io::Result<()> {
        if edited.before == edited.after {
            return Ok(());
        }
        tree::replace(&self.common.directory, &edited.path, edited.before.as_deref(), edited.after.as_deref())
    }

    fn next(&self) {
        let text = "run `cistern secrets rekey` for what the host reads, then `cistern generate`";
        self.terminal.say("Next", text);
    }
}

/// Gives a host a key in the definition.
fn set(sources: &mut Sources, host: &HostName, key: &SshKey) -> Result<Edited, Faults> {
    let path = edit::Path(vec!["host_key".to_owned()]);
    let change = Change::Set(path, Value::Text(key.0.to_string()));
    edit::edit(sources, Section::Hosts, host.as_str(), &Edit::Change(vec![change]))
}

fn refused(faults: &Faults, sources: &Sources, terminal: &Terminal) -> Outcome {
    let errors: Faults = faults.iter().filter(|fault| fault.severity == Severity::Error).cloned().collect();
    terminal.faults(&errors, sources);
    terminal.wrong(&format!("nothing was written: {}", summary(&errors)))
}

/// Says why a directory cannot take a private key.
fn suits(directory: &Path, insecure: bool) -> Result<(), String> {
    let there = directory.ancestors().find(|above| above.exists() || above.as_os_str().is_empty());
    let there = there.filter(|above| !above.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if !insecure && !Scratch::is_in_memory(there) {
        return Err(format!(
            "{}: it does not lie in memory, and what was on a disk may be found later; take a directory below /dev/shm, or give `--insecure-tmp`",
            directory.display()
        ));
    }
    match directory.join(PLACE).exists() {
        true => Err(format!("{}: it is there already", directory.join(PLACE).display())),
        false => Ok(()),
    }
}

/// Writes a file that must not be there.
fn put(path: &Path, mode: u32, bytes: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(mode).open(path).map_err(at(path))?;
    file.write_all(bytes).map_err(at(path))
}

fn at(path: &Path) -> impl Fn(io::Error) -> io::Error + '_ {
    move |error| io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}

/// Runs the real `ssh-keyscan`, which waits five seconds.
fn keyscan(address: &str, port: u16) -> io::Result<String> {
    let mut command = Command::new("ssh-keyscan");
    command.args(["-T", "5", "-t", "ed25519,rsa", "-p", &port.to_string(), "--", address]);
    let output = command.stdin(Stdio::null()).stderr(Stdio::null()).output().map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => io::Error::new(error.kind(), "ssh-keyscan is not installed; it belongs to OpenSSH"),
        _ => error,
    })?;
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
