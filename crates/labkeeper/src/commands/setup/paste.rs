//! The way by the owner's hand: the script is printed for the node's web shell, and its answer read from stdin.

use std::io::{BufRead, Read as _};

use anyhow::{Result, bail};
use labkeeper_core::provision::HasAnswer;

use crate::render;

/// More than any terminal session around an answer has.
const MOST: u64 = 1 << 20;

/// Prints the script and gives back everything up to the end of the answer.
///
/// # Errors
/// When stdin or stdout cannot be used.
pub(super) fn run(script: &str, json: bool) -> Result<String> {
    render::note(
        "In Proxmox's web interface choose the node, then >_ Shell, and paste this there. Then copy what it prints, from the first line with \
         === to the last, and paste it here. If it printed no such line but an error, press Ctrl-D here, mend it, and begin again.\n",
    );
    // With --json, stdout is for the result.
    if json {
        render::note(script);
    } else {
        render::print(script)?;
    }
    read(std::io::stdin().lock().take(MOST))
}

/// Up to the mark at the end, or to two blank lines after the beginning: then something was not copied.
fn read(mut input: impl BufRead) -> Result<String> {
    let mut text = String::new();
    let mut blank = 0;
    loop {
        let mut line = Vec::new();
        if input.read_until(b'\n', &mut line)? == 0 {
            break;
        }
        let line = String::from_utf8_lossy(&line);
        blank = if line.trim().is_empty() { blank + 1 } else { 0 };
        text.push_str(&line);
        match HasAnswer::in_text(&text) {
            HasAnswer::Whole => break,
            HasAnswer::Begun if blank > 1 => break,
            HasAnswer::Begun | HasAnswer::NotYet => {}
        }
    }
    if text.trim().is_empty() {
        bail!("no answer of the node came: paste what the script printed");
    }
    Ok(text)
}
