//! What a guest agent does in a machine: programs and files.

use std::collections::BTreeMap;
use std::io::{self, BufRead as _, BufReader, Read, Write as _};
use std::net::Shutdown;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

use super::tools::{ATTACH, PATH};
use crate::api::{End, Execution, Printed};

const EXECUTE: &str = include_str!("agent.pl");
const FILE: &str = include_str!("agent_file.pl");
/// Bytes that are kept of each stream.
const MOST: usize = 16 * 1024 * 1024;

/// Programs that were started and not yet asked about to their end.
#[derive(Debug, Default)]
pub(super) struct Executions(Mutex<Begun>);

/// By guest and number.
type Begun = BTreeMap<(u32, i64), Arc<Mutex<Progress>>>;

/// How far a program is: it is over when it has ended and nobody has its streams any more.
#[derive(Debug, Default)]
struct Progress {
    end: Option<End>,
    printed: [Option<Printed>; 2],
}

impl Executions {
    /// Starts a program in the guest of that first process.
    pub(super) fn begin(&self, vmid: u32, guest: u32, argv: &[String], input: &[u8]) -> Result<i64, String> {
        let (child, mut tells) = start(guest, argv, input).map_err(|error| error.to_string())?;
        let mut line = String::new();
        tells.read_line(&mut line).map_err(|error| error.to_string())?;
        let (word, rest) = line.trim_end().split_once(' ').unwrap_or((line.as_str(), ""));
        if word != "started" {
            let program = argv.first().map_or("", String::as_str);
            return Err(format!("Failed to execute child process \u{201c}{program}\u{201d} ({rest})"));
        }
        let pid = rest.parse().map_err(|_| format!("no number of a process: {rest}"))?;
        let progress = Arc::new(Mutex::new(Progress::default()));
        watch(child, tells, &progress);
        self.lock().insert((vmid, pid), progress);
        Ok(pid)
    }

    /// How it is with a program.
    pub(super) fn look(&self, vmid: u32, pid: i64) -> Result<Execution, String> {
        let mut all = self.lock();
        let progress = all.get(&(vmid, pid)).ok_or("Invalid parameter 'pid'")?;
        let over = {
            let progress = progress.lock().unwrap_or_else(PoisonError::into_inner);
            match (progress.end, &progress.printed) {
                (Some(end), [Some(out), Some(err)]) => Some((end, [out.clone(), err.clone()])),
                _ => None,
            }
        };
        let Some((end, printed)) = over else { return Ok(Execution::Runs) };
        all.remove(&(vmid, pid));
        Ok(Execution::Over { end, printed })
    }

    fn lock(&self) -> MutexGuard<'_, Begun> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn start(guest: u32, argv: &[String], input: &[u8]) -> io::Result<(Child, BufReader<UnixStream>)> {
    let (mut ours, theirs) = UnixStream::pair()?;
    let mut command = perl(EXECUTE);
    command.arg(guest.to_string()).args(argv);
    command.stdin(OwnedFd::from(theirs)).stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = command.spawn()?;
    // The command holds the other end open as long as it is there.
    drop(command);
    ours.write_all(input)?;
    ours.shutdown(Shutdown::Write)?;
    Ok((child, BufReader::new(ours)))
}

fn perl(program: &str) -> Command {
    let mut command = Command::new("perl");
    command.env_clear().env("PATH", PATH).current_dir("/").args(["-e", &format!("{ATTACH}{program}"), "--"]);
    command
}

/// Follows it to its end, beside whoever asks.
fn watch(mut child: Child, mut tells: BufReader<UnixStream>, progress: &Arc<Mutex<Progress>>) {
    let streams: [Option<Box<dyn Read + Send>>; 2] = [
        child.stdout.take().map(|stream| Box::new(stream) as Box<dyn Read + Send>),
        child.stderr.take().map(|stream| Box::new(stream) as Box<dyn Read + Send>),
    ];
    for (at, stream) in streams.into_iter().enumerate() {
        let progress = Arc::clone(progress);
        thread::spawn(move || {
            let printed = stream.map(keep).unwrap_or_default();
            progress.lock().unwrap_or_else(PoisonError::into_inner).printed[at] = Some(printed);
        });
    }
    let progress = Arc::clone(progress);
    thread::spawn(move || {
        let mut line = String::new();
        _ = tells.read_line(&mut line);
        _ = child.wait();
        let end = match line.trim_end().split_once(' ') {
            Some(("code", code)) => code.parse().ok().map(End::Code),
            Some(("signal", signal)) => signal.parse().ok().map(End::Signal),
            _ => None,
        };
        // Who said nothing ended with the machine.
        progress.lock().unwrap_or_else(PoisonError::into_inner).end = Some(end.unwrap_or(End::Signal(9)));
    });
}

/// The first bytes; the rest is read too, so that nobody waits.
fn keep(mut stream: Box<dyn Read + Send>) -> Printed {
    let mut bytes = Vec::new();
    _ = (&mut stream).take(MOST as u64).read_to_end(&mut bytes);
    let more = io::copy(&mut stream, &mut io::sink()).unwrap_or(0);
    Printed { bytes, truncated: more > 0 }
}

/// Reads at most so many bytes of a file, and says whether that was all.
pub(super) fn read(guest: u32, path: &str, offset: u64, count: u64) -> Result<(Vec<u8>, bool), String> {
    let (offset, most) = (offset.to_string(), count.to_string());
    let mut read = file(&[&guest.to_string(), "read", path, &offset, &most], &[])?;
    let wanted = usize::try_from(count).unwrap_or(usize::MAX);
    let whole = read.len() <= wanted;
    read.truncate(wanted);
    Ok((read, whole))
}

/// Gives a file those bytes.
pub(super) fn write(guest: u32, path: &str, bytes: &[u8]) -> Result<(), String> {
    file(&[&guest.to_string(), "write", path, "0", "0"], bytes).map(|_| ())
}

fn file(words: &[&str], input: &[u8]) -> Result<Vec<u8>, String> {
    let mut command = perl(FILE);
    command.args(words).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let done = command.spawn().and_then(|mut child| {
        // What it does not read is not wanted: it failed before, and says why.
        if let Some(mut stdin) = child.stdin.take() {
            _ = stdin.write_all(input);
        }
        child.wait_with_output()
    });
    let done = done.map_err(|error| error.to_string())?;
    if done.status.success() {
        Ok(done.stdout)
    } else {
        Err(String::from_utf8_lossy(&done.stderr).into_owned())
    }
}
