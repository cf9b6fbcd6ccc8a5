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

use std::io::IsTerminal;
use std::process::ExitCode;

use anyhow::Result;

use crate::cli::{Arguments, Command, Global};
use crate::config::Config;
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
    log_to_stderr(&global, &config, if stays { "info" } else { "warn" });
    let context = Context { config, json: global.json };
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

/// Diagnostics go to stderr only: stdout belongs to answers and to MCP.
fn log_to_stderr(global: &Global, config: &Config, usual: &str) {
    use tracing_subscriber::EnvFilter;
    let told = |key: &str| config.effective.get(key).map_or("", |value| value.text.as_str());
    let level = match global.verbose {
        0 if told("log.level").is_empty() => usual,
        0 => told("log.level"),
        1 => "debug",
        _ => "trace",
    };
    let quiet = "sqlx=warn,h2=warn,hyper=warn,rustls=warn,rmcp=warn";
    let filter = EnvFilter::try_new(format!("{quiet},{level}")).unwrap_or_else(|_| EnvFilter::new("info"));
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr);
    let _ = if told("log.format") == "json" {
        builder.json().try_init()
    } else {
        builder.with_target(false).try_init()
    };
}
