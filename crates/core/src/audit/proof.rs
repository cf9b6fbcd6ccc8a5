//! That one record is under a signed checkpoint, shown without the log.

use serde::{Deserialize, Serialize};

use super::Hash;
use super::digest::{hash_of_hex, hex};
use super::merkle::{inclusion_path, leaf_hash, root_by_path};
use super::note::{Checkpoint, NoteError, PublicKey};
use super::record::Line;

/// A record, the hashes beside its way up the tree, and the signed root at its end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Proof {
    /// The record with its hash, as `audit export` writes it.
    pub line: String,
    /// Hashes beside the way, the lowest first, hexadecimal.
    pub path: Vec<String>,
    /// The signed checkpoint.
    pub checkpoint: String,
    /// Whose signature that is. It proves something only to who knows this key from elsewhere.
    pub key: String,
}

/// Why a proof proves nothing.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// The record is not one.
    #[error("the line of the proof is no record as labkeeper writes it")]
    Record,
    /// The record was altered.
    #[error("the record of the proof was altered: its hash does not match its content")]
    Altered,
    /// The path leads elsewhere.
    #[error("record {seq} is not under the checkpoint of {size} records")]
    Elsewhere {
        /// The record.
        seq: i64,
        /// The checkpoint.
        size: u64,
    },
    /// The checkpoint is not believed.
    #[error(transparent)]
    Note(#[from] NoteError),
}

impl Proof {
    /// Of the record with that line, under a checkpoint of which these are all the leaves; `None` when the record is none of them.
    pub fn of(line: &Line, leaves: Vec<Hash>, checkpoint: String, key: &PublicKey) -> Option<Self> {
        let index = usize::try_from(line.record.seq - 1).ok()?;
        let path = inclusion_path(index, leaves)?;
        Some(Self {
            line: line.text().trim_end().into(),
            path: path.iter().map(|hash| hex(hash)).collect(),
            checkpoint,
            key: key.to_string(),
        })
    }

    /// Checks it with that key, else with the one that it names. Answers the record and the checkpoint.
    ///
    /// # Errors
    /// What does not hold.
    pub fn check(&self, key: Option<&PublicKey>) -> Result<(Line, Checkpoint), ProofError> {
        let checkpoint = match key {
            Some(key) => key.open(&self.checkpoint)?,
            None => self.key.parse::<PublicKey>()?.open(&self.checkpoint)?,
        };
        let line = Line::parse(&self.line).ok_or(ProofError::Record)?;
        let own = hash_of_hex(&line.hash).filter(|_| line.record.hash() == line.hash);
        let leaf = leaf_hash(&own.ok_or(ProofError::Altered)?);
        let (seq, size) = (line.record.seq, checkpoint.size);
        let path: Option<Vec<Hash>> = self.path.iter().map(|text| hash_of_hex(text)).collect();
        let index = u64::try_from(seq - 1).ok();
        let root = index.zip(path).and_then(|(index, path)| root_by_path(index, size, leaf, &path));
        if root == Some(checkpoint.root) {
            Ok((line, checkpoint))
        } else {
            Err(ProofError::Elsewhere { seq, size })
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::super::merkle::Frontier;
    use super::super::note::Signer;
    use super::super::record::{Circumstances, FORM, GENESIS, Phase, Record};
    use super::*;

    fn lines(count: i64) -> Vec<Line> {
        let mut prev = GENESIS.to_string();
        let line = |seq| {
            let record = Record {
                seq,
                at: seq,
                actor: "anna".into(),
                via: "cli".into(),
                session: None,
                op: "guest_stop".into(),
                phase: Phase::Done,
                intent: None,
                input_sha256: String::new(),
                summary: Value::Null,
                change_id: None,
                circumstances: Circumstances { v: FORM, ..Circumstances::default() },
                prev: prev.clone(),
            };
            prev = record.hash();
            Line { hash: prev.clone(), record }
        };
        (1..=count).map(line).collect()
    }

    #[test]
    fn a_proof_shows_its_record_and_nothing_else() {
        let (signer, lines) = (Signer::from_secret(&[7; 32]), lines(11));
        let leaves: Vec<Hash> =
            lines.iter().map(|line| leaf_hash(&hash_of_hex(&line.hash).unwrap())).collect();
        let mut frontier = Frontier::default();
        leaves.iter().for_each(|leaf| frontier.push(*leaf));
        let note = signer.sign(11, frontier.root());
        let proof = |line: &Line| Proof::of(line, leaves.clone(), note.clone(), &signer.public()).unwrap();
        for line in &lines {
            assert_eq!(proof(line).check(None).unwrap().0, *line);
        }
        let third = proof(&lines[2]);
        let altered = Proof { line: third.line.replace("anna", "mallory"), ..third.clone() };
        assert_eq!(altered.check(None), Err(ProofError::Altered));
        let mut forged = lines[2].clone();
        forged.record.actor = "mallory".into();
        forged.hash = forged.record.hash();
        let forged = Proof { line: forged.text().trim_end().into(), ..third.clone() };
        assert_eq!(forged.check(None), Err(ProofError::Elsewhere { seq: 3, size: 11 }));
        let other = Signer::from_secret(&[8; 32]);
        let resigned =
            Proof { checkpoint: other.sign(11, frontier.root()), key: other.public().to_string(), ..third };
        assert!(resigned.check(None).is_ok(), "it names its own key");
        assert!(matches!(resigned.check(Some(&signer.public())), Err(ProofError::Note(_))));
    }
}
