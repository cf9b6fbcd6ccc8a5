//! One line of the audit log, and the hash that chains it to the one before.
//!
//! Invariant: a record's text form never changes once written. What later forms add is left out of the text of earlier ones, so
//! that every record keeps the hash it was written with. Anyone can check it with `sha256sum`.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::digest::{hex, sha256};
use super::grounds::Grounds;
use crate::pve::VmId;

/// Hash before the first record: 64 zeros.
pub const GENESIS: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// The form in which records are written today. The first had no number, and none of [`Circumstances`].
pub const FORM: u8 = 2;

/// Where in its life an operation is; or what the log itself has to say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Phase {
    /// Intent, durable before anything happens.
    Asked,
    /// It happened.
    Done,
    /// It was tried and did not happen.
    Failed,
    /// A rule, a person or a missing permission stopped it.
    Refused,
    /// The process died between intent and outcome; found at the next start.
    Interrupted,
    /// A person agreed to what had to be agreed to.
    Approved,
    /// Of the log: a part of its mirror is complete, and nothing more is written to it.
    Sealed,
    /// Of the log: a crash left something half written in its mirror, which was put right.
    Recovered,
    /// Of the log: its mirror or its key is not what labkeeper left.
    Alarmed,
}

impl Phase {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Asked,
        Self::Done,
        Self::Failed,
        Self::Refused,
        Self::Interrupted,
        Self::Approved,
        Self::Sealed,
        Self::Recovered,
        Self::Alarmed,
    ];

    /// The phase of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|phase| phase.as_str() == name)
    }

    /// Lower-case name as stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Asked => "asked",
            Self::Approved => "approved",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Refused => "refused",
            Self::Interrupted => "interrupted",
            Self::Sealed => "sealed",
            Self::Recovered => "recovered",
            Self::Alarmed => "alarmed",
        }
    }

    /// Whether a record of it gets a signed checkpoint at once.
    pub fn is_pivotal(self) -> bool {
        matches!(self, Self::Approved | Self::Refused | Self::Sealed | Self::Recovered | Self::Alarmed)
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

/// What a record says beside who did what. A record of the first form has none of it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Circumstances {
    /// Form of the record; 0 for the first.
    #[serde(skip_serializing_if = "is_zero")]
    pub v: u8,
    /// Which run of labkeeper wrote it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub boot: String,
    /// By how many microseconds the clock was behind the record before. A time that goes back without this was not written by
    /// labkeeper.
    #[serde(skip_serializing_if = "is_zero")]
    pub behind: i64,
    /// Why it was let through or not.
    #[serde(flatten)]
    pub grounds: Grounds,
}

fn is_zero<T: Default + PartialEq>(number: &T) -> bool {
    *number == T::default()
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
    /// SHA-256 of the canonical input, in records of the first versions: who knows the rest can guess a short secret by it. Since then
    /// it is empty, and [`Grounds::args_hmac`] tells which calls had the same input, to whoever has the key.
    pub input_sha256: String,
    /// Ids, counts, the fault's code and sentence: never whole documents.
    pub summary: Value,
    /// Change journal entry that came of it.
    pub change_id: Option<i64>,
    /// Form, run, clock, grounds.
    #[serde(flatten)]
    pub circumstances: Circumstances,
    /// Hash of the record before.
    pub prev: String,
}

impl Record {
    /// The record's own hash: SHA-256 over `prev`, a newline, and the record's compact JSON.
    pub fn hash(&self) -> String {
        let body = serde_json::to_vec(self).expect("a record of plain fields serialises");
        hex(&sha256(&[self.prev.as_bytes(), b"\n", &body]))
    }
}

/// A record as a line of a file: its text form with its hash at the end.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Line {
    /// The record.
    #[serde(flatten)]
    pub record: Record,
    /// Its hash.
    pub hash: String,
}

impl Line {
    /// The text, with a newline.
    pub fn text(&self) -> String {
        let mut text = serde_json::to_string(self).expect("a record of plain fields serialises");
        text.push('\n');
        text
    }

    /// Reads a line as [`Line::text`] writes it, without its newline; `None` when it was written otherwise.
    pub fn parse(line: &str) -> Option<Self> {
        let read: Self = serde_json::from_str(line).ok()?;
        (read.text().strip_suffix('\n') == Some(line)).then_some(read)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::grounds::Ruling;
    use super::*;
    use crate::tier::Tier;

    fn record() -> Record {
        Record {
            seq: 7,
            at: 1_800_000_000_000_000,
            actor: "anna".into(),
            via: "cli".into(),
            session: None,
            op: "guest_stop".into(),
            phase: Phase::Asked,
            intent: None,
            input_sha256: "ab".into(),
            summary: json!({"plan": "stop web-17", "share": 0.1, "big": u64::MAX}),
            change_id: None,
            circumstances: Circumstances::default(),
            prev: GENESIS.into(),
        }
    }

    #[test]
    fn a_record_of_the_first_form_keeps_the_text_and_hash_it_was_written_with() {
        let text = r#"{"seq":7,"at":1800000000000000,"actor":"anna","via":"cli","session":null,"op":"guest_stop","phase":"asked","intent":null,"input_sha256":"ab","summary":{"plan":"stop web-17","share":0.1,"big":18446744073709551615},"change_id":null,"prev":"0000000000000000000000000000000000000000000000000000000000000000"}"#;
        assert_eq!(serde_json::to_string(&record()).unwrap(), text);
        // Of what version 0.1.0 wrote, by sha256sum.
        assert_eq!(record().hash(), "bd520da8410025414f1d3abbbef48ac490fa28ad019ac0990b5f3eeaa8078553");
    }

    #[test]
    fn what_was_decided_and_why_is_under_the_hash_and_survives_a_file() {
        let circumstances = Circumstances {
            v: FORM,
            boot: "1f2e".into(),
            behind: 3,
            grounds: Grounds {
                tier: Some(Tier::Root),
                root_tier: true,
                verdict: Some(Ruling::Approve),
                rules: vec!["fs.rm".into()],
                args_redacted: Some(json!({"vmid": 117, "n": 1.5})),
                args_hmac: Some("cd".into()),
            },
        };
        let record = Record { circumstances, ..record() };
        let line = Line { hash: record.hash(), record };
        assert_eq!(Line::parse(line.text().trim_end()), Some(line.clone()));
        assert!(line.text().contains("\"rootTier\":true"), "{}", line.text());
        assert_eq!(Line::parse(&line.text().trim_end().replace(",\"v\"", ", \"v\"")), None, "not as written");
        let mut other = line.record.clone();
        other.circumstances.grounds.verdict = Some(Ruling::Allow);
        assert_ne!(other.hash(), line.hash);
    }

    #[test]
    fn every_phase_is_read_by_the_name_it_is_written_with() {
        for phase in Phase::ALL {
            assert_eq!(Phase::parse(phase.as_str()), Some(phase));
            assert_eq!(serde_json::to_value(phase).unwrap(), phase.as_str());
        }
    }
}
