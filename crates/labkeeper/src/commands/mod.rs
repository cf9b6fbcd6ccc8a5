//! One file per command; this list is the program.

mod approvals;
mod audit;
mod backup;
mod call;
mod command_line;
mod consent;
mod context;
mod demo;
mod discover;
mod doctor;
mod documents;
mod export;
mod generate;
mod guard;
mod import;
mod list;
mod mcp;
mod migrate;
mod model;
mod notify;
mod ready;
mod redact;
mod registration;
mod root_banner;
mod search;
mod serve;
mod setup;
mod show;
mod status;
mod token;
mod tools;
mod undo;
mod user;

use std::process::ExitCode;

use anyhow::Result;

use crate::cli::{Arguments, Command};
use crate::config::Config;
use crate::diagnostics;
use crate::traces::Traces;
use context::Context;

/// Runs a command.
///
/// # Errors
/// Whatever stopped it; refusals are faults.
pub(crate) async fn run(arguments: Arguments) -> Result<ExitCode> {
    let Arguments { global, command } = arguments;
    match command {
        Command::Completions { shell } => return documents::completions(shell),
        Command::Man => return documents::manual(),
        Command::Gen(what) => return generate::run(what),
        _ => {}
    }
    // `--config` without a file is a question of `doctor` and a slip anywhere else.
    let bare_config = matches!(global.config, Some(None));
    if bare_config && !matches!(command, Command::Doctor) {
        anyhow::bail!("--config wants a file");
    }
    let config = match Config::read(&global) {
        // What is wrong with it is a finding too.
        Err(error) if matches!(command, Command::Doctor) && !bare_config => {
            return doctor::without_configuration(&error, global.json);
        }
        read => read?,
    };
    let stays = matches!(command, Command::Serve { .. } | Command::Demo { .. });
    // Assistants over stdio call operations in this process too.
    let traced = stays || matches!(command, Command::Mcp { print_config: None, .. });
    let started = config.traces.as_ref().filter(|_| traced).map(Traces::start).transpose();
    let (traces, wrong) = match started {
        Ok(traces) => (traces, config.traces_wrong.clone().filter(|_| traced)),
        // Whoever asked for something else gets that.
        Err(error) => (None, Some(format!("{error:#}"))),
    };
    diagnostics::begin(&global, &config, if stays { "info" } else { "warn" }, traces.as_ref());
    if let Some(reason) = wrong {
        tracing::warn!(reason, "no spans are sent");
    }
    let done = carry_out(command, Context { config, json: global.json }, bare_config).await;
    if let Some(traces) = traces {
        traces.end().await;
    }
    done
}

async fn carry_out(command: Command, context: Context, bare_config: bool) -> Result<ExitCode> {
    match command {
        Command::Serve { bind } => serve::run(&context, bind).await,
        Command::Mcp { remote, print_config, compact } => {
            mcp::run(&context, remote, print_config, compact).await
        }
        Command::Demo { bind, approvals, on_servers } => {
            demo::run(context, bind, approvals, on_servers).await
        }
        Command::Setup(arguments) => setup::run(&context, *arguments).await,
        Command::Status => status::run(&context).await,
        Command::Ready => ready::run(&context).await,
        Command::Doctor => doctor::run(&context, bare_config).await,
        Command::Import { file, mode, dry_run, yes } => {
            import::run(&context, &file, mode, dry_run, yes).await
        }
        Command::Export { file, format, kind } => export::run(&context, file, format, kind).await,
        Command::Search { query, limit, kind } => search::run(&context, &query.join(" "), limit, kind).await,
        Command::List { kind, q, sort, limit } => list::run(&context, &kind, q, sort, limit).await,
        Command::Show { kind, id } => show::run(&context, &kind, id).await,
        Command::Drift => list::drift(&context).await,
        Command::Changes { limit, session } => list::changes(&context, limit, session).await,
        Command::Undo { change, session, yes } => undo::run(&context, change, session, yes).await,
        Command::Approvals { all } => approvals::list(&context, all).await,
        Command::Approve { id, yes } => approvals::approve(&context, id, yes).await,
        Command::Deny { id, reason } => approvals::deny(&context, id, reason).await,
        Command::Call { operation, input, confirm, dry_run } => {
            call::run(&context, &operation, input, confirm, dry_run).await
        }
        Command::Tools { tier } => tools::run(&context, tier).await,
        Command::Discover { cidr, import, ports } => discover::run(&context, &cidr, import, &ports).await,
        Command::Redact(arguments) => redact::run(&arguments),
        Command::Guard(arguments) => guard::run(&context, &arguments),
        Command::Audit(what) => audit::run(&context, what).await,
        Command::Migrate { from, to } => migrate::run(&context, &from, &to).await,
        Command::Backup(what) => backup::run(&context, what).await,
        Command::Token(what) => token::run(&context, what).await,
        Command::User(what) => user::run(&context, what).await,
        Command::Model(what) => model::run(&context, what),
        Command::Notify(what) => notify::run(&context, what).await,
        Command::Completions { .. } | Command::Man | Command::Gen(_) => Ok(ExitCode::SUCCESS),
    }
}
