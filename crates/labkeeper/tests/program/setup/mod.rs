//! `labkeeper setup` against a simulated node: a real SSH server, its commands, and its API over HTTPS.

mod mistakes;
mod stored;
mod tiers;
mod trust;
mod ways;
