//! `backup move-contents`: old contents of files from the folder into the bucket, or back. Each is read whole and kept there before the next;
//! whoever is stopped runs it again, and what was carried is found there.

use std::process::ExitCode;

use anyhow::{Result, bail};
use labkeeper_store::Shelf;
use serde_json::json;

use crate::cli::ContentsTo;
use crate::commands::context::Context;
use crate::render;

pub(super) async fn run(context: &Context, to: ContentsTo) -> Result<ExitCode> {
    let keeper = context.keeper().await?;
    let bucket = keeper.store().shelf();
    if bucket.bucket().is_none() {
        bail!("no bucket is configured, in either direction: set blobs.url (S3_URL) and what belongs to it");
    }
    let folder = Shelf::of(&context.config.database, None);
    let (from, to) = match to {
        ContentsTo::Bucket => (folder, bucket),
        ContentsTo::Folder => (bucket, folder),
    };
    let (mut carried, mut lacking) = (0, Vec::new());
    for sha256 in keeper.store().named_contents().await? {
        if from.carry(&sha256, &to).await? {
            carried += 1;
        } else {
            lacking.push(sha256);
        }
    }
    if context.json {
        render::print_json(&json!({"carried": carried, "lacking": lacking}))?;
    } else {
        render::print(&format!(
            "{carried} contents are there, and were compared; nothing was removed where they were"
        ))?;
        for sha256 in &lacking {
            render::note(&format!("what a file was is damaged or gone in both places: {sha256}"));
        }
    }
    Ok(if lacking.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(4) })
}
