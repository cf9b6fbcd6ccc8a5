//! Reading the end of a log where it is.

use std::time::Duration;

use labkeeper_core::fault::{Code, Fault};
use labkeeper_core::service::{Since, UnitName};
use labkeeper_core::shell::{Captured, Command, End, FilePath, Finished};

use crate::site::Site;

const PATIENCE: Duration = Duration::from_secs(10);
const USUAL: u32 = 100;
const MOST: u32 = 500;
/// Bytes of output that are kept.
const KEEP: usize = 256 << 10;

/// What is read.
pub(crate) enum Source {
    /// The journal of a unit.
    Unit {
        /// Which.
        unit: UnitName,
        /// From when on.
        since: Option<Since>,
    },
    /// A file.
    Path(FilePath),
}

/// The end of a log.
pub(crate) struct Tail {
    /// Its lines.
    pub(crate) content: String,
    /// They were too long together; the first of them are not here.
    pub(crate) truncated: bool,
}

/// The last lines: 100 when nothing is said, 500 at most.
pub(crate) async fn tail(site: &Site, source: &Source, lines: Option<u32>) -> Result<Tail, Fault> {
    let lines = lines.unwrap_or(USUAL).clamp(1, MOST).to_string();
    let finished =
        site.ask(&Command { keep: KEEP, ..Command::argv(words(source, &lines), PATIENCE) }).await?;
    Ok(Tail { content: good(&finished, source)?, truncated: finished.stdout.omitted > 0 })
}

fn words<'a>(source: &'a Source, lines: &'a str) -> Vec<&'a str> {
    match source {
        Source::Path(path) => vec!["tail", "-n", lines, "--", path.as_str()],
        Source::Unit { unit, since } => {
            let mut words = vec!["journalctl", "-u", unit.as_str(), "-n", lines, "--no-pager"];
            words.extend(since.iter().flat_map(|since| ["--since", since.as_str()]));
            words
        }
    }
}

/// What a program said that ended well.
fn good(finished: &Finished, source: &Source) -> Result<String, Fault> {
    let name = match source {
        Source::Unit { unit, .. } => unit.as_str(),
        Source::Path(path) => path.as_str(),
    };
    match &finished.end {
        End::Code(0) => Ok(said(&finished.stdout)),
        End::Code(126 | 127) => Err(Fault::new(Code::Conflict, "there is no journalctl, or no tail")
            .with_hint("without systemd there is no journal: read a file below /var/log with path")),
        End::Code(code) => {
            let why = said(&finished.stderr);
            let why = why.lines().next().unwrap_or("it gave no reason");
            Err(Fault::new(Code::Conflict, format!("the log of {name} cannot be read: {why} (exit {code})"))
                .with_hint("check the name of the unit or the path of the file"))
        }
        End::TimedOut | End::LeftRunning { .. } => {
            let message = format!("reading the log of {name} took longer than {} s", PATIENCE.as_secs());
            Err(Fault::new(Code::Unavailable, message).with_hint("ask for fewer lines, or a later since"))
        }
        End::Signal(signal) => {
            Err(Fault::new(Code::Unavailable, format!("reading the log of {name} was ended by {signal}")))
        }
    }
}

fn said(stream: &Captured) -> String {
    let bytes = if stream.omitted > 0 { &stream.tail } else { &stream.head };
    String::from_utf8_lossy(bytes).into_owned()
}
