//! The outcome of looking whether things are as they should be: how well, what was found, what to do.

pub mod connection;
mod finding;
mod level;
mod time_left;

pub use finding::Finding;
pub use level::Level;
pub use time_left::Notice;
