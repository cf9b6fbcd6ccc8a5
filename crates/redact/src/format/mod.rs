//! Secrets that are known by how they are written or where they stand.

mod answers;
pub(crate) mod blocks;
pub(crate) mod commands;
pub(crate) mod directives;
mod entropy;
mod fields;
pub(crate) mod hashes;
pub(crate) mod headers;
pub(crate) mod hints;
pub(crate) mod idioms;
pub(crate) mod kube;
pub(crate) mod lines;
mod listing;
pub(crate) mod objects;
pub(crate) mod phrases;
pub(crate) mod printed;
pub(crate) mod programs;
mod prose;
pub(crate) mod proxmox;
pub(crate) mod rows;
mod sections;
pub(crate) mod servers;
mod table;
pub(crate) mod tokens;
pub(crate) mod urls;
pub(crate) mod whole_file;
