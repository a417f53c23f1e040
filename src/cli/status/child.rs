//! A program that is talked to over its pipes, for so long and no longer.

use std::io::{self, Read, Write};
use std::os::fd::AsFd;
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, poll};
use rustix::fs::Timespec;
use rustix::process::{Pid, Signal, kill_process_group};

/// How long nothing is looked at while nothing is said.
const PAUSE: Duration = Duration::from_millis(100);

/// The same once everything was said, and only the end is waited for.
const END: Duration = Duration::from_millis(5);

/// The most bytes of what it says beside that are kept.
const TALK_LIMIT: usize = 16 * 1024;

/// What it is told, and how much patience there is.
pub(super) struct Talk<'a> {
    /// What is written to it.
    pub(super) input: &'a [u8],
    /// Whether it would take the end of that for the end of the talk.
    pub(super) stays_open: bool,
    /// The most bytes that it may answer.
    pub(super) limit: usize,
    /// When it has to be through.
    pub(super) deadline: Instant,
    /// Whether nobody wants to know any more.
    pub(super) is_over: &'a dyn Fn() -> bool,
}

/// What it said, as far as it came.
pub(super) struct Said {
    pub(super) stdout: Vec<u8>,
    pub(super) stderr: Vec<u8>,
    pub(super) end: End,
}

/// How it came to its end.
pub(super) enum End {
    /// By itself.
    Exited(ExitStatus),
    /// Its time was over.
    Late,
    /// It did not stop talking.
    TooLong,
    /// Nobody wanted to know any more.
    Dropped,
}

/// Starts a program in a group of its own and talks to it; none of the group is left when this returns, unless it ended
/// by itself.
///
/// # Errors
/// It cannot be started.
pub(super) fn converse(command: &mut Command, talk: &Talk<'_>) -> io::Result<Said> {
    command.process_group(0).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn()?;
    let mut said = Said { stdout: Vec::new(), stderr: Vec::new(), end: End::Late };
    let ended = exchange(&mut child, talk, &mut said);
    said.end = match ended {
        Ok(end @ End::Exited(_)) => end,
        other => {
            kill(&child);
            child.wait()?;
            other?
        }
    };
    Ok(said)
}

fn exchange(child: &mut Child, talk: &Talk<'_>, said: &mut Said) -> io::Result<End> {
    let mut stdin = child.stdin.take();
    let mut stdout = Some(child.stdout.take().expect("it is a pipe"));
    let mut stderr = Some(child.stderr.take().expect("it is a pipe"));
    let fds = [stdin.as_ref().map(AsFd::as_fd), stdout.as_ref().map(AsFd::as_fd), stderr.as_ref().map(AsFd::as_fd)];
    for fd in fds.into_iter().flatten() {
        rustix::io::ioctl_fionbio(fd, true)?;
    }
    let mut left = talk.input;
    loop {
        if left.is_empty() && !talk.stays_open {
            stdin = None;
        }
        if let Some(pipe) = stdin.as_mut().filter(|_| !left.is_empty()) {
            match pipe.write(left) {
                Ok(count) => left = &left[count..],
                Err(error) if is_pause(&error) => {}
                // Whoever does not listen says why, or answers all the same.
                Err(_) => left = &[],
            }
        }
        drain(&mut stdout, &mut said.stdout, talk.limit)?;
        drain(&mut stderr, &mut said.stderr, usize::MAX)?;
        said.stderr.truncate(TALK_LIMIT);
        if said.stdout.len() > talk.limit {
            return Ok(End::TooLong);
        }
        // A connection that is kept for later may hold stderr open, so its end is not waited for.
        if stdout.is_none()
            && let Some(status) = child.try_wait()?
        {
            drain(&mut stderr, &mut said.stderr, TALK_LIMIT)?;
            return Ok(End::Exited(status));
        }
        if (talk.is_over)() {
            return Ok(End::Dropped);
        }
        let Some(time) = talk.deadline.checked_duration_since(Instant::now()).filter(|time| !time.is_zero()) else {
            return Ok(End::Late);
        };
        let readable = [stdout.as_ref().map(AsFd::as_fd), stderr.as_ref().map(AsFd::as_fd)].into_iter().flatten();
        let mut waits: Vec<_> = readable.map(|fd| PollFd::from_borrowed_fd(fd, PollFlags::IN)).collect();
        if let Some(pipe) = stdin.as_ref().filter(|_| !left.is_empty()) {
            waits.push(PollFd::from_borrowed_fd(pipe.as_fd(), PollFlags::OUT));
        }
        wait(&mut waits, time.min(if stdout.is_none() { END } else { PAUSE }))?;
    }
}

