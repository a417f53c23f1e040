//! Encrypted values: who they are for, whether the files say the same, and everything that changes one.
//!
//! agenix reads what stands here, and what agenix wrote is read here: the files are age's own.

mod accept;
pub mod generate;
pub mod host_key;
pub mod identity;
mod import;
pub mod making;
pub mod memory;
mod metrics;
pub mod rekey;
pub mod rotation;
pub mod seal;
pub mod store;
mod table;
mod traces;

pub use accept::{Place, accept, forget};
pub use import::{Format, Gathered, How, Incoming, Problem, gather};
pub use metrics::metrics;
pub use table::{json, table};
pub use traces::{Trace, trace};
