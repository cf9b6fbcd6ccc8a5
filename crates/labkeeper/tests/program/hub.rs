//! Running the program: one-shot commands, and a hub that is stopped when the test ends.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

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
}

impl Hub {
    /// Starts `labkeeper serve` on a free loopback port and waits until it says where it listens.
    pub(crate) fn start(dir: &Path) -> Self {
        let mut child = labkeeper(dir)
            .args(["serve", "--bind", "127.0.0.1:0"])
            .stdin(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut errors = BufReader::new(child.stderr.take().unwrap());
        let deadline = Instant::now() + Duration::from_secs(20);
        let url = loop {
            let mut line = String::new();
            assert!(errors.read_line(&mut line).unwrap() > 0, "the hub ended before it listened");
            if let Some(at) = line.find("http://") {
                break line[at..].trim().to_string();
            }
            assert!(Instant::now() < deadline, "the hub did not say where it listens");
        };
        // Somebody has to read on, or the hub blocks on a full pipe.
        std::thread::spawn(move || {
            let mut rest = Vec::new();
            let _ = errors.read_to_end(&mut rest);
        });
        Self { child, url }
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
