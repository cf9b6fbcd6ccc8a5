//! Whole inventories in and out: preview, import, export.

mod carry_out;
pub mod file;
pub mod import_apply;
pub mod import_preview;
pub mod inventory_export;
pub mod inventory_import;
mod parked;
mod reading;
mod snapshot;
