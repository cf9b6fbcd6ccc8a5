//! How a file's bytes travel in JSON.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// How bytes are written as text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Encoding {
    /// They are UTF-8, and given as they are.
    #[default]
    Utf8,
    /// Base64 with padding, for any bytes.
    Base64,
}

/// That the bytes cannot travel so.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum EncodingError {
    /// No base64.
    #[error("content is not valid base64")]
    NotBase64,
    /// No UTF-8.
    #[error("the file is not UTF-8 (byte {at})")]
    NotUtf8 {
        /// The first byte of the file that is none.
        at: u64,
    },
}

/// A part of a file as text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decoded {
    /// The text.
    pub content: String,
    /// How many bytes it stands for; fewer than there were when the last character was not whole.
    pub bytes: usize,
}

impl Encoding {
    /// The bytes that a caller gave.
    ///
    /// # Errors
    /// When it is no base64.
    pub fn bytes(self, content: &str) -> Result<Vec<u8>, EncodingError> {
        match self {
            Self::Utf8 => Ok(content.as_bytes().to_vec()),
            Self::Base64 => {
                let packed: String = content.split_ascii_whitespace().collect();
                STANDARD.decode(packed).map_err(|_| EncodingError::NotBase64)
            }
        }
    }

    /// A part of a file, from `offset` on, as text. When more follows, a last character that is not whole is left for the next
    /// part.
    ///
    /// # Errors
    /// When it is no UTF-8.
    pub fn text(self, bytes: &[u8], offset: u64, more_follows: bool) -> Result<Decoded, EncodingError> {
        if self == Self::Base64 {
            return Ok(Decoded { content: STANDARD.encode(bytes), bytes: bytes.len() });
        }
        let text = match std::str::from_utf8(bytes) {
            Ok(text) => text,
            Err(error) => {
                let good = error.valid_up_to();
                if error.error_len().is_some() || !more_follows || good == 0 {
                    return Err(EncodingError::NotUtf8 { at: offset + good as u64 });
                }
                std::str::from_utf8(&bytes[..good]).unwrap_or_default()
            }
        };
        Ok(Decoded { content: text.into(), bytes: text.len() })
    }
}

/// Whether it is text as far as one sees at its beginning: no NUL in the first 8 KiB.
pub fn is_text(bytes: &[u8]) -> bool {
    !bytes.iter().take(8192).any(|byte| *byte == 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_carries_any_bytes() {
        let all: Vec<u8> = (0..=255).collect();
        let text = Encoding::Base64.text(&all, 0, false).unwrap();
        assert_eq!(Encoding::Base64.bytes(&text.content).unwrap(), all);
        assert_eq!(Encoding::Base64.bytes("AP8\n=").unwrap(), [0, 255]);
        assert_eq!(Encoding::Base64.bytes("é"), Err(EncodingError::NotBase64));
    }

    #[test]
    fn a_character_that_is_cut_is_left_for_the_next_part() {
        let bytes = "häuser".as_bytes();
        assert_eq!(
            Encoding::Utf8.text(&bytes[..2], 0, true).unwrap(),
            Decoded { content: "h".into(), bytes: 1 }
        );
        assert_eq!(Encoding::Utf8.text(&bytes[..2], 0, false), Err(EncodingError::NotUtf8 { at: 1 }));
        assert_eq!(Encoding::Utf8.text(b"caf\xe9\n", 10, true), Err(EncodingError::NotUtf8 { at: 13 }));
    }
}
