//! How much of the machine an evaluation may take.

use std::fs;
use std::thread::available_parallelism;

use crate::value::Size;

/// Taken for the machine's memory where it does not say.
const UNKNOWN: u64 = 4 << 30;

/// How many processes of nix run at once, and what each may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The number of processes, at least 1.
    pub jobs: usize,
    /// The memory for values of one process.
    pub memory: Size,
}

impl Limits {
    /// Fills in what was not asked for: a quarter of the machine's memory a process, and as many processes as the
    /// machine has processors and memory for.
    pub fn new(jobs: Option<usize>, memory: Option<Size>) -> Self {
        let available = available();
        let memory = memory.unwrap_or_else(|| Size::rounded(available / 4));
        let fit = usize::try_from(available / memory.bytes()).unwrap_or(usize::MAX);
        let processors = available_parallelism().map_or(1, usize::from);
        Self { jobs: jobs.unwrap_or_else(|| processors.min(fit)).max(1), memory }
    }
}

/// The memory of the machine, or of the container that we are in.
fn available() -> u64 {
    let contained = fs::read_to_string("/sys/fs/cgroup/memory.max").ok().and_then(|text| text.trim().parse().ok());
    let machine = fs::read_to_string("/proc/meminfo").ok().and_then(|text| total(&text));
    [contained, machine].into_iter().flatten().min().unwrap_or(UNKNOWN)
}

/// Reads `MemTotal:  24641520 kB`.
fn total(text: &str) -> Option<u64> {
    let line = text.lines().find_map(|line| line.strip_prefix("MemTotal:"))?;
    Some(line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()? << 10)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::decode::Scalar;

    #[test]
    fn the_machine_says_what_it_has() {
        assert_eq!(total("MemTotal:       24641520 kB\nMemFree: 1 kB\n"), Some(24_641_520 << 10));
        assert_eq!(total("nothing"), None);
        assert!(available() > 1 << 20);
    }

    #[test]
    fn jobs_fit_into_the_memory() {
        let all = Limits::new(None, None);
        assert!((1..=4).contains(&all.jobs), "{all:?}");
        let wide = Limits::new(None, Some(Size::read("1024T").unwrap()));
        assert_eq!(wide.jobs, 1);
        assert_eq!(Limits::new(Some(7), Some(Size::read("1G").unwrap())).jobs, 7);
        assert_eq!(Limits::new(Some(0), None).jobs, 1);
    }
}