fn wait(waits: &mut [PollFd<'_>], time: Duration) -> io::Result<()> {
    let time = Timespec { tv_sec: 0, tv_nsec: time.subsec_nanos().into() };
    match poll(waits, Some(&time)) {
        Ok(_) | Err(rustix::io::Errno::INTR) => Ok(()),
        Err(errno) => Err(errno.into()),
    }
}

/// Reads what is there now; a pipe that has ended goes.
fn drain(pipe: &mut Option<impl Read>, text: &mut Vec<u8>, limit: usize) -> io::Result<()> {
    let mut piece = [0; 16 * 1024];
    while let Some(open) = pipe.as_mut().filter(|_| text.len() <= limit) {
        match open.read(&mut piece) {
            Ok(0) => *pipe = None,
            Ok(count) => text.extend_from_slice(&piece[..count]),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(()),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

fn is_pause(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted)
}

fn kill(child: &Child) {
    let group = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
    if let Some(group) = group {
        // It may have ended just now.
        let _ = kill_process_group(group, Signal::KILL);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(script: &str, input: &[u8], limit: usize, milliseconds: u64) -> Said {
        let deadline = Instant::now() + Duration::from_millis(milliseconds);
        let talk = Talk { input, stays_open: false, limit, deadline, is_over: &|| false };
        converse(Command::new("sh").args(["-c", script]), &talk).expect("sh starts")
    }

    #[test]
    fn what_is_said_is_heard() {
        let input = vec![b'x'; 300_000];
        let said = run("cat; echo beside >&2; exit 3", &input, 1_000_000, 20_000);
        assert!(said.stdout == input && said.stderr == b"beside\n");
        assert!(matches!(said.end, End::Exited(status) if status.code() == Some(3)));
    }

    #[test]
    fn what_takes_too_long_is_ended_with_all_that_it_started() {
        let begun = Instant::now();
        let said = run("echo half; sleep 60 & echo $!; wait", b"", 1_000, 300);
        assert!(matches!(said.end, End::Late) && begun.elapsed() < Duration::from_secs(10));
        let text = String::from_utf8(said.stdout).expect("it is text");
        let below = text.strip_prefix("half\n").expect("it began").trim().to_owned();
        let is_gone = || {
            let state = std::fs::read_to_string(format!("/proc/{below}/stat")).unwrap_or_default();
            state.is_empty() || state.contains(") Z")
        };
        // It was told to end; a busy machine takes a moment to do it.
        while !is_gone() {
            assert!(begun.elapsed() < Duration::from_secs(10), "{below} runs on");
            std::thread::sleep(PAUSE);
        }
    }

    #[test]
    fn what_says_too_much_is_ended() {
        let said = run("yes", b"", 1_000, 20_000);
        assert!(matches!(said.end, End::TooLong));
        let said = run("yes >&2", b"", 1_000, 300);
        assert!(matches!(said.end, End::Late) && said.stderr.len() <= TALK_LIMIT);
    }

    #[test]
    fn a_stderr_that_stays_open_is_not_waited_for() {
        let begun = Instant::now();
        let said = run("sleep 3 >/dev/null & echo done", b"", 1_000, 20_000);
        assert!(matches!(said.end, End::Exited(_)) && begun.elapsed() < Duration::from_secs(2));
        assert_eq!(said.stdout, b"done\n");
    }
}
