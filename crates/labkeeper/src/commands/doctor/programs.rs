//! Programs beside labkeeper: git, and the assistant's command line.

use std::time::Duration;

use labkeeper_core::checkup::{Finding, Level};
use tokio::process::Command;

use super::check::Check;
use super::program::{Ran, run};

const PATIENCE: Duration = Duration::from_secs(2);

/// Whether git is there; only the history of configurations wants it.
pub(super) async fn git() -> Finding {
    match run(Command::new("git").arg("--version"), PATIENCE).await {
        Ran::Well(version) => Check::Git.ok(format!("{version} is there, for the history of configurations")),
        Ran::Missing => Check::Git
            .ok("git is not there: no history of configurations is kept")
            .with_detail("install git if you want one; nothing else needs it"),
        Ran::Badly(complaint) => Check::Git
            .finds(Level::Warn, format!("git does not work: {complaint}"))
            .with_remedy("install git anew, or take it away"),
        Ran::TooSlow => unanswered(Check::Git, "git"),
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
