//! An Ed25519 public key of SSH: the one that labkeeper logs in with, or the one that a node shows.

use std::fmt;
use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use sha2::{Digest, Sha256};
use thiserror::Error;

const ALGORITHM: &str = "ssh-ed25519";
/// Length and name of the algorithm, then the length of a key.
const HEAD: &[u8] = b"\x00\x00\x00\x0bssh-ed25519\x00\x00\x00\x20";
const KEY: usize = 32;

/// A public key without its comment. Shown as `ssh-ed25519 AAAA…`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SshPublicKey([u8; KEY]);

/// A text that is no such key.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("that is no Ed25519 public key of SSH: it looks like `ssh-ed25519 AAAA…`")]
pub struct NoSshKey;

impl SshPublicKey {
    fn blob(&self) -> Vec<u8> {
        [HEAD, &self.0].concat()
    }

    /// `SHA256:…`, as `ssh-keygen -lf` shows it.
    pub fn fingerprint(&self) -> String {
        format!("SHA256:{}", STANDARD_NO_PAD.encode(Sha256::digest(self.blob())))
    }
}

impl FromStr for SshPublicKey {
    type Err = NoSshKey;

    /// Algorithm and key; what stands behind them is a comment.
    fn from_str(text: &str) -> Result<Self, NoSshKey> {
        let mut words = text.split_whitespace();
        if words.next() != Some(ALGORITHM) {
            return Err(NoSshKey);
        }
        let blob = STANDARD.decode(words.next().ok_or(NoSshKey)?).map_err(|_| NoSshKey)?;
        let key = blob.strip_prefix(HEAD).ok_or(NoSshKey)?;
        key.try_into().map(Self).map_err(|_| NoSshKey)
    }
}

impl fmt::Display for SshPublicKey {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{ALGORITHM} {}", STANDARD.encode(self.blob()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Made with `ssh-keygen -t ed25519`, as is the print.
    const LINE: &str =
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGOtf4PNTjKEzKQP/e2uQtsGshcxEPIhhgsIP4FQFsMv somebody@host";

    #[test]
    fn a_key_is_read_and_shown_without_its_comment() {
        let key: SshPublicKey = LINE.parse().unwrap();
        assert_eq!(key.to_string(), LINE.rsplit_once(' ').unwrap().0);
        assert_eq!(key.to_string().parse(), Ok(key));
        assert_eq!(key.fingerprint(), "SHA256:8CJ2+rTzZr+YOzDr4eYHik6p4Zi3isQVG2POCcg6jWg");
    }

    #[test]
    fn other_kinds_and_broken_ones_are_refused() {
        for bad in
            ["", "ssh-ed25519", "ssh-rsa AAAAB3Nza", &LINE[..60], "ssh-ed25519 AAAAC3Nz'aC1l", "no key"]
        {
            assert_eq!(bad.parse::<SshPublicKey>(), Err(NoSshKey), "{bad}");
        }
    }
}
