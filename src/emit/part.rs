//! One host's module, and which lines of which templates it came from: for `why`.

use crate::nix;
use crate::value::ServiceName;

/// A host's module and its origin.
#[derive(Debug)]
pub struct HostTrace {
    /// The text of `hosts/<host>.nix`, header included.
    pub text: String,
    /// The templates that it was made from.
    pub parts: Vec<Part>,
}

/// One template, filled in.
#[derive(Debug)]
pub struct Part {
    /// What it was filled in for.
    pub of: PartOf,
    /// Its name, below `templates/`.
    pub template: String,
    /// What came out.
    pub trace: nix::Trace,
}

/// What a template was filled in for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PartOf {
    /// The host itself.
    Host,
    /// Its boot loader and drivers.
    Hardware,
    /// An instance of a service.
    Service(ServiceName),
}
