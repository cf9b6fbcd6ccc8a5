//! Working on a node and inside its guests: where, what, and what came of it. [`crate::ports::Shell`] does it.

mod command;
mod error;
mod fault;
mod file;
mod ownership;
mod place;

pub use command::{Captured, Command, Dialect, End, Finished, Program};
pub use error::ShellError;
pub use file::{
    Expected, FileEntry, FileFacts, FileKind, FilePath, Listing, PathError, Piece, Replaced, Window,
};
pub use ownership::Ownership;
pub use place::{Place, PlaceError, Spot};
