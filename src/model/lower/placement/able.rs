//! Whether a kind can stand by.

use crate::diag::{Diagnostic, Faults, codes};
use crate::kind::Kind;
use crate::source::Span;
use crate::value::ServiceName;

/// Says whether instances of a kind can be prepared without being started.
pub(super) fn can_stand_by(name: &ServiceName, kind: &Kind, span: Span, faults: &mut Faults) -> bool {
    let diagnostic = Diagnostic::new(codes::BAD_STANDBY, format!("`{name}` cannot stand by")).about("services", name);
    let diagnostic = if kind.front.roles.is_some() {
        diagnostic
            .at(span, format!("the instances of kind `{}` are members of a cluster", kind.name))
            .help("raise `replicas` or name more hosts: every member can take over")
    } else if kind.front.units.iter().flatten().next().is_none() {
        diagnostic
            .at(span, format!("kind `{}` names no units that would not be started", kind.name))
            .help(format!("add `units: [NAME]` to the front matter of `{}`, or remove `standby`", kind.name))
    } else {
        return true;
    };
    faults.push(diagnostic);
    false
}
