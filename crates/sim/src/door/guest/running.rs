//! A guest that runs: its first process, in namespaces of its own.

use std::io::{self, BufRead as _, BufReader, Read as _};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use super::tools::PATH;

const BEGIN: &str = include_str!("begin.sh");
/// Files that are beside the guest's own, by name.
const BESIDE: &[(&str, &str)] =
    &[("first.pl", include_str!("first.pl")), ("inside.sh", include_str!("inside.sh"))];

/// How long the end of a guest is waited for: on a node somebody may be stopped who would have to be told of it.
const PATIENCE: Duration = Duration::from_secs(5);

/// The first process of a guest. All of its processes end when this is dropped.
#[derive(Debug)]
pub(super) struct Running {
    child: Option<Child>,
    /// Its number on this machine.
    pub(super) pid: u32,
    /// Its number among the processes of its node.
    pub(super) pid_on_node: u32,
}

impl Running {
    /// Begins the guest of that folder among the processes of a node. Returns when everything is mounted.
    pub(super) fn begin(folder: &Path, name: &str, processes: &Path) -> io::Result<Self> {
        for (file, text) in BESIDE {
            std::fs::write(folder.join(file), text)?;
        }
        for pipe in ["begun", "mapped"] {
            make_pipe(&folder.join(pipe))?;
        }
        let mut flag = std::ffi::OsString::from("--pid=");
        flag.push(processes);
        let mut command = Command::new("nsenter");
        command.env_clear().env("PATH", PATH).current_dir("/").arg(flag);
        command.args(["unshare", "--mount", "--ipc", "/bin/sh", "-c", BEGIN, "sh"]).arg(folder).arg(name);
        let mut child =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
        let said = child.stdout.take().ok_or_else(|| io::Error::other("no pipe"))?;
        match numbers(said) {
            Some((pid, pid_on_node)) => Ok(Self { child: Some(child), pid, pid_on_node }),
            None => {
                let mut why = String::new();
                child.stderr.take().map_or(Ok(0), |mut said| said.read_to_string(&mut why))?;
                child.wait()?;
                Err(io::Error::other(format!("the guest {name} did not start: {why}")))
            }
        }
    }

    /// Whether its first process is still there: root of the node may have ended it.
    pub(super) fn is_there(&mut self) -> bool {
        self.child.as_mut().is_some_and(|child| matches!(child.try_wait(), Ok(None)))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let Some(mut child) = self.child.take() else { return };
        drop(child.stdin.take());
        // The kernel ends everything in there at once, and then waits until each was told to whoever began it.
        let (over, hears) = mpsc::channel();
        thread::spawn(move || over.send(child.wait().is_ok()));
        _ = hears.recv_timeout(PATIENCE);
    }
}

fn make_pipe(path: &Path) -> io::Result<()> {
    if path.exists() {
        return Ok(());
    }
    let made = Command::new("mkfifo").env("PATH", PATH).arg(path).status()?;
    if made.success() { Ok(()) } else { Err(io::Error::other("mkfifo failed")) }
}

/// What the first process says of itself, once it is ready.
fn numbers(said: ChildStdout) -> Option<(u32, u32)> {
    let mut line = String::new();
    BufReader::new(said).read_line(&mut line).ok()?;
    let (pid, pid_on_node) = line.trim_end().split_once(' ')?;
    Some((pid.parse().ok()?, pid_on_node.parse().ok()?))
}
