//! Outputs that were too long to be answered whole: kept for a while, so that whoever got one can read the rest.

mod id;
pub(crate) mod kept;
pub mod output_read;

pub use id::OutputId;
pub use kept::LongOutput;
