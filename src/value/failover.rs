//! What moves between hosts, and what is done when something fails.

use std::fmt::{self, Display};
use std::net::IpAddr;

use ipnet::IpNet;
use serde::{Deserialize, Serialize};

use super::Address;
use super::scalars::scalar_schema;
use crate::load::declare::choice;
use crate::load::decode::Scalar;

/// The most hosts that an address moves between: VRRP knows 254 priorities, half of them for hosts in maintenance.
pub const MOST_HOSTS: usize = 100;

choice! {
    /// What becomes of an address when a host that is preferred is back.
    pub enum Failback {
        /// It stays where it is until that host fails as well, or somebody moves it.
        Manual = "manual",
        /// It goes back to the first host of the list that works.
        Auto = "auto",
    }
}

choice! {
    /// Whether state may be lost when a service moves.
    pub enum DataLoss {
        /// The other host begins with what it has, which may be nothing.
        Accept = "accept",
    }
}

choice! {
    /// What is done when a service no longer shows that it works.
    pub enum OnFailure {
        /// It is restarted, a few times an hour at most; then its check fails, and somebody is told.
        Restart = "restart",
        /// Somebody is told.
        Alert = "alert",
        /// Nothing: monitoring does not ask.
        None = "none",
    }
}

/// An address that moves, and the length of its network's prefix.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Vip(pub IpNet);

impl Vip {
    /// The address.
    pub fn address(self) -> Address {
        Address(self.0.addr())
    }

    /// The last byte of the address: the number by which VRRP knows it, unless another is given. It depends on nothing
    /// else, so that no other address renumbers it; nothing where that byte is 0.
    pub fn router_id(self) -> Option<RouterId> {
        let last = match self.0.addr() {
            IpAddr::V4(v4) => v4.octets()[3],
            IpAddr::V6(v6) => v6.octets()[15],
        };
        (last != 0).then_some(RouterId(last))
    }
}

impl Scalar for Vip {
    const WHAT: &'static str = "an address with the length of its network's prefix";
    const FORM: &'static str = "for instance `192.168.1.20/24`";
    const EXAMPLES: &'static [&'static str] = &["192.168.1.20/24"];
    fn read(text: &str) -> Result<Self, String> {
        if text.parse::<IpAddr>().is_ok() {
            return Err(format!("write `{text}/24`, with the length of the site's network"));
        }
        text.parse().map(Self).map_err(|_| String::new())
    }
}

impl Display for Vip {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Display::fmt(&self.0, f)
    }
}

scalar_schema!(Vip, { "type": "string" });

/// The number by which VRRP knows an address on its network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct RouterId(u8);

impl RouterId {
    /// The number.
    pub fn number(self) -> u8 {
        self.0
    }
}

impl Scalar for RouterId {
    const WHAT: &'static str = "a number of VRRP's";
    const FORM: &'static str = "from 1 to 255";
    const EXAMPLES: &'static [&'static str] = &["51"];
    fn read(text: &str) -> Result<Self, String> {
        text.parse().ok().filter(|number| *number != 0).map(Self).ok_or_else(String::new)
    }
}

impl Display for RouterId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Display::fmt(&self.0, f)
    }
}

scalar_schema!(RouterId, { "type": "integer", "minimum": 1, "maximum": 255 });
