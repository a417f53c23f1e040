//! Encrypted values: who they are for, whether the files say the same, and everything that changes one.
//!
//! agenix reads what stands here, and what agenix wrote is read here: the files are age's own.

mod accept;
mod table;

pub use accept::{Place, accept, forget};
pub use table::{json, table};
