//! The history of the lab's configuration: what is read for it, what is kept of that, and how it is asked.

pub mod config_history;
pub mod config_sweep;
mod configurations;
pub(crate) mod following;
mod keeping;
pub mod settings;
mod sweeping;
mod swept;
