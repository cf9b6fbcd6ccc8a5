//! Getting the script to the node and its answer back.

use anyhow::Result;
use labkeeper_core::provision::{Provisioned, Provisioning};

use super::answers::Answers;
use super::{paste, ssh};
use crate::cli::BootstrapMode;

/// # Errors
/// When the script did not run to its end, or what came back is no answer.
pub(super) async fn carry_out(
    answers: &Answers,
    provisioning: &Provisioning,
    json: bool,
) -> Result<Provisioned> {
    let said = match answers.mode {
        BootstrapMode::Auto => ssh::run(&answers.login, &provisioning.script()).await?,
        BootstrapMode::Paste => paste::run(&provisioning.script_to_paste(), json)?,
    };
    Ok(Provisioned::read(&said)?)
}
