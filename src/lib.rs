//! Cistern compiles the definition of a NixOS fleet.
//!
//! ```text
//! Sources ─load→ Raw ─lower→ Fleet ─check→ Checked ─place→ Draft ─prove→ Plan ─emit→ Tree ─diff→ Changes
//! ```
//!
//! Each arrow is one function, each noun one type, and no arrow points back: a module uses only modules that
//! stand above it in the list below. `tests/tidy.rs` says so.

pub mod source;
pub mod diag;
pub mod nix;
pub mod tree;
pub mod load;
pub mod value;
pub mod kind;
pub mod model;
pub mod check;
pub mod place;
pub mod prove;
