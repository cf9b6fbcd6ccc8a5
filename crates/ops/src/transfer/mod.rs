//! Whole inventories in and out: preview, import, export.

pub mod file;
