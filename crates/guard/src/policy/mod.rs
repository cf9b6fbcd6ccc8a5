//! What an effect deserves: the policy, as tables.
//!
//! Deny is for what cannot be undone and for the protected set; confirm for what disrupts and can be put right, or cannot be
//! known; the rest may go on.

mod effects;
mod places;
mod rule;
mod touches;
mod weigh;

pub use rule::Weight;
pub use weigh::weigh;
