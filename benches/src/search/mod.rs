//! `search`: are the right things found, how quickly, and what does it cost?

mod labelled;
mod latency;
mod ndcg;
mod quality;
mod rebuild;

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context;
use labkeeper_core::ports::Embedder;

use crate::engine::Engine;

/// What to measure; everything when nothing is chosen.
#[derive(clap::Args)]
pub(crate) struct Choice {
    /// Only these parts: quality, tune, latency, rebuild. The last is the only one with a database.
    parts: Vec<String>,
    /// Where the model lies.
    #[arg(long, default_value = "models")]
    models: PathBuf,
    /// Chunks in the index whose latency is measured.
    #[arg(long, default_value_t = 50_000)]
    chunks: usize,
    /// Items of the lab that is rebuilt.
    #[arg(long, default_value_t = 10_000)]
    items: usize,
    /// On which it is rebuilt.
    #[command(flatten)]
    engine: Engine,
}

pub(crate) async fn run(choice: &Choice) -> anyhow::Result<()> {
    let model =
        labkeeper_embed::MiniLm::open(&choice.models).context("install it with `cargo xtask model`")?;
    let model: Arc<dyn Embedder> = Arc::new(model);
    let wanted = |part: &str| {
        choice.parts.is_empty() && part != "tune" || choice.parts.iter().any(|name| name == part)
    };
    if wanted("quality") || wanted("tune") {
        let lab = labelled::Lab::open(&*model)?;
        if wanted("tune") {
            quality::tune(&lab);
        }
        if wanted("quality") {
            quality::report(&lab);
        }
    }
    if wanted("latency") {
        latency::run(&*model, choice.chunks)?;
    }
    if wanted("rebuild") {
        rebuild::run(model, &choice.engine, choice.items).await?;
    }
    Ok(())
}
