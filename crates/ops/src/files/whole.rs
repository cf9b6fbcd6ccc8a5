//! The whole of a file where it is, as it is at one moment.

use labkeeper_core::audit::sha256_hex;
use labkeeper_core::fault::{Code, Fault};
use labkeeper_core::file::Content;
use labkeeper_core::shell::{FileFacts, FilePath, ShellError, Window};

use crate::site::Site;

/// How much is carried here at a time.
const WINDOW: u64 = 4 << 20;

/// All bytes of a file as it is at one moment; `None` when there is none.
pub(super) async fn whole(
    site: &Site,
    path: &FilePath,
    largest: u64,
) -> Result<Option<(Vec<u8>, FileFacts)>, Fault> {
    let Some(first) = site.read(path, Window { offset: 0, length: WINDOW }).await? else { return Ok(None) };
    let (mut bytes, facts) = (first.bytes, first.facts);
    if facts.size > largest {
        let message = format!("{path} has {} bytes, and what is written over is kept first", facts.size);
        return Err(too_large(message, largest));
    }
    while (bytes.len() as u64) < facts.size {
        let offset = bytes.len() as u64;
        match site.read(path, Window { offset, length: WINDOW }).await? {
            Some(next) if next.sha256 == first.sha256 && next.facts == facts && !next.bytes.is_empty() => {
                bytes.extend(next.bytes);
            }
            _ => return Err(ShellError::Changed { path: path.to_string() }.into()),
        }
    }
    match first.sha256 {
        Some(sha256) if sha256 != sha256_hex(&bytes) => {
            Err(ShellError::Changed { path: path.to_string() }.into())
        }
        _ => Ok(Some((bytes, facts))),
    }
}

/// What a file is now, without carrying its bytes here where the place can digest them itself.
pub(super) async fn live(site: &Site, path: &FilePath) -> Result<Content, Fault> {
    let Some(piece) = site.read(path, Window { offset: 0, length: 0 }).await? else {
        return Ok(Content::Absent);
    };
    if let Some(sha256) = piece.sha256 {
        return Ok(Content::Bytes { sha256, size: piece.facts.size });
    }
    let whole = whole(site, path, u64::MAX).await?;
    Ok(Content::of(whole.as_ref().map(|(bytes, _)| bytes.as_slice())))
}

/// That a file, or what it is to have, is larger than what is written over.
pub(super) fn too_large(message: String, largest: u64) -> Fault {
    Fault::new(Code::TooLarge, message)
        .with_hint(format!("the limit is {largest} bytes (WRITE_FILE_MAX_BYTES)"))
}
