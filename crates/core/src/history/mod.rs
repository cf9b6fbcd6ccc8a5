//! The history of the lab's configuration: what is watched, what is kept of it under which name, and how it is asked for.

mod commit;
mod error;
mod glob;
mod listing;
mod manifest;
mod source;
mod tree_path;
mod watch;

pub use commit::{Commit, Question, Revision, State};
pub use error::HistoryError;
pub use glob::{Glob, GlobError};
pub use listing::{Listed, Listing, words};
pub use manifest::{Kept, Manifest};
pub use source::Source;
pub use tree_path::TreePath;
pub use watch::{USUAL_EXCEPTIONS, Watch, Watched};
