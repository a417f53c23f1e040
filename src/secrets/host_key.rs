//! Keys of hosts: a new one for a machine that is not installed yet, and that of one that runs.

use rustix::rand::{GetRandomFlags, getrandom};
use ssh_key::private::{Ed25519Keypair, KeypairData};
use ssh_key::{LineEnding, PrivateKey};

use super::memory::Plain;
use crate::load::decode::Scalar as _;
use crate::value::{HostName, SshKey};

/// Where a host expects its key, below its root; the public half ends in `.pub`.
pub const PLACE: &str = "etc/ssh/ssh_host_ed25519_key";

/// A key that was just made.
#[derive(Debug)]
pub struct HostKey {
    /// The private half, as OpenSSH writes it.
    pub private: Plain,
    /// The public half.
    pub public: SshKey,
}

/// Makes a key.
///
/// # Errors
/// The machine gives no random numbers.
pub fn make(host: &HostName) -> std::io::Result<HostKey> {
    let mut seed = [0_u8; 32];
    let mut filled = 0;
    while filled < seed.len() {
        filled += getrandom(&mut seed[filled..], GetRandomFlags::empty())?;
    }
    let pair = Ed25519Keypair::from_seed(&seed);
    zeroize::Zeroize::zeroize(&mut seed);
    let mut key = PrivateKey::new(KeypairData::Ed25519(pair), host.as_str()).expect("the key is a whole pair");
    key.set_comment(host.as_str());
    let text = key.to_openssh(LineEnding::LF).expect("a key without a passphrase");
    let private = Plain::copy(text.as_bytes());
    Ok(HostKey { public: public_of(&private).expect("it was just written"), private })
}

/// The public half of a private key.
///
/// # Errors
/// Why it is no private key that a host could have.
pub fn public_of(private: &Plain) -> Result<SshKey, String> {
    let key = PrivateKey::from_openssh(private.bytes()).map_err(|error| error.to_string())?;
    let public = key.public_key().to_openssh().map_err(|error| error.to_string())?;
    SshKey::read(&public)
}

/// Takes the key out of what `ssh-keyscan` prints: an ed25519 key where there is one, else the first that age can use.
pub fn scanned(printed: &str) -> Option<SshKey> {
    let keys = printed.lines().filter(|line| !line.starts_with('#'));
    let keys: Vec<_> = keys.filter_map(|line| SshKey::read(line.split_once(' ')?.1).ok()).collect();
    let of = |algorithm: &str| keys.iter().find(|key| key.algorithm() == algorithm).cloned();
    of("ssh-ed25519").or_else(|| of("ssh-rsa"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_made_whole_and_never_twice() {
        let host = HostName::read("eden").unwrap();
        let (one, other) = (make(&host).unwrap(), make(&host).unwrap());
        assert_ne!(one.public, other.public);
        assert!(one.private.bytes().starts_with(b"-----BEGIN OPENSSH PRIVATE KEY-----\n"));
        assert_eq!(public_of(&one.private).unwrap(), one.public);
        assert_eq!(one.public.algorithm(), "ssh-ed25519");
    }

    #[test]
    fn the_key_that_age_can_use_is_taken() {
        let ed25519 = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEVTj+NcnDyhvjiQTHKbH7DE+jWXt5yozZTpN4/87bM1";
        let printed = format!("# 192.168.1.50:22 SSH-2.0\n192.168.1.50 ssh-what AAAA\n192.168.1.50 {ed25519}\n");
        assert_eq!(&*scanned(&printed).unwrap().0, ed25519);
        assert_eq!(scanned("# nothing\n"), None);
    }
}
