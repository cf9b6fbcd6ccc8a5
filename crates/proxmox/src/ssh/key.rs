//! The key that opens nodes, read once.

use std::fmt;
use std::fs::File;
use std::io::{self, Read as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use russh::keys::{self, PrivateKeyWithHashAlg, decode_secret_key};
use thiserror::Error;

/// A private key. `Debug` of it shows nothing.
#[derive(Clone)]
pub struct PrivateKey(Arc<keys::PrivateKey>);

/// A key file has a few hundred bytes.
const LARGEST: u64 = 64 << 10;

/// Why there is no key.
#[derive(Debug, Error)]
pub enum KeyError {
    /// The file cannot be read.
    #[error("the SSH key {} cannot be read: `labkeeper setup` makes one", .0.display())]
    Unreadable(PathBuf, #[source] io::Error),
    /// Others than its owner may read it.
    #[error("the SSH key {} can be read by others than its owner: `chmod 600` it, or make a new one", .0.display())]
    Loose(PathBuf),
    /// It wants a passphrase, and nobody is there to type one.
    #[error("the SSH key {} has a passphrase: labkeeper needs one without", .0.display())]
    Encrypted(PathBuf),
    /// It is of a sort that is not supported, or no key at all.
    #[error("{} is no private key that labkeeper can use: it needs ed25519 or ECDSA", .0.display())]
    Unusable(PathBuf),
}

impl PrivateKey {
    /// From a file that only its owner may read.
    ///
    /// # Errors
    /// When it is not there, not private, not a key, or has a passphrase.
    pub fn read(path: &Path) -> Result<Self, KeyError> {
        let unreadable = |error| KeyError::Unreadable(path.to_owned(), error);
        let file = File::open(path).map_err(unreadable)?;
        let mode = file.metadata().map_err(unreadable)?.permissions().mode();
        if mode & 0o077 != 0 {
            return Err(KeyError::Loose(path.to_owned()));
        }
        let mut text = String::new();
        file.take(LARGEST).read_to_string(&mut text).map_err(unreadable)?;
        let key = decode_secret_key(&text, None).map_err(|error| match error {
            keys::Error::KeyIsEncrypted => KeyError::Encrypted(path.to_owned()),
            _ => KeyError::Unusable(path.to_owned()),
        })?;
        if key.is_encrypted() {
            return Err(KeyError::Encrypted(path.to_owned()));
        }
        if key.algorithm().is_rsa() {
            return Err(KeyError::Unusable(path.to_owned()));
        }
        Ok(Self(Arc::new(key)))
    }

    /// As a login needs it.
    pub(super) fn for_login(&self) -> PrivateKeyWithHashAlg {
        // A hash is chosen for RSA keys only.
        PrivateKeyWithHashAlg::new(Arc::clone(&self.0), None)
    }
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("PrivateKey(…)")
    }
}
