//! Prometheus, at a URL or on a monitoring host of the fleet.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use ureq::Agent;

use super::ssh::{Silent, Ssh, What};
use crate::cli::https;
use crate::place::Entries;
use crate::status::prometheus::{knows_health, looking_back, note, path, question};
use crate::status::{Question, Seen, Source};
use crate::value::HostName;

/// The most bytes of an answer: those of some 50,000 hosts.
const LIMIT: usize = 256 << 20;

/// Where Prometheus listens unless it is told otherwise.
const USUAL_PORT: u16 = 9090;

/// A Prometheus at a URL.
pub(super) struct Remote {
    agent: Agent,
    url: String,
    authorization: Option<String>,
}

impl Remote {
    /// Prepares it; the password stands in a file.
    ///
    /// # Errors
    /// What is wrong with the URL or the file, and what to do.
    pub(super) fn new(url: &str, user: Option<(&str, &Path)>, patience: Duration) -> Result<Self, String> {
        let rest = url.strip_prefix("http://").or_else(|| url.strip_prefix("https://"));
        let Some(rest) = rest.filter(|rest| !rest.is_empty()) else {
            return Err(format!("`{url}` is no URL of Prometheus: write `http://HOST:9090` or `https://HOST`"));
        };
        if rest.split('/').next().is_some_and(|authority| authority.contains('@')) {
            return Err(
                "a password in a URL can be read by everybody: give `--username` and `--password-file`".to_owned()
            );
        }
        let authorization = user.map(|(user, file)| https::basic(user, file)).transpose()?;
        let agent = Agent::config_builder()
            .timeout_global(Some(patience))
            .http_status_as_error(false)
            .tls_config(https::tls())
            .user_agent(https::USER_AGENT)
            .build();
        Ok(Self { agent: agent.into(), url: url.trim_end_matches('/').to_owned(), authorization })
    }

    /// Asks it.
    ///
    /// # Errors
    /// Why it cannot tell, in a clause.
    pub(super) fn ask(&self, asked: &Question<'_>) -> Result<(Source, BTreeMap<HostName, Seen>), String> {
        let heard = both(asked, |question| self.get(&path(question)))?;
        Ok((Source::Prometheus(self.url.clone()), heard))
    }

    fn get(&self, path: &str) -> Result<Vec<u8>, String> {
        let mut request = self.agent.get(format!("{}{path}", self.url));
        if let Some(value) = &self.authorization {
            request = request.header("Authorization", value);
        }
        let mut response = request.call().map_err(|error| error.to_string())?;
        let status = response.status().as_u16();
        let body = response.body_mut().with_config().limit(LIMIT as u64).read_to_vec();
        let body = body.map_err(|error| format!("its answer breaks off: {error}"))?;
        accepted(status, body)
    }
}

/// Asks the monitoring hosts of the fleet; the first one that answers is believed.
///
/// # Errors
/// Why none of them can tell, a line each.
pub(super) fn through(
    asked: &Question<'_>,
    ssh: &Ssh,
    is_over: &(dyn Fn() -> bool + Sync),
) -> Result<(Source, BTreeMap<HostName, Seen>), Vec<String>> {
    let monitors = asked.entries.monitoring.as_ref().map(|monitoring| &monitoring.hosts);
    let monitors: Vec<_> = monitors.into_iter().flatten().collect();
    let answered = AtomicBool::new(false);
    let (answer, answers) = mpsc::channel();
    thread::scope(|scope| {
        for monitor in &monitors {
            let (answer, answered) = (answer.clone(), &answered);
            scope.spawn(move || {
                let enough = || answered.load(Ordering::Relaxed) || is_over();
                let heard = both(asked, |question| reach(monitor, &path(question), asked, ssh, &enough));
                answered.fetch_or(heard.is_ok(), Ordering::Relaxed);
                // Whoever comes second is not waited for.
                let _ = answer.send((*monitor, heard));
            });
        }
        drop(answer);
        let mut refusals = Vec::new();
        for (monitor, heard) in answers {
            match heard {
                Ok(heard) => return Ok((Source::Prometheus(monitor.to_string()), heard)),
                Err(why) => refusals.push(format!("Prometheus on {monitor}: {why}")),
            }
        }
        refusals.sort();
        Err(refusals)
    })
}

