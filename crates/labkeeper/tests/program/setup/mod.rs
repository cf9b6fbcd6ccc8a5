//! `labkeeper setup` against a simulated node: a real SSH server, its commands, and its API over HTTPS.

mod cluster;
mod mistakes;
mod root;
mod stored;
mod tiers;
mod trust;
mod ways;
