//! Keys, whose other half everybody may know.

use age::secrecy::ExposeSecret as _;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ssh_key::private::{Ed25519Keypair, KeypairData};
use ssh_key::{LineEnding, PrivateKey};
use x25519_dalek::{PublicKey, StaticSecret};
use zeroize::Zeroizing;

use super::Made;
use super::random::fill;
use crate::secrets::memory::Plain;

/// A private key as OpenSSH writes it.
pub(super) fn ssh_ed25519(comment: &str) -> Result<Made, String> {
    let mut seed = Zeroizing::new([0; 32]);
    fill(&mut *seed)?;
    let refused = |error: ssh_key::Error| format!("the key cannot be written: {error}");
    let pair = KeypairData::from(Ed25519Keypair::from_seed(&seed));
    let key = PrivateKey::new(pair, comment).map_err(refused)?;
    let mut text = key.to_openssh(LineEnding::LF).map_err(refused)?;
    let public = key.public_key().to_openssh().map_err(refused)?;
    Ok(Made { value: Plain::new(std::mem::take(&mut *text).into_bytes()), public: Some(public) })
}

/// A private key as `wg genkey` prints it, without a line break.
pub(super) fn wireguard() -> Result<Made, String> {
    let mut bytes = Zeroizing::new([0; 32]);
    fill(&mut *bytes)?;
    let key = StaticSecret::from(*bytes);
    let public = STANDARD.encode(PublicKey::from(&key).as_bytes());
    // The clamped form is what WireGuard itself stores and shows.
    let clamped = Zeroizing::new(clamp(*bytes));
    Ok(Made { value: Plain::new(STANDARD.encode(*clamped).into_bytes()), public: Some(public) })
}

/// An identity of age's, on a line of its own.
pub(super) fn x25519() -> Result<Made, String> {
    let identity = age::x25519::Identity::generate();
    let public = identity.to_public().to_string();
    let text = identity.to_string();
    Ok(Made { value: Plain::new(format!("{}\n", text.expose_secret()).into_bytes()), public: Some(public) })
}

/// Sets the bits that are the same in every key of the curve.
fn clamp(mut key: [u8; 32]) -> [u8; 32] {
    key[0] &= 0b1111_1000;
    key[31] &= 0b0111_1111;
    key[31] |= 0b0100_0000;
    key
}
