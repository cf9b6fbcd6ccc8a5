//! `audit verify|query|export|prove`.

mod export;
mod query;
mod verify;

use std::process::ExitCode;

use anyhow::Result;

use super::context::Context;
use crate::cli::AuditCommand;
use crate::render;

pub(super) async fn run(context: &Context, what: AuditCommand) -> Result<ExitCode> {
    match what {
        AuditCommand::Verify(evidence) => match &evidence.proof {
            Some(file) => verify::proof(context, file, &evidence.pubkey),
            None => verify::log(context, *evidence).await,
        },
        AuditCommand::Query(question) => query::query(context, &context.keeper().await?, *question).await,
        AuditCommand::Export { from, to, out } => {
            export::export(&context.keeper().await?, from, to, out.as_deref()).await
        }
        AuditCommand::Prove { seq } => {
            let proof = context.keeper().await?.prove_audit(seq).await?;
            render::print_json(&serde_json::to_value(proof)?)?;
            Ok(ExitCode::SUCCESS)
        }
    }
}
