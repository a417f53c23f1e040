//! `cistern service pin`: the digests of container images, written into the definition or held against it.

use std::io;
use std::path::PathBuf;

use clap::Args;

use super::entry::{Around, Careful};
use super::registry::Registries;
use super::{Common, Outcome, Terminal, https, show};
use crate::diag::{counted, nearest};
use crate::edit::{Change, Edit, Path, Section, Value};
use crate::model::{Fleet, Service};
use crate::registry::Reference;
use crate::value::ServiceName;

#[derive(Args)]
pub(super) struct Options {
    /// The services to pin.
    #[arg(value_name = "NAME", required_unless_present = "all")]
    names: Vec<String>,
    /// Every service that runs a container.
    #[arg(long, conflicts_with_all = ["names", "tag", "username"])]
    all: bool,
    /// The tag whose digest is wanted; that of the definition without it, else `latest`.
    #[arg(long)]
    tag: Option<String>,
    /// Write nothing, and exit with 1 when a tag stands for another image by now.
    #[arg(long, conflicts_with = "dry_run")]
    check: bool,
    /// Who asks, where the registry wants to know.
    #[arg(long, requires = "password_file")]
    username: Option<String>,
    /// The file that holds the password.
    #[arg(long, value_name = "FILE", requires = "username")]
    password_file: Option<PathBuf>,
    #[command(flatten)]
    careful: Careful,
}

/// A service, its image as it is, and as its tag has it now.
struct Pin {
    service: ServiceName,
    present: Reference,
    wanted: Reference,
}

impl Pin {
    fn is_same(&self) -> bool {
        self.present.digest == self.wanted.digest
    }
}

pub(super) fn run(options: &Options, common: &Common, terminal: &Terminal) -> io::Result<Outcome> {
    if let Some(tag) = options.tag.as_deref().filter(|tag| !is_tag(tag)) {
        return Ok(terminal.wrong(&format!("`{}` is no tag: letters, digits, `.`, `_` and `-`", tag.escape_debug())));
    }
    let known = show::read(common)?;
    let Some(images) = images(options, &known.fleet, terminal) else {
        show::note_faults(&known, terminal);
        return Ok(Outcome::Wrong);
    };
    let pins = asked(options, images, terminal).map_err(io::Error::other)?;
    if options.check {
        return compare(&pins, terminal);
    }
    for pin in &pins {
        let around = Around { section: Section::Services, common, terminal };
        let value = Value::Text(pin.wanted.to_string());
        let change = Change::Set(Path(vec!["image".to_owned()]), value);
        let outcome = around.edit(pin.service.as_str(), &Edit::Change(vec![change]), options.careful)?;
        if outcome != Outcome::Fine {
            return Ok(outcome);
        }
    }
    Ok(Outcome::Fine)
}

/// Asks the registries; nothing is written unless all of them answer.
fn asked(options: &Options, images: Vec<(ServiceName, Reference)>, terminal: &Terminal) -> Result<Vec<Pin>, String> {
    let user = options.username.as_deref().zip(options.password_file.as_deref());
    let registries = Registries::new(user.map(|(user, file)| https::basic(user, file)).transpose()?);
    let progress = terminal.progress("Asking registries");
    let mut pins = Vec::new();
    let mut refusals = Vec::new();
    for (service, present) in images {
        let tag = options.tag.clone().unwrap_or_else(|| present.meant_tag().to_owned());
        match registries.digest(&present, &tag) {
            Ok(digest) => {
                let repository = present.repository.clone();
                let wanted = Reference { repository, tag: Some(tag), digest: Some(digest) };
                pins.push(Pin { service, present, wanted });
            }
            Err(why) => refusals.push(format!("`{service}` is not pinned: {why}")),
        }
    }
    progress.finish_and_clear();
    if refusals.is_empty() { Ok(pins) } else { Err(refusals.join("\n       ")) }
}

/// Says of every image whether its tag still stands for it.
fn compare(pins: &[Pin], terminal: &Terminal) -> io::Result<Outcome> {
    let width = pins.iter().map(|pin| pin.service.as_str().len()).max().unwrap_or_default();
    for pin in pins {
        let Pin { service, wanted, present } = pin;
        let told = match &present.digest {
            _ if pin.is_same() => format!("same   {wanted}"),
            Some(digest) => format!("moved  {wanted} was {digest}"),
            None => format!("open   {wanted} is not in the definition"),
        };
        terminal.line(&format!("{:width$}  {told}", service.as_str()))?;
    }
    let moved = pins.iter().filter(|pin| !pin.is_same()).count();
    terminal.say("Compared", &format!("{}, {moved} of them moved", counted(pins.len(), "image")));
    Ok(if moved == 0 { Outcome::Fine } else { Outcome::Differs })
}

/// The services that were asked for with their images; says what is wrong with each that has none.
fn images(options: &Options, fleet: &Fleet, terminal: &Terminal) -> Option<Vec<(ServiceName, Reference)>> {
    if options.all {
        let all = fleet.services.iter().filter(|(_, service)| !service.is_exporter && !service.is_brought);
        let found: Vec<_> = all.filter_map(|(name, service)| Some((name.clone(), image_of(service, fleet)?))).collect();
        if found.is_empty() {
            terminal.error("no service of this fleet runs a container");
        }
        return (!found.is_empty()).then_some(found);
    }
    let mut names = options.names.clone();
    names.sort();
    names.dedup();
    let found: Vec<_> = names.iter().map(|name| named(name, fleet, terminal)).collect();
    found.into_iter().collect()
}

fn named(name: &str, fleet: &Fleet, terminal: &Terminal) -> Option<(ServiceName, Reference)> {
    let Some((found, service)) = fleet.services.iter().find(|(known, _)| known.as_str() == name) else {
        let near = nearest(name, fleet.services.keys().map(ServiceName::as_str));
        let hint = near
            .map_or("`cistern check` says what could not be read".to_owned(), |near| format!("did you mean `{near}`?"));
        terminal.error(&format!("there is no service `{}`; {hint}", name.escape_debug()));
        return None;
    };
    let image = image_of(service, fleet);
    if image.is_none() {
        let kind = &service.kind;
        terminal.error(&match kind.as_str() {
            "container" => {
                format!("`{name}` has no image; `cistern service set {name} --image REGISTRY/NAME` names it")
            }
            _ => format!("`{name}` is of kind `{kind}`, which runs no container: its version is that of nixpkgs"),
        });
    }
    Some((found.clone(), image?))
}

/// What the definition says of the image, else the kind.
fn image_of(service: &Service, fleet: &Fleet) -> Option<Reference> {
    let of_kind = || fleet.kinds.get(&service.kind)?.front.image.as_ref().map(|image| image.value.to_string());
    let image = service.image.as_ref().map(ToString::to_string).or_else(of_kind)?;
    Some(Reference::read(&image))
}

fn is_tag(tag: &str) -> bool {
    let word = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
    tag.len() <= 128 && tag.bytes().next().is_some_and(word) && tag.bytes().all(|b| word(b) || matches!(b, b'.' | b'-'))
}
