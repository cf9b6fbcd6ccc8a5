//! The versions of a file that are kept.

use labkeeper_core::fault::Fault;
use labkeeper_core::file::{BackupId, Content, Settlement};
use labkeeper_core::pve::{ClusterName, VmId};
use labkeeper_core::shell::FilePath;
use labkeeper_store::Version;
use schemars::JsonSchema;
use serde::Serialize;

use super::version::is_there;
use super::whole::live;
use crate::cx::Cx;
use crate::site::Site;

/// A version of a file, as it was before it was written.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct FileVersion {
    /// Its id, for revert_file and diff_config.
    pub backup_path: BackupId,
    /// When the file was written, UTC.
    pub timestamp: String,
    /// Where the file is: `host:CLUSTER/NODE`, `pct:CLUSTER/VMID`, `qm:CLUSTER/VMID`.
    pub place: String,
    /// `full`: its bytes; `absent`: there was no file, and putting that back removes it.
    pub kind: String,
    /// Bytes.
    pub size_bytes: u64,
    /// SHA-256.
    pub hash: Option<String>,
    /// revert_file can put it back.
    pub revertible: bool,
    /// Why it cannot.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revert_reason: Option<String>,
    /// The file is like that now; absent when it was not looked at.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub current: Option<bool>,
    /// What became of the write: `applied`, `not_applied`, `unknown`, `saved` while nobody knows.
    pub settlement: Settlement,
    /// Who wrote.
    pub actor: String,
    /// With which operation.
    pub op: String,
    /// Its entry in the change journal.
    pub change_id: Option<i64>,
}

/// The versions of a file, newest first, and whether the file itself was looked at.
pub(crate) async fn of_file(
    cx: &Cx,
    path: &FilePath,
    vmid: Option<VmId>,
    cluster: Option<&ClusterName>,
) -> Result<(Vec<FileVersion>, bool), Fault> {
    let mut versions = cx.read().await?.versions(path).await?;
    versions.retain(|version| is_there(&version.place, vmid, None, cluster));
    let now = match versions.first() {
        Some(newest) => look(cx, newest).await,
        None => None,
    };
    let verified = now.is_some();
    let mut shown = Vec::new();
    for version in versions {
        let is_kept = cx.house().store().has_content(&version.before).await?;
        let current = now.as_ref().filter(|seen| seen.0 == version.place.to_string());
        let current = current.map(|(_, live)| *live == version.before);
        shown.push(as_shown(version, is_kept, current));
    }
    Ok((shown, verified))
}

/// What the file is now, when the caller may see that and it can be seen.
async fn look(cx: &Cx, version: &Version) -> Option<(String, Content)> {
    let site = Site::place(cx, &version.place).await.ok()?;
    Some((version.place.to_string(), live(&site, &version.path).await.ok()?))
}

fn as_shown(version: Version, is_kept: bool, current: Option<bool>) -> FileVersion {
    let revert_reason = match (version.settlement, is_kept) {
        (Settlement::NotApplied, _) => Some("that write did not come about"),
        (_, false) => Some("its bytes are not there any more"),
        _ => None,
    };
    FileVersion {
        backup_path: version.id,
        timestamp: version.at.text(),
        place: version.place.to_string(),
        kind: if version.before == Content::Absent { "absent" } else { "full" }.into(),
        size_bytes: version.before.size().unwrap_or(0),
        hash: version.before.sha256().map(str::to_string),
        revertible: revert_reason.is_none(),
        revert_reason: revert_reason.map(str::to_string),
        current,
        settlement: version.settlement,
        actor: version.actor,
        op: version.op,
        change_id: version.change_id,
    }
}
