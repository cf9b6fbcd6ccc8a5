//! Calls that take longer than their caller waits: they go on, and what comes of them is kept to be asked for.

pub(crate) mod kept;
pub mod status;
