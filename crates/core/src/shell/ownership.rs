//! Whose a file is.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Whose a file is, and who may do what with it, as its place sees that: a container has users of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
pub struct Ownership {
    /// Permission bits, with set-uid, set-gid, sticky; in octal: `0640`.
    #[serde(with = "octal")]
    #[schemars(with = "String")]
    pub mode: u32,
    /// Number of the owner.
    pub uid: u32,
    /// Number of the group.
    pub gid: u32,
}

impl Ownership {
    /// Somebody may run the file.
    pub fn may_be_executed(self) -> bool {
        self.mode & 0o111 != 0
    }
}

/// `mode 0640, owner 33, group 33`.
impl fmt::Display for Ownership {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "mode {:04o}, owner {}, group {}", self.mode, self.uid, self.gid)
    }
}

/// Bits of a mode as people write them.
mod octal {
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serializer};

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
    pub(super) fn serialize<S: Serializer>(mode: &u32, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{mode:04o}"))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
        let text = String::deserialize(deserializer)?;
        u32::from_str_radix(&text, 8)
            .ok()
            .filter(|mode| *mode <= 0o7777)
            .ok_or_else(|| Error::custom("a mode is octal, such as 0640"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mode_is_written_in_octal_and_read_back() {
        let ours = Ownership { mode: 0o4750, uid: 33, gid: 34 };
        let text = serde_json::to_string(&ours).unwrap();
        assert_eq!(text, r#"{"mode":"4750","uid":33,"gid":34}"#);
        assert_eq!(serde_json::from_str::<Ownership>(&text).unwrap(), ours);
        for wrong in ["", "0800", "10000", "-1", "rwx"] {
            let text = format!(r#"{{"mode":"{wrong}","uid":0,"gid":0}}"#);
            assert!(serde_json::from_str::<Ownership>(&text).is_err(), "{wrong}");
        }
        assert_eq!(Ownership { mode: 0o60, ..ours }.to_string(), "mode 0060, owner 33, group 34");
    }
}
