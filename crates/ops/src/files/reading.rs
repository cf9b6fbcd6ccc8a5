//! Reading a part of a file: the window is cut where the file is, and what is known of the file comes with it.

use labkeeper_core::fault::{Code, Fault};
use labkeeper_core::file::Encoding;
use labkeeper_core::pve::VmId;
use labkeeper_core::shell::{FileFacts, FilePath, Window};
use labkeeper_core::stamp::Stamp;
use schemars::JsonSchema;
use serde::Serialize;

use super::excerpt;
use crate::cx::Cx;
use crate::site::Site;

/// Which part of which file.
pub(super) struct Wanted {
    pub(super) path: FilePath,
    pub(super) encoding: Encoding,
    pub(super) offset: Option<u64>,
    pub(super) max_bytes: Option<u64>,
}

/// A part of a file.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct FileContent {
    /// The path that was asked for.
    pub path: FilePath,
    /// The file it is, links followed.
    pub resolved: FilePath,
    /// Where: `host:CLUSTER/NODE`, `pct:CLUSTER/VMID`, `qm:CLUSTER/VMID`.
    pub place: String,
    /// The guest.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vmid: Option<VmId>,
    /// The bytes, as `encoding` says.
    pub content: String,
    /// `utf8` or `base64`.
    pub encoding: Encoding,
    /// How many bytes of the file `content` stands for.
    pub bytes: u64,
    /// Where in the file they begin.
    pub offset: u64,
    /// More follows; go on at `nextOffset`.
    pub truncated: bool,
    /// Where the rest begins.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_offset: Option<u64>,
    /// Bytes of the whole file.
    pub size: u64,
    /// SHA-256 of the whole file; absent when it is too large for that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    /// Permission bits in octal: `0644`.
    pub mode: String,
    /// Number of the owner.
    pub uid: u32,
    /// Number of the group.
    pub gid: u32,
    /// When it was written last, UTC.
    pub modified: String,
}

/// Reads it.
pub(super) async fn content(cx: &Cx, site: &Site, wanted: Wanted) -> Result<FileContent, Fault> {
    let window = window(cx, &wanted)?;
    allowed(cx, &wanted.path)?;
    let lead = excerpt::lead(cx, window.offset);
    let wider = Window { offset: window.offset - lead, length: window.length + lead };
    let piece = site.read(&wanted.path, wider).await?.ok_or_else(|| site.lacks(&wanted.path))?;
    allowed(cx, &piece.facts.resolved)?;
    let is_windowed = wanted.offset.is_some() || wanted.max_bytes.is_some();
    if !is_windowed && piece.facts.size > window.length {
        return Err(too_large(&wanted.path, &piece.facts, window.length));
    }
    let lead = usize::try_from(lead).unwrap_or(usize::MAX).min(piece.bytes.len());
    let (lead, bytes) = piece.bytes.split_at(lead);
    let end = window.offset + bytes.len() as u64;
    let decoded = wanted.encoding.text(bytes, window.offset, end < piece.facts.size).map_err(|error| {
        Fault::invalid("encoding", error.to_string()).with_hint("read it with encoding: \"base64\"")
    })?;
    let decoded = excerpt::told(cx, &piece.facts.resolved, wanted.encoding, (lead, bytes), decoded)?;
    let bytes = decoded.bytes as u64;
    let next = window.offset + bytes;
    let truncated = next < piece.facts.size;
    Ok(FileContent {
        path: wanted.path,
        place: site.place_name().to_string(),
        vmid: site.vmid(),
        content: decoded.content,
        encoding: wanted.encoding,
        bytes,
        offset: window.offset,
        truncated,
        next_offset: truncated.then_some(next),
        size: piece.facts.size,
        sha256: piece.sha256,
        mode: format!("{:04o}", piece.facts.mode),
        uid: piece.facts.uid,
        gid: piece.facts.gid,
        modified: time(piece.facts.modified),
        resolved: piece.facts.resolved,
    })
}

fn window(cx: &Cx, wanted: &Wanted) -> Result<Window, Fault> {
    if wanted.max_bytes == Some(0) {
        return Err(Fault::invalid("maxBytes", "maxBytes wants a number from 1"));
    }
    let most = cx.house().settings().files.window;
    Ok(Window { offset: wanted.offset.unwrap_or(0), length: wanted.max_bytes.unwrap_or(most).min(most) })
}

/// The owner's lists of paths, which hold for reading too.
pub(super) fn allowed(cx: &Cx, path: &FilePath) -> Result<(), Fault> {
    match cx.house().settings().files.objection(path) {
        None => Ok(()),
        Some(objection) => Err(Fault::new(Code::Denied, objection).with_field("path")),
    }
}

fn too_large(path: &FilePath, facts: &FileFacts, most: u64) -> Fault {
    Fault::new(Code::TooLarge, format!("{path} has {} bytes; at most {most} are read at once", facts.size))
        .with_field("path")
        .with_hint("read a part with offset and maxBytes, or look for what you want with search_file_regex or tail_log")
}

/// A time in seconds, as people read it.
pub(super) fn time(seconds: i64) -> String {
    Stamp(seconds.saturating_mul(1_000_000)).text()
}
