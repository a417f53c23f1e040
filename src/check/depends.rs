//! Rules about what services cannot work without.

use crate::circles::{Ways, circles};
use crate::diag::{Diagnostic, Faults, codes};
use crate::model::Fleet;

/// No service needs itself, over others or at once.
pub(super) fn lead_nowhere_twice(fleet: &Fleet, faults: &mut Faults) {
    let ways: Ways<'_, _> = fleet
        .services
        .iter()
        .map(|(name, service)| (name, service.depends_on.iter().map(|needed| &needed.value).collect()))
        .collect();
    for circle in circles(&ways) {
        let names: Vec<_> = circle.iter().chain(circle.first()).map(|name| format!("`{name}`")).collect();
        let first = &fleet.services[&circle[0]];
        let next = circle.get(1).unwrap_or(&circle[0]);
        let span =
            first.depends_on.iter().find(|needed| needed.value == *next).map_or(first.span, |needed| needed.span);
        faults.push(
            Diagnostic::new(codes::DEPENDS_IN_A_CIRCLE, format!("{} need each other", names.join(" → ")))
                .at(span, "closes the circle")
                .help("remove one of these `depends_on`")
                .about("services", &circle[0]),
        );
    }
}
