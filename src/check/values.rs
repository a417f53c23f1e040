//! Rules about values that are made: what they are made from is there for the same hosts.

use super::secrets::readers;
use crate::diag::{Diagnostic, Faults, codes};
use crate::model::{Fleet, Secret};
use crate::recipe::{Recipe, Script, Written};
use crate::value::SecretName;

/// Every value that `generate` describes can be made.
pub(super) fn can_be_made(fleet: &Fleet, faults: &mut Faults) {
    for (name, secret) in fleet.secrets.iter().filter(|(_, secret)| !secret.poisoned) {
        let Some(written) = &secret.generate else { continue };
        for source in written.recipe.sources() {
            if let Some(other) = fleet.secrets.get(source) {
                suits(fleet, (name, secret), (source, other), written, faults);
            }
        }
        if let Recipe::Script { script: Script::File(path), .. } = &written.recipe
            && !fleet.paths.contains(&*path.0)
        {
            faults.push(
                Diagnostic::new(codes::BAD_GENERATOR, format!("there is no `./{}`", path.0))
                    .at(written.span, format!("it would make `{name}`"))
                    .help("write the program, or lines for the shell in its place")
                    .about("secrets", name),
            );
        }
    }
}

/// A value for each host is made from the one of that host, or from one for all.
fn suits(
    fleet: &Fleet,
    (name, secret): (&SecretName, &Secret),
    (source, other): (&SecretName, &Secret),
    written: &Written,
    faults: &mut Faults,
) {
    if !other.per_host || other.poisoned {
        return;
    }
    let span = written.sources.iter().find(|at| at.value == *source).map_or(written.span, |at| at.span);
    if !secret.per_host {
        faults.push(
            Diagnostic::new(
                codes::BAD_GENERATOR,
                format!("`{name}` is one value, and `{source}` is one for each host"),
            )
            .at(span, "which of them?")
            .at(other.span, "`per_host: true`")
            .help(format!("set `per_host: true` for `{name}` as well"))
            .about("secrets", name),
        );
        return;
    }
    let with_source = readers(fleet, other);
    if let Some(without) = readers(fleet, secret).into_iter().find(|host| !with_source.contains(host)) {
        faults.push(
            Diagnostic::new(codes::BAD_GENERATOR, format!("host `{without}` has a `{name}` and no `{source}`"))
                .at(span, "made from the value of the same host")
                .at(other.span, "is for other hosts")
                .help("let the same hosts read both")
                .about("secrets", name),
        );
    }
}
