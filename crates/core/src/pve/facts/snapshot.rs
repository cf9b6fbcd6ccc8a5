//! The snapshots of a guest. Proxmox lists the guest itself among them, under the name `current`; here it is apart.

use serde::{Deserialize, Deserializer, Serialize};

use super::rows::Rows;
use crate::pve::lenient;
use crate::pve::names::SnapshotName;

/// The answer of `snapshot`.
#[derive(Debug, Clone, PartialEq, Serialize, Default)]
pub struct Snapshots {
    /// In the order listed, which is not by time.
    pub snapshots: Vec<Snapshot>,
    /// The one that the guest's disks come from; `None` when there is none.
    pub parent: Option<SnapshotName>,
    /// Why snapshots are missing from the list, a sentence each.
    pub unreadable: Vec<String>,
}

impl Snapshots {
    /// The one of that name.
    pub fn find(&self, name: &SnapshotName) -> Option<&Snapshot> {
        self.snapshots.iter().find(|snapshot| snapshot.name == *name)
    }
}

/// One snapshot.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Snapshot {
    /// Its name.
    pub name: SnapshotName,
    /// When it was made, in seconds since 1970.
    #[serde(default, deserialize_with = "lenient::seconds")]
    pub snaptime: Option<i64>,
    /// What was written when it was made.
    #[serde(default, deserialize_with = "lenient::text")]
    pub description: Option<String>,
    /// The snapshot before it.
    #[serde(default, deserialize_with = "lenient::parsed")]
    pub parent: Option<SnapshotName>,
    /// Whether the memory of a virtual machine is in it.
    #[serde(default, deserialize_with = "lenient::flag")]
    pub vmstate: Option<bool>,
    /// Half made or half removed: `prepare` or `delete`.
    #[serde(default, deserialize_with = "lenient::text")]
    pub snapstate: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Row {
    Snapshot(Snapshot),
    Rest {
        name: String,
        #[serde(default, deserialize_with = "lenient::parsed")]
        parent: Option<SnapshotName>,
    },
}

impl<'de> Deserialize<'de> for Snapshots {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        let rows = Rows::<Row>::deserialize(input)?;
        let mut read = Self { unreadable: rows.unreadable().to_vec(), ..Self::default() };
        for row in rows {
            match row {
                Row::Snapshot(snapshot) => read.snapshots.push(snapshot),
                Row::Rest { name, parent } if name == "current" => read.parent = parent,
                Row::Rest { name, .. } => read.unreadable.push(format!("{name:?} is no snapshot name")),
            }
        }
        Ok(read)
    }
}
