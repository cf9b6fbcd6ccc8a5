//! Files of an import beside the database: uploads that wait for a decision, and safety copies.
//!
//! An upload lies under the hash of its content, so a process that died between preview and apply takes nothing
//! with it, and the same file waits once.

use std::io;
use std::path::{Path, PathBuf};

use labkeeper_core::audit::sha256_hex;
use labkeeper_core::fault::{Code, Fault};
use labkeeper_core::stamp::Stamp;
use serde::{Deserialize, Serialize};
use tokio::io::AsyncWriteExt;

use crate::keeper::Keeper;

/// How long an upload waits, in microseconds: a day.
const PATIENCE: i64 = 24 * 60 * 60 * 1_000_000;

/// A waiting upload.
#[derive(Debug, Clone)]
pub(crate) struct Parked {
    pub(crate) id: String,
    pub(crate) path: PathBuf,
    pub(crate) file_name: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct Label {
    file_name: Option<String>,
    at: Stamp,
}

/// Keeps an upload and forgets those that waited too long.
///
/// # Errors
/// When the data directory cannot be written.
pub(crate) async fn park(
    data_dir: &Path,
    bytes: &[u8],
    file_name: Option<String>,
    now: Stamp,
) -> Result<Parked, Fault> {
    let folder = data_dir.join("imports");
    make_private(&folder).await?;
    sweep(&folder, now).await?;
    let named: Vec<u8> = [file_name.as_deref().unwrap_or_default().as_bytes(), b"\n", bytes].concat();
    let id = sha256_hex(&named)[..32].to_string();
    let path = folder.join(format!("{id}.file"));
    write_whole(&path, bytes).await?;
    let label = serde_json::to_vec(&Label { file_name: file_name.clone(), at: now })
        .map_err(|error| Fault::internal(&error))?;
    write_whole(&folder.join(format!("{id}.json")), &label).await?;
    Ok(Parked { id, path, file_name })
}

/// The waiting upload of that id.
///
/// # Errors
/// [`Code::NotFound`] when it is not there any more.
pub(crate) async fn find(data_dir: &Path, id: &str, now: Stamp) -> Result<Parked, Fault> {
    let gone = || {
        Fault::not_found("that upload is not waiting any more")
            .with_field("import_id")
            .with_hint("uploads wait for a day: preview the file again")
    };
    if id.len() != 32 || !id.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(gone());
    }
    let folder = data_dir.join("imports");
    let label = tokio::fs::read(folder.join(format!("{id}.json"))).await.map_err(|_| gone())?;
    let label: Label = serde_json::from_slice(&label).map_err(|_| gone())?;
    let path = folder.join(format!("{id}.file"));
    if now.0 - label.at.0 > PATIENCE || !tokio::fs::try_exists(&path).await.unwrap_or(false) {
        return Err(gone());
    }
    Ok(Parked { id: id.into(), path, file_name: label.file_name })
}

async fn sweep(folder: &Path, now: Stamp) -> Result<(), Fault> {
    let mut entries = tokio::fs::read_dir(folder).await.map_err(|error| unwritable(&error))?;
    while let Some(entry) = entries.next_entry().await.map_err(|error| unwritable(&error))? {
        let path = entry.path();
        if path.extension().is_none_or(|extension| extension != "json") {
            continue;
        }
        let label =
            tokio::fs::read(&path).await.ok().and_then(|text| serde_json::from_slice::<Label>(&text).ok());
        if label.is_none_or(|label| now.0 - label.at.0 > PATIENCE) {
            // One that cannot be removed now is tried again with the next upload.
            let _ = tokio::fs::remove_file(path.with_extension("file")).await;
            let _ = tokio::fs::remove_file(path).await;
        }
    }
    Ok(())
}

impl Keeper {
    /// Where the safety copy of that name lies, for people who look after the hub's own disk.
    pub fn safety_copy(&self, name: &str) -> PathBuf {
        safety(&self.settings().data_dir).join(name)
    }
}

/// Where safety copies lie.
fn safety(data_dir: &Path) -> PathBuf {
    data_dir.join("safety")
}

/// Writes an export of the state before a replacement; answers its name.
///
/// # Errors
/// When it cannot be written: then nothing must be replaced.
pub(crate) async fn safety_copy(data_dir: &Path, text: &str, now: Stamp) -> Result<String, Fault> {
    let folder = safety(data_dir);
    make_private(&folder).await?;
    let name = format!("before-import-{}.json", now.text().replace(':', "-"));
    write_whole(&folder.join(&name), text.as_bytes()).await?;
    Ok(name)
}

/// A safety copy by its name.
///
/// # Errors
/// [`Code::NotFound`].
pub(crate) async fn read_safety_copy(data_dir: &Path, name: &str) -> Result<Vec<u8>, Fault> {
    let plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-.".contains(&byte))
        && !name.starts_with('.');
    let path = safety(data_dir).join(name);
    let bytes = if plain { tokio::fs::read(&path).await.ok() } else { None };
    bytes.ok_or_else(|| Fault::not_found("there is no safety copy of that name").with_field("safety_copy"))
}

async fn make_private(folder: &Path) -> Result<(), Fault> {
    let mut builder = tokio::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    builder.mode(0o700);
    builder.create(folder).await.map_err(|error| unwritable(&error))
}

/// Readers see the whole file or none, whatever happens in between.
async fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), Fault> {
    let half = path.with_extension("part");
    let write = async {
        let mut options = tokio::fs::OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        options.mode(0o600);
        let mut file = options.open(&half).await?;
        file.write_all(bytes).await?;
        file.sync_all().await?;
        tokio::fs::rename(&half, path).await
    };
    write.await.map_err(|error: io::Error| unwritable(&error))
}

fn unwritable(error: &io::Error) -> Fault {
    tracing::error!(error = %error, "the data directory cannot be written");
    Fault::new(Code::Unavailable, "the hub cannot write beside its database; nothing was changed")
        .with_hint("look at free space and permissions of the data directory")
}
