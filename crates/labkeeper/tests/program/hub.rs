//! Running the program: one-shot commands, and a hub that is stopped when the test ends.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

/// The program on a data directory, deaf to this machine's own configuration.
pub(crate) fn labkeeper(dir: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_labkeeper"));
    command
        .env_clear()
        .env("HOME", dir)
        .env("PATH", "/usr/local/bin:/usr/bin:/bin")
        .arg("--data-dir")
        .arg(dir);
    command
}

/// Runs a command to its end.
pub(crate) fn run(dir: &Path, arguments: &[&str]) -> Output {
    labkeeper(dir).args(arguments).stdin(Stdio::null()).output().unwrap()
}

/// The JSON that a command that must succeed prints.
pub(crate) fn json(dir: &Path, arguments: &[&str]) -> Value {
    let output = labkeeper(dir).arg("--json").args(arguments).stdin(Stdio::null()).output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() || output.status.code() == Some(4), "{arguments:?}: {errors}");
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{arguments:?}: {error}: {errors}"))
}

/// What a command says on stderr, and its exit code.
pub(crate) fn complaint(dir: &Path, arguments: &[&str]) -> (i32, String) {
    let output = run(dir, arguments);
    (output.status.code().unwrap(), String::from_utf8_lossy(&output.stderr).into_owned())
}

/// A running hub.
pub(crate) struct Hub {
    pub(crate) child: Child,
    pub(crate) url: String,
    /// What it said until then.
    pub(crate) said: String,
    /// What it says after that.
    lines: Receiver<String>,
}

impl Hub {
    /// Starts `labkeeper serve` on a free loopback port and waits until it says where it listens.
    pub(crate) fn start(dir: &Path) -> Self {
        Self::start_with(dir, &[])
    }

    /// The same with these variables set.
    pub(crate) fn start_with(dir: &Path, variables: &[(&str, &str)]) -> Self {
        Self::of(labkeeper(dir).arg("serve").envs(variables.iter().copied()))
    }

    /// Starts `labkeeper demo` in the same way.
    pub(crate) fn demo(dir: &Path) -> Self {
        Self::demo_with(dir, &[], &[])
    }

    /// The same with these words and variables.
    pub(crate) fn demo_with(dir: &Path, words: &[&str], variables: &[(&str, &str)]) -> Self {
        Self::of(labkeeper(dir).arg("demo").args(words).envs(variables.iter().copied()))
    }

    fn of(command: &mut Command) -> Self {
        let mut child = command
            .args(["--bind", "127.0.0.1:0"])
            .stdin(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let errors = BufReader::new(child.stderr.take().unwrap());
        let (told, lines) = channel();
        // Somebody has to read on, or the hub blocks on a full pipe.
        std::thread::spawn(move || {
            for line in errors.lines().map_while(Result::ok) {
                let _ = told.send(line);
            }
        });
        let said = said_until(&lines, "http://");
        let url = said[said.find("http://").unwrap()..].split(['"', '\n']).next().unwrap().to_string();
        Self { child, url, said, lines }
    }

    /// Waits until it says these words; answers all that it said since it was last asked.
    pub(crate) fn says_until(&self, words: &str) -> String {
        said_until(&self.lines, words)
    }

    /// Waits until it says these words, unless it said them while it started.
    pub(crate) fn has_said(&self, words: &str) {
        if !self.said.contains(words) {
            self.says_until(words);
        }
    }

    /// Ends it as a supervisor does, and wants it to go in good order; answers how long that took.
    pub(crate) fn stop(mut self) -> Duration {
        let begun = Instant::now();
        kill_process(Pid::from_child(&self.child), Signal::TERM).unwrap();
        assert!(self.child.wait().unwrap().success());
        begun.elapsed()
    }

    /// Ends it at once, as a power cut would.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Hub {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The lines up to one that holds these words; whoever waits for more than 20 seconds waits in vain.
fn said_until(lines: &Receiver<String>, words: &str) -> String {
    let deadline = Instant::now() + Duration::from_secs(20);
    let mut said = String::new();
    loop {
        let left = deadline.saturating_duration_since(Instant::now());
        let line = lines.recv_timeout(left);
        let line = line.unwrap_or_else(|_| panic!("the hub did not say \"{words}\", only:\n{said}"));
        said.push_str(&line);
        said.push('\n');
        if line.contains(words) {
            return said;
        }
    }
}
