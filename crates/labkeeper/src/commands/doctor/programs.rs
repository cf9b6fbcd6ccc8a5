//! Programs beside labkeeper: git, and the assistant's command line.

use std::time::Duration;

use labkeeper_core::checkup::{Finding, Level};
use labkeeper_core::ports::History as _;
use tokio::process::Command;
use tokio::time::timeout;

use super::check::Check;
use super::program::{Ran, run};
use crate::config::Config;

const PATIENCE: Duration = Duration::from_secs(2);

/// Whether git is there, and how the history of configurations stands, which alone wants it.
pub(super) async fn git(config: &Config) -> Finding {
    match run(Command::new("git").arg("--version"), PATIENCE).await {
        Ran::Well(version) => history(config, &version).await,
        Ran::Missing => Check::Git
            .ok("git is not there: no history of configurations is kept")
            .with_detail("install git if you want one; nothing else needs it"),
        Ran::Badly(complaint) => Check::Git
            .finds(Level::Warn, format!("git does not work: {complaint}"))
            .with_remedy("install git anew, or take it away"),
        Ran::TooSlow => unanswered(Check::Git, "git"),
    }
}

/// Looks at a history that is there, and makes none.
async fn history(config: &Config, version: &str) -> Finding {
    let Some(repository) = config.history.repository() else {
        return Check::Git.ok(format!("{version} is there; no history of configurations is wanted"));
    };
    let is_there =
        config.history.directory.as_ref().is_some_and(|directory| directory.join("HEAD").is_file());
    if !is_there {
        return Check::Git.ok(format!("{version} is there, for the history of configurations"));
    }
    let state = match timeout(PATIENCE, repository.state()).await {
        Ok(Ok(state)) => state,
        Ok(Err(error)) => {
            return Check::Git.finds(Level::Warn, error.to_string()).with_remedy(error.remedy());
        }
        Err(_) => return unanswered(Check::Git, "git"),
    };
    let newest = state.newest.map(|at| format!(", the newest of {at}")).unwrap_or_default();
    let said = format!("{version}; the history of configurations has {} commits{newest}", state.commits);
    match state.push_problem {
        Some(problem) => Check::Git
            .finds(Level::Warn, format!("the history of configurations could not be pushed: {problem}"))
            .with_detail(said)
            .with_remedy("see that GIT_HISTORY_REMOTE can be reached and takes this user's pushes; the next commit pushes all of it"),
        None => Check::Git.ok(said),
    }
}

/// Whether Claude Code knows labkeeper. Other clients say nothing about themselves.
pub(super) async fn claude_code() -> Finding {
    match run(Command::new("claude").args(["mcp", "get", "labkeeper"]), PATIENCE).await {
        Ran::Well(_) => Check::ClaudeCode.ok("labkeeper is registered with Claude Code"),
        Ran::Missing => Check::ClaudeCode
            .ok("Claude Code is not on this machine")
            .with_detail("`labkeeper mcp --print-config` prints what other clients need"),
        Ran::Badly(_) => Check::ClaudeCode
            .ok("Claude Code is there and does not know labkeeper")
            .with_detail("`labkeeper mcp --print-config claude-code` prints the command that registers it"),
        Ran::TooSlow => unanswered(Check::ClaudeCode, "claude"),
    }
}

fn unanswered(check: Check, program: &str) -> Finding {
    let finding =
        check.finds(Level::Unknown, format!("{program} did not answer within {} s", PATIENCE.as_secs()));
    finding.with_remedy(format!("run {program} by hand and see what keeps it"))
}
