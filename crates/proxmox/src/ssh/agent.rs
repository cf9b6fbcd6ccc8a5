//! Programs in virtual machines, through the agent and the node's `qm`.

use std::time::Duration;

use labkeeper_core::pve::GuestAt;
use labkeeper_core::shell::{Captured, End, Finished, ShellError};
use serde_json::Value;

use super::capture::Capture;
use super::job::Job;
use super::running::Ran;
use super::supervised::unexpected;

/// The agent takes no more at once; `qm` cuts off what is above it.
pub(super) const INPUT: usize = 1 << 20;

/// The agent keeps 16 MiB of each stream, and JSON can write a byte in six.
const ANSWER: usize = 200 << 20;

/// `qm` itself takes a second or two, and asks the agent again and again.
const OVERHEAD: Duration = Duration::from_secs(20);

/// After the time that the program itself was given: whatever ends it in there goes first.
const LATER: u64 = 7;

/// A program for the agent.
pub(super) struct Question<'a> {
    at: &'a GuestAt,
    words: Vec<String>,
    seconds: u64,
    keep: usize,
}

impl<'a> Question<'a> {
    pub(super) fn new(at: &'a GuestAt, job: &Job<'_>) -> Result<Self, ShellError> {
        if job.stdin.len() > INPUT {
            return Err(ShellError::TooLarge { limit: INPUT as u64 });
        }
        let seconds = job.timeout.as_secs().max(1);
        let mut words: Vec<String> =
            ["qm", "guest", "exec", &at.vmid.to_string(), "--timeout", &(seconds + LATER).to_string()]
                .map(str::to_owned)
                .into();
        if !job.stdin.is_empty() {
            words.extend(["--pass-stdin", "1"].map(str::to_owned));
        }
        words.push("--".to_owned());
        words.extend_from_slice(job.words);
        Ok(Self { at, words, seconds, keep: job.keep })
    }

    /// What runs on the node for it.
    pub(super) fn job<'b>(&'b self, job: &Job<'b>) -> Job<'b> {
        let timeout = Duration::from_secs(self.seconds + LATER) + OVERHEAD;
        Job { words: &self.words, timeout, keep: ANSWER, ..*job }
    }

    /// From what `qm` printed, and how long it took.
    pub(super) fn answer(&self, ran: Ran, took: Duration) -> Result<Finished, ShellError> {
        match ran.end {
            // Nobody knows how far the agent is.
            End::TimedOut => return Ok(left_running(None)),
            End::Code(0) => {}
            _ => return self.refusal(ran),
        }
        let printed = ran.stdout.whole().and_then(|whole| serde_json::from_slice::<Value>(whole).ok());
        let Some(answer) = printed else { return Err(self.unexpected(&ran.stdout)) };
        if !is_true(&answer["exited"]) {
            let pid = answer["pid"].as_i64();
            return if pid.is_some() { Ok(left_running(pid)) } else { Err(self.unexpected(&ran.stdout)) };
        }
        Ok(Finished {
            end: self.end(&answer, took),
            stdout: self.stream(&answer, "out-data", "out-truncated"),
            stderr: self.stream(&answer, "err-data", "err-truncated"),
        })
    }

    fn end(&self, answer: &Value, took: Duration) -> End {
        if let Some(signal) = answer["signal"].as_i64() {
            return End::Signal(signal.to_string());
        }
        match answer["exitcode"].as_i64().and_then(|code| i32::try_from(code).ok()) {
            // As `timeout` says that it did, which stands before what is ended in time in there.
            Some(124 | 137) if took >= Duration::from_secs(self.seconds) => End::TimedOut,
            Some(code) => End::Code(code),
            None => End::Code(0),
        }
    }

    fn stream(&self, answer: &Value, data: &str, truncated: &str) -> Captured {
        let mut captured = Capture::of(&bytes(answer[data].as_str().unwrap_or_default()), self.keep);
        if is_true(&answer[truncated]) {
            // How many more there were is not said.
            captured.omitted += 1;
        }
        captured
    }

    /// Why `qm` did not do it. Its words are the only thing that it says it with.
    fn refusal(&self, ran: Ran) -> Result<Finished, ShellError> {
        let said = String::from_utf8_lossy(&ran.stderr.head).into_owned();
        let vmid = self.at.vmid;
        if said.contains("Failed to execute child process")
            || said.contains("guest-exec") && said.contains("No such file")
        {
            return Ok(Finished { end: End::Code(127), stdout: Captured::default(), stderr: ran.stderr });
        }
        Err(if said.contains("does not exist") {
            ShellError::NoGuest { node: self.at.node.clone(), vmid }
        } else if said.contains("agent is not running")
            || said.contains("agent configured")
            || said.contains("got timeout")
        {
            ShellError::AgentSilent { vmid }
        } else if said.contains("not running") {
            ShellError::NotRunning { vmid }
        } else {
            self.unexpected(&ran.stderr)
        })
    }

