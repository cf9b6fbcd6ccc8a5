//! Finding what is on the network, as far as it needs no network: which addresses may be asked, what to ask them,
//! and what the answers mean. The asking itself is behind [`crate::ports::Scout`].

mod difference;
mod evidence;
mod host_name;
mod icon_hash;
mod leases;
pub mod prints;
mod probe;
mod quiet;
mod reachability;
mod services;
mod silence;
mod sweep;
mod territory;
mod uptime;
mod vendor;

pub use difference::{Changed, Difference, Moved, Seen, Someone};
pub use evidence::{Evidence, Leased, Liveness, Page};
pub use host_name::is_host_name;
pub use icon_hash::icon_hash;
pub use leases::{Lease, NoLeaseFile, is_of_kea, read_leases};
pub use prints::{Finding, Match, recognise};
pub use probe::{Fetched, Knocked, WebAddress, WebAddressError};
pub use quiet::{NotHours, QuietHours};
pub use reachability::{Contact, Reachability};
pub use services::{Opening, Preset, opening_of, service_name};
pub use silence::Silence;
pub use sweep::{PortChoice, Sweep, SweepProgress, SweepRefused, SweepReport, SweepRequest};
pub use territory::{OutOfBounds, Territory};
pub use uptime::{Watched, uptime};
pub use vendor::vendor;
