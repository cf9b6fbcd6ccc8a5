//! The program as people and scripts use it: real processes, real files, real signals.
#![allow(clippy::unwrap_used, reason = "tests")]

mod audit;
mod backing_up;
mod cli;
mod collector;
mod configuration;
mod demo;
mod doctor;
mod filters;
mod hub;
mod in_a_bucket;
mod killed;
mod kills;
mod looking;
mod mcp_client;
mod moving_in;
mod node;
mod on_a_server;
mod released;
mod restoring;
mod setup;
mod stopped;
mod traced;
mod with_redis;
