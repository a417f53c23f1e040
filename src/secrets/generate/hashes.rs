//! Hashes of passwords, for what checks them.

use argon2::Argon2;
use argon2::password_hash::PasswordHasher as _;
use argon2::password_hash::phc::PasswordHash;
use bcrypt::Version;

use super::random::fill;
use crate::secrets::memory::Plain;

/// The work of a bcrypt hash, as a power of two: about a quarter of a second.
const COST: u32 = 12;

/// A hash that begins with `$2b$`.
pub(super) fn bcrypt(password: &[u8]) -> Result<Plain, String> {
    hashed(password, Version::TwoB).map(|hash| Plain::new(hash.into_bytes()))
}

/// A line of a password file; web servers know the hash by `$2y$`.
pub(super) fn htpasswd(user: &str, password: &[u8]) -> Result<Plain, String> {
    hashed(password, Version::TwoY).map(|hash| Plain::new(format!("{user}:{hash}\n").into_bytes()))
}

/// A hash that begins with `$argon2id$`, with the parameters that the crate recommends.
pub(super) fn argon2(password: &[u8]) -> Result<Plain, String> {
    let mut salt = [0; 16];
    fill(&mut salt)?;
    let hash: PasswordHash = Argon2::default()
        .hash_password_with_salt(password, &salt)
        .map_err(|error| format!("it cannot be hashed: {error}"))?;
    Ok(Plain::new(hash.to_string().into_bytes()))
}

fn hashed(password: &[u8], version: Version) -> Result<String, String> {
    if password.contains(&0) {
        return Err("bcrypt reads up to the first zero byte; make the password of letters".to_owned());
    }
    let mut salt = [0; 16];
    fill(&mut salt)?;
    let parts = bcrypt::non_truncating_hash_with_salt(password, COST, salt).map_err(|error| match error {
        bcrypt::BcryptError::Truncation(_) => "bcrypt reads 72 bytes and no more; make the password shorter".to_owned(),
        other => format!("it cannot be hashed: {other}"),
    })?;
    Ok(parts.format_for_version(version))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_bcrypt_would_cut_off_is_refused() {
        assert!(bcrypt(&[b'a'; 72]).unwrap_err().contains("72 bytes"));
        assert!(bcrypt(b"a\0b").unwrap_err().contains("zero byte"));
        assert!(bcrypt(&[b'a'; 71]).unwrap().bytes().starts_with(b"$2b$12$"));
    }
}
