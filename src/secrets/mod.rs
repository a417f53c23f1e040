//! Encrypted values: who they are for, whether the files say the same, and everything that changes one.
//!
//! agenix reads what stands here, and what agenix wrote is read here: the files are age's own.

pub mod identity;
pub mod memory;
pub mod rekey;
pub mod seal;
pub mod store;
mod table;

pub use table::{json, table};
