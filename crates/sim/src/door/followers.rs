//! What is real of a lab, and follows its world.

use std::sync::{Arc, Mutex, PoisonError, Weak};

use super::cluster_files::ClusterFiles;
use super::guest::Guests;
use crate::world::World;

/// The guests of a lab, and the files of the nodes whose SSH door is open.
#[derive(Debug, Default)]
pub(super) struct Followers {
    pub(super) guests: Arc<Guests>,
    files: Mutex<Vec<Weak<ClusterFiles>>>,
}

impl Followers {
    /// The files of a node follow too, as long as somebody has them.
    pub(super) fn add(&self, files: &Arc<ClusterFiles>) {
        self.files.lock().unwrap_or_else(PoisonError::into_inner).push(Arc::downgrade(files));
    }

    /// The world is as it is.
    pub(super) fn follow(&self, world: &mut World) {
        self.guests.follow(world);
        let mut files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        files.retain(|files| files.upgrade().map(|files| files.follow(world)).is_some());
    }
}
