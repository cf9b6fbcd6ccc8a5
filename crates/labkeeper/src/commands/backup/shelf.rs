//! Where backups are put, and what they are called.

use std::path::PathBuf;

use labkeeper_core::ports::Clock;

use crate::commands::context::Context;

/// The moment, as part of a file's name.
pub(super) fn file_stamp(clock: &dyn Clock) -> String {
    clock.now().text().replace([':', '.'], "-")
}

/// The folder of a hub's backups.
pub(super) fn folder(context: &Context) -> PathBuf {
    context.config.data_dir.join("backups")
}
