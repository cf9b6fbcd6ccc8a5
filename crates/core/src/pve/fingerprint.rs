//! The SHA-256 of a certificate, in every spelling that people copy it in.

use std::fmt::{self, Write as _};
use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest, Sha256};

use super::id_error::{IdError, Shown};

/// SHA-256 over a certificate's DER. Shown as Proxmox shows it: `AA:BB:…`.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fingerprint([u8; 32]);

impl Fingerprint {
    /// Of this certificate.
    pub fn of(der: &[u8]) -> Self {
        Self(Sha256::digest(der).into())
    }

    /// As OpenSSH writes the print of a host key.
    pub fn openssh(&self) -> String {
        format!("SHA256:{}", STANDARD_NO_PAD.encode(self.0))
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, byte) in self.0.iter().enumerate() {
            if index > 0 {
                out.write_char(':')?;
            }
            write!(out, "{byte:02X}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Fingerprint({self})")
    }
}

impl FromStr for Fingerprint {
    type Err = IdError;

    /// Hexadecimal with or without colons, base64 with or without `SHA256:`, the line that `openssl x509 -fingerprint` prints, and the
    /// line that `ssh-keygen -lf` prints.
    fn from_str(text: &str) -> Result<Self, IdError> {
        let refused = || IdError::Fingerprint(Shown::of(text));
        let text = text.trim();
        let text = text.rsplit_once("ingerprint=").map_or(text, |(_, value)| value);
        let word = text.split_whitespace().find(|word| is_marked(word));
        let word = word.or_else(|| text.split_whitespace().next().filter(|only| *only == text));
        let word = word.ok_or_else(refused)?;
        let bytes = if is_marked(word) {
            base64(&word["SHA256:".len()..])
        } else {
            hexadecimal(word).or_else(|| base64(word))
        };
        bytes.map(Self).ok_or_else(refused)
    }
}

fn is_marked(word: &str) -> bool {
    word.get(..7).is_some_and(|mark| mark.eq_ignore_ascii_case("SHA256:"))
}

fn base64(text: &str) -> Option<[u8; 32]> {
    STANDARD_NO_PAD.decode(text.trim_end_matches('=')).ok()?.try_into().ok()
}

fn hexadecimal(text: &str) -> Option<[u8; 32]> {
    let pairs: Vec<&str> = match text.len() {
        95 => text.split(':').collect(),
        64 => (0..64).step_by(2).filter_map(|at| text.get(at..at + 2)).collect(),
        _ => return None,
    };
    let byte = |pair: &&str| {
        let digits = pair.len() == 2 && pair.bytes().all(|byte| byte.is_ascii_hexdigit());
        digits.then(|| u8::from_str_radix(pair, 16).ok()).flatten()
    };
    let bytes: Option<Vec<u8>> = pairs.iter().map(byte).collect();
    bytes?.try_into().ok()
}

impl Serialize for Fingerprint {
    fn serialize<S: Serializer>(&self, output: S) -> Result<S::Ok, S::Error> {
        output.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Fingerprint {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        String::deserialize(input)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const SHOWN: &str =
        "7F:66:5E:88:5D:A1:69:D9:F6:5A:66:E0:8E:64:C1:9C:7A:51:EF:DD:F6:6E:8E:0C:E9:05:90:0C:DC:56:18:E5";

    #[test]
    fn every_spelling_is_the_same_print() {
        let print: Fingerprint = SHOWN.parse().unwrap();
        assert_eq!(print.to_string(), SHOWN);
        let base64 = STANDARD_NO_PAD.encode(print.0);
        for spelling in [
            SHOWN.to_lowercase(),
            SHOWN.replace(':', ""),
            format!("  {SHOWN}\n"),
            format!("sha256 Fingerprint={SHOWN}"),
            base64.clone(),
            format!("{base64}="),
            format!("sha256:{base64}"),
            format!("256 SHA256:{base64} root@pve1 (ED25519)"),
        ] {
            assert_eq!(spelling.parse::<Fingerprint>(), Ok(print), "{spelling}");
        }
    }

    #[test]
    fn a_sha_1_print_and_a_cut_one_are_refused() {
        let sha1 = SHOWN[..59].to_owned();
        for bad in [sha1.as_str(), "", ":", &SHOWN[..94], &SHOWN.replace(':', "")[1..], "SHA256:", "a b"] {
            assert!(bad.parse::<Fingerprint>().is_err(), "{bad}");
        }
    }

    #[test]
    fn the_print_is_the_sha_256_of_the_bytes() {
        let of_nothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(Fingerprint::of(b""), of_nothing.parse().unwrap());
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,120}") {
            let _ = text.parse::<Fingerprint>();
        }

        #[test]
        fn shown_and_read_again(bytes: [u8; 32]) {
            prop_assert_eq!(Fingerprint(bytes).to_string().parse::<Fingerprint>(), Ok(Fingerprint(bytes)));
        }
    }
}
