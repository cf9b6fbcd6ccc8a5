//! The release binary as a process of its own, on a throw-away data directory.

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};

use crate::engine::Engine;

pub(crate) struct Hub {
    child: Child,
    pub(crate) address: String,
    pub(crate) dir: tempfile::TempDir,
}

impl Hub {
    /// Starts it on a free loopback port and waits until it says where it listens.
    pub(crate) fn start(program: &Path, models: Option<&Path>) -> Result<Self> {
        let dir = tempfile::tempdir()?;
        let command = command(program, dir.path(), models);
        Self::begin(command, program, dir)
    }

    /// As [`Hub::start`], on that engine.
    pub(crate) async fn start_on(engine: &Engine, program: &Path) -> Result<Self> {
        let dir = tempfile::tempdir()?;
        let mut command = command(program, dir.path(), None);
        command.envs(engine.url(dir.path()).await?.map(|url| ("DATABASE_URL", url)));
        Self::begin(command, program, dir)
    }

    /// Ends it, and takes away what it wrote outside of its directory.
    pub(crate) async fn end(mut self, engine: &Engine) -> Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        engine.forget(self.dir.path()).await
    }

    fn begin(mut command: Command, program: &Path, dir: tempfile::TempDir) -> Result<Self> {
        let mut child = command
            .args(["serve", "--bind", "127.0.0.1:0"])
            .stderr(Stdio::piped())
            .spawn()
            .with_context(|| format!("cannot start {}: build it first", program.display()))?;
        let mut errors = BufReader::new(child.stderr.take().context("no stderr")?);
        let address = loop {
            let mut line = String::new();
            if errors.read_line(&mut line)? == 0 {
                bail!("the hub ended before it listened");
            }
            if let Some(at) = line.find("http://") {
                break line[at + 7..].trim().to_string();
            }
        };
        std::thread::spawn(move || errors.read_to_end(&mut Vec::new()));
        Ok(Self { child, address, dir })
    }

    /// Processor time used so far, in seconds.
    pub(crate) fn cpu_seconds(&self) -> Result<f64> {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id()))?;
        let fields: Vec<&str> = stat.rsplit(')').next().context("no fields")?.split_whitespace().collect();
        let ticks: f64 = fields[11].parse::<f64>()? + fields[12].parse::<f64>()?;
        // The kernel's USER_HZ is 100 on every Linux that Rust supports.
        Ok(ticks / 100.0)
    }

    /// Waits until it has nothing left to do, such as reading what was just written into its search: two clock ticks
    /// of work in half a second at most.
    #[expect(clippy::disallowed_methods, reason = "a process at rest can only be watched for a while")]
    pub(crate) fn settle(&self) -> Result<()> {
        let start = Instant::now();
        let mut before = self.cpu_seconds()?;
        while start.elapsed() < Duration::from_secs(120) {
            std::thread::sleep(Duration::from_millis(500));
            let now = self.cpu_seconds()?;
            if now - before < 0.025 {
                return Ok(());
            }
            before = now;
        }
        bail!("the hub is still busy after two minutes")
    }

    /// Resident memory, in MiB.
    pub(crate) fn resident_mib(&self) -> Result<f64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find(|line| line.starts_with("VmRSS:")).context("no VmRSS")?;
        let kib: f64 = line.split_whitespace().nth(1).context("no figure")?.parse()?;
        Ok(kib / 1024.0)
    }
}

impl Drop for Hub {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The program, deaf to this machine's configuration; without `models` it finds none.
pub(crate) fn command(program: &Path, dir: &Path, models: Option<&Path>) -> Command {
    let mut command = Command::new(program);
    command
        .env_clear()
        .env("HOME", dir)
        .arg("--data-dir")
        .arg(dir.join("hub"))
        .stdin(Stdio::null())
        .stdout(Stdio::null());
    if let Some(models) = models {
        command.env("LABKEEPER_MODELS", models);
    }
    command
}

/// Middle of the values.
pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

/// Where the release build puts the program.
pub(crate) fn release_program() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/release/labkeeper")
}
