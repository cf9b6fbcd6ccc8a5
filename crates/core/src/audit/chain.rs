//! Walking a chain record by record, and naming what is wrong where it stops being one.

use serde::Serialize;

use super::record::{GENESIS, Record};

/// Where a log stops being what was written, and how.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Break {
    /// Numbering has a hole.
    #[error("record {seq} is missing: found {found} in its place")]
    Gap {
        /// The number that should be here.
        seq: i64,
        /// The number that is here.
        found: i64,
    },
    /// A record stands where another was written.
    #[error("record {found} stands in the place of record {seq}: records were put in another order")]
    Reorder {
        /// Where it stands.
        seq: i64,
        /// Which one it is.
        found: i64,
    },
    /// A record is there twice.
    #[error("record {found} is there again in the place of record {seq}")]
    Duplicate {
        /// Where it stands the second time.
        seq: i64,
        /// Which one it is.
        found: i64,
    },
    /// Records that hold in themselves were put in the place of those that were written.
    #[error("record {seq} does not follow the record before it: one of them was put in the place of another")]
    Splice {
        /// The first that does not fit.
        seq: i64,
    },
    /// The record was altered after it was written.
    #[error("record {seq} was altered: its hash does not match its content")]
    Edit {
        /// Which record.
        seq: i64,
    },
    /// The record is older than the one before it, and does not say that the clock was.
    #[error(
        "record {seq} is of before the record it follows, and labkeeper would have noted that the clock was set back"
    )]
    TimeRegression {
        /// Which record.
        seq: i64,
    },
}

impl Break {
    /// Where: the number that the record in that place should have.
    pub fn seq(&self) -> i64 {
        match self {
            Self::Gap { seq, .. }
            | Self::Reorder { seq, .. }
            | Self::Duplicate { seq, .. }
            | Self::Splice { seq }
            | Self::Edit { seq }
            | Self::TimeRegression { seq } => *seq,
        }
    }

    /// Of a record that seems altered: the number that it was written with, when only that differs. It is looked for nearby.
    pub fn written_as(&self, record: &Record, stored: &str) -> Option<i64> {
        let Self::Edit { seq } = self else { return None };
        let fits = |number: &i64| Record { seq: *number, ..record.clone() }.hash() == stored;
        (seq - NEARBY..=seq + NEARBY).find(fits)
    }

    /// The same place, once it is known which record stands there, and whether it also stands where it belongs.
    #[must_use]
    pub fn of_moved(self, found: i64, is_at_home: bool) -> Self {
        let seq = self.seq();
        if is_at_home { Self::Duplicate { seq, found } } else { Self::Reorder { seq, found } }
    }
}

/// How far from its place a record is looked for.
const NEARBY: i64 = 1_000;

/// Walks a chain record by record, in order.
#[derive(Debug, Clone)]
pub struct Verifier {
    next: i64,
    prev: String,
    at: i64,
    form: u8,
    set_back: i64,
}

impl Default for Verifier {
    fn default() -> Self {
        Self { next: 1, prev: GENESIS.into(), at: i64::MIN, form: 0, set_back: 0 }
    }
}

impl Verifier {
    /// Goes on behind a record that is taken as it is.
    pub fn after(record: &Record, hash: &str) -> Self {
        Self {
            next: record.seq + 1,
            prev: hash.into(),
            at: record.at,
            form: record.circumstances.v,
            set_back: 0,
        }
    }

    /// Begins with this record: what it follows is taken as it says.
    pub fn from(record: &Record) -> Self {
        Self { next: record.seq, prev: record.prev.clone(), at: i64::MIN, form: 0, set_back: 0 }
    }

    /// Checks the next record against the hash stored with it.
    ///
    /// # Errors
    /// The first place where the chain is not what was written.
    pub fn step(&mut self, record: &Record, stored_hash: &str) -> Result<(), Break> {
        let seq = self.next;
        if record.seq > seq {
            return Err(Break::Gap { seq, found: record.seq });
        }
        if record.seq < seq {
            let is_last = record.seq == seq - 1 && stored_hash == self.prev;
            let found = record.seq;
            return Err(if is_last {
                Break::Duplicate { seq, found }
            } else {
                Break::Reorder { seq, found }
            });
        }
        if record.hash() != stored_hash {
            return Err(Break::Edit { seq });
        }
        let circumstances = &record.circumstances;
        if record.prev != self.prev || circumstances.v < self.form {
            return Err(Break::Splice { seq });
        }
        // Records of the first form bear the time at which their call began.
        if circumstances.v > 0 && record.at.saturating_add(circumstances.behind) < self.at {
            return Err(Break::TimeRegression { seq });
        }
        self.next += 1;
        self.prev = stored_hash.into();
        self.at = record.at;
        self.form = circumstances.v;
        self.set_back = self.set_back.max(circumstances.behind);
        Ok(())
    }

