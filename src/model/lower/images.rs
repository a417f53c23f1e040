//! Services that run containers: their kinds, and images that cannot change.

use crate::diag::{Diagnostic, Faults, codes};
use crate::kind::{Kind, Kinds};
use crate::load::decode::{Keyed, Scalar as _};
use crate::model::definition::ServiceDef;
use crate::value::{Image, ImageName, KindName, ServiceName};

/// The kind of everything that has no other.
const CONTAINER: &str = "container";

/// The kind of a service, whether there is such a kind or not: what it says, else what runs its image, else its own name.
pub(super) fn kind_name(service: &ServiceName, def: &ServiceDef, kinds: &Kinds) -> Option<KindName> {
    if let Some(kind) = &def.kind {
        return Some(kind.value.clone());
    }
    let own = KindName::read(service.as_str()).ok();
    let Some(image) = &def.image else { return own };
    let runs_it = |kind: &Kind| repository(kind).is_some_and(|name| is_of(&image.value, name));
    match own.filter(|own| kinds.get(own).is_some_and(runs_it)) {
        Some(own) => Some(own),
        None => KindName::read(CONTAINER).ok(),
    }
}

/// A service has an image exactly when its kind runs one; that is the kind's, and pinned.
pub(super) fn image_fits(
    name: &ServiceName,
    keyed: &Keyed<ServiceDef>,
    wanted: &KindName,
    kinds: &Kinds,
    faults: &mut Faults,
) {
    let def = &keyed.value;
    let kind = kinds.get(wanted);
    let of_kind = kind.and_then(repository);
    let takes_image = of_kind.is_some() || wanted.as_str() == CONTAINER;
    match (&def.image, of_kind) {
        (Some(image), None) if kind.is_some() && !takes_image => faults.push(
            Diagnostic::new(codes::IMAGE, format!("`{name}` is of kind `{wanted}`, which takes no image"))
                .at(image.span, "this would do nothing")
                .help("remove `kind` to run the image, or `image` to run the NixOS service"),
        ),
        (Some(image), Some(own)) if !is_of(&image.value, own) => faults.push(
            Diagnostic::new(codes::IMAGE, format!("the image of `{name}` is not the one that kind `{wanted}` runs"))
                .at(image.span, format!("the kind runs {own}"))
                .help(format!("name {own}, or give `kind: container` and say everything else yourself")),
        ),
        (Some(image), _) if !is_pinned(&image.value) => faults.push(
            Diagnostic::new(codes::IMAGE, format!("the image of `{name}` is not pinned by a digest"))
                .at(image.span, "what this names can change")
                .help(format!(
                    "`cistern service pin {name}` appends the digest: `NAME@sha256:…` with 64 hexadecimal digits"
                )),
        ),
        (None, Some(own)) if !def.poisoned => faults.push(
            Diagnostic::new(codes::IMAGE, format!("`{name}` has no image"))
                .at(keyed.key, format!("kind `{wanted}` runs {own}"))
                .help(format!("`cistern service pin {name}` finds its digest and writes it here")),
        ),
        (None, None) if takes_image && !def.poisoned => faults.push(
            Diagnostic::new(codes::IMAGE, format!("the container `{name}` has no image"))
                .at(keyed.key, "what should run?")
                .help("add `image: REGISTRY/NAME@sha256:…`"),
        ),
        _ => {}
    }
}

/// Warns of a container that looks as if it were of a kind.
pub(super) fn tell_other_image(name: &ServiceName, def: &ServiceDef, kinds: &Kinds, faults: &mut Faults) {
    let (None, Some(image)) = (&def.kind, &def.image) else { return };
    let Some(kind) = KindName::read(name.as_str()).ok().and_then(|own| kinds.get(&own)) else { return };
    let (label, help) = match repository(kind) {
        _ if kind.name.as_str() == CONTAINER => return,
        Some(own) if is_of(&image.value, own) => return,
        Some(own) => (format!("the kind runs {own}"), format!("name {own}")),
        None => ("the kind is a service of NixOS, without an image".to_owned(), "remove `image`".to_owned()),
    };
    let message = format!("`{name}` has the name of a kind, and is a plain container because of its image");
    faults.push(
        Diagnostic::new(codes::OTHER_IMAGE, message)
            .at(image.span, label)
            .help(format!("{help} to get what kind `{}` brings, or say `kind: {CONTAINER}`", kind.name))
            .about("services", name),
    );
}

fn repository(kind: &Kind) -> Option<&ImageName> {
    kind.front.image.as_ref().map(|at| &at.value)
}

/// Says whether an image comes from a repository.
fn is_of(image: &Image, repository: &ImageName) -> bool {
    let rest = image.as_str().strip_prefix(repository.as_str());
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with([':', '@']))
}

/// Says whether an image names what it means by its digest.
fn is_pinned(image: &Image) -> bool {
    image.as_str().split_once("@sha256:").is_some_and(|(name, digest)| {
        !name.is_empty()
            && digest.len() == 64
            && digest.bytes().all(|b| b.is_ascii_hexdigit() && !b.is_ascii_uppercase())
    })
}
