//! What is kept of a file: its text with salted marks in the place of secrets, and of what is no text or nothing but a secret only
//! that it is there. The marks are the same for the same value for as long as the history has its salt, so that a change shows.

use labkeeper_core::audit::sha256_hex;
use labkeeper_redact::{Redactor, Session};
use sha2::{Digest, Sha256};

use crate::house::House;
use crate::sessions::OwnSecret;

/// The rules, with the salt of one history.
pub(super) struct Keeping<'a> {
    redactor: &'a Redactor,
    own: &'a [OwnSecret],
    salt: [u8; 32],
}

impl<'a> Keeping<'a> {
    pub(super) fn of(house: &'a House, salt: [u8; 32]) -> Self {
        Self { redactor: house.redactor(), own: &house.settings().safety.own_secrets, salt }
    }

    /// What tells a change of a content and nothing else of it: who has not the salt cannot try what it might have been.
    pub(super) fn digest(&self, sha256: &str) -> String {
        sha256_hex(&[self.salt.as_slice(), sha256.as_bytes()].concat())
    }

    /// What is kept.
    pub(super) fn content(&self, path: &str, bytes: &[u8]) -> Vec<u8> {
        let reason = match std::str::from_utf8(bytes) {
            Err(_) => "it is no text",
            Ok(text) if text.contains('\0') => "it is no text",
            Ok(text) if is_private(path, text) => "it is a private key or nothing but secrets",
            Ok(text) => return self.redacted(path, text).into_bytes(),
        };
        let digest = self.digest(&sha256_hex(bytes));
        format!("labkeeper keeps nothing of this file but that it is there: {reason}\nbytes: {}\ndigest: {digest}\n", bytes.len())
            .into_bytes()
    }

    /// Each file by itself: what another file has decides nothing, so that the same file is always kept the same.
    fn redacted(&self, path: &str, text: &str) -> String {
        let mut key = Sha256::new();
        key.update(self.salt);
        key.update(b"placeholders");
        let mut session = Session::new(key.finalize().into());
        for secret in self.own {
            session.know(&secret.name, &secret.value);
        }
        self.redactor.text(&mut session, text, Some(path)).into_string()
    }
}

/// A file that is there for its secret alone.
fn is_private(path: &str, text: &str) -> bool {
    let is_public = [".pub", ".crt", ".cer"].iter().any(|end| path.ends_with(end));
    let is_key = text.trim_start().starts_with("-----BEGIN ") && text.contains("PRIVATE KEY-----");
    is_key || !is_public && (path.starts_with("/etc/pve/priv/") || path.ends_with(".key"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keeping(redactor: &Redactor, salt: u8) -> Keeping<'_> {
        Keeping { redactor, own: &[], salt: [salt; 32] }
    }

    fn text(kept: Vec<u8>) -> String {
        String::from_utf8(kept).unwrap()
    }

    #[test]
    fn a_secret_is_never_kept_in_clear_and_a_change_of_it_shows() {
        let redactor = Redactor::new(&[]);
        let keeping = keeping(&redactor, 1);
        let kept = |password: &str| {
            text(keeping.content("/etc/app.conf", format!("user = anna\npassword = {password}\n").as_bytes()))
        };
        let first = kept("Tr0ub4dor&3x");
        assert!(first.starts_with("user = anna\npassword = ") && !first.contains("Tr0ub4dor"), "{first}");
        assert_eq!(first, kept("Tr0ub4dor&3x"), "the same is kept the same");
        assert_ne!(first, kept("c0rrect-h0rse"));
        let other = super::tests::keeping(&redactor, 2);
        assert_ne!(
            first.as_bytes(),
            other.content("/etc/app.conf", b"user = anna\npassword = Tr0ub4dor&3x\n")
        );
        assert_ne!(keeping.digest("a"), other.digest("a"));
    }

    #[test]
    fn of_keys_and_of_what_is_no_text_only_their_being_there_is_kept() {
        let redactor = Redactor::new(&[]);
        let keeping = keeping(&redactor, 1);
        // Taken apart, so that nobody takes it for one.
        let key = format!("-----BEGIN OPENSSH {} KEY-----\nb3BlbnNzaC1rZXk\n-----END", "PRIVATE");
        for (path, bytes) in [
            ("/etc/ssh/ssh_host_ed25519_key", key.as_bytes()),
            ("/etc/pve/priv/shadow.cfg", b"root:x"),
            ("/etc/ssl/private/x.key", b"abc"),
            ("/etc/krb5.keytab", b"\x05\x02\xff\xfesecret"),
        ] {
            let kept = text(keeping.content(path, bytes));
            assert!(kept.contains(&format!("bytes: {}", bytes.len())), "{kept}");
            assert!(
                !kept.contains("b3Blbn") && !kept.contains("root:x") && !kept.contains("secret\n"),
                "{kept}"
            );
        }
        assert_eq!(text(keeping.content("/etc/hosts", b"127.0.0.1 localhost\n")), "127.0.0.1 localhost\n");
    }
}
