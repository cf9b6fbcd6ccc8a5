//! `token create|list|revoke`.

use std::process::ExitCode;

use anyhow::Result;
use serde_json::json;

use super::context::Context;
use crate::cli::TokenCommand;
use crate::{local, render};

pub(super) async fn run(context: &Context, what: TokenCommand) -> Result<ExitCode> {
    let keeper = context.keeper().await?;
    match what {
        TokenCommand::Create { name, scope, expires } => {
            let mut input = json!({"name": name, "scope": scope});
            if let Some(expires) = expires {
                input["expires"] = expires.into();
            }
            let answer = local::call(&keeper, "token_create", input).await?.output;
            if context.json {
                render::print_json(&answer)?;
            } else {
                render::note("this is shown once; keep it safe:");
                render::print(&render::cell(answer["data"].get("token")))?;
            }
            Ok(ExitCode::SUCCESS)
        }
        TokenCommand::List => {
            let answer = local::call(&keeper, "token_list", json!({})).await?;
            let columns = ["id", "name", "scope", "created_at", "expires_at", "last_used_at", "revoked_at"];
            super::list::show(context, &answer.output, "no tokens yet: labkeeper token create NAME", &columns)
        }
        TokenCommand::Revoke { id } => {
            let answer = local::call(&keeper, "token_revoke", json!({"id": id, "confirm": true})).await?;
            if context.json {
                render::print_json(&answer.output)?;
            } else {
                render::print("revoked")?;
            }
            Ok(ExitCode::SUCCESS)
        }
    }
}
