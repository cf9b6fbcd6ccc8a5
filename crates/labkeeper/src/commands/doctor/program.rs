//! Running somebody else's program for a moment.

use std::io::ErrorKind;
use std::process::Stdio;
use std::time::Duration;

use tokio::process::Command;
use tokio::time::timeout;

/// What became of it.
pub(super) enum Ran {
    /// It said yes; what it printed.
    Well(String),
    /// It said no; what it complained about.
    Badly(String),
    /// It is not on this machine.
    Missing,
    /// It did not come to an end, and was ended.
    TooSlow,
}

/// Runs it without input. Each argument is a word of its own, never a line for a shell.
pub(super) async fn run(command: &mut Command, limit: Duration) -> Ran {
    command.stdin(Stdio::null()).kill_on_drop(true);
    let output = match timeout(limit, command.output()).await {
        Ok(Ok(output)) => output,
        Ok(Err(error)) if error.kind() == ErrorKind::NotFound => return Ran::Missing,
        Ok(Err(error)) => return Ran::Badly(error.to_string()),
        Err(_) => return Ran::TooSlow,
    };
    if output.status.success() { Ran::Well(said(&output.stdout)) } else { Ran::Badly(said(&output.stderr)) }
}

/// The last line of it, which says the most, and no more of that than fits into a sentence.
fn said(bytes: &[u8]) -> String {
    const LONGEST: usize = 300;
    let text = String::from_utf8_lossy(bytes);
    text.trim().lines().last().unwrap_or_default().chars().take(LONGEST).collect()
}
