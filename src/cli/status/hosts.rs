//! Every host for itself, over ssh, all of them at once.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Instant;

use super::child::End;
use super::ssh::{Silent, Ssh, What};
use crate::place::plan::HostEntry;
use crate::status::{ANSWER_LIMIT, Limits, Question, Seen, is_asked, script, seen};
use crate::value::HostName;

/// How many hosts are asked at a time; beyond that the machine itself would be what is slow.
const AT_ONCE: usize = 256;

/// Asks every host that can be asked.
pub(super) fn ask(question: &Question<'_>, ssh: &Ssh, is_over: &(dyn Fn() -> bool + Sync)) -> BTreeMap<HostName, Seen> {
    let hosts = question.hosts.iter().map(|name| (name, &question.entries.hosts[name]));
    let asked: Vec<_> = hosts.filter(|(_, host)| is_asked(host)).collect();
    let begun = Instant::now();
    let limits = Limits::of(question.entries);
    let (next, heard) = (AtomicUsize::new(0), Mutex::new(BTreeMap::new()));
    thread::scope(|scope| {
        for _ in 0..asked.len().min(AT_ONCE) {
            scope.spawn(|| {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    let Some((name, host)) = asked.get(number).filter(|_| !is_over()) else { return };
                    // The first ones begin together, however long the machine takes to start them all.
                    let since = if number < AT_ONCE { begun } else { Instant::now() };
                    let found = one((name, host), (&limits, question.now), ssh, since, is_over);
                    heard.lock().expect("nobody fails with it").insert((*name).clone(), found);
                }
            });
        }
    });
    heard.into_inner().expect("nobody fails with it")
}

fn one(
    (name, host): (&HostName, &HostEntry),
    (limits, now): (&Limits, i64),
    ssh: &Ssh,
    begun: Instant,
    is_over: &dyn Fn() -> bool,
) -> Seen {
    let what = What::Run { script: script(), limit: ANSWER_LIMIT };
    let said = match ssh.talk((name, host), &what, begun, is_over) {
        Ok(said) => said,
        Err(Silent(why)) => return Seen::unreachable(why),
    };
    let text = String::from_utf8_lossy(&said.stdout);
    match (seen(&text, limits, now), &said.end) {
        (Ok(seen), _) => seen,
        (Err(why), End::Exited(status)) if status.success() => Seen::unreachable(why),
        _ => Seen::unreachable(ssh.silence(&said, host).0),
    }
}
