//! Encrypted values: who they are for, whether the files say the same, and everything that changes one.
//!
//! agenix reads what stands here, and what agenix wrote is read here: the files are age's own.

pub mod generate;
pub mod identity;
pub mod making;
pub mod memory;
mod metrics;
pub mod rekey;
pub mod rotation;
pub mod seal;
pub mod store;
mod table;

pub use metrics::metrics;
pub use table::{json, table};
