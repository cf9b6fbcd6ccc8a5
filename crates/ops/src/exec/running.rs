//! Runs what was judged, and tells what came of it.

use std::time::Duration;

use labkeeper_core::budget::boundary_before;
use labkeeper_core::fault::Fault;
use labkeeper_core::pve::GuestKind;
use labkeeper_core::shell::{Captured, Command, End, Finished, Program, Spot};
use schemars::JsonSchema;
use serde::Serialize;

use crate::cx::Cx;
use crate::files::tailing::without_cut_key;
use crate::outputs::{LongOutput, OutputId};
use crate::shells::Reach;

/// When nothing else is said.
const TIMEOUT: u64 = 30_000;
/// Longer than any assistant waits.
const LONGEST: u64 = 600_000;
/// Of each stream, so much comes from there.
const KEPT: usize = 1 << 20;
/// Of each stream, so much is answered; the rest is kept for a while.
const SHOWN: usize = 64 << 10;

/// What came of a command. That it ended badly is an answer, no error.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Ran {
    /// Where it ran: `CT 101 (dns) on pve2`, `node pve1`.
    pub place: String,
    /// What it wrote to standard output; the middle is left out when it is long.
    pub stdout: String,
    /// What it wrote to standard error, likewise.
    pub stderr: String,
    /// Its exit code; null when a signal ended it, or when it did not end in time.
    pub exit_code: Option<i32>,
    /// The signal that ended it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signal: Option<String>,
    /// It took too long and was ended.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub timed_out: bool,
    /// It took too long and may still be running there, as this process if that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub left_running: Option<LeftRunning>,
    /// Bytes that are not shown.
    #[serde(skip_serializing_if = "is_zero")]
    pub omitted_bytes: u64,
    /// Resources that have what is not shown, for an hour.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub rest: Vec<String>,
}

