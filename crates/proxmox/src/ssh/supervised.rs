//! The one string that a node's shell reads: a fixed program that runs other programs and answers for them.

use std::fmt;
use std::sync::LazyLock;
use std::time::Duration;

use labkeeper_core::pve::{GuestKind, NodeName, VmId};
use labkeeper_core::shell::{ShellError, Spot};

use super::comments::without_comments;

/// What runs on the node; it says itself what it does. The node's perl reads it: Proxmox VE is written in perl.
const SUPERVISOR: &str = include_str!("supervise.pl");

/// Linux takes no longer word, and the node's shell gets the whole string as one.
const LONGEST: usize = (128 << 10) - 1;

/// Something for the supervisor.
pub(super) struct Task<'a> {
    /// Where.
    pub(super) spot: &'a Spot,
    /// Program and arguments.
    pub(super) words: &'a [String],
    /// When it is ended.
    pub(super) timeout: Duration,
    /// How long it may take to end once it is told to.
    pub(super) grace: Duration,
}

/// How the processes of one run are told from all others, also from inside a container.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mark(String);

impl Mark {
    /// `number` is never given twice by one process.
    pub(super) fn new(number: u64) -> Self {
        Self(format!("{}-{number}", std::process::id()))
    }

    /// What stands before the supervisor's word on both streams.
    pub(super) fn opening(&self) -> String {
        format!("labkeeper:{} ", self.0)
    }
}

impl Task<'_> {
    /// The string.
    pub(super) fn command(&self, mark: &Mark) -> Result<String, ShellError> {
        let (Some(program), false) = (self.words.first(), self.words.iter().any(|word| word.contains('\0')))
        else {
            return Err(ShellError::NotRunnable { why: "a word of it has a zero byte, or there is none" });
        };
        if program.is_empty() {
            return Err(ShellError::NotRunnable { why: "its program has no name" });
        }
        let place = place(self.spot);
        let timeout = format!("{:.3}", self.timeout.as_secs_f64());
        let grace = self.grace.as_secs().to_string();
        let fixed = ["perl", "-e", &SCRIPT, &mark.0, &timeout, &grace, &place];
        let words = fixed.into_iter().chain(self.words.iter().map(String::as_str));
        let words = shlex::try_join(words)
            .map_err(|_| ShellError::NotRunnable { why: "a word of it has a zero byte" })?;
        // Without this the shell would stand between the server and the supervisor, who looks whether the server lives.
        let command = format!("exec {words}");
        if command.len() > LONGEST {
            return Err(ShellError::TooLarge { limit: LONGEST as u64 });
        }
        Ok(command)
    }
}

static SCRIPT: LazyLock<String> = LazyLock::new(|| without_comments(SUPERVISOR));

fn place(spot: &Spot) -> String {
    match spot {
        Spot::Host(_) => "host".to_owned(),
        Spot::Guest(at) => match at.kind {
            GuestKind::Lxc => format!("lxc:{}", at.vmid),
            GuestKind::Qemu => format!("vm:{}", at.vmid),
        },
    }
}

/// What the supervisor said before anything was run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Said {
    /// The program runs from now on, and the supervisor is that process.
    Begun(u32),
    /// There is no such guest on this node.
    NoGuest,
    /// It does not run.
    NotRunning,
    /// Proxmox is at work on it.
    Locked(String),
    /// Something is not as it should be on the node.
    Trouble(String),
}

impl Said {
    /// From the rest of the line that begins with [`Mark::opening`].
    pub(super) fn read(line: &str) -> Self {
        match line.split_once(' ').unwrap_or((line, "")) {
            ("begun", pid) => {
                let pid = pid.parse().ok().filter(|pid| *pid > 1);
                pid.map_or_else(|| Self::Trouble(line.to_owned()), Self::Begun)
            }
            ("no-guest", "") => Self::NoGuest,
            ("not-running", "") => Self::NotRunning,
            ("locked", lock) => Self::Locked(lock.to_owned()),
            _ => Self::Trouble(line.to_owned()),
        }
    }

    /// Nothing, when it began.
    pub(super) fn into_result(self, spot: &Spot) -> Result<(), ShellError> {
        let node = || spot.node().clone();
        Err(match (self, vmid(spot)) {
            (Self::Begun(_), _) => return Ok(()),
            (Self::NoGuest, Some(vmid)) => ShellError::NoGuest { node: node(), vmid },
            (Self::NotRunning, Some(vmid)) => ShellError::NotRunning { vmid },
            (Self::Locked(lock), Some(vmid)) => ShellError::Locked { vmid, lock },
            (other, _) => unexpected(spot.node(), &format_args!("{other:?}")),
        })
    }
}

/// The guest of a spot that is one.
pub(super) fn vmid(spot: &Spot) -> Option<VmId> {
    match spot {
        Spot::Host(_) => None,
        Spot::Guest(at) => Some(at.vmid),
    }
}

/// Something that the node should not have said.
pub(super) fn unexpected(node: &NodeName, why: &dyn fmt::Display) -> ShellError {
    ShellError::Unexpected { node: node.clone(), why: why.to_string() }
}
