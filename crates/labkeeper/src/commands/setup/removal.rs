//! Taking a connection away: on the node first, then here, so that what fails can be done again.

use std::process::ExitCode;

use anyhow::{Context as _, Result};
use labkeeper_core::provision::{Goal, Provisioning, read_removal};
use serde_json::json;

use super::answers::Answers;
use super::plan::Plan;
use super::restart::RESTART;
use super::{bootstrap, shell_key};
use crate::commands::consent::{agreed, refused};
use crate::commands::context::Context;
use crate::{render, secret_files};

pub(super) async fn run(context: &Context, answers: &Answers) -> Result<ExitCode> {
    let provisioning =
        Provisioning { name: answers.name.clone(), user: answers.user.clone(), goal: Goal::Nothing };
    let plan = Plan::of(answers, &provisioning);
    if answers.dry_run {
        plan.answer(&provisioning.script(), context.json)?;
        return Ok(ExitCode::SUCCESS);
    }
    plan.show(context.json)?;
    if !agreed("Take it away?", answers.yes)? {
        return Ok(refused());
    }
    context.config.prepare_data_dir()?;
    let settings = answers.files.settings();
    let said = bootstrap::carry_out(answers, &provisioning, context.json).await;
    said.and_then(|said| Ok(read_removal(&said)?)).with_context(|| {
        format!(
            "nothing was removed here; if the node is gone for good, remove {} yourself",
            settings.display()
        )
    })?;
    // The key goes last before the file that makes the connection known: doing it again finds what is left.
    shell_key::forget(&answers.files)?;
    secret_files::remove(&settings)?;
    if context.json {
        render::print_json(&json!({"connection": answers.name.as_str(), "removed": true, "next": RESTART}))?;
    } else {
        render::print(&format!(
            "{} is taken away. {RESTART} Clients still know labkeeper itself; Claude Code forgets it with: claude mcp remove labkeeper --scope user",
            answers.name
        ))?;
    }
    Ok(ExitCode::SUCCESS)
}
