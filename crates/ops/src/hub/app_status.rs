//! `app_status`: the predecessor's one-word answer.

use labkeeper_core::fault::Fault;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::cx::Cx;
use crate::operation::{Meta, Operation, Toolset};

/// Ask whether the hub answers and its database can be read.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AppStatus {}

/// The answer.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Status {
    /// `ok`.
    pub status: &'static str,
    /// Version of labkeeper.
    pub version: String,
}

impl Operation for AppStatus {
    type Output = Status;
    const META: Meta = Meta::read("app_status", "Is the hub there", Toolset::Hub);

    async fn run(self, cx: &mut Cx) -> Result<Status, Fault> {
        cx.read().await?.last_event().await?;
        Ok(Status { status: "ok", version: cx.house().settings().version.clone() })
    }
}
