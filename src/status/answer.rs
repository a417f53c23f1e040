//! What a host says of itself: the script that it runs, and what is read from the lines that it prints.

use std::collections::BTreeSet;

use super::Seen;
use super::document::Health;
use super::limits::Limits;
use crate::diag::counted;

/// The most bytes of an answer that are read; a thousand failed units fit in.
pub const ANSWER_LIMIT: usize = 256 * 1024;

/// The first line of an answer; whatever a login prints stands before it.
const BEGINNING: &str = "cistern-status 1";

/// The script, for `sh -s`. Nothing of the definition stands in it.
pub fn script() -> &'static str {
    include_str!("ask.sh")
}

/// Reads what the script printed until `now`, in seconds since 1970.
///
/// # Errors
/// Why it is no answer of the script's, in a clause.
pub fn seen(text: &str, limits: &Limits, now: i64) -> Result<Seen, String> {
    let lines = text.lines().map(str::trim_end).skip_while(|line| *line != BEGINNING);
    let mut heard = Heard::default();
    let mut count = 0;
    for line in lines {
        count += 1;
        let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
        heard.note(word, rest);
    }
    match count {
        0 => Err("it logs in, but `sh -s` answers nothing that can be read".to_owned()),
        _ => Ok(heard.judge(limits, now)),
    }
}

#[derive(Default)]
struct Heard {
    running: Option<String>,
    deployed: Option<String>,
    reboot: Option<bool>,
    units_known: bool,
    failed: BTreeSet<String>,
    backup: Option<i64>,
    /// The size of each file system, what is left of it, and where it is.
    disks: Vec<(u64, u64, String)>,
    memory: (Option<u64>, Option<u64>),
    ended: bool,
}

impl Heard {
    fn note(&mut self, word: &str, rest: &str) {
        match word {
            "running" => self.running = store_path(rest),
            "deployed" => self.deployed = store_path(rest),
            "reboot" => self.reboot = Some(rest == "1"),
            "units" => self.units_known = true,
            "failed" => drop(self.failed.insert(shown(rest))),
            "backup" => {
                let at: Option<i64> = rest.split(' ').next().and_then(|number| number.parse().ok());
                self.backup = match (self.backup, at) {
                    (Some(known), Some(at)) => Some(at.min(known)),
                    (known, at) => known.or(at),
                };
            }
            "disk" => {
                let mut words = rest.splitn(3, ' ');
                let mut number = || words.next().and_then(|number| number.parse().ok());
                let (size, free) = (number(), number());
                if let (Some(size), Some(free), Some(mount)) = (size, free, words.next()) {
                    self.disks.push((size, free, shown(mount)));
                }
            }
            "memory" => match rest.split_once(": ") {
                Some(("MemTotal", value)) => self.memory.0 = value.parse().ok(),
                Some(("MemAvailable", value)) => self.memory.1 = value.parse().ok(),
                _ => {}
            },
            "end" => self.ended = true,
            _ => {}
        }
    }

    fn judge(self, limits: &Limits, now: i64) -> Seen {
        let mut found: Vec<(Health, String)> = Vec::new();
        for (size, free, mount) in &self.disks {
            let full = used(*size, *free).and_then(|used| Some((grade(used, &limits.disk)?, used)));
            found.extend(full.map(|(health, used)| (health, format!("{mount} is {used:.0} % full"))));
        }
        if let (Some(total), Some(free)) = self.memory
            && let Some(used) = used(total, free)
            && let Some(health) = grade(used, &limits.memory)
        {
            found.push((health, format!("{used:.0} % of the memory is used")));
        }
        found.extend(limits.unit.and_then(|health| Some((health, failed(&self.failed)?))));
        if self.running.is_some() && self.deployed.is_some() && self.running != self.deployed {
            let why = "the running system is not the one that was deployed last".to_owned();
            found.extend(limits.drift.map(|health| (health, why)));
        }
        if !self.ended {
            found.push((Health::Unknown, "it stopped answering half-way, as with a file system that hangs".to_owned()));
        }
        found.sort_by_key(|(health, _)| *health);
        Seen {
            health: Some(found.first().map_or(Health::Healthy, |(health, _)| *health)),
            reasons: found.into_iter().map(|(_, why)| why).collect(),
            running: self.running,
            deployed: self.deployed,
            reboot_needed: self.reboot,
            failed_units: self.units_known.then_some(self.failed),
            last_seen: Some(now),
            last_backup: self.backup,
        }
    }
}

