//! Tar archives that depend on nothing but their content: entries sorted, one time for all, owners by number.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result, ensure};

/// Tar counts in these.
const BLOCK: usize = 512;

/// Whose a file is, by number: names would be looked up on the machine that unpacks.
#[derive(Clone, Copy)]
pub(crate) struct Owner(pub(crate) u32);

impl Owner {
    pub(crate) const ROOT: Self = Self(0);
}

enum What {
    Directory,
    File(Vec<u8>),
}

struct Entry {
    what: What,
    mode: u32,
    owner: Owner,
}

/// What is in an archive, by path without a leading slash. The directories above a file are made by themselves.
#[derive(Default)]
pub(crate) struct Tree {
    entries: BTreeMap<String, Entry>,
}

impl Tree {
    pub(crate) fn directory(&mut self, path: &str, mode: u32, owner: Owner) {
        self.above(path);
        self.entries.insert(path.to_owned(), Entry { what: What::Directory, mode, owner });
    }

    pub(crate) fn file(&mut self, path: &str, mode: u32, content: impl Into<Vec<u8>>) {
        self.above(path);
        let entry = Entry { what: What::File(content.into()), mode, owner: Owner::ROOT };
        self.entries.insert(path.to_owned(), entry);
    }

    /// Everything of another one.
    pub(crate) fn extend(&mut self, other: Self) {
        for (path, entry) in other.entries {
            self.entries.entry(path).or_insert(entry);
        }
    }

    /// A file of this machine.
    pub(crate) fn copy(&mut self, path: &str, mode: u32, from: &Path) -> Result<()> {
        let content = std::fs::read(from).with_context(|| format!("cannot read {}", from.display()))?;
        self.file(path, mode, content);
        Ok(())
    }

    /// The bytes of all files together.
    pub(crate) fn size(&self) -> usize {
        let sizes = self.entries.values().map(|entry| match &entry.what {
            What::File(content) => content.len(),
            What::Directory => 0,
        });
        sizes.sum()
    }

    /// The archive, each path with `prefix` before it and everything changed at `seconds` since 1970.
    pub(crate) fn archive(&self, prefix: &str, seconds: u64) -> Result<Vec<u8>> {
        let mut archive = Vec::new();
        for (path, entry) in &self.entries {
            let (kind, slash, content): (u8, &str, &[u8]) = match &entry.what {
                What::Directory => (b'5', "/", &[]),
                What::File(content) => (b'0', "", content),
            };
            let name = format!("{prefix}{path}{slash}");
            archive.extend(header(&name, entry, kind, content.len(), seconds)?);
            archive.extend(content);
            archive.resize(archive.len().next_multiple_of(BLOCK), 0);
        }
        // Two empty blocks are the end.
        archive.resize(archive.len() + 2 * BLOCK, 0);
        Ok(archive)
    }

    fn above(&mut self, path: &str) {
        for (at, _) in path.match_indices('/') {
            let entry = Entry { what: What::Directory, mode: 0o755, owner: Owner::ROOT };
            self.entries.entry(path[..at].to_owned()).or_insert(entry);
        }
    }
}

fn header(name: &str, entry: &Entry, kind: u8, size: usize, seconds: u64) -> Result<[u8; BLOCK]> {
    ensure!(name.len() <= 100, "{name}: longer than 100 bytes, which is too long for ustar");
    let mut block = [0; BLOCK];
    let mut put = |at: usize, text: &str| block[at..at + text.len()].copy_from_slice(text.as_bytes());
    put(0, name);
    put(100, &format!("{:07o}", entry.mode));
    put(108, &format!("{:07o}", entry.owner.0));
    put(116, &format!("{:07o}", entry.owner.0));
    put(124, &format!("{size:011o}"));
    put(136, &format!("{seconds:011o}"));
    // The sum is taken with blanks in its own place.
    put(148, "        ");
    put(257, "ustar\x0000");
    block[156] = kind;
    let sum: u32 = block.iter().map(|byte| u32::from(*byte)).sum();
    block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    Ok(block)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::process::Command;

    use super::*;

    #[test]
    fn tar_reads_what_was_written_with_modes_owners_and_times() {
        let mut tree = Tree::default();
        tree.file("usr/bin/tool", 0o755, "hello");
        tree.directory("data", 0o700, Owner(10001));
        let place = tempfile::tempdir().expect("a temporary directory");
        let path = place.path().join("a.tar");
        fs::write(&path, tree.archive("./", 86_400).expect("names are short")).expect("it can be written");
        let listed = Command::new("tar")
            .args(["--list", "--verbose", "--numeric-owner", "--utc", "--file"])
            .arg(&path)
            .output()
            .expect("tar is there");
        let told = String::from_utf8(listed.stdout).expect("plain text");
        let lines: Vec<Vec<&str>> = told.lines().map(|line| line.split_whitespace().collect()).collect();
        assert_eq!(
            lines,
            [
                vec!["drwx------", "10001/10001", "0", "1970-01-02", "00:00", "./data/"],
                vec!["drwxr-xr-x", "0/0", "0", "1970-01-02", "00:00", "./usr/"],
                vec!["drwxr-xr-x", "0/0", "0", "1970-01-02", "00:00", "./usr/bin/"],
                vec!["-rwxr-xr-x", "0/0", "5", "1970-01-02", "00:00", "./usr/bin/tool"],
            ]
        );
        assert!(listed.stderr.is_empty());
    }

    #[test]
    fn the_order_in_which_things_are_put_in_does_not_show() {
        let (mut one, mut other) = (Tree::default(), Tree::default());
        one.file("a/x", 0o644, "1");
        one.file("b", 0o644, "2");
        other.file("b", 0o644, "2");
        other.file("a/x", 0o644, "1");
        assert_eq!(one.archive("", 7).expect("short"), other.archive("", 7).expect("short"));
    }

    #[test]
    fn a_path_that_would_be_cut_short_is_refused() {
        let mut tree = Tree::default();
        tree.file(&"long".repeat(30), 0o644, "");
        assert!(tree.archive("", 0).is_err());
    }
}