/// A command that outlived its time.
#[derive(Debug, Serialize, JsonSchema)]
pub struct LeftRunning {
    /// Its process id in the guest.
    pub pid: Option<i64>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
fn is_zero(number: &u64) -> bool {
    *number == 0
}

/// The time-out that was asked for, if it may be.
pub(super) fn timeout(asked: Option<u64>) -> Result<Duration, Fault> {
    match asked.unwrap_or(TIMEOUT) {
        millis @ 1..=LONGEST => Ok(Duration::from_millis(millis)),
        _ => Err(Fault::invalid("timeoutMs", format!("timeoutMs is from 1 to {LONGEST}"))
            .with_hint("what takes longer is better begun in the background, and its log looked at")),
    }
}

/// Runs it there, until the caller gives up or labkeeper cannot wait for it any more.
pub(super) async fn run(cx: &Cx, reach: &Reach, program: Program, timeout: Duration) -> Result<Ran, Fault> {
    let command = Command { program, stdin: Vec::new(), timeout, keep: KEPT };
    let finished = tokio::select! {
        finished = reach.shell.run(&reach.spot, &command) => finished?,
        () = cx.is_to_leave() => return Err(given_up(cx, reach)),
    };
    told(cx, &reach.name, &finished)
}

fn given_up(cx: &Cx, reach: &Reach) -> Fault {
    let is_machine = matches!(&reach.spot, Spot::Guest(at) if at.kind == GuestKind::Qemu);
    // No agent ends what it began.
    let state = if is_machine { "may still run there until its time is over" } else { "was ended there" };
    cx.stopped(&format!("what ran on {} {state}", reach.name))
        .with_hint("what it had done by then stays done")
}

fn told(cx: &Cx, place: &str, finished: &Finished) -> Result<Ran, Fault> {
    let (exit_code, signal, timed_out, left_running) = ended(&finished.end);
    let stdout = shown(cx, place, "stdout", &finished.stdout)?;
    let stderr = shown(cx, place, "stderr", &finished.stderr)?;
    Ok(Ran {
        place: place.into(),
        omitted_bytes: stdout.omitted + stderr.omitted,
        rest: [stdout.rest, stderr.rest].into_iter().flatten().collect(),
        stdout: stdout.text,
        stderr: stderr.text,
        exit_code,
        signal,
        timed_out,
        left_running,
    })
}

fn ended(end: &End) -> (Option<i32>, Option<String>, bool, Option<LeftRunning>) {
    match end {
        End::Code(code) => (Some(*code), None, false, None),
        End::Signal(name) => (None, Some(name.clone()), false, None),
        End::TimedOut => (None, None, true, None),
        End::LeftRunning { pid } => (None, None, true, Some(LeftRunning { pid: *pid })),
    }
}

/// What is answered of a stream.
struct Shown {
    text: String,
    /// Bytes that are not in it.
    omitted: u64,
    /// Where they are.
    rest: Option<String>,
}

/// Secrets are taken out of the whole before it is cut: of one that is cut in two the redactor would see neither half.
fn shown(cx: &Cx, place: &str, stream: &'static str, captured: &Captured) -> Result<Shown, Fault> {
    let (mut whole, left_out) = text(captured, cx.actor.is_person());
    if !cx.actor.is_person() {
        let redactor = cx.house().redactor();
        let told = |session: &mut _| redactor.text(session, &whole, None).into_string();
        whole = cx.house().sessions().with_secrets(&cx.actor, told)?;
    }
    let Some((head, between, tail)) = cut(&whole) else {
        return Ok(Shown { text: whole, omitted: left_out, rest: None });
    };
    let text = joined(head, between.len() as u64, tail);
    let (omitted, shown) = (between.len() as u64 + left_out, head.len());
    let id = cx.keep_output(LongOutput { place, stream, text: whole, shown })?;
    Ok(Shown { text, omitted, rest: id.map(OutputId::uri) })
}

/// Beginning, middle and end of what is too long to be shown.
fn cut(whole: &str) -> Option<(&str, &str, &str)> {
    if whole.len() <= SHOWN {
        return None;
    }
    let (head, rest) = whole.split_at(boundary_before(whole, SHOWN / 2));
    let (between, tail) = rest.split_at(boundary_before(rest, rest.len() - SHOWN / 2));
    Some((head, between, tail))
}

/// What came from there, and how many bytes are not in it. Of lines that were cut, and of a key whose beginning was left out, a program
/// sees nothing: the redactor would not know the rest of a secret.
fn text(stream: &Captured, for_person: bool) -> (String, u64) {
    let (mut head, mut tail) = (stream.head.as_slice(), stream.tail.as_slice());
    if stream.omitted == 0 {
        return (String::from_utf8_lossy(head).into_owned(), 0);
    }
    if !for_person {
        let is_break = |byte: &u8| *byte == b'\n';
        head = &head[..head.iter().rposition(is_break).map_or(0, |at| at + 1)];
        tail = &tail[tail.iter().position(is_break).map_or(tail.len(), |at| at + 1)..];
    }
    let cut = (stream.head.len() - head.len()) + (stream.tail.len() - tail.len());
    let omitted = stream.omitted + cut as u64;
    let end = String::from_utf8_lossy(tail).into_owned();
    let end = if for_person { end } else { without_cut_key(end) };
    (joined(&String::from_utf8_lossy(head), omitted, &end), omitted)
}

fn joined(head: &str, omitted: u64, tail: &str) -> String {
    format!("{head}\n[… {omitted} bytes left out …]\n{tail}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_of_a_long_output_is_left_out_and_said_so() {
        let stream = Captured { head: b"begin".into(), omitted: 7, tail: b"end".into() };
        assert_eq!(text(&stream, true), ("begin\n[… 7 bytes left out …]\nend".into(), 7));
        let key = b"AAAA\n-----END OPENSSH PRIVATE KEY-----\nend".to_vec();
        let stream = Captured { tail: key, ..stream };
        let (told, _) = text(&stream, false);
        assert!(!told.contains("AAAA") && told.ends_with("\nend"), "{told}");
    }

    #[test]
    fn lines_that_were_cut_are_left_out_for_programs() {
        let stream =
            Captured { head: b"one\nTOKEN=half".into(), omitted: 7, tail: b"other half\nend".into() };
        assert_eq!(text(&stream, false), ("one\n\n[… 28 bytes left out …]\nend".into(), 28));
        let unbroken = Captured { head: b"abc".into(), omitted: 7, tail: b"def".into() };
        assert_eq!(text(&unbroken, false).1, 13, "all of it is one line that was cut");
    }

    #[test]
    fn what_is_long_is_cut_between_characters() {
        assert_eq!(cut(&"x".repeat(SHOWN)), None);
        // Three bytes each, which no half is a multiple of.
        let long = "…".repeat(SHOWN);
        let (head, between, tail) = cut(&long).unwrap();
        assert!(head.len() <= SHOWN / 2 && tail.len() < SHOWN / 2 + 3 && head.len() + tail.len() > SHOWN - 3);
        assert_eq!(head.len() + between.len() + tail.len(), long.len());
    }

    #[test]
    fn a_signal_is_no_exit_code() {
        let (exit_code, signal, timed_out, _) = ended(&End::Signal("KILL".into()));
        assert_eq!((exit_code, signal.as_deref(), timed_out), (None, Some("KILL"), false));
    }

    #[test]
    fn a_timeout_that_nobody_waits_for_is_refused() {
        assert!(timeout(Some(0)).is_err());
        assert!(timeout(Some(600_001)).is_err());
        assert_eq!(timeout(None).unwrap(), Duration::from_secs(30));
    }
}
