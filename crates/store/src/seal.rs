//! How contents are encrypted before they leave this machine: ChaCha20-Poly1305 under a key of the hub's, their names an HMAC of their
//! digests, so that nobody without the key learns from a name which file it may be.
//!
//! A sealed content is `LKC`, the number of the format, the nonce, then what was encrypted with its tag. Its name is authenticated with
//! it: one that was put in another's place does not open.

use std::fmt;

use labkeeper_core::audit::hex;
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::hmac;

use crate::key_file::chance;

const FORMAT: &[u8] = b"LKC\x01";

/// The hub's key, in its three uses.
pub(crate) struct Seal {
    names: hmac::Key,
    contents: LessSafeKey,
    fingerprint: String,
}

impl Seal {
    pub(crate) fn of(secret: &[u8; 32]) -> Self {
        let root = hmac::Key::new(hmac::HMAC_SHA256, secret);
        let derived =
            |purpose: &str| hmac::sign(&root, format!("labkeeper contents 1: {purpose}").as_bytes());
        let contents = UnboundKey::new(&CHACHA20_POLY1305, derived("encrypt").as_ref())
            .expect("an HMAC-SHA256 is as long as the key");
        Self {
            names: hmac::Key::new(hmac::HMAC_SHA256, derived("name").as_ref()),
            contents: LessSafeKey::new(contents),
            fingerprint: hex(&derived("fingerprint").as_ref()[..8]),
        }
    }

    /// What tells this key from others, and nothing of it.
    pub(crate) fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    /// What the content of that digest is called.
    pub(crate) fn name(&self, sha256: &str) -> String {
        hex(hmac::sign(&self.names, sha256.as_bytes()).as_ref())
    }

    /// # Errors
    /// When the system has no random numbers.
    pub(crate) fn seal(&self, name: &str, mut content: Vec<u8>) -> std::io::Result<Vec<u8>> {
        let nonce = chance::<NONCE_LEN>()?;
        self.contents
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(name), &mut content)
            .map_err(|_| std::io::Error::other("it is too long to be encrypted"))?;
        Ok([FORMAT, &nonce, &content].concat())
    }

    /// What was sealed under that name; `None` when that is not it, or another key's.
    pub(crate) fn open(&self, name: &str, sealed: &[u8]) -> Option<Vec<u8>> {
        let (nonce, content) = sealed.strip_prefix(FORMAT)?.split_first_chunk::<NONCE_LEN>()?;
        let mut content = content.to_vec();
        let nonce = Nonce::assume_unique_for_key(*nonce);
        let length = self.contents.open_in_place(nonce, Aad::from(name), &mut content).ok()?.len();
        content.truncate(length);
        Some(content)
    }
}

impl fmt::Debug for Seal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Seal").field(&self.fingerprint).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_key_and_the_name_open_it_and_every_bit_counts() {
        let (seal, other) = (Seal::of(&[1; 32]), Seal::of(&[2; 32]));
        let name = seal.name("aa");
        let sealed = seal.seal(&name, b"root:x:0:0".to_vec()).unwrap();
        assert_eq!(seal.open(&name, &sealed).unwrap(), b"root:x:0:0");
        assert_ne!(sealed, seal.seal(&name, b"root:x:0:0".to_vec()).unwrap(), "a nonce was used twice");
        assert!(!sealed.windows(4).any(|bytes| bytes == b"root"));
        assert_eq!(seal.open(&seal.name("bb"), &sealed), None);
        assert_eq!(other.open(&name, &sealed), None);
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert_eq!(seal.open(&name, &changed), None, "byte {at}");
            assert_eq!(seal.open(&name, &sealed[..at]), None, "cut at {at}");
        }
    }

    #[test]
    fn names_and_fingerprints_are_the_keys_own() {
        let (seal, other) = (Seal::of(&[1; 32]), Seal::of(&[2; 32]));
        assert_eq!(seal.name("aa"), Seal::of(&[1; 32]).name("aa"));
        assert_ne!(seal.name("aa"), other.name("aa"));
        assert_ne!(seal.fingerprint(), other.fingerprint());
        assert_eq!(seal.name("aa").len(), 64);
    }
}