/// The used part in percent, as the recording rules count it.
#[expect(clippy::cast_precision_loss, reason = "a percentage needs no more")]
fn used(size: u64, free: u64) -> Option<f64> {
    (size > 0).then(|| 100.0 - 100.0 * free.min(size) as f64 / size as f64)
}

/// The worst state whose figure is exceeded; a smaller figure counts less.
fn grade(used: f64, limits: &[(f64, Health)]) -> Option<Health> {
    limits.iter().filter(|(figure, _)| used > *figure).map(|(_, health)| *health).min()
}

fn failed(units: &BTreeSet<String>) -> Option<String> {
    let mut units = units.iter();
    let first = units.next()?;
    Some(match units.len() {
        0 => format!("{first} failed"),
        more => format!("{first} and {} failed", counted(more, "more unit")),
    })
}

fn store_path(text: &str) -> Option<String> {
    text.starts_with('/').then(|| shown(text))
}

/// What a host says is printed on a terminal: without control characters, and not without end.
pub(super) fn shown(text: &str) -> String {
    const LONGEST: usize = 300;
    text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).take(LONGEST).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits() -> Limits {
        Limits {
            disk: vec![(96.0, Health::Critical), (85.0, Health::Degraded)],
            memory: vec![(90.0, Health::Degraded)],
            unit: Some(Health::Degraded),
            drift: Some(Health::Degraded),
        }
    }

    fn of(lines: &str) -> Seen {
        seen(&format!("Welcome\ncistern-status 1\n{lines}end\n"), &limits(), 1_000).expect("it is an answer")
    }

    #[test]
    fn an_answer_is_read() {
        let text = "running /nix/store/a\ndeployed /nix/store/a\nreboot 1\nmemory MemTotal: 100\n\
                    memory MemAvailable: 50\nunits known\nbackup 900 a.service\nbackup 700 b.service\ndisk 100 80 /\n";
        let expected = Seen {
            health: Some(Health::Healthy),
            reasons: Vec::new(),
            running: Some("/nix/store/a".to_owned()),
            deployed: Some("/nix/store/a".to_owned()),
            reboot_needed: Some(true),
            failed_units: Some(BTreeSet::new()),
            last_seen: Some(1_000),
            last_backup: Some(700),
        };
        assert_eq!(of(text), expected);
    }

    #[test]
    fn the_worst_that_is_wrong_counts() {
        for (lines, health, reasons) in [
            ("", Health::Healthy, &[][..]),
            ("disk 100 15 /\n", Health::Healthy, &[]),
            ("disk 1000 149 /\n", Health::Degraded, &["/ is 85 % full"]),
            ("disk 100 10 /\ndisk 100 3 /var lib\n", Health::Critical, &["/var lib is 97 % full", "/ is 90 % full"]),
            ("disk 0 0 /boot\ndisk x 0 /\ndisk 1\n", Health::Healthy, &[]),
            ("memory MemTotal: 100\nmemory MemAvailable: 2\n", Health::Degraded, &["98 % of the memory is used"]),
            ("memory MemTotal: 0\nmemory MemAvailable: 2\n", Health::Healthy, &[]),
            ("units known\nfailed a.service\n", Health::Degraded, &["a.service failed"]),
            ("failed a\nfailed b\nfailed c\n", Health::Degraded, &["a and 2 more units failed"]),
            (
                "running /a\ndeployed /b\n",
                Health::Degraded,
                &["the running system is not the one that was deployed last"],
            ),
        ] {
            let seen = of(lines);
            assert_eq!(seen.health, Some(health), "{lines}");
            assert_eq!(seen.reasons, reasons, "{lines}");
        }
    }

    #[test]
    fn an_answer_that_breaks_off_is_told_apart() {
        let half = seen("cistern-status 1\nrunning /a\n", &limits(), 0).expect("it began");
        assert_eq!((half.health, half.running.as_deref()), (Some(Health::Unknown), Some("/a")));
        assert!(seen("", &limits(), 0).is_err() && seen("sh: not found\n", &limits(), 0).is_err());
    }

    #[test]
    fn nothing_of_it_reaches_the_terminal_as_it_is() {
        let seen = of("failed \u{1b}[31mred\n");
        assert_eq!(seen.reasons, ["\u{fffd}[31mred failed"]);
    }
}
