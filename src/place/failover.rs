//! What moves between hosts: what was decided of it.

use serde::{Deserialize, Serialize};

use crate::value::{Failback, HostName, RouterId, ServiceName, Vip};

/// A service that another host takes over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FailoverEntry {
    /// The service.
    pub service: ServiceName,
    /// The address that moves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vip: Option<Vip>,
    /// The service whose lease says where it runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lease: Option<ServiceName>,
    /// The number by which VRRP knows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub router_id: Option<RouterId>,
    /// Who takes over, in this order.
    pub hosts: Vec<HostName>,
    /// What becomes of it when a host that is preferred is back.
    pub failback: Failback,
}
