//! A hand-written Nix file, read once for every rule that looks into it. Nothing is evaluated.

use rnix::Root;

use super::assigned::{self, Assigned};
use super::imports::{Imports, imports};
use super::named::{Named, named};
use super::text::check_depth;

/// What a Nix file sets, imports and names.
#[derive(Debug, Clone, Default)]
pub struct Survey {
    /// The options that it sets as a NixOS module.
    pub assigned: Vec<Assigned>,
    /// The files that it imports as one.
    pub imports: Imports,
    /// Names that are set to a text, anywhere in it.
    pub named: Vec<Named>,
}

/// The largest file that is read, in bytes: what somebody wrote by hand is smaller.
const LARGEST: usize = 1 << 20;

/// Reads a Nix file, as far as it can be read.
pub fn survey(text: &str) -> Survey {
    if text.len() > LARGEST || check_depth(text).is_err() {
        let imports = Imports { others: true, ..Imports::default() };
        return Survey { imports, ..Survey::default() };
    }
    let parsed = Root::parse(text);
    let expression = parsed.tree().expr();
    Survey {
        assigned: expression.as_ref().map_or_else(Vec::new, assigned::of),
        imports: imports(expression),
        named: named(&parsed.syntax()),
    }
}
