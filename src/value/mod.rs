//! Names, addresses, durations, selectors: each valid from its one constructor on.

mod names;
mod scalars;
mod selector;

pub use names::*;
pub use scalars::*;
pub use selector::{Selectable, Selector, glob_matches};
