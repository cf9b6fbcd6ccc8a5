//! Guests that are real inside, reached as operators reach them: by SSH to their node and the programs there, and by the API.
#![allow(clippy::unwrap_used, reason = "tests")]
#![allow(clippy::print_stderr, reason = "a skipped test must say so")]

#[path = "guests/containers.rs"]
mod containers;
#[path = "guests/door.rs"]
mod door;
#[path = "guests/files.rs"]
mod files;
#[path = "guests/machines.rs"]
mod machines;
#[path = "guests/nodes.rs"]
mod nodes;
#[path = "guests/recorded.rs"]
mod recorded;