    fn unexpected(&self, said: &Captured) -> ShellError {
        let said: String = String::from_utf8_lossy(&said.head).trim().chars().take(200).collect();
        unexpected(&self.at.node, &format_args!("qm guest exec: {said}"))
    }
}

fn left_running(pid: Option<i64>) -> Finished {
    Finished { end: End::LeftRunning { pid }, stdout: Captured::default(), stderr: Captured::default() }
}

/// Perl's truth: 1 and true, as a number or as text.
fn is_true(value: &Value) -> bool {
    match value {
        Value::Bool(yes) => *yes,
        Value::Number(number) => number.as_i64() != Some(0),
        Value::String(text) => !text.is_empty() && text != "0",
        _ => false,
    }
}

/// Some releases of Proxmox write each byte as the character of that number, others read the bytes as UTF-8 first.
fn bytes(text: &str) -> Vec<u8> {
    let latin: Option<Vec<u8>> = text.chars().map(|char| u8::try_from(u32::from(char)).ok()).collect();
    match latin {
        Some(latin) if std::str::from_utf8(&latin).is_ok() => latin,
        _ => text.as_bytes().to_vec(),
    }
}

#[cfg(test)]
mod tests {
    use labkeeper_core::pve::GuestKind;
    use labkeeper_core::shell::Spot;

    use super::*;

    fn asked(end: End, stdout: &str, stderr: &str, took: u64) -> Result<Finished, ShellError> {
        let at =
            GuestAt { node: "pve1".parse().unwrap(), kind: GuestKind::Qemu, vmid: "200".parse().unwrap() };
        let (spot, words) = (Spot::Guest(at.clone()), ["true".to_owned()]);
        let timeout = Duration::from_secs(2);
        let job = Job { spot: &spot, words: &words, stdin: &[], timeout, grace: timeout, keep: 6 };
        let kept = |text: &str| Capture::of(text.as_bytes(), 4096);
        let ran = Ran { end, stdout: kept(stdout), stderr: kept(stderr) };
        Question::new(&at, &job)?.answer(ran, Duration::from_secs(took))
    }

    fn good(answer: &str, took: u64) -> Finished {
        asked(End::Code(0), answer, "", took).unwrap()
    }

    #[test]
    fn what_qm_prints_is_what_the_program_did() {
        let recorded = r#"{"err-data":"e\n","err-truncated":0,"exitcode":3,"exited":1,"out-data":"o\n","out-truncated":0}"#;
        let finished = good(recorded, 1);
        assert_eq!(finished.end, End::Code(3));
        assert_eq!(
            (finished.stdout.head.as_slice(), finished.stderr.head.as_slice()),
            (&b"o\n"[..], &b"e\n"[..])
        );
        assert_eq!(good(r#"{"exited":true,"signal":9}"#, 1).end, End::Signal("9".to_owned()));
        assert_eq!(good(r#"{"pid":156}"#, 9).end, End::LeftRunning { pid: Some(156) });
        assert_eq!(good(r#"{"exited":1,"exitcode":124}"#, 1).end, End::Code(124));
        assert_eq!(good(r#"{"exited":1,"exitcode":124}"#, 3).end, End::TimedOut);
        let cut = good(r#"{"exited":1,"exitcode":0,"out-data":"12345678","out-truncated":true}"#, 1).stdout;
        assert_eq!((cut.head.as_slice(), cut.omitted, cut.tail.as_slice()), (&b"123"[..], 3, &b"678"[..]));
    }

    #[test]
    fn letters_are_read_as_either_release_writes_them() {
        for (written, meant) in
            [("gr\u{c3}\u{bc}n", "grün"), ("grün", "grün"), ("漢字", "漢字"), ("plain", "plain")]
        {
            assert_eq!(bytes(written), meant.as_bytes(), "{written}");
        }
    }

    #[test]
    fn what_qm_refuses_is_told_apart() {
        let refused = |stderr: &str| asked(End::Code(255), "", stderr, 1);
        let vmid = "200".parse().unwrap();
        assert_eq!(refused("QEMU guest agent is not running\n"), Err(ShellError::AgentSilent { vmid }));
        assert_eq!(refused("No QEMU guest agent configured\n"), Err(ShellError::AgentSilent { vmid }));
        assert_eq!(refused("VM 200 is not running\n"), Err(ShellError::NotRunning { vmid }));
        let gone = refused("Configuration file 'nodes/pve1/qemu-server/200.conf' does not exist\n");
        assert_eq!(gone, Err(ShellError::NoGuest { node: "pve1".parse().unwrap(), vmid }));
        let none =
            refused("Agent error: Failed to execute child process “/no/such” (No such file or directory)\n");
        assert_eq!(none.unwrap().end, End::Code(127));
        assert!(matches!(refused("something else"), Err(ShellError::Unexpected { .. })));
        assert!(matches!(asked(End::Code(0), "no JSON", "", 1), Err(ShellError::Unexpected { .. })));
    }
}