/// Where Prometheus listens on a monitoring host.
fn port(entries: &Entries, monitor: &HostName) -> u16 {
    let services = entries.instances.get(monitor).into_iter().flat_map(BTreeMap::keys);
    let service = services.into_iter().find(|service| entries.services[*service].kind.as_str() == "prometheus");
    let asked = service.and_then(|service| Some((service, &entries.services[service].metrics.as_ref()?.port)));
    asked.and_then(|(service, port)| entries.port(monitor, service, port)).map_or(USUAL_PORT, |port| port.0.get())
}

/// Asks what is asked of everybody, and then for those that are not up.
fn both(
    asked: &Question<'_>,
    get: impl Fn(&str) -> Result<Vec<u8>, String>,
) -> Result<BTreeMap<HostName, Seen>, String> {
    let mut heard = BTreeMap::new();
    note(&get(&question())?, asked.hosts, &mut heard)?;
    if !knows_health(&heard) {
        return Err("it has no series `cistern:host_health` of these hosts; does it load generated/prometheus/rules?"
            .to_owned());
    }
    // When a host was up is worth a question, and not worth losing the rest for.
    if let Some(body) = looking_back(asked.hosts, &heard).and_then(|question| get(&question).ok()) {
        note(&body, asked.hosts, &mut heard)?;
    }
    Ok(heard)
}

/// Asks the Prometheus of a host over its standard input and output: nothing has to be installed there.
fn reach(
    monitor: &HostName,
    path: &str,
    asked: &Question<'_>,
    ssh: &Ssh,
    is_over: &dyn Fn() -> bool,
) -> Result<Vec<u8>, String> {
    let host = &asked.entries.hosts[monitor];
    // In version 1.0 the end of the connection is the end of the answer.
    let request = format!("GET {path} HTTP/1.0\r\nHost: localhost\r\nAccept: application/json\r\n\r\n");
    let what = What::Reach { port: port(asked.entries, monitor), request: &request, limit: LIMIT };
    let said = ssh.talk((monitor, host), &what, Instant::now(), is_over).map_err(|Silent(why)| why)?;
    match answer(&said.stdout) {
        Some((status, body)) => accepted(status, body.to_vec()),
        None => Err(ssh.silence(&said, host).0),
    }
}

fn accepted(status: u16, body: Vec<u8>) -> Result<Vec<u8>, String> {
    match status {
        // A refusal of Prometheus' own says why.
        200 | 400 | 422 | 503 if body.starts_with(b"{") => Ok(body),
        401 | 403 => Err("it wants to know who asks: give `--username` and `--password-file` with `--url`".to_owned()),
        status => Err(format!("it answers with the status {status}, as something else than Prometheus would")),
    }
}

/// The status and the body of a whole answer.
fn answer(text: &[u8]) -> Option<(u16, &[u8])> {
    let end = text.windows(4).position(|part| part == b"\r\n\r\n")?;
    let head = std::str::from_utf8(&text[..end]).ok()?;
    let body = &text[end + 4..];
    let mut lines = head.split("\r\n");
    let status = lines.next()?.strip_prefix("HTTP/1.")?.split(' ').nth(1)?.parse().ok()?;
    let length =
        lines.filter_map(|line| line.split_once(':')).find(|(name, _)| name.eq_ignore_ascii_case("content-length"));
    let whole = length.is_none_or(|(_, length)| length.trim().parse() == Ok(body.len()));
    whole.then_some((status, body))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_whole_answer_is_taken_apart() {
        assert_eq!(answer(b"HTTP/1.0 200 OK\r\nA: b\r\nContent-Length: 2\r\n\r\n{}"), Some((200, &b"{}"[..])));
        assert_eq!(answer(b"HTTP/1.1 401 Unauthorized\r\n\r\n"), Some((401, &b""[..])));
        for broken in
            [&b""[..], b"SSH-2.0\r\n\r\n", b"HTTP/1.0 200 OK\r\nContent-Length: 3\r\n\r\n{}", b"HTTP/1.0 200 OK\r\n"]
        {
            assert_eq!(answer(broken), None);
        }
    }

    #[test]
    fn a_url_holds_no_password() {
        let why = |url: &str| Remote::new(url, None, Duration::from_secs(1)).err().unwrap_or_default();
        assert!(why("http://me:word@localhost:9090").contains("--password-file"));
        assert!(why("localhost:9090").contains("is no URL"));
        assert!(why("https://").contains("is no URL"));
        assert_eq!(why("http://localhost:9090/"), "");
    }
}
