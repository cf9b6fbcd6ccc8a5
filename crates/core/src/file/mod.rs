//! What is decided about files before and after they are written: what changed, which old versions are kept, what stands in the
//! way of putting one back. Knows no file; bytes come in and decisions go out.

mod breaker;
mod conflict;
mod diff;
mod edit;
mod encoding;
mod goal;
mod lines;
mod retention;
mod rules;
mod version;

pub use breaker::Breaker;
pub use conflict::Conflict;
pub use diff::{Diff, DiffBudget};
pub use edit::{Edit, EditError};
pub use encoding::{Decoded, Encoding, EncodingError, is_text};
pub use goal::{Goal, goals};
pub use retention::{Incoming, Kept, Quota, QuotaError, room_for};
pub use rules::{FileRules, Prefixes};
pub use version::{BackupId, BackupIdError, Content, FileChange, Settlement};
