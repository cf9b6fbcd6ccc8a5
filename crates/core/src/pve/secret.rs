//! A secret that cannot be printed by accident.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer};

use super::id_error::IdError;

/// The secret of an API token. *Invariant:* it is visible ASCII, so it can stand in a header, and `Debug` shows no part of
/// it; there is no `Display` and no `Serialize`.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// The secret itself. Call it where it is sent and nowhere else.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl FromStr for Secret {
    type Err = IdError;

    /// White space at the ends is dropped: secrets are read from files and pasted.
    fn from_str(text: &str) -> Result<Self, IdError> {
        let text = text.trim();
        let fits = (1..=512).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
        if fits { Ok(Self(text.to_owned())) } else { Err(IdError::Secret) }
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Secret(…)")
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        String::deserialize(input)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_shows_it() {
        let secret: Secret = " 0b7e7b2c-hush \n".parse().unwrap();
        assert_eq!(secret.reveal(), "0b7e7b2c-hush");
        assert!(!format!("{secret:?} {:#?}", Some(&secret)).contains("hush"));
        let refused = "hush hush".parse::<Secret>().unwrap_err();
        assert!(!format!("{refused} {refused:?}").contains("hush"), "{refused}");
        let refused = serde_json::from_str::<Secret>("\"hush\\u0007\"").unwrap_err().to_string();
        assert!(!refused.contains("hush"), "{refused}");
    }
}
