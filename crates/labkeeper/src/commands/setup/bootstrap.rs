//! Getting the script to the node and its answer back.

use anyhow::Result;
use labkeeper_core::provision::Provisioning;

use super::answers::Answers;
use super::{paste, ssh};
use crate::cli::BootstrapMode;

/// Gives back what the script said.
///
/// # Errors
/// When it did not run to its end.
pub(super) async fn carry_out(answers: &Answers, provisioning: &Provisioning, json: bool) -> Result<String> {
    match answers.mode {
        BootstrapMode::Auto => ssh::run(&answers.login, &provisioning.script()).await,
        BootstrapMode::Paste => paste::run(&provisioning.script_to_paste(), json),
    }
}
