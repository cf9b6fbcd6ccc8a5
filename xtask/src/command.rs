//! Running other programs: echoed before they start, and a failure names the whole command line.

use std::ffi::OsStr;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::process::{Command, Stdio};
use std::thread;

use anyhow::{Context, Result, bail};

/// Runs `command` on our own streams.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let line = announce(command);
    let status = command.status().with_context(|| format!("cannot start `{line}`"))?;
    if !status.success() {
        bail!("`{line}` ended with {status}");
    }
    Ok(())
}

/// Runs `command` quietly and returns its standard output, which must be UTF-8.
pub(crate) fn read(command: &mut Command) -> Result<String> {
    let line = spell(command);
    let output =
        command.stderr(Stdio::inherit()).output().with_context(|| format!("cannot start `{line}`"))?;
    if !output.status.success() {
        bail!("`{line}` ended with {}", output.status);
    }
    String::from_utf8(output.stdout).with_context(|| format!("`{line}` printed something that is not UTF-8"))
}

/// Whether `command` can be started and succeeds; what it prints is dropped.
pub(crate) fn succeeds(command: &mut Command) -> bool {
    let quiet = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    quiet.status().is_ok_and(|status| status.success())
}

/// Whether a program of that name is on the PATH.
pub(crate) fn is_installed(program: &str) -> bool {
    succeeds(Command::new("sh").args(["-c", "command -v -- \"$0\"", program]))
}

/// Runs `command` without standard input, passes its output through, and keeps the lines that `wanted` picks,
/// whether or not it succeeds.
pub(crate) fn run_keeping(
    command: &mut Command,
    wanted: fn(&str) -> bool,
    kept: &mut Vec<String>,
) -> Result<()> {
    let line = announce(command);
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("cannot start `{line}`"))?;
    let stdout = child.stdout.take().expect("stdout is piped");
    let stderr = child.stderr.take().expect("stderr is piped");
    thread::scope(|scope| {
        let errors = scope.spawn(|| pass_through(stderr, io::stderr(), wanted));
        let lines = pass_through(stdout, io::stdout(), wanted);
        kept.extend(lines);
        kept.extend(errors.join().expect("passing lines through does not panic"));
    });
    let status = child.wait().with_context(|| format!("cannot wait for `{line}`"))?;
    if !status.success() {
        bail!("`{line}` ended with {status}");
    }
    Ok(())
}

fn pass_through(from: impl Read, mut to: impl Write, wanted: fn(&str) -> bool) -> Vec<String> {
    let mut kept = Vec::new();
    let mut reader = BufReader::new(from);
    let mut line = Vec::new();
    while reader.read_until(b'\n', &mut line).is_ok_and(|read| read > 0) {
        // A reader of ours that went away must not stop the program that is being run.
        let _ = to.write_all(&line);
        let text = without_colour(String::from_utf8_lossy(&line).trim_end());
        if wanted(&text) {
            kept.push(text.trim().to_owned());
        }
        line.clear();
    }
    kept
}

/// Drops the `ESC [ … letter` sequences that colour a terminal.
fn without_colour(line: &str) -> String {
    let mut plain = String::with_capacity(line.len());
    let mut characters = line.chars();
    while let Some(character) = characters.next() {
        if character == '\u{1b}' {
            characters.by_ref().find(char::is_ascii_alphabetic);
        } else {
            plain.push(character);
        }
    }
    plain
}

fn announce(command: &Command) -> String {
    let line = spell(command);
    eprintln!("$ {line}");
    line
}

fn spell(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(OsStr::to_string_lossy).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failing_command_keeps_its_wanted_lines_and_is_named_in_the_error() {
        let mut kept = Vec::new();
        let mut command = Command::new("sh");
        command.args(["-c", "printf '\\033[32mSummary\\033[0m 1\\nnoise\\n'; echo 'Summary 2' >&2; exit 3"]);
        let error = run_keeping(&mut command, |line| line.contains("Summary"), &mut kept)
            .expect_err("it exits with 3");
        assert_eq!(kept, ["Summary 1", "Summary 2"]);
        assert!(error.to_string().contains("exit 3"), "{error}");
    }

    #[test]
    fn a_program_that_is_not_there_is_not_installed() {
        assert!(is_installed("sh"));
        assert!(!is_installed("no-such-program-anywhere"));
    }
}
