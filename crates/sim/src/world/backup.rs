//! What a backup job is to do, and what an archive is called and has in it.

use super::guest::{Guest, Kind};
use super::storage::Volume;

/// What a job of `vzdump` is to do.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Backup {
    /// Guests, in the order they are taken.
    pub vmids: Vec<u32>,
    /// Guests of other nodes that were asked for too.
    pub skipped: Vec<u32>,
    /// Onto which storage.
    pub storage: String,
    /// Whether a guest that runs is stopped for it, and started again.
    pub stops: bool,
    /// `0`, `1`, `gzip`, `lzo`, `zstd`, as the parameter says it.
    pub compress: String,
    /// Template of the notes; `None` leaves none.
    pub notes: Option<String>,
    /// Whether the archives are kept from pruning.
    pub protected: bool,
    /// The command line, as the log shows it.
    pub line: String,
    /// What the one who started it may not, which ends the job before its first guest.
    pub forbidden: Option<String>,
}

/// A guest that is being backed up.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Archive {
    pub(super) vmid: u32,
    /// Seconds since 1970.
    pub(super) started: i64,
    /// Where it lies, for the log.
    pub(super) path: String,
    pub(super) volume: Volume,
    /// Whether the guest is started when it is written.
    pub(super) wakes: bool,
}

impl Backup {
    pub(super) fn first_lines(&self) -> Vec<String> {
        let mut lines = vec![format!("INFO: starting new backup job: {}", self.line)];
        if !self.skipped.is_empty() {
            let ids: Vec<String> = self.skipped.iter().map(u32::to_string).collect();
            lines.push(format!("INFO: skip external VMs: {}", ids.join(", ")));
        }
        lines
    }

    /// The archive that a backup of that guest, begun in that second, leaves.
    pub(super) fn archive_of(&self, guest: &Guest, begun: i64) -> Volume {
        let (word, plain) = match guest.kind {
            Kind::Lxc => ("lxc", "tar"),
            Kind::Qemu => ("qemu", "vma"),
        };
        let (format, share) = match (plain, self.compress.as_str()) {
            ("tar", "zstd") => ("tar.zst", 5),
            ("vma", "zstd") => ("vma.zst", 5),
            ("tar", "gzip") => ("tar.gz", 4),
            ("vma", "gzip") => ("vma.gz", 4),
            ("tar", "1" | "lzo") => ("tar.lzo", 3),
            ("vma", "1" | "lzo") => ("vma.lzo", 3),
            _ => (plain, 2),
        };
        Volume {
            volid: format!("{}:backup/vzdump-{word}-{}-{}.{format}", self.storage, guest.vmid, stamp(begun)),
            content: "backup",
            format,
            size: guest.disk_bytes() / share,
            ctime: begun,
            vmid: Some(guest.vmid),
            notes: self.notes.as_ref().map(|notes| filled(notes, guest)),
            protected: self.protected,
        }
    }
}

/// What a template of notes says of a guest. A backslash before an `n` is a line break, before another it is one.
fn filled(notes: &str, guest: &Guest) -> String {
    let mut plain = String::new();
    let mut letters = notes.chars();
    while let Some(letter) = letters.next() {
        let next = if letter == '\\' { letters.next() } else { None };
        plain.push(match next {
            Some('n') => '\n',
            Some(next) => next,
            None => letter,
        });
    }
    let plain = plain.replace("{{guestname}}", &guest.name).replace("{{vmid}}", &guest.vmid.to_string());
    plain.replace("{{node}}", &guest.node)
}

/// `2026-11-22 00:22:56`, UTC.
pub(crate) fn said(at: i64) -> String {
    let text = labkeeper_core::stamp::Stamp(at * 1_000_000).text();
    text.chars().take(19).map(|c| if c == 'T' { ' ' } else { c }).collect()
}

/// `2026_11_22-00_22_56`, UTC.
fn stamp(at: i64) -> String {
    said(at).replace(['-', ':'], "_").replace(' ', "-")
}
