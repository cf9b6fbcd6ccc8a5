//! Access against the real thing: answers of PVE's own code, and answers recorded from a real node.
#![allow(clippy::unwrap_used, reason = "tests")]

mod answers;
mod changes;
mod lab;
mod oracle;
mod release_8;
