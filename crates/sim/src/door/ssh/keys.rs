//! Keys that are thrown away with the node.

use std::io;
use std::path::Path;
use std::process::Command;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use sha2::{Digest, Sha256};

/// Makes an ed25519 key, its public half beside it as `.pub`. Answers the public half: sort and bytes.
pub(super) fn make(path: &Path, comment: &str) -> io::Result<String> {
    let made = Command::new("ssh-keygen")
        .args(["-q", "-t", "ed25519", "-N", "", "-C", comment, "-f"])
        .arg(path)
        .output()
        .map_err(|error| io::Error::new(error.kind(), format!("ssh-keygen (openssh-client): {error}")))?;
    if !made.status.success() {
        return Err(io::Error::other(String::from_utf8_lossy(&made.stderr).into_owned()));
    }
    let public = std::fs::read_to_string(path.with_extension("pub"))?;
    Ok(public.split(' ').take(2).collect::<Vec<_>>().join(" "))
}

/// `SHA256:…` of a public key, as OpenSSH says it.
pub(super) fn fingerprint(public: &str) -> io::Result<String> {
    let bytes = public.split(' ').nth(1).map(|bytes| STANDARD.decode(bytes));
    let bytes = bytes.and_then(Result::ok).ok_or_else(|| io::Error::other("no public key"))?;
    Ok(format!("SHA256:{}", STANDARD_NO_PAD.encode(Sha256::digest(bytes))))
}