    /// Number of the last record checked.
    pub fn checked(&self) -> i64 {
        self.next - 1
    }

    /// Hash of the last record checked: the chain's head.
    pub fn head(&self) -> &str {
        &self.prev
    }

    /// By how many microseconds the clock was set back at most, as the records say themselves.
    pub fn set_back(&self) -> i64 {
        self.set_back
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::super::digest::sha256_hex;
    use super::super::record::{Circumstances, FORM, Phase};
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
                    circumstances: Circumstances { v: FORM, ..Circumstances::default() },
                    prev: prev.clone(),
                };
                prev = record.hash();
                (record, prev.clone())
            })
            .collect()
    }

    /// Written again from there on, as somebody who can compute hashes would.
    fn rehashed_from(mut chain: Vec<(Record, String)>, from: usize) -> Vec<(Record, String)> {
        for at in from..chain.len() {
            if at > 0 {
                chain[at].0.prev = chain[at - 1].1.clone();
            }
            chain[at].1 = chain[at].0.hash();
        }
        chain
    }

    fn first_break(chain: &[(Record, String)]) -> Option<Break> {
        let mut verifier = Verifier::default();
        let (broken, (record, hash)) = chain
            .iter()
            .find_map(|link| verifier.step(&link.0, &link.1).err().map(|broken| (broken, link)))?;
        let Some(found) = broken.written_as(record, hash) else { return Some(broken) };
        let is_at_home = chain.iter().any(|(other, its)| other.seq == found && its == hash);
        Some(broken.of_moved(found, is_at_home))
    }

    #[test]
    fn an_untouched_chain_holds() {
        assert_eq!(first_break(&chain(5)), None);
    }

    #[test]
    fn each_kind_of_tampering_is_named_where_it_happened() {
        let mut altered = chain(5);
        altered[2].0.actor = "mallory".into();
        assert_eq!(first_break(&altered), Some(Break::Edit { seq: 3 }));

        let mut removed = chain(5);
        removed.remove(2);
        assert_eq!(first_break(&removed), Some(Break::Gap { seq: 3, found: 4 }));

        let mut repeated = chain(5);
        repeated.insert(3, repeated[2].clone());
        assert_eq!(first_break(&repeated), Some(Break::Duplicate { seq: 4, found: 3 }));

        let mut earlier = chain(5);
        earlier.insert(4, earlier[1].clone());
        assert_eq!(first_break(&earlier), Some(Break::Reorder { seq: 5, found: 2 }));

        let mut rewritten = chain(5);
        rewritten[1].0.actor = "mallory".into();
        rewritten[1].1 = rewritten[1].0.hash();
        assert_eq!(first_break(&rewritten), Some(Break::Splice { seq: 3 }));

        let mut older = chain(5);
        older[3].0.at = 1;
        assert_eq!(first_break(&rehashed_from(older, 3)), Some(Break::TimeRegression { seq: 4 }));

        let mut first_form = chain(5);
        first_form[3].0.circumstances.v = 0;
        assert_eq!(first_break(&rehashed_from(first_form, 3)), Some(Break::Splice { seq: 4 }));
    }

    #[test]
    fn records_that_were_renumbered_to_hide_their_order_are_recognised() {
        let mut swapped = chain(5);
        swapped.swap(2, 3);
        (swapped[2].0.seq, swapped[3].0.seq) = (3, 4);
        assert_eq!(first_break(&swapped), Some(Break::Reorder { seq: 3, found: 4 }));

        let mut copied = chain(5);
        copied[3] = copied[1].clone();
        copied[3].0.seq = 4;
        assert_eq!(first_break(&copied), Some(Break::Duplicate { seq: 4, found: 2 }));
    }

    #[test]
    fn a_clock_that_was_set_back_and_says_so_is_no_tampering() {
        let mut honest = chain(5);
        honest[3].0.at = 1;
        honest[3].0.circumstances.behind = 2;
        let honest = rehashed_from(honest, 3);
        assert_eq!(first_break(&honest), None);
        let mut verifier = Verifier::after(&honest[1].0, &honest[1].1);
        honest[2..].iter().for_each(|(record, hash)| verifier.step(record, hash).unwrap());
        assert_eq!((verifier.checked(), verifier.set_back()), (5, 2));
    }
}
