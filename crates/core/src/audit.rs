//! The audit record and the hash chain that makes tampering evident.
//!
//! Each record's hash covers its canonical JSON and the hash before it, so a changed, removed or
//! reordered record breaks every later one. Anyone can check it with `sha256sum`.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::pve::VmId;

/// Hash before the first record: 64 zeros.
pub const GENESIS: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// Where in its life an operation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Phase {
    /// Intent, durable before anything happens.
    Asked,
    /// It happened.
    Done,
    /// It was tried and did not happen.
    Failed,
    /// A rule or a missing permission stopped it.
    Refused,
    /// The process died between intent and outcome; found at the next start.
    Interrupted,
}

impl Phase {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Asked, Self::Done, Self::Failed, Self::Refused, Self::Interrupted];

    /// The phase of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|phase| phase.as_str() == name)
    }

    /// Lower-case name as stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Asked => "asked",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Refused => "refused",
            Self::Interrupted => "interrupted",
        }
    }
}

/// What of the lab a call is about. Every record of the call has it in its summary, so that the hash covers it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Subject {
    /// The guest.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vmid: Option<VmId>,
    /// The guest's cluster, when it was named.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cluster: Option<String>,
    /// The file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// It destroys or overwrites something: it had to be confirmed, or was never allowed.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub large: bool,
}

impl Subject {
    /// What a summary says it is about: nothing, when it is from before this was noted.
    pub fn of(summary: &Value) -> Self {
        Self::deserialize(summary).unwrap_or_default()
    }

    /// That summary, with this in it.
    #[must_use]
    pub fn noted_in(&self, summary: Value) -> Value {
        let Ok(Value::Object(about)) = serde_json::to_value(self) else { return summary };
        match summary {
            Value::Null if !about.is_empty() => Value::Object(about),
            Value::Object(mut said) => {
                said.extend(about);
                Value::Object(said)
            }
            other => other,
        }
    }
}

/// One line of the audit log. Field order is the canonical order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// 1-based position, no gaps.
    pub seq: i64,
    /// Microseconds since the epoch.
    pub at: i64,
    /// Who.
    pub actor: String,
    /// Through which face.
    pub via: String,
    /// Which session, if any.
    pub session: Option<String>,
    /// Operation name.
    pub op: String,
    /// Where in its life.
    pub phase: Phase,
    /// `seq` of the intent that this is the outcome of.
    pub intent: Option<i64>,
    /// SHA-256 of the canonical input, so the call can be matched without storing secrets.
    pub input_sha256: String,
    /// Ids, counts, the fault's code and sentence: never whole documents.
    pub summary: Value,
    /// Change journal entry that came of it.
    pub change_id: Option<i64>,
    /// Hash of the record before.
    pub prev: String,
}

impl Record {
    /// The record's own hash: SHA-256 over `prev`, a newline, and the record's compact JSON.
    pub fn hash(&self) -> String {
        let body = serde_json::to_string(self).expect("a record of plain fields serialises");
        let mut hasher = Sha256::new();
        hasher.update(self.prev.as_bytes());
        hasher.update(b"\n");
        hasher.update(body.as_bytes());
        hex(&hasher.finalize())
    }
}

/// Lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        for nibble in [byte >> 4, byte & 15] {
            text.push(char::from_digit(u32::from(nibble), 16).expect("a nibble is a hex digit"));
        }
        text
    })
}

/// SHA-256 of bytes as lower-case hexadecimal.
pub fn sha256_hex(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// Where a chain stops being true.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum Break {
    /// Numbering has a hole or a repeat: records were removed or inserted.
    #[error("record {expected} is missing: found {found} in its place")]
    Gap {
        /// The number that should be here.
        expected: i64,
        /// The number that is here.
        found: i64,
    },
    /// The record does not continue the one before it.
    #[error("record {seq} does not follow the record before it")]
    Link {
        /// Which record.
        seq: i64,
    },
    /// The record was altered after it was written.
    #[error("record {seq} was altered: its hash does not match its content")]
    Content {
        /// Which record.
        seq: i64,
    },
}

/// Walks a chain record by record, in order.
#[derive(Debug, Clone)]
pub struct Verifier {
    next: i64,
    prev: String,
}

impl Default for Verifier {
    fn default() -> Self {
        Self { next: 1, prev: GENESIS.into() }
    }
}

impl Verifier {
    /// Checks the next record against the hash stored with it.
    ///
    /// # Errors
    /// The first place where the chain is not what was written.
    pub fn step(&mut self, record: &Record, stored_hash: &str) -> Result<(), Break> {
        if record.seq != self.next {
            return Err(Break::Gap { expected: self.next, found: record.seq });
        }
        if record.prev != self.prev {
            return Err(Break::Link { seq: record.seq });
        }
        if record.hash() != stored_hash {
            return Err(Break::Content { seq: record.seq });
        }
        self.next += 1;
        self.prev = stored_hash.into();
        Ok(())
    }

    /// How many records were checked.
    pub fn checked(&self) -> i64 {
        self.next - 1
    }

    /// Hash of the last record checked: the chain's head.
    pub fn head(&self) -> &str {
        &self.prev
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chain(length: i64) -> Vec<(Record, String)> {
        let mut prev = GENESIS.to_string();
        (1..=length)
            .map(|seq| {
                let record = Record {
                    seq,
                    at: seq,
                    actor: "a".into(),
                    via: "cli".into(),
                    session: None,
                    op: "op".into(),
                    phase: Phase::Asked,
                    intent: None,
                    input_sha256: sha256_hex(b"{}"),
                    summary: Value::Null,
                    change_id: None,
                    prev: prev.clone(),
                };
                prev = record.hash();
                (record, prev.clone())
            })
            .collect()
    }

    fn first_break(chain: &[(Record, String)]) -> Option<Break> {
        let mut verifier = Verifier::default();
        chain.iter().find_map(|(record, hash)| verifier.step(record, hash).err())
    }

    #[test]
    fn an_untouched_chain_holds() {
        assert_eq!(first_break(&chain(5)), None);
    }

    #[test]
    fn altering_removing_or_swapping_a_record_is_found_where_it_happened() {
        let mut altered = chain(5);
        altered[2].0.actor = "mallory".into();
        assert_eq!(first_break(&altered), Some(Break::Content { seq: 3 }));

        let mut removed = chain(5);
        removed.remove(2);
        assert_eq!(first_break(&removed), Some(Break::Gap { expected: 3, found: 4 }));

        let mut rehashed = chain(5);
        rehashed[1].0.actor = "mallory".into();
        rehashed[1].1 = rehashed[1].0.hash();
        assert_eq!(first_break(&rehashed), Some(Break::Link { seq: 3 }));
    }
}
