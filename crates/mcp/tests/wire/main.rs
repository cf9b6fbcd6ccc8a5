//! The MCP face on the wire: raw JSON-RPC over real pipes and real HTTP, for every revision that is served.

#![allow(clippy::unwrap_used, reason = "tests")]

#[path = "../hub/mod.rs"]
mod hub;

mod approving;
mod bridge;
mod catalogue;
mod confirming;
mod endpoint;
mod http;
mod lifecycles;
mod outputs;
mod pipes;
mod refusals;
mod sessions;
mod watching;
