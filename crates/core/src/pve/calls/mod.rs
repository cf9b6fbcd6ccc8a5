//! What can be asked of a cluster: each function is one call with its path, its parameters, the type of its answer and the
//! privilege that it needs. Nothing is sent here.

pub mod access;
pub mod agent;
pub mod backup;
pub mod cluster;
pub mod guest;
pub mod node;
pub mod separation;
pub mod snapshot;
pub mod storage;
pub mod task;
