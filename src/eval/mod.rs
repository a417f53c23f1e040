//! Two flakes × hosts → Evaluated: what nix makes of each host, and why it is not the same.
//!
//! A host is the same on both sides exactly when the derivations of its system are. So each side's are asked of nix,
//! in several processes under a cap of memory, and where two differ their `.drv` files are read to say why. What a
//! commit gives never changes: it is kept, and nix is asked once.

#![expect(clippy::disallowed_methods, reason = "runs nix, and reads what it wrote")]

mod cache;
mod closure;
mod contents;
mod derivation;
mod differences;
mod explain;
mod flake;
mod hosts;
mod human;
mod limits;
mod lines;
mod markdown;
mod name;
mod program;
mod report;
mod session;
mod side;
mod text;

pub use closure::{Closure, Compared, Upgrade, closure};
pub use differences::{Difference, What};
pub use explain::{Cause, Explainer, Explanation, Packages, explain};
pub use flake::{Flake, Source};
pub use hosts::{Answer, Answers, drv_paths};
pub use human::human;
pub use limits::Limits;
pub use markdown::markdown;
pub use program::Nix;
pub use report::{Change, Evaluated, Failure, Host, Summary, Wanted, evaluate};
pub use side::Side;
