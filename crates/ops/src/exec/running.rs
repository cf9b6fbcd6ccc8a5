//! Runs what was judged, and tells what came of it.

use std::time::Duration;

use labkeeper_core::fault::{Code, Fault};
use labkeeper_core::pve::GuestKind;
use labkeeper_core::shell::{Captured, Command, End, Finished, Program, Spot};
use schemars::JsonSchema;
use serde::Serialize;

use crate::cx::Cx;
use crate::shells::Reach;

/// When nothing else is said.
const TIMEOUT: u64 = 30_000;
/// Longer than any assistant waits.
const LONGEST: u64 = 600_000;
/// Of each stream, so much is answered.
const KEPT: usize = 64 * 1024;

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

/// Runs it there, until the caller gives up.
pub(super) async fn run(cx: &Cx, reach: &Reach, program: Program, timeout: Duration) -> Result<Ran, Fault> {
    let command = Command { program, stdin: Vec::new(), timeout, keep: KEPT };
    let finished = tokio::select! {
        finished = reach.shell.run(&reach.spot, &command) => finished?,
        () = cx.cancelled.cancelled() => {
            return Err(given_up(reach));
        }
    };
    Ok(told(reach.name.clone(), &finished))
}

fn given_up(reach: &Reach) -> Fault {
    let is_machine = matches!(&reach.spot, Spot::Guest(at) if at.kind == GuestKind::Qemu);
    // No agent ends what it began.
    let state = if is_machine { "may still run there until its time is over" } else { "was ended there" };
    Fault::new(Code::Cancelled, format!("given up; what ran on {} {state}", reach.name))
        .with_hint("what it had done by then stays done")
}

fn told(place: String, finished: &Finished) -> Ran {
    let (exit_code, signal, timed_out, left_running) = match &finished.end {
        End::Code(code) => (Some(*code), None, false, None),
        End::Signal(name) => (None, Some(name.clone()), false, None),
        End::TimedOut => (None, None, true, None),
        End::LeftRunning { pid } => (None, None, true, Some(LeftRunning { pid: *pid })),
    };
    Ran {
        place,
        stdout: text(&finished.stdout),
        stderr: text(&finished.stderr),
        exit_code,
        signal,
        timed_out,
        left_running,
        omitted_bytes: finished.stdout.omitted + finished.stderr.omitted,
    }
}

fn text(stream: &Captured) -> String {
    let head = String::from_utf8_lossy(&stream.head);
    if stream.omitted == 0 {
        return head.into_owned();
    }
    let tail = String::from_utf8_lossy(&stream.tail);
    format!("{head}\n[… {} bytes left out …]\n{tail}", stream.omitted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_of_a_long_output_is_left_out_and_said_so() {
        let stream = Captured { head: b"begin".into(), omitted: 7, tail: b"end".into() };
        assert_eq!(text(&stream), "begin\n[… 7 bytes left out …]\nend");
    }

    #[test]
    fn a_signal_is_no_exit_code() {
        let finished = Finished {
            end: End::Signal("KILL".into()),
            stdout: Captured::default(),
            stderr: Captured::default(),
        };
        let ran = told("CT 101".into(), &finished);
        assert_eq!((ran.exit_code, ran.signal.as_deref(), ran.timed_out), (None, Some("KILL"), false));
    }

    #[test]
    fn a_timeout_that_nobody_waits_for_is_refused() {
        assert!(timeout(Some(0)).is_err());
        assert!(timeout(Some(600_001)).is_err());
        assert_eq!(timeout(None).unwrap(), Duration::from_secs(30));
    }
}
