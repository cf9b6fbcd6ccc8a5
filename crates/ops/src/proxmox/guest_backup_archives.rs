//! The archives of a guest: which there are, which of them are ours, and whether the token may do what is asked with them.

use std::fmt;
use std::str::FromStr;

use labkeeper_core::fault::{Code, Fault};
use labkeeper_core::health::PlacedBackup;
use labkeeper_core::pve::{BackupVolume, Call, ClusterName, VmId, VolumeId};
use labkeeper_core::tier::Tier;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::eye::Eye;
use super::list_backups::all_of;
use super::snapshots::OURS;
use crate::clusters::{Found, Target};
use crate::cx::Cx;

/// Which archive is meant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String")]
pub enum Wanted {
    /// One of ours, by the name at the beginning of its notes: `mcp-20260609-213000`.
    Ours(String),
    /// Any, by storage and name.
    Named(VolumeId),
}

impl FromStr for Wanted {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if is_our_name(text) {
            return Ok(Self::Ours(text.into()));
        }
        text.parse()
            .map(Self::Named)
            .map_err(|error| format!("{error}; or the name of one of ours, mcp-20260609-213000"))
    }
}

impl TryFrom<String> for Wanted {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<Wanted> for String {
    fn from(wanted: Wanted) -> Self {
        wanted.to_string()
    }
}

impl fmt::Display for Wanted {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ours(name) => out.write_str(name),
            Self::Named(volume) => write!(out, "{volume}"),
        }
    }
}

/// `mcp-`, eight digits, a dash, six digits.
fn is_our_name(text: &str) -> bool {
    let Some((day, time)) = text.strip_prefix(OURS).and_then(|rest| rest.split_once('-')) else {
        return false;
    };
    let are_digits =
        |part: &str, length| part.len() == length && part.bytes().all(|byte| byte.is_ascii_digit());
    are_digits(day, 8) && are_digits(time, 6)
}

/// What we called it; `None` for somebody else's.
pub(super) fn our_name(volume: &BackupVolume) -> Option<&str> {
    let first = volume.notes.as_deref()?.split_whitespace().next()?;
    is_our_name(first).then_some(first)
}

/// Whether there is no reason to doubt it. Only a backup server looks into one.
pub(super) fn is_good(volume: &BackupVolume) -> bool {
    volume.verified != Some(false) && volume.size != Some(0)
}

/// The guest whose backups are meant.
pub(super) async fn target(cx: &Cx, vmid: VmId, cluster: Option<&ClusterName>) -> Result<Target, Fault> {
    cx.house().clusters().target(Tier::Companion, vmid, cluster).await
}

/// Refuses what the token may not, before anything is begun, and says what it lacks.
pub(super) async fn may<T>(found: &Found, call: &Call<T>) -> Result<(), Fault> {
    let eye = Eye::of(&found.cluster).await;
    // A cluster that does not say what the token may will refuse by itself.
    let Some(held) = &eye.held else { return Ok(()) };
    let missing: Vec<String> = held.missing(call.wants()).into_iter().map(ToString::to_string).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let cluster = found.cluster.cluster();
    let message = format!("the token for {cluster} may not do that: it lacks {}", missing.join(", "));
    Err(Fault::new(Code::Forbidden, message).with_hint(format!(
        "`labkeeper setup --name {cluster} --tier companion --with-backups` gives it what backups take"
    )))
}

/// Every archive of that guest that can be seen, wherever it lies.
///
/// # Errors
/// When some may be hidden: nothing is decided on a part of them.
pub(super) async fn of_guest(found: &Found) -> Result<Vec<PlacedBackup>, Fault> {
    let eye = Eye::of(&found.cluster).await;
    let mut seen = all_of(&eye).await;
    seen.backups.retain(|placed| placed.volume.vmid == found.row.vmid);
    match (seen.backups.is_empty(), seen.unseen.into_iter().next()) {
        (true, Some(unseen)) => Err(Fault::new(
            Code::Unavailable,
            format!("no backup of {} can be seen: {}", found.text(), unseen.problem),
        )
        .with_hint(unseen.remedy)),
        _ => Ok(seen.backups),
    }
}

/// The one that is meant.
///
/// # Errors
/// When it is not there; the hint has those that are.
pub(super) fn chosen<'a>(
    found: &Found,
    archives: &'a [PlacedBackup],
    wanted: &Wanted,
) -> Result<&'a PlacedBackup, Fault> {
    let is_it = |placed: &&PlacedBackup| match wanted {
        Wanted::Ours(name) => our_name(&placed.volume) == Some(name.as_str()),
        Wanted::Named(volume) => placed.volume.volid == *volume,
    };
    let mut matching: Vec<&PlacedBackup> = archives.iter().filter(is_it).collect();
    // A local storage of the same name has other volumes on each node: the guest's own node is meant.
    if matching.len() > 1 {
        matching.retain(|placed| placed.node.as_ref().is_none_or(|node| *node == found.row.node));
    }
    match matching[..] {
        [only] => Ok(only),
        [] => {
            let names: Vec<&str> = archives.iter().map(|placed| placed.volume.volid.as_str()).collect();
            let there = if names.is_empty() { "none".into() } else { names.join(", ") };
            let fault = Fault::not_found(format!("{} has no backup {wanted}", found.text()));
            Err(fault.with_field("archive").with_hint(format!("there are: {there}")))
        }
        _ => Err(Fault::invalid("archive", format!("{wanted} names several backups"))
            .with_hint("name it in full, as list_backups has it")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ours_are_known_by_their_notes_and_others_have_to_be_named_in_full() {
        assert_eq!("mcp-20260609-213000".parse(), Ok(Wanted::Ours("mcp-20260609-213000".into())));
        assert!(matches!(
            "nas:backup/vzdump-lxc-101-2026_11_22-00_22_56.tar.zst".parse(),
            Ok(Wanted::Named(_))
        ));
        for bad in ["mcp-2026", "mcp-20260609-21300x", "latest", "-x", "nas:../x", ""] {
            assert!(bad.parse::<Wanted>().is_err(), "{bad}");
        }
        let with = |notes: Option<&str>| BackupVolume {
            volid: "nas:backup/x".parse().unwrap(),
            vmid: VmId::try_from(101).unwrap(),
            kind: None,
            made: None,
            size: None,
            notes: notes.map(Into::into),
            is_protected: false,
            verified: None,
        };
        assert_eq!(our_name(&with(Some("mcp-20260609-213000 — before"))), Some("mcp-20260609-213000"));
        for others in [None, Some("mcp-server"), Some("by mcp-20260609-213000"), Some("")] {
            assert_eq!(our_name(&with(others)), None, "{others:?}");
        }
    }
}
