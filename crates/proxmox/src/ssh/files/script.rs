//! Fixed scripts, and how they answer: a word and what belongs to it on the first line, bytes after it.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use labkeeper_core::pve::GuestKind;
use labkeeper_core::shell::{End, FilePath, Finished, ShellError, Spot};

use super::super::agent;
use super::super::comments::without_comments;
use super::super::job::Job;
use super::super::node::Node;
use super::super::supervised::unexpected;

/// For one look or write. A file of the largest size that is hashed takes a slow disk some seconds.
const TIMEOUT: Duration = Duration::from_secs(90);

/// A write that has begun to replace a file is done to its end, and gets the time for it.
const GRACE: Duration = Duration::from_secs(60);

/// First line, and the name of a file.
const HEADER: usize = 16 << 10;

/// An agent passes on text; bytes go through it as base64.
const CARRIER: &str = r#"path=$1
script=$2
shift 2
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export PATH
base64 -d | /bin/sh -c "$script" "$0" "$path" "$@" | base64"#;

/// One of the scripts of this folder.
#[derive(Clone, Copy)]
pub(super) enum Script {
    Look,
    List,
    Stage,
    Discard,
    Rest,
    Abandon,
    Replace,
    Remove,
}

impl Script {
    fn only_looks(self) -> bool {
        matches!(self, Self::Look | Self::List)
    }

    /// What its process calls itself, before the path: by that `rest.sh` finds those that may change a file yet.
    fn called(self) -> &'static str {
        match self {
            Self::Look | Self::List | Self::Discard | Self::Rest | Self::Abandon => "labkeeper-look",
            Self::Stage | Self::Replace | Self::Remove => "labkeeper-write",
        }
    }

    fn text(self) -> String {
        without_comments(match self {
            Self::Look => include_str!("look.sh"),
            Self::List => include_str!("list.sh"),
            Self::Stage => concat!(include_str!("beside.sh"), include_str!("stage.sh")),
            Self::Discard => concat!(include_str!("beside.sh"), include_str!("discard.sh")),
            Self::Rest => concat!(include_str!("rest.sh"), "echo ok"),
            Self::Abandon => {
                concat!(include_str!("rest.sh"), include_str!("beside.sh"), include_str!("abandon.sh"))
            }
            Self::Replace => concat!(include_str!("beside.sh"), include_str!("replace.sh")),
            Self::Remove => concat!(include_str!("beside.sh"), include_str!("remove.sh")),
        })
    }
}

/// How much can go into a machine in one piece.
pub(super) const PIECE: usize = agent::INPUT / 4 * 3 - (16 << 10);

/// How much comes out of a machine in one piece.
const WINDOW: u64 = 8 << 20;

/// Whether that is a virtual machine.
pub(super) fn is_machine(spot: &Spot) -> bool {
    matches!(spot, Spot::Guest(at) if at.kind == GuestKind::Qemu)
}

/// The place of a file, as the last line of each script that works on it says it: by that `rest.sh` tells its writes from those of
/// files with the same path elsewhere.
pub(super) fn place(spot: &Spot) -> String {
    match spot {
        Spot::Host(_) => "host".to_owned(),
        Spot::Guest(at) => format!("{}/{}", at.kind.as_str(), at.vmid),
    }
}

/// What a script answered.
pub(super) struct Report {
    /// The first word.
    pub(super) word: String,
    /// The rest of the first line.
    pub(super) rest: String,
    /// What comes after it.
    pub(super) body: Vec<u8>,
}

/// A call of a script.
pub(super) struct Call<'a> {
    pub(super) node: &'a Node,
    pub(super) spot: &'a Spot,
    pub(super) path: &'a FilePath,
}

impl Call<'_> {
    /// Runs it with these arguments after the path; at most `body` bytes come after the first line.
    pub(super) async fn run(
        &self,
        script: Script,
        arguments: &[&str],
        stdin: &[u8],
        body: u64,
    ) -> Result<Report, ShellError> {
        let machine = is_machine(self.spot);
        if machine && body > WINDOW {
            return Err(ShellError::TooLarge { limit: WINDOW });
        }
        let signed = |text: &str| format!("{text}\n: {}", place(self.spot));
        let (text, carrier, path) = (signed(&script.text()), signed(CARRIER), self.path.as_str());
        let mut words = vec!["/bin/sh", "-c", if machine { &carrier } else { &text }, script.called(), path];
        words.extend(machine.then_some(text.as_str()));
        words.extend(arguments);
        let words: Vec<String> = words.into_iter().map(str::to_owned).collect();
        let encoded = machine.then(|| STANDARD.encode(stdin).into_bytes());
        let stdin = encoded.as_deref().unwrap_or(stdin);
        let most = usize::try_from(body).unwrap_or(usize::MAX).saturating_add(HEADER);
        // Lines of 76 characters for 57 bytes.
        let keep = if machine { most / 57 * 77 + 1024 } else { most };
        let job = Job { spot: self.spot, words: &words, stdin, timeout: TIMEOUT, grace: GRACE, keep };
        let finished = match self.node.job(&job).await {
            // To have looked twice changes nothing.
            Err(ShellError::Lost { .. }) if script.only_looks() => self.node.job(&job).await?,
            answer => answer?,
        };
        self.report(&finished, machine)
    }

    fn report(&self, finished: &Finished, machine: bool) -> Result<Report, ShellError> {
        match finished.end {
            End::TimedOut | End::LeftRunning { .. } => {
                return Err(ShellError::TimedOut { seconds: TIMEOUT.as_secs() });
            }
            End::Code(127) if finished.stdout.head.is_empty() => {
                return Err(ShellError::Lacking { what: "a shell (/bin/sh)".to_owned() });
            }
            _ => {}
        }
        let silent = || {
            let said = String::from_utf8_lossy(&finished.stderr.head);
            let said: String = said.trim().chars().take(200).collect();
            unexpected(self.spot.node(), &format_args!("{}: {:?}: {said}", self.path, finished.end))
        };
        let whole = finished.stdout.whole().ok_or_else(silent)?;
        let decoded = machine.then(|| decode(whole).ok_or_else(silent)).transpose()?;
        let whole = decoded.as_deref().unwrap_or(whole);
        let end = whole.iter().position(|byte| *byte == b'\n').ok_or_else(silent)?;
        let line = String::from_utf8_lossy(&whole[..end]).into_owned();
        let (word, rest) = line.split_once(' ').unwrap_or((&line, ""));
        Ok(Report { word: word.to_owned(), rest: rest.to_owned(), body: whole[end + 1..].to_vec() })
    }

    /// What an answer other than the good one means.
    pub(super) fn refusal(&self, report: &Report) -> ShellError {
        let (path, why) = (self.path.to_string(), report.rest.clone());
        match report.word.as_str() {
            "path" => ShellError::Path { path, why },
            "lacking" => ShellError::Lacking { what: why },
            "changed" => ShellError::Changed { path },
            "unwritable" => ShellError::Unwritable { path, why },
            "busy" => ShellError::AtWork { path },
            "unverified" => ShellError::Unverified { path, why },
            // The bytes came in only in part; nothing was done with them.
            "cut" => ShellError::Unreachable {
                node: self.spot.node().clone(),
                why: "not all bytes arrived; nothing was written".to_owned(),
            },
            word => unexpected(self.spot.node(), &format_args!("{path}: {word} {why}")),
        }
    }
}

fn decode(text: &[u8]) -> Option<Vec<u8>> {
    let letters: Vec<u8> = text.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect();
    STANDARD.decode(letters).ok()
}
