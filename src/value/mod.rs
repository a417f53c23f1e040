//! Names, addresses, durations, selectors: each valid from its one constructor on.

/// What every type has that is a text with a rule: read by [`Scalar`](crate::load::decode::Scalar), kept as written.
macro_rules! textual {
    ($name:ident) => {
        impl $name {
            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = String;
            fn try_from(text: String) -> Result<Self, String> {
                <Self as crate::load::decode::Scalar>::read(&text)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl std::borrow::Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }
    };
}
use textual;

mod catalogue;
mod dates;
mod failover;
mod ingress;
mod keys;
mod lints;
mod names;
mod placing;
mod public;
mod quantities;
mod scalars;
mod selector;
mod watching;

pub use catalogue::{Category, OwnAuth};
pub use dates::Date;
pub use failover::{DataLoss, Failback, MOST_HOSTS, OnFailure, RouterId, Vip};
pub use ingress::{DnsProvider, HeaderName, IngressAuth, IngressTls, ProxyFeature, RoutePath, Share};
pub use keys::{AgeKey, KeySource, RecipientKey, SshKey};
pub use lints::{CodeId, LintLevel};
pub use names::*;
pub use placing::SpreadBy;
pub use public::{is_below, why_not_public};
pub use quantities::{Cpus, Size};
pub use scalars::*;
pub use selector::{Selectable, Selector, glob_matches};
pub use watching::*;
