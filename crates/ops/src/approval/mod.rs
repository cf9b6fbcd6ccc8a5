//! Calls that wait for a person's word: parked by the door, decided in the web app or on the command line, carried out once.

pub mod approve;
pub mod deny;
pub(crate) mod park;
mod row;
pub mod status;
pub(crate) mod ticket;
