//! What Cistern knows of the Nix language: values, text, format, and templates that can only hold values.
//!
//! Nothing in here reads or writes a file. Data becomes Nix in two ways only: [`Value::print`], and a hole of a
//! template ([`Templates`]), and both go through the same few functions of `literal`.

mod assigned;
mod fault;
mod imports;
mod literal;
mod named;
mod path;
mod survey;
mod template;
mod text;
mod value;

pub use assigned::{Assigned, Literal, Segment, assigned, declared};
pub use fault::{Fault, Unprintable};
pub use imports::Imports;
pub use literal::{attr_name, comment, string};
pub use named::Named;
pub use path::RelativePath;
pub use survey::{Survey, survey};
pub use template::{
    Condition, ContextPath, Fragment, Hole, Outline, Shared, Templates, Trace, Traced, Use, Uses, body_of, outline,
    share, uses,
};
pub use text::{can_shift, finish, finish_shifted, format, parse, same_but_for_format};
pub use value::Value;
