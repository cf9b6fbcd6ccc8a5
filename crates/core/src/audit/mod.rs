//! The audit log, made so that tampering shows: records chained by hash, a tree over them, and checkpoints of the tree that
//! are signed and kept where the log's owner cannot change them.

mod chain;
mod digest;
mod grounds;
mod merkle;
mod note;
mod proof;
mod record;

pub use chain::{Break, Verifier};
pub use digest::{Hash, hash_of_hex, hex, sha256_hex};
pub use grounds::{Grounds, Ruling};
pub use merkle::{Frontier, inclusion_path, leaf_hash, root_by_path};
pub use note::{Checkpoint, NoteError, PublicKey, Signer, notes_in};
pub use proof::{Proof, ProofError};
pub use record::{Circumstances, FORM, GENESIS, Line, Phase, Record, Subject};
