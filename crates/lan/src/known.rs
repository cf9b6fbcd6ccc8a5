//! What is known of addresses without asking their hosts.

use crate::lease_files::Leases;
use crate::names::Names;

/// Names and leases, during one sweep.
pub(crate) struct Known {
    pub(crate) names: Names,
    pub(crate) leases: Leases,
}

impl Known {
    /// Why some of it may be missing.
    pub(crate) fn problems(&self) -> impl Iterator<Item = String> + '_ {
        self.names.problem().into_iter().chain(self.leases.problems.iter().cloned())
    }
}
