//! Where a value comes from: which layer said it, which values it beat, and which line of which template wrote it.

mod answer;
mod ask;
mod by_hand;
mod entries;
mod expand;
mod feeds;
mod json;
mod keys;
mod known;
pub mod list;
mod matching;
mod options;
mod plan;
mod reach;
mod record;
pub mod show;
mod shown;
mod text;
mod unset;
mod variables;
mod view;

pub use answer::{Layer, Leaf, Said};
pub use ask::{Answer, ask, near, plain_path};
pub use by_hand::{ByHand, Verdict};
pub use feeds::Feed;
pub use json::json;
pub use known::{Absent, Known};
pub use options::{OptionAnswer, Options, Written};
pub use plan::OnePlan;
pub use reach::Reach;
pub(crate) use shown::aligned;
pub use text::text;
pub use view::View;
