//! Answers lie there encrypted under a key of the hub's, each with its name authenticated: who reads the server learns nothing of the lab,
//! and who writes there makes no hub say what it did not.

use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::hmac;
use ring::rand::{SecureRandom as _, SystemRandom};

/// The hub's key for what lies there.
pub(crate) struct Seal(LessSafeKey);

impl Seal {
    pub(crate) fn of(secret: &[u8; 32]) -> Self {
        let root = hmac::Key::new(hmac::HMAC_SHA256, secret);
        let key = hmac::sign(&root, b"labkeeper answers 1: encrypt");
        let key = UnboundKey::new(&CHACHA20_POLY1305, key.as_ref());
        Self(LessSafeKey::new(key.expect("an HMAC-SHA256 is as long as the key")))
    }

    /// The nonce, then what was encrypted with its tag; `None` when the system has no random numbers.
    pub(crate) fn close(&self, name: &str, mut content: Vec<u8>) -> Option<Vec<u8>> {
        let mut nonce = [0; NONCE_LEN];
        SystemRandom::new().fill(&mut nonce).ok()?;
        let unique = Nonce::assume_unique_for_key(nonce);
        self.0.seal_in_place_append_tag(unique, Aad::from(name), &mut content).ok()?;
        Some([&nonce[..], &content].concat())
    }

    /// What was closed under that name by a process of this hub; `None` when that is not it.
    pub(crate) fn open(&self, name: &str, sealed: &[u8]) -> Option<Vec<u8>> {
        let (nonce, content) = sealed.split_first_chunk::<NONCE_LEN>()?;
        let mut content = content.to_vec();
        let nonce = Nonce::assume_unique_for_key(*nonce);
        let length = self.0.open_in_place(nonce, Aad::from(name), &mut content).ok()?.len();
        content.truncate(length);
        Some(content)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_hub_opens_it_and_only_under_its_name() {
        let seal = Seal::of(&[1; 32]);
        let sealed = seal.close("a", b"the answer".to_vec()).unwrap();
        assert_eq!(seal.open("a", &sealed).as_deref(), Some(&b"the answer"[..]));
        assert_eq!(seal.open("b", &sealed), None);
        assert_eq!(Seal::of(&[2; 32]).open("a", &sealed), None);
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert_eq!(seal.open("a", &changed), None, "byte {at}");
            assert_eq!(seal.open("a", &sealed[..at]), None, "cut at {at}");
        }
    }
}
