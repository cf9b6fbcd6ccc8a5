//! `icon_get`: a stored image.

use labkeeper_core::fault::Fault;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::cx::Cx;
use crate::operation::{Meta, Operation, Route, Toolset};
use crate::transfer::file::FileAnswer;

/// A stored icon image. Its name is the hash of its content, so it may be kept for ever.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct IconGet {
    /// SHA-256 of the image, 64 hex digits.
    pub sha256: String,
}

impl Operation for IconGet {
    type Output = FileAnswer;
    const META: Meta = Meta::read("icon_get", "A stored icon", Toolset::Inventory)
        .not_a_tool()
        .routes(&[Route::get("/api/icons/{sha256}").download()]);

    async fn run(self, cx: &mut Cx) -> Result<FileAnswer, Fault> {
        let icon = cx.read().await?.icon(&self.sha256.to_lowercase()).await?;
        let icon = icon.ok_or_else(|| Fault::not_found("there is no icon of that hash"))?;
        Ok(FileAnswer::bytes(&icon.bytes, icon.mime, None).kept_for_ever())
    }
}
