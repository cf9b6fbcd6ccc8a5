//! What lies where: paths are normalised by their text alone and put into classes.

mod class;
mod glob;
mod lexical;
mod secret;
mod startup;

pub use class::{PathClass, classes_below, classes_of_pattern, classify, is_protected};
pub use glob::matches;
pub use lexical::normalise;
pub use secret::{is_secret, may_be_secret};
pub use startup::runs_by_itself;
