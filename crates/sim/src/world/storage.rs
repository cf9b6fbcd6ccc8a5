//! A storage and what lies on it.

use std::collections::BTreeMap;

/// How bytes are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StorageKind {
    /// A folder.
    Dir,
    /// Volumes of a ZFS pool.
    ZfsPool,
    /// Thin volumes of LVM.
    LvmThin,
    /// A folder of another machine.
    Nfs,
    /// Proxmox Backup Server.
    Pbs,
}

impl StorageKind {
    /// As in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Dir => "dir",
            Self::ZfsPool => "zfspool",
            Self::LvmThin => "lvmthin",
            Self::Nfs => "nfs",
            Self::Pbs => "pbs",
        }
    }

    /// Whether a guest's volume there can be snapshot. A file can where its format does it by itself.
    pub fn snapshots(self, volume: &str) -> bool {
        matches!(self, Self::ZfsPool | Self::LvmThin) || volume.ends_with(".qcow2")
    }
}

/// A file or volume on a storage.
#[derive(Debug, Clone, PartialEq)]
pub struct Volume {
    /// `local:backup/vzdump-lxc-100-2026_11_27-03_00_02.tar.zst`.
    pub volid: String,
    /// `backup`, `iso`, `vztmpl`, `images`, `rootdir`.
    pub content: &'static str,
    /// `tar.zst`, `vma.zst`, `iso`, `raw`, `subvol`.
    pub format: &'static str,
    /// Bytes.
    pub size: u64,
    /// Seconds since 1970.
    pub ctime: i64,
    /// Guest it belongs to.
    pub vmid: Option<u32>,
    /// Notes of a backup.
    pub notes: Option<String>,
    /// Whether a backup is kept from pruning.
    pub protected: bool,
}

/// A storage.
#[derive(Debug, Clone)]
pub struct Storage {
    /// Id.
    pub id: String,
    /// Sort.
    pub kind: StorageKind,
    /// What may lie there.
    pub content: Vec<&'static str>,
    /// Whether all nodes see the same bytes.
    pub shared: bool,
    /// Options of its definition, such as `path`, `pool`, `server`.
    pub options: BTreeMap<&'static str, String>,
    /// Bytes in all and used, by node; of a shared one the same for all, see [`Storage::usage_on`].
    pub usage: BTreeMap<String, (u64, u64)>,
    /// What lies there, by the node that put it there; of a shared one every node sees all.
    pub volumes: Vec<(String, Volume)>,
    /// Whether the nodes can reach it.
    pub active: bool,
}

impl Storage {
    /// Whether that node has it.
    pub fn is_on(&self, node: &str) -> bool {
        self.usage.contains_key(node)
    }

    /// Bytes in all and used as a node sees them: nothing of one that it cannot reach.
    pub fn usage_on(&self, node: &str) -> (u64, u64) {
        let one = if self.shared { self.usage.values().next() } else { self.usage.get(node) };
        one.copied().filter(|_| self.active && self.is_on(node)).unwrap_or_default()
    }

    /// Takes that many bytes, or none when they do not fit.
    pub(super) fn take(&mut self, node: &str, bytes: u64) -> bool {
        let (total, used) = self.usage_on(node);
        if bytes > total.saturating_sub(used) {
            return false;
        }
        let shared = self.shared;
        for (_, figure) in self.usage.iter_mut().filter(|(on, _)| shared || *on == node) {
            *figure = (total, used + bytes);
        }
        true
    }

    /// Has room for that many bytes more.
    pub(super) fn give_back(&mut self, node: &str, bytes: u64) {
        let shared = self.shared;
        for (_, (_, used)) in self.usage.iter_mut().filter(|(on, _)| shared || *on == node) {
            *used = used.saturating_sub(bytes);
        }
    }

    /// What a node sees there.
    pub fn volumes_on<'a>(&'a self, node: &'a str) -> impl Iterator<Item = &'a Volume> {
        self.volumes.iter().filter(move |(on, _)| self.shared || on == node).map(|(_, volume)| volume)
    }
}
