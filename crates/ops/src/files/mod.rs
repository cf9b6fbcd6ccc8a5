//! Files on nodes and in guests: reading them, the one way in which they are written, their old versions and putting those back.

pub mod diff_config;
pub mod edit_file;
mod excerpt;
mod key_lines;
pub(crate) mod left;
pub mod list_directory;
pub mod read_file;
mod reading;
pub mod revert_file;
pub mod search_file_regex;
pub mod tail_log;
pub(crate) mod tailing;
mod underway;
pub(crate) mod undo;
mod version;
pub(crate) mod versions;
mod whole;
mod write;
pub mod write_file;
mod written;
