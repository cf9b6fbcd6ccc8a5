//! Finding the version that a call means, and what stands in the way of putting it back.

use labkeeper_core::fault::{Code, Fault};
use labkeeper_core::file::{BackupId, Conflict, Content, Settlement};
use labkeeper_core::pve::{ClusterName, NodeName, VmId};
use labkeeper_core::shell::{FilePath, Place};
use labkeeper_store::Version;
use serde_json::json;

use super::write::Cleared;
use crate::cx::Cx;
use crate::site::vmid_of;

/// How a call names a version.
#[derive(Default)]
pub(super) struct Which<'a> {
    pub(super) backup: Option<BackupId>,
    pub(super) path: Option<&'a FilePath>,
    pub(super) vmid: Option<VmId>,
    pub(super) node: Option<&'a NodeName>,
    pub(super) cluster: Option<&'a ClusterName>,
}

/// The version of that id, or the newest of that file.
pub(super) async fn find(cx: &Cx, which: &Which<'_>) -> Result<Version, Fault> {
    match (which.backup, which.path) {
        (Some(id), _) => by_id(cx, id, which).await,
        (None, Some(path)) => newest(cx, path, which).await,
        (None, None) => {
            Err(Fault::invalid("backupPath", "say which version with backupPath, or which file with path")
                .with_hint("list_backups with a path shows the versions there are"))
        }
    }
}

async fn by_id(cx: &Cx, id: BackupId, which: &Which<'_>) -> Result<Version, Fault> {
    let version = cx.read().await?.version(id).await?.ok_or_else(|| {
        Fault::not_found(format!("there is no backup {id}, or not any more"))
            .with_field("backupPath")
            .with_hint("list_backups with a path shows the versions there are")
    })?;
    let same_path = which.path.is_none_or(|path| *path == version.path || *path == version.asked);
    if !same_path || which.vmid.is_some_and(|vmid| Some(vmid) != vmid_of(&version.place)) {
        let message = format!("backup {id} is of {} in {}", version.path, version.place);
        return Err(Fault::invalid(if same_path { "vmid" } else { "path" }, message));
    }
    Ok(version)
}

async fn newest(cx: &Cx, path: &FilePath, which: &Which<'_>) -> Result<Version, Fault> {
    let mut versions = cx.read().await?.versions(path).await?;
    versions.retain(|version| {
        version.settlement != Settlement::NotApplied
            && is_there(&version.place, which.vmid, which.node, which.cluster)
    });
    let Some(first) = versions.first() else {
        return Err(Fault::not_found(format!("no older version of {path} is kept there"))
            .with_hint("files that were written from here have one; say vmid for a file in a guest"));
    };
    if versions.iter().any(|version| version.place != first.place) {
        return Err(Fault::invalid("path", format!("{path} was written in several places"))
            .with_hint("say which with vmid, node or cluster, or name the version with backupPath"));
    }
    Ok(versions.remove(0))
}

/// Whether a place is what a call names: the guest, or without one a node.
pub(super) fn is_there(
    place: &Place,
    vmid: Option<VmId>,
    node: Option<&NodeName>,
    cluster: Option<&ClusterName>,
) -> bool {
    let same_node = match place {
        Place::Host { node: name, .. } => node.is_none_or(|node| node == name),
        Place::Lxc(_) | Place::Vm(_) => true,
    };
    vmid_of(place) == vmid && same_node && cluster.is_none_or(|name| name == place.cluster())
}

/// What somebody else did to a file since it was `left` so; `None` when nothing. `left` is `None` when nobody knows how it was left.
pub(super) async fn conflict(
    cx: &Cx,
    cleared: &Cleared,
    left: Option<&Content>,
) -> Result<Option<Conflict>, Fault> {
    let live = Content::of(cleared.before());
    if left == Some(&live) || cleared.changes_nothing() {
        return Ok(None);
    }
    let known = match left {
        // What is not kept any more is not compared.
        Some(left) => cx.house().store().content(left).await.ok(),
        None => None,
    };
    let left = known.as_ref().map(|bytes| bytes.as_deref());
    Ok(Some(Conflict::of(left, cleared.before(), cleared.after())))
}

/// That somebody else changed it, with what is needed to decide.
pub(super) fn refused(cleared: &Cleared, conflict: &Conflict) -> Fault {
    let place = cleared.site().place_name();
    let message =
        format!("{} in {place} was changed by somebody else since it was written from here", cleared.path());
    Fault::new(Code::Conflict, message)
        .with_field("overwrite")
        .with_hint(
            "details has what they changed and what putting back would do; overwrite: true does it all the same, and keeps what is there now",
        )
        .with_details(json!({"path": cleared.path(), "place": place.to_string(), "conflict": conflict}))
}
