//! Importing and exporting as a whole, on a hub that is only in memory.
#![allow(clippy::unwrap_used, reason = "tests")]

mod defects;
mod forms;
mod garbage;
mod hub;
mod merging;
mod round_trip;
mod tables;
