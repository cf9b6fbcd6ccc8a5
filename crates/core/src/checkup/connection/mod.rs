//! Whether the connection with a Proxmox cluster is sound: each rule takes what was seen and answers a finding.
//!
//! *Invariant:* what could not be seen is [`Level::Unknown`](super::Level::Unknown) and says why, and whatever is not as it
//! should be says what to do.

mod check;
mod clock;
mod endpoint;
mod privileges;
mod release;
mod token;
mod token_expiry;

pub use check::Check;
pub use clock::clock;
pub use endpoint::{Certificate, endpoint};
pub use privileges::privileges;
pub use release::release;
pub use token::token;
pub use token_expiry::token_expiry;
