//! The id of a task, which says where and what it is.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::id_error::{IdError, Shown};
use super::names::NodeName;

/// `UPID:node:pid:pstart:starttime:type:id:user:`, the numbers in hexadecimal.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Upid {
    text: String,
    node: NodeName,
    started: i64,
    kind: String,
    id: String,
    user: String,
}

impl Upid {
    /// As Proxmox writes it.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The node that works on it, which is the one to ask about it.
    pub fn node(&self) -> &NodeName {
        &self.node
    }

    /// When it began, in seconds since 1970, by the node's clock.
    pub fn started(&self) -> i64 {
        self.started
    }

    /// What is done, in Proxmox's word: `vzstart`, `qmsnapshot`, `vzdump`.
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// To what: mostly a guest's number; empty for tasks of a node.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Who began it: `user@realm`, followed by `!name` when it was a token.
    pub fn user(&self) -> &str {
        &self.user
    }
}

impl FromStr for Upid {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        read(text).ok_or_else(|| IdError::Upid(Shown::of(text)))
    }
}

fn read(text: &str) -> Option<Upid> {
    let visible = text.len() <= 512 && text.bytes().all(|byte| byte.is_ascii_graphic());
    let parts: Vec<&str> = text.split(':').collect();
    let ["UPID", node, pid, pstart, started, kind, id, user, ""] = parts[..] else { return None };
    // The kernel's ticks outgrow eight digits after 497 days.
    let numbers = hexadecimal(pid, 8..=8).and(hexadecimal(pstart, 8..=9));
    if !visible || numbers.is_none() || kind.is_empty() || user.is_empty() {
        return None;
    }
    Some(Upid {
        text: text.to_owned(),
        node: node.parse().ok()?,
        started: hexadecimal(started, 8..=8)?,
        kind: kind.to_owned(),
        id: id.to_owned(),
        user: user.to_owned(),
    })
}

fn hexadecimal(text: &str, lengths: std::ops::RangeInclusive<usize>) -> Option<i64> {
    let digits = lengths.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    digits.then(|| i64::from_str_radix(text, 16).ok()).flatten()
}

impl fmt::Display for Upid {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.text)
    }
}

impl Serialize for Upid {
    fn serialize<S: Serializer>(&self, output: S) -> Result<S::Ok, S::Error> {
        output.serialize_str(&self.text)
    }
}

impl<'de> Deserialize<'de> for Upid {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        String::deserialize(input)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recorded_one_says_where_and_what() {
        let upid: Upid = "UPID:pve1:000015B2:0009F92E:6B0236F6:vzstart:100:mcp@pve!op:".parse().unwrap();
        assert_eq!(upid.node().as_str(), "pve1");
        assert_eq!(upid.started(), 1_795_307_254);
        assert_eq!((upid.kind(), upid.id(), upid.user()), ("vzstart", "100", "mcp@pve!op"));
        assert_eq!(upid.to_string(), upid.as_str());
    }

    #[test]
    fn long_uptimes_and_tasks_of_no_guest_are_read() {
        assert!("UPID:pve1:000015B2:1000F92E1:6B0236F6:aptupdate::root@pam:".parse::<Upid>().is_ok());
    }

    #[test]
    fn anything_else_is_no_task() {
        for bad in [
            "",
            "x",
            "UPID:pve1:000015B2:0009F92E:6B0236F6:vzstart:100:mcp@pve!op",
            "UPID:pve1:000015B2:0009F92E:6B0236F6:vzstart:100::",
            "UPID:pve1:000015B2:0009F92E:6B0236F6:vzstart:10 0:mcp@pve:",
            "UPID:-pve:000015B2:0009F92E:6B0236F6:vzstart:100:mcp@pve:",
            "UPID:pve1:15B2:0009F92E:6B0236F6:vzstart:100:mcp@pve:",
            "UPID:pve1:000015B2:0009F92E:6B0236F6:vzstart:100:mcp@pve::",
        ] {
            assert!(bad.parse::<Upid>().is_err(), "{bad}");
        }
    }
}
