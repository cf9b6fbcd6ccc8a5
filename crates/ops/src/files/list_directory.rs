//! `list_directory`.

use labkeeper_core::fault::Fault;
use labkeeper_core::pve::{ClusterName, NodeName};
use labkeeper_core::shell::{FileEntry, FileKind, FilePath};
use labkeeper_core::tier::Tier;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::reading::{allowed, time};
use crate::cx::Cx;
use crate::operation::{Meta, Operation, Route, Toolset};
use crate::site::Site;

const USUAL: usize = 500;
const MOST: usize = 5_000;

/// List a directory on a node: names, kinds, sizes, times and permissions.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListDirectory {
    /// The directory, absolute.
    pub path: FilePath,
    /// At most so many entries; 500 when left out, 5000 at most.
    #[serde(default)]
    pub limit: Option<usize>,
    /// Which node; only where there are several.
    #[serde(default)]
    pub node: Option<NodeName>,
    /// In which cluster; only where several have a node of that name.
    #[serde(default)]
    pub cluster: Option<ClusterName>,
}

/// A directory.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Directory {
    /// The path that was asked for.
    pub path: FilePath,
    /// Where: `host:CLUSTER/NODE`.
    pub place: String,
    /// Its entries, by name.
    pub entries: Vec<DirectoryEntry>,
    /// How many it has in all.
    pub total: u64,
    /// Some are not here; ask with a higher limit.
    pub truncated: bool,
}

/// An entry of a directory.
#[derive(Debug, Serialize, JsonSchema)]
pub struct DirectoryEntry {
    /// Name.
    pub name: String,
    /// `file`, `directory`, `symlink` or `other`.
    #[serde(rename = "type")]
    pub kind: FileKind,
    /// Bytes.
    pub size: u64,
    /// When it was changed last, UTC.
    pub modified: String,
    /// As `ls -l` shows them: `-rw-r--r--`.
    pub permissions: String,
    /// Where a symbolic link leads.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
}

impl Operation for ListDirectory {
    type Output = Directory;
    const META: Meta = Meta::read("list_directory", "List a directory on a node", Toolset::Proxmox)
        .tier(Tier::Root)
        .open_world()
        .foreign()
        .routes(&[Route::get("/api/files/host/directory")]);

    async fn run(self, cx: &mut Cx) -> Result<Directory, Fault> {
        let limit = self.limit.unwrap_or(USUAL);
        if !(1..=MOST).contains(&limit) {
            return Err(Fault::invalid(
                "limit",
                format!("limit wants a number from 1 to {MOST}, not {limit}"),
            ));
        }
        allowed(cx, &self.path)?;
        let site = Site::host(cx, self.node.as_ref(), self.cluster.as_ref())?;
        let listed = site.list(&self.path, limit).await?;
        let (entries, total) = listed.ok_or_else(|| site.lacks(&self.path))?;
        Ok(Directory {
            place: site.place_name().to_string(),
            path: self.path,
            truncated: (entries.len() as u64) < total,
            entries: entries.into_iter().map(shown).collect(),
            total,
        })
    }
}

fn shown(entry: FileEntry) -> DirectoryEntry {
    DirectoryEntry {
        permissions: permissions(entry.kind, entry.mode),
        name: entry.name,
        kind: entry.kind,
        size: entry.size,
        modified: time(entry.modified),
        target: entry.target,
    }
}

fn permissions(kind: FileKind, mode: u32) -> String {
    let first = match kind {
        FileKind::File => '-',
        FileKind::Directory => 'd',
        FileKind::Symlink => 'l',
        FileKind::Other => '?',
    };
    // For owner, group and others: the letters, and what stands for x when the special bit is set.
    let classes = [(6, 0o4000, 's'), (3, 0o2000, 's'), (0, 0o1000, 't')];
    let rest = classes.into_iter().flat_map(|(shift, special, letter)| {
        let bits = mode >> shift;
        let last = match (bits & 1 != 0, mode & special != 0) {
            (true, false) => 'x',
            (false, false) => '-',
            (true, true) => letter,
            (false, true) => letter.to_ascii_uppercase(),
        };
        [if bits & 4 != 0 { 'r' } else { '-' }, if bits & 2 != 0 { 'w' } else { '-' }, last]
    });
    std::iter::once(first).chain(rest).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn permissions_look_as_ls_shows_them() {
        assert_eq!(permissions(FileKind::File, 0o644), "-rw-r--r--");
        assert_eq!(permissions(FileKind::Directory, 0o1777), "drwxrwxrwt");
        assert_eq!(permissions(FileKind::File, 0o4755), "-rwsr-xr-x");
        assert_eq!(permissions(FileKind::File, 0o2640), "-rw-r-S---");
        assert_eq!(permissions(FileKind::Symlink, 0o777), "lrwxrwxrwx");
    }
}
