//! Finding what is on the network, as far as it needs no network: which addresses may be asked, what to ask them,
//! and what the answers mean. The asking itself is behind [`crate::ports::Scout`].

mod evidence;
pub mod prints;
mod probe;
mod reachability;
mod services;
mod silence;
mod sweep;
mod territory;

pub use evidence::{Evidence, Liveness, Page};
pub use prints::{Finding, Match, recognise};
pub use probe::{Fetched, Knocked, WebAddress, WebAddressError};
pub use reachability::{Contact, Reachability};
pub use services::{Opening, Preset, opening_of, service_name};
pub use silence::Silence;
pub use sweep::{PortChoice, Sweep, SweepProgress, SweepRefused, SweepReport, SweepRequest};
pub use territory::{OutOfBounds, Territory};
