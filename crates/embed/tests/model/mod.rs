//! Where tests find the installed model: `LABKEEPER_MODELS`, or `models/` at the top of the workspace.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use labkeeper_embed::{FILE_NAME, MiniLm};

#[expect(clippy::disallowed_methods, reason = "tests have no configuration to ask")]
fn setting(name: &str) -> Option<OsString> {
    std::env::var_os(name)
}

/// The folder that holds the model; `None` when model tests are to be skipped, which is printed with the test's name.
pub(crate) fn folder(test: &str) -> Option<PathBuf> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models");
    let folder = setting("LABKEEPER_MODELS").map_or_else(beside, PathBuf::from);
    if folder.join(FILE_NAME).exists() {
        return Some(folder);
    }
    assert!(
        setting("LABKEEPER_SKIP_MODEL_TESTS").is_some(),
        "this test needs the embedding model: run `cargo xtask model` \
         (or set LABKEEPER_MODELS to its folder, or LABKEEPER_SKIP_MODEL_TESTS to do without)"
    );
    println!("SKIP {test}: no embedding model in {}", folder.display());
    None
}

pub(crate) fn open(test: &str) -> Option<MiniLm> {
    folder(test).map(|folder| MiniLm::open(&folder).unwrap())
}
