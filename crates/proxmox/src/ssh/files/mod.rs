//! Files of a node and of its guests, by fixed scripts: paths are arguments, bytes come and go over the streams.

mod directory;
mod look;
mod replace;
mod script;
mod sum;

pub(super) use directory::list;
pub(super) use look::{look, read};
pub(super) use replace::{abandon, remove, replace};
