//! `…/agent/exec`, `exec-status`, `file-read`, `file-write`: what reaches the programs and files of a machine.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::agent_reached::reached;
use super::cx::Cx;
use super::interior::{End, Execution, Interior, Printed};
use crate::answer::{Answer, Method, Refusal};

/// What stands between the words of a command: a parameter that is a list is given as one text.
pub(crate) const BETWEEN_WORDS: char = '\0';
/// The most that is read of a file.
const MOST: u64 = 16 * 1024 * 1024;

/// Answers, when it is one of these.
pub(super) fn answer(cx: &Cx<'_>, method: Method, command: &str) -> Option<Answer> {
    Some(match (method, command) {
        (Method::Post, "/exec") => execute(cx),
        (Method::Get, "/exec-status") => status(cx),
        (Method::Get, "/file-read") => read(cx),
        (Method::Post, "/file-write") => write(cx),
        _ => return None,
    })
}

fn interior<'a>(cx: &'a Cx<'_>) -> Result<&'a dyn Interior, Refusal> {
    let missing =
        || Refusal::new(501, "this simulated lab has no insides of guests: its SSH doors make them");
    cx.interior.ok_or_else(missing)
}

fn failed(why: impl std::fmt::Display) -> Refusal {
    Refusal::died(format!("Agent error: {why}"))
}

fn given<'a>(cx: &'a Cx<'_>, name: &str) -> &'a str {
    cx.ask.parameters.get(name).map_or("", String::as_str)
}

fn execute(cx: &Cx<'_>) -> Answer {
    let guest = reached(cx)?;
    let argv: Vec<String> = given(cx, "command").split(BETWEEN_WORDS).map(str::to_owned).collect();
    let input = bytes(given(cx, "input-data"))?;
    let pid = interior(cx)?.execute(guest, &argv, &input).map_err(failed)?;
    Ok(json!({ "pid": pid }))
}

fn status(cx: &Cx<'_>) -> Answer {
    let guest = reached(cx)?;
    let pid = cx.ask.number("pid").unwrap_or_default();
    let Execution::Over { end, printed } = interior(cx)?.executed(guest, pid).map_err(failed)? else {
        return Ok(json!({"exited": 0}));
    };
    let mut said = json!({"exited": 1});
    match end {
        End::Code(code) => said["exitcode"] = code.into(),
        End::Signal(signal) => said["signal"] = signal.into(),
    }
    for (name, Printed { bytes, truncated }) in ["out", "err"].into_iter().zip(&printed) {
        if !bytes.is_empty() {
            said[format!("{name}-data")] = letters(bytes).into();
            said[format!("{name}-truncated")] = u8::from(*truncated).into();
        }
    }
    Ok(said)
}

fn read(cx: &Cx<'_>) -> Answer {
    let guest = reached(cx)?;
    let (offset, count) = (cx.ask.number("offset").unwrap_or(0), cx.ask.number("count").unwrap_or(MOST));
    let (read, whole) = interior(cx)?.read(guest, given(cx, "file"), offset, count).map_err(failed)?;
    let content = if cx.ask.flag("decode") == Some(false) { STANDARD.encode(&read) } else { letters(&read) };
    let mut said = json!({"bytes-read": read.len(), "content": content});
    if !whole {
        said["truncated"] = 1.into();
    }
    Ok(said)
}

fn write(cx: &Cx<'_>) -> Answer {
    let guest = reached(cx)?;
    let content = given(cx, "content");
    let content = match cx.ask.flag("encode") {
        Some(false) => STANDARD.decode(content).map_err(|_| failed("Invalid base64 data"))?,
        _ => bytes(content)?,
    };
    interior(cx)?.write(guest, given(cx, "file"), &content).map_err(failed)?;
    Ok(Value::Null)
}

/// What a machine prints is bytes, and the real node takes each for a letter: text beyond ASCII comes out doubly encoded.
fn letters(bytes: &[u8]) -> String {
    bytes.iter().copied().map(char::from).collect()
}

/// The bytes that letters stand for. From memory: Perl dies of a letter that is none.
fn bytes(text: &str) -> Result<Vec<u8>, Refusal> {
    let bytes: Option<Vec<u8>> = text.chars().map(|letter| u8::try_from(u32::from(letter)).ok()).collect();
    bytes.ok_or_else(|| Refusal::died("Wide character in subroutine entry"))
}
