//! Asking the person at the terminal.

use std::io::IsTerminal;
use std::process::ExitCode;

use anyhow::Result;

/// Asks on the terminal; without one the answer is no.
pub(super) fn agreed(question: &str, yes: bool) -> Result<bool> {
    use std::io::BufRead;
    if yes {
        return Ok(true);
    }
    if !std::io::stdin().is_terminal() {
        crate::render::note(&format!("{question} Nobody is there to ask: repeat with --yes."));
        return Ok(false);
    }
    crate::render::note(&format!("{question} [y/N]"));
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line)?;
    Ok(matches!(line.trim(), "y" | "Y" | "yes"))
}

/// The exit code of something a person declined.
pub(super) fn refused() -> ExitCode {
    ExitCode::from(3)
}
