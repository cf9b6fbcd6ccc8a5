//! A directory's entries.

use std::collections::HashMap;

use labkeeper_core::shell::{FileEntry, FileKind, FilePath, Listing, ShellError, Spot};

use super::super::node::Node;
use super::super::supervised::unexpected;
use super::look::kind;
use super::script::{Call, Script};

/// A name, where a link leads, and the numbers, at most.
const ENTRY: u64 = 2 * 256 + 4096 + 64;

/// More are not told at once.
const MOST: usize = 10_000;

/// The entries by name, at most `limit`, and how many there are; `None` when nothing is there.
pub(in super::super) async fn list(
    node: &Node,
    spot: &Spot,
    path: &FilePath,
    limit: usize,
) -> Result<Option<Listing>, ShellError> {
    let call = Call { node, spot, path };
    let limit = limit.min(MOST);
    let most = (limit as u64 * ENTRY).clamp(4096, 8 << 20);
    let report = call.run(Script::List, &[&limit.to_string()], &[], most).await?;
    match report.word.as_str() {
        "absent" => Ok(None),
        "ok" => {
            let garbled = || unexpected(spot.node(), &format_args!("{path}: a list that cannot be read"));
            let count = report.rest.parse().map_err(|_| garbled())?;
            let mut entries = entries(&report.body).ok_or_else(garbled)?;
            entries.sort_by(|one, other| one.name.cmp(&other.name));
            Ok(Some((entries, count)))
        }
        _ => Err(call.refusal(&report)),
    }
}

fn entries(body: &[u8]) -> Option<Vec<FileEntry>> {
    let end = body.iter().position(|byte| *byte == 0)?;
    let mut targets = targets(&body[end + 1..]);
    let (mut rest, mut entries) = (&body[..end], Vec::new());
    while !rest.is_empty() {
        // No name has a slash in it, so the one after `./` ends it, whatever else it has.
        let start = find(rest, b" ./")?;
        let numbers = std::str::from_utf8(&rest[..start]).ok()?;
        let named = &rest[start + 3..];
        let name = &named[..find(named, b"/\n")?];
        rest = &named[name.len() + 2..];
        let [raw, size, modified] = <[&str; 3]>::try_from(numbers.split(' ').collect::<Vec<_>>()).ok()?;
        let raw = u32::from_str_radix(raw, 16).ok()?;
        let is_link = kind(raw) == FileKind::Symlink;
        entries.push(FileEntry {
            name: String::from_utf8_lossy(name).into_owned(),
            kind: kind(raw),
            size: size.parse().ok()?,
            mode: raw & 0o7777,
            modified: modified.parse().ok()?,
            target: is_link.then(|| targets.remove(name)).flatten(),
        });
    }
    Some(entries)
}

/// Pairs of a name and where it leads.
fn targets(bytes: &[u8]) -> HashMap<&[u8], String> {
    let words: Vec<&[u8]> = bytes.split(|byte| *byte == 0).collect();
    let pairs = words.chunks_exact(2).filter_map(|pair| {
        let target = pair[1].strip_suffix(b"\n").unwrap_or(pair[1]);
        Some((pair[0].strip_prefix(b"./")?, String::from_utf8_lossy(target).into_owned()))
    });
    pairs.collect()
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}
