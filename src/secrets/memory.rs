//! Plaintext in memory: locked so that it is never swapped out, left out of core dumps, and zeroed when it goes.
//!
//! Each value has pages of its own, so that unlocking one unlocks nothing else. What lies beside is age's: it works on
//! pieces of up to 64 KiB in ordinary memory, which [`harden`] locks too where the machine allows that.

use std::fmt;
use std::io::{self, Read};
use std::sync::atomic::{AtomicBool, Ordering};

use memmap2::{Advice, MmapMut};
use rustix::mm::{MlockAllFlags, mlockall};
use rustix::process::{DumpableBehavior, Resource, Rlimit, getrlimit, set_dumpable_behavior, setrlimit};
use zeroize::Zeroize as _;

/// The largest value that is read, in bytes.
pub const LARGEST: usize = 16 << 20;

/// How much room a value gets at first when its length is not known.
const FIRST: usize = 4096;

/// Whether some value could not be locked.
static UNLOCKED: AtomicBool = AtomicBool::new(false);

/// Bytes that are locked into memory and zeroed when they are dropped.
pub struct Plain {
    pages: MmapMut,
    length: usize,
}

impl Plain {
    /// Takes bytes over, and zeroes where they came from.
    pub fn new(mut bytes: Vec<u8>) -> Self {
        let mut plain = Self::with_room(bytes.len());
        plain.pages[..bytes.len()].copy_from_slice(&bytes);
        plain.length = bytes.len();
        bytes.zeroize();
        plain
    }

    /// Copies bytes that stand in locked memory already, or are no secret by themselves.
    pub fn copy(bytes: &[u8]) -> Self {
        let mut plain = Self::with_room(bytes.len());
        plain.pages[..bytes.len()].copy_from_slice(bytes);
        plain.length = bytes.len();
        plain
    }

    /// Reads everything, up to a limit in bytes.
    ///
    /// # Errors
    /// What the reader says; more bytes than the limit.
    pub fn read(from: &mut dyn Read, limit: usize) -> io::Result<Self> {
        let mut plain = Self::with_room(FIRST.min(limit + 1));
        loop {
            if plain.length > limit {
                let message = format!("there is more than {limit} bytes, which is no secret's length");
                return Err(io::Error::new(io::ErrorKind::InvalidData, message));
            }
            if plain.length == plain.pages.len() {
                plain = plain.into_larger();
            }
            let length = plain.length;
            match from.read(&mut plain.pages[length..]) {
                Ok(0) => return Ok(plain),
                Ok(read) => plain.length += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// The bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.pages[..self.length]
    }

    /// Counts the bytes.
    pub fn len(&self) -> usize {
        self.length
    }

    /// Says whether there are none.
    pub fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// Forgets all bytes behind the first ones.
    pub fn truncate(&mut self, length: usize) {
        if length < self.length {
            self.pages[length..self.length].zeroize();
            self.length = length;
        }
    }

    /// Adds a byte.
    pub fn push(&mut self, byte: u8) {
        if self.length == self.pages.len() {
            let smaller = std::mem::replace(self, Self::with_room(0));
            *self = smaller.into_larger();
        }
        self.pages[self.length] = byte;
        self.length += 1;
    }

    fn with_room(length: usize) -> Self {
        let pages = MmapMut::map_anon(length.next_multiple_of(FIRST).max(FIRST)).expect("the machine has a page left");
        if pages.lock().is_err() {
            UNLOCKED.store(true, Ordering::Relaxed);
        }
        // Old kernels do not know it; the limit of core dumps and the process as a whole say the same.
        let _ = pages.advise(Advice::DontDump);
        Self { pages, length: 0 }
    }

    fn into_larger(self) -> Self {
        let mut larger = Self::with_room(self.pages.len() * 2);
        larger.pages[..self.length].copy_from_slice(self.bytes());
        larger.length = self.length;
        larger
    }
}

impl Drop for Plain {
    fn drop(&mut self) {
        // All of it: what a failed read left behind the length counts too.
        self.pages.zeroize();
    }
}

impl PartialEq for Plain {
    fn eq(&self, other: &Self) -> bool {
        self.bytes() == other.bytes()
    }
}

impl Eq for Plain {}

impl fmt::Debug for Plain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Plain(…)")
    }
}

/// Says whether some value had to be kept in memory that may be swapped out.
pub fn failed_to_lock() -> bool {
    UNLOCKED.load(Ordering::Relaxed)
}

/// Makes the process one that leaves no core dump and that other processes of the same user cannot look into.
///
/// Where nothing limits how much it may lock, all of its memory is locked. To be called before other threads begin.
pub fn harden() {
    // Whatever is refused here leaves things as they are everywhere else.
    let _ = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) });
    let _ = set_dumpable_behavior(DumpableBehavior::NotDumpable);
    let unlimited = Rlimit { current: None, maximum: None };
    if setrlimit(Resource::Memlock, unlimited).is_ok() {
        // Without `ONFAULT` what the allocator has only reserved would count as used.
        let _ = mlockall(MlockAllFlags::CURRENT | MlockAllFlags::FUTURE | MlockAllFlags::ONFAULT);
        return;
    }
    let limit = getrlimit(Resource::Memlock);
    let _ = setrlimit(Resource::Memlock, Rlimit { current: limit.maximum, ..limit });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_come_in_and_are_not_shown() {
        let plain = Plain::new(b"value".to_vec());
        assert_eq!(plain.bytes(), b"value");
        assert_eq!(format!("{plain:?}"), "Plain(…)");
        assert!(Plain::new(Vec::new()).is_empty());
    }

    #[test]
    fn long_ones_are_read_whole_up_to_the_limit() {
        let text = vec![7_u8; 3 * FIRST + 1];
        assert_eq!(Plain::read(&mut &text[..], text.len()).unwrap().bytes(), text);
        assert!(Plain::read(&mut &text[..], text.len() - 1).is_err());
        assert!(Plain::read(&mut &[0_u8; 1][..], 0).is_err());
        assert!(Plain::read(&mut &[][..], 0).unwrap().is_empty());
    }

    #[test]
    fn bytes_are_added_and_cut_off() {
        let mut plain = Plain::new(Vec::new());
        (0..=FIRST).for_each(|_| plain.push(b'a'));
        assert_eq!(plain.len(), FIRST + 1);
        plain.truncate(2);
        assert_eq!(plain.bytes(), b"aa");
        plain.truncate(5);
        assert_eq!(plain.bytes(), b"aa");
    }
}
