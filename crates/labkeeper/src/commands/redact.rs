//! `redact`: takes secrets out of what comes from stdin. A filter: it asks no hub. What cannot be read is not let through.

use std::io::{BufRead as _, Read as _, Write as _};
use std::process::ExitCode;

use anyhow::{Context as _, Result, bail};
use labkeeper_redact::{Redactor, Session, Stream};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::cli::RedactArguments;
use crate::render;

/// So much is read at once.
const PIECE: usize = 64 * 1024;

pub(super) fn run(arguments: &RedactArguments) -> Result<ExitCode> {
    let redactor = Redactor::new(&arguments.key);
    if arguments.jsonl {
        lines(&redactor, arguments.path.as_deref())
    } else {
        stream(&redactor, arguments.path.as_deref())
    }
}

fn session() -> Result<Session> {
    let mut key = [0; 32];
    getrandom::fill(&mut key).context("cannot get randomness for the tags of placeholders")?;
    Ok(Session::new(key))
}

/// Everything from stdin as one text.
fn stream(redactor: &Redactor, path: Option<&str>) -> Result<ExitCode> {
    let mut session = session()?;
    let mut stream = Stream::new(redactor, path);
    let mut input = std::io::stdin().lock();
    let mut out = std::io::stdout().lock();
    let mut kept = Vec::new();
    let mut redactions = 0;
    loop {
        let before = kept.len();
        (&mut input).take(PIECE as u64).read_to_end(&mut kept)?;
        let is_end = kept.len() == before;
        let shown = stream.push(&mut session, &taken(&mut kept, is_end)?);
        redactions += shown.redactions();
        out.write_all(shown.as_str().as_bytes())?;
        if is_end {
            break;
        }
    }
    let shown = stream.finish(&mut session);
    out.write_all(shown.as_str().as_bytes())?;
    out.flush()?;
    render::note(&format!("redactions: {}", redactions + shown.redactions()));
    Ok(ExitCode::SUCCESS)
}

/// The whole characters of what was read; of one that was cut, the beginning stays for the next piece.
fn taken(bytes: &mut Vec<u8>, is_end: bool) -> Result<String> {
    let whole = match std::str::from_utf8(bytes) {
        Ok(text) => text.len(),
        Err(error) if error.error_len().is_none() && !is_end => error.valid_up_to(),
        Err(_) => bail!(
            "the input is not UTF-8: nothing more is shown of it, because a secret could hide in what cannot be read"
        ),
    };
    let rest = bytes.split_off(whole);
    let text = std::mem::replace(bytes, rest);
    Ok(String::from_utf8(text)?)
}

/// A line of `--jsonl`.
#[derive(Deserialize)]
struct Line {
    #[serde(default)]
    id: Value,
    text: String,
    path: Option<String>,
}

/// A text a line. One that cannot be read is reported and left out; the others are answered.
fn lines(redactor: &Redactor, path: Option<&str>) -> Result<ExitCode> {
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    let mut unread = 0;
    for (number, line) in std::io::stdin().lock().split(b'\n').enumerate() {
        let line = line?;
        if line.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        let line: Line = match serde_json::from_slice(&line) {
            Ok(line) => line,
            Err(error) => {
                unread += 1;
                // Where, not what: the message would quote the line.
                render::note(&format!(
                    "line {}: not an object with a text \"text\" (column {})",
                    number + 1,
                    error.column()
                ));
                continue;
            }
        };
        let shown = redactor.text(&mut session()?, &line.text, line.path.as_deref().or(path));
        writeln!(out, "{}", json!({"id": line.id, "out": shown.as_str(), "redactions": shown.redactions()}))?;
    }
    out.flush()?;
    Ok(if unread == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_character_cut_in_two_waits_for_its_other_half() {
        let mut bytes = "aé".as_bytes()[..2].to_vec();
        assert_eq!(taken(&mut bytes, false).unwrap(), "a");
        bytes.push("é".as_bytes()[1]);
        assert_eq!(taken(&mut bytes, true).unwrap(), "é");
    }

    #[test]
    fn what_is_no_text_is_refused_also_when_it_only_lacks_its_end() {
        assert!(taken(&mut vec![b'a', 0xff, b'b'], false).is_err());
        assert!(taken(&mut "é".as_bytes()[..1].to_vec(), true).is_err());
    }
}
