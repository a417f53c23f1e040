//! What every request over the network has in common: whose certificates count, and how somebody says who they are.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ureq::tls::{RootCerts, TlsConfig};

/// What servers are told of who asks.
pub(super) const USER_AGENT: &str = concat!("cistern/", env!("CARGO_PKG_VERSION"));

/// TLS with the certificates that the machine trusts.
pub(super) fn tls() -> TlsConfig {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    TlsConfig::builder().root_certs(RootCerts::PlatformVerifier).unversioned_rustls_crypto_provider(provider).build()
}

/// The value of the header `Authorization` for a name and the password in a file.
///
/// # Errors
/// Why the file cannot be read, with its name.
pub(super) fn basic(user: &str, password_file: &Path) -> Result<String, String> {
    let password =
        fs::read_to_string(password_file).map_err(|error| format!("{}: {error}", password_file.display()))?;
    let both = format!("{user}:{}", password.trim_end_matches(['\r', '\n']));
    Ok(format!("Basic {}", STANDARD.encode(both)))
}
