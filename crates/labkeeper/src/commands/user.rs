//! `user add|list|remove`: people who log in to the web app.

use std::io::{BufRead, IsTerminal};
use std::process::ExitCode;

use anyhow::{Result, bail};
use serde_json::json;

use super::context::Context;
use crate::cli::UserCommand;
use crate::{local, render};

pub(super) async fn run(context: &Context, what: UserCommand) -> Result<ExitCode> {
    let keeper = context.keeper().await?;
    match what {
        UserCommand::Add { name, role } => {
            let password = password()?;
            local::call(&keeper, "user_create", json!({"name": name, "role": role, "password": password}))
                .await?;
            render::print(&format!("{name} may log in as {role}"))?;
            Ok(ExitCode::SUCCESS)
        }
        UserCommand::List => {
            let answer = local::call(&keeper, "user_list", json!({})).await?;
            super::list::show(
                context,
                &answer.output,
                "nobody yet: labkeeper user add NAME",
                &["name", "role", "created_at"],
            )
        }
        UserCommand::Remove { name } => {
            local::call(&keeper, "user_delete", json!({"name": name, "confirm": true})).await?;
            render::print(&format!("{name} can no longer log in"))?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

/// From whoever types it, unseen; or the first line that is piped in.
fn password() -> Result<String> {
    let mut password = String::new();
    let terminal = console::Term::stderr();
    if std::io::stdin().is_terminal() && terminal.is_term() {
        render::note("password, at least 12 characters (it is not shown):");
        password = terminal.read_secure_line()?;
    } else {
        std::io::stdin().lock().read_line(&mut password)?;
    }
    let password = password.trim_end_matches(['\n', '\r']);
    if password.is_empty() {
        bail!("no password was given on stdin");
    }
    Ok(password.to_owned())
}
