//! One finding that many hosts share, told once.

use std::fmt;

use crate::diag::{Code, Diagnostic, Faults, Subject};
use crate::model::Fleet;
use crate::value::HostName;

/// The hosts that a finding is about.
pub(super) struct Among<'f> {
    /// The first of them.
    pub first: &'f HostName,
    /// How many there are.
    pub number: usize,
}

impl fmt::Display for Among<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.number {
            1 => write!(f, "host `{}`", self.first),
            many => write!(f, "{many} hosts, `{}` among them,", self.first),
        }
    }
}

/// Tells a finding once for all hosts, and by itself for each that accepts its code: so that accepting it on one host
/// says nothing of the others.
pub(super) fn once<'f>(
    fleet: &Fleet,
    code: &'static Code,
    hosts: impl IntoIterator<Item = &'f HostName>,
    faults: &mut Faults,
    tell: impl Fn(&Among<'f>) -> Diagnostic,
) {
    let accepts = |host: &HostName| {
        let subject = Subject { section: "hosts", name: host.to_string() };
        fleet.levels.entries.contains_key(&(subject, code.id))
    };
    let (accepting, others): (Vec<_>, Vec<_>) = hosts.into_iter().partition(|host| accepts(host));
    for host in accepting {
        faults.push(tell(&Among { first: host, number: 1 }).about("hosts", host));
    }
    if let Some(first) = others.first() {
        let mut diagnostic = tell(&Among { first, number: others.len() });
        for host in &others {
            diagnostic = diagnostic.about("hosts", host);
        }
        faults.push(diagnostic);
    }
}
