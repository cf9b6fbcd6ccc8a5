//! Word, counters and answers between the processes of one hub, over Redis. What is there is never needed: the database is the truth.

mod keys;
mod line;
mod relay;
mod scripts;
mod seal;
mod settings;
#[cfg(feature = "testing")]
pub mod testing;
mod trouble;

pub use relay::Redis;
pub use settings::{NotAnAddress, Settings};
