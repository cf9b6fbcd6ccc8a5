//! The cluster of a lab in somebody's hands.

use std::ops::{Deref, DerefMut};
use std::sync::MutexGuard;

use super::followers::Followers;
use crate::api::Cluster;

/// The cluster as it is now. When it is put down, what is real of it follows: guests end that do not run any more, and the files
/// of nodes say how it is.
pub struct Held<'a> {
    cluster: MutexGuard<'a, Cluster>,
    followers: &'a Followers,
}

impl<'a> Held<'a> {
    pub(super) fn new(cluster: MutexGuard<'a, Cluster>, followers: &'a Followers) -> Self {
        Self { cluster, followers }
    }
}

impl Deref for Held<'_> {
    type Target = Cluster;

    fn deref(&self) -> &Cluster {
        &self.cluster
    }
}

impl DerefMut for Held<'_> {
    fn deref_mut(&mut self) -> &mut Cluster {
        &mut self.cluster
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        self.followers.follow(&mut self.cluster.world);
    }
}
