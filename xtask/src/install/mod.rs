//! Bringing what the checks need onto a machine that has only Rust, Node and Python.

pub(crate) mod debian;
pub(crate) mod node;
pub(crate) mod python;
