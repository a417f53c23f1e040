//! Signing with the real `ssh-keygen`, which knows encrypted keys, agents and security keys.

use std::io::{self, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;

/// Signs a text; `key` is a private key, or a public one whose private half an agent holds.
///
/// # Errors
/// There is no `ssh-keygen`, or it refuses: it has said why.
pub(super) fn sign(text: &[u8], namespace: &str, key: &Path) -> io::Result<Vec<u8>> {
    let mut command = Command::new("ssh-keygen");
    command.args(["-q", "-Y", "sign", "-n", namespace, "-f"]).arg(key);
    // What it asks for, and what it complains of, goes past us.
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::inherit());
    let mut child = command.spawn().map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => io::Error::new(error.kind(), "ssh-keygen is not installed; it belongs to OpenSSH"),
        _ => error,
    })?;
    let mut stdin = child.stdin.take().expect("stdin is a pipe");
    let output = thread::scope(|scope| {
        // If it goes away early its exit code says so.
        scope.spawn(move || {
            let _ = stdin.write_all(text);
        });
        child.wait_with_output()
    })?;
    if !output.status.success() || output.stdout.is_empty() {
        return Err(io::Error::other(format!("`ssh-keygen -Y sign` did not sign with {}", key.display())));
    }
    Ok(output.stdout)
}
