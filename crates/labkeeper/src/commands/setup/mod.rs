//! `setup`: connects a Proxmox VE node or cluster, changes the tier of a connection, or takes it away.
//!
//! In this order, so that labkeeper never uses what was not proved and doing it again mends what failed: plan and consent; the script on the
//! node, over ssh or by the owner's hand; proof, over the certificate that the node said, that the token may what it should and no more; only
//! then the file that the rest of labkeeper reads. What fails in between leaves user, token and key on the node; that is said, with the way to
//! take them away.

mod answers;
mod bootstrap;
mod clients;
mod grant;
mod logins;
mod paste;
mod plan;
mod prompt;
mod proof;
mod removal;
mod restart;
mod shell_key;
mod ssh;
mod store;

use std::process::ExitCode;

use anyhow::Result;

use crate::cli::SetupArguments;
use crate::commands::context::Context;
use answers::{Answers, Intent};

pub(super) async fn run(context: &Context, arguments: SetupArguments) -> Result<ExitCode> {
    let answers = Answers::gather(context, arguments)?;
    match answers.intent {
        Intent::Tier(tier) => grant::run(context, &answers, tier).await,
        Intent::Remove => removal::run(context, &answers).await,
    }
}
