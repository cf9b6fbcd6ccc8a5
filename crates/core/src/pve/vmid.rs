//! The number of a guest.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize};

use super::id_error::{IdError, Shown};

/// A guest's number, 100 to 999 999 999, unique within its cluster.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct VmId(u32);

impl VmId {
    const SMALLEST: u32 = 100;
    const LARGEST: u32 = 999_999_999;

    /// The number.
    pub fn get(self) -> u32 {
        self.0
    }
}

impl TryFrom<u64> for VmId {
    type Error = IdError;

    fn try_from(number: u64) -> Result<Self, IdError> {
        let fitting = u32::try_from(number).ok().filter(|id| (Self::SMALLEST..=Self::LARGEST).contains(id));
        fitting.map(Self).ok_or_else(|| IdError::VmId(Shown::of(&number.to_string())))
    }
}

impl FromStr for VmId {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        // By its characters first: Rust's parser also takes "+100" and "00100".
        let digits = (3..=9).contains(&text.len())
            && text.bytes().all(|byte| byte.is_ascii_digit())
            && !text.starts_with('0');
        let number = text.parse().ok().filter(|_| digits).map(Self);
        number.ok_or_else(|| IdError::VmId(Shown::of(text)))
    }
}

impl fmt::Display for VmId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(out)
    }
}

/// Proxmox sends numbers, in places as text.
#[derive(Deserialize)]
#[serde(untagged, expecting = "a guest id is a number")]
enum Sent {
    Number(u64),
    Text(String),
}

impl<'de> Deserialize<'de> for VmId {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        let id = match Sent::deserialize(input)? {
            Sent::Number(number) => Self::try_from(number),
            Sent::Text(text) => text.parse(),
        };
        id.map_err(serde::de::Error::custom)
    }
}

impl JsonSchema for VmId {
    fn schema_name() -> Cow<'static, str> {
        "VmId".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "integer", "minimum": Self::SMALLEST, "maximum": Self::LARGEST})
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_proxmox_numbers_guests_with() {
        for good in ["100", "999999999"] {
            assert_eq!(good.parse::<VmId>().unwrap().to_string(), good);
        }
        for bad in ["", "99", "0100", "1000000000", "-100", "+100", "100 ", "1e3", "１００", "100;id"] {
            assert!(bad.parse::<VmId>().is_err(), "{bad}");
        }
    }

    #[test]
    fn numbers_and_numbers_as_text_are_read() {
        assert_eq!(serde_json::from_str::<VmId>("101").unwrap(), serde_json::from_str("\"101\"").unwrap());
        assert!(serde_json::from_str::<VmId>("99").is_err());
        assert!(serde_json::from_str::<VmId>("100.5").is_err());
        assert_eq!(serde_json::to_string(&VmId(101)).unwrap(), "101");
    }
}
