//! Secrets that are known by how they are written or where they stand.

pub(crate) mod blocks;
pub(crate) mod commands;
pub(crate) mod hashes;
pub(crate) mod headers;
pub(crate) mod idioms;
pub(crate) mod kube;
pub(crate) mod lines;
mod printed;
pub(crate) mod proxmox;
pub(crate) mod rows;
pub(crate) mod servers;
mod table;
pub(crate) mod tokens;
pub(crate) mod urls;
pub(crate) mod whole_file;
