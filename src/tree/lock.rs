//! One commit at a time.

use std::fs::File;
use std::io;
use std::path::Path;
use std::thread::sleep;
use std::time::Duration;

use rustix::fs::{FlockOperation, flock};
use rustix::io::Errno;

use super::beside::{Target, at};

/// How long a run waits for another one.
pub(super) const PATIENCE: Duration = Duration::from_secs(10);

const STEP: Duration = Duration::from_millis(20);

/// The right to change what stands in a directory; given back when dropped, or by the kernel.
#[derive(Debug)]
pub(super) struct Lock {
    /// The directory that the target stands in, so that the lock leaves no file behind.
    _parent: File,
}

/// Waits until no other run commits to the same place.
///
/// Where the file system has no locks, there is none.
pub(super) fn lock(target: &Target, patience: Duration) -> io::Result<Lock> {
    lock_in(&target.parent, &target.dir, patience)
}

/// Waits until no other run writes into a directory; `what` is named when that takes too long.
pub(super) fn lock_in(dir: &Path, what: &Path, patience: Duration) -> io::Result<Lock> {
    let parent = File::open(dir).map_err(at(dir))?;
    let mut waited = Duration::ZERO;
    loop {
        match flock(&parent, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) | Err(Errno::NOLCK | Errno::NOSYS | Errno::OPNOTSUPP | Errno::INVAL | Errno::BADF) => {
                return Ok(Lock { _parent: parent });
            }
            Err(Errno::WOULDBLOCK) if waited >= patience => {
                let message =
                    format!("{}: another cistern is writing it; waited {} seconds", what.display(), patience.as_secs());
                return Err(io::Error::new(io::ErrorKind::WouldBlock, message));
            }
            Err(Errno::WOULDBLOCK | Errno::INTR) => {
                sleep(STEP);
                waited += STEP;
            }
            Err(errno) => return Err(at(dir)(errno.into())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_second_waits_and_then_refuses() {
        let temp = tempfile::tempdir().unwrap();
        let target = Target::new(&temp.path().join("generated")).unwrap();
        let first = lock(&target, PATIENCE).unwrap();
        let error = lock(&target, STEP * 2).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::WouldBlock);
        assert!(error.to_string().contains("another cistern"), "{error}");
        let waiting = std::thread::spawn(move || lock(&target, PATIENCE).map(|_| ()));
        sleep(STEP * 3);
        drop(first);
        waiting.join().unwrap().unwrap();
    }
}
