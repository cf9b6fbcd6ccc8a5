//! What is at a path, and a part of it, in one trip.

use labkeeper_core::shell::{FileFacts, FileKind, FilePath, Piece, ShellError, Spot, Window};

use super::super::node::Node;
use super::super::supervised::unexpected;
use super::script::{Call, Report, Script};
use super::sum::sha256;

/// Larger files are not hashed: that would take longer than a read may.
const HASHED: u64 = 64 << 20;

/// How often a file that changes while it is read is read again.
const TRIES: usize = 3;

/// What is at that path; `None` when nothing is.
pub(in super::super) async fn look(
    node: &Node,
    spot: &Spot,
    path: &FilePath,
) -> Result<Option<FileFacts>, ShellError> {
    let window = Window { offset: 0, length: 0 };
    let call = Call { node, spot, path };
    Ok(see(&call, window, "-1").await?.map(|seen| seen.facts))
}

/// A part of a file, its digest and its facts; `None` when nothing is there.
pub(in super::super) async fn read(
    node: &Node,
    spot: &Spot,
    path: &FilePath,
    window: Window,
) -> Result<Option<Piece>, ShellError> {
    let call = Call { node, spot, path };
    let wrong = |why: &str| ShellError::Path { path: path.to_string(), why: why.to_owned() };
    for _ in 0..TRIES {
        let Some(piece) = see(&call, window, &HASHED.to_string()).await? else { return Ok(None) };
        match piece.facts.kind {
            FileKind::File => {}
            FileKind::Directory => return Err(wrong("it is a directory")),
            FileKind::Symlink | FileKind::Other => return Err(wrong("it is no file of bytes")),
        }
        if is_of_one_moment(&piece, window) {
            return Ok(Some(piece));
        }
    }
    Err(wrong("it changes faster than it can be read"))
}

/// The whole file must have the digest that was taken a moment before; a part cannot be held against anything.
fn is_of_one_moment(piece: &Piece, window: Window) -> bool {
    let whole = window.offset == 0 && window.length >= piece.facts.size;
    match &piece.sha256 {
        Some(sum) if whole => *sum == sha256(&piece.bytes),
        _ => true,
    }
}

async fn see(call: &Call<'_>, window: Window, hashed: &str) -> Result<Option<Piece>, ShellError> {
    let (offset, length) = (window.offset.to_string(), window.length.to_string());
    let report = call.run(Script::Look, &[&offset, &length, hashed], &[], window.length).await?;
    match report.word.as_str() {
        "absent" => Ok(None),
        "ok" => piece(call, &report).map(Some),
        _ => Err(call.refusal(&report)),
    }
}

fn piece(call: &Call<'_>, report: &Report) -> Result<Piece, ShellError> {
    let garbled = || unexpected(call.spot.node(), &format_args!("{}: {}", call.path, report.rest));
    let [mode, size, uid, gid, modified, links, sum] =
        <[&str; 7]>::try_from(report.rest.split(' ').collect::<Vec<_>>()).map_err(|_| garbled())?;
    let end = report.body.iter().position(|byte| *byte == 0).ok_or_else(garbled)?;
    let resolved = std::str::from_utf8(&report.body[..end]).ok().and_then(|path| path.parse().ok());
    let resolved: FilePath = resolved.ok_or_else(|| ShellError::Path {
        path: call.path.to_string(),
        why: format!("it leads to {}, which cannot be named", String::from_utf8_lossy(&report.body[..end])),
    })?;
    let raw = u32::from_str_radix(mode, 16).map_err(|_| garbled())?;
    let facts = FileFacts {
        resolved,
        kind: kind(raw),
        size: size.parse().map_err(|_| garbled())?,
        mode: raw & 0o7777,
        uid: uid.parse().map_err(|_| garbled())?,
        gid: gid.parse().map_err(|_| garbled())?,
        modified: modified.parse().map_err(|_| garbled())?,
        links: links.parse().map_err(|_| garbled())?,
    };
    let sha256 = (sum != "-").then(|| sum.to_owned());
    Ok(Piece { bytes: report.body[end + 1..].to_vec(), sha256, facts })
}

/// From the kernel's mode word.
pub(super) fn kind(raw: u32) -> FileKind {
    match raw & 0o170_000 {
        0o100_000 => FileKind::File,
        0o040_000 => FileKind::Directory,
        0o120_000 => FileKind::Symlink,
        _ => FileKind::Other,
    }
}
