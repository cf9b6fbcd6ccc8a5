//! Looking through directories of a place: the words of the program that does, and what it says.
//!
//! One `find` lists every file with `stat` and digests the smaller ones with `sha256sum`, in the dialects of GNU and BusyBox alike.
//! Names with a line break in them are left out there, so that no name can pass for another line.

use std::collections::BTreeMap;

use crate::shell::FilePath;

/// How lines of `stat` begin; no digest does.
const FACTS: &str = "= ";

/// The words that look through those directories and digest files up to that size.
pub fn words(roots: &[FilePath], largest: u64) -> Vec<String> {
    let mut words: Vec<String> = vec!["find".into()];
    words.extend(roots.iter().map(ToString::to_string));
    let rest =
        ["-type", "f", "!", "-path", "*\n*", "-exec", "stat", "-c", "= %s %a %u %g %n", "{}", "+", "-size"];
    words.extend(rest.map(str::to_owned));
    words.push(format!("-{}c", largest.saturating_add(1)));
    words.extend(["-exec", "sha256sum", "{}", "+"].map(str::to_owned));
    words
}

/// A file that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Bytes.
    pub size: u64,
    /// Permission bits in octal.
    pub mode: String,
    /// Number of the owner.
    pub uid: u32,
    /// Number of the group.
    pub gid: u32,
    /// SHA-256 of its bytes; `None` of a large one, or one that could not be read.
    pub sha256: Option<String>,
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Listing {
    /// Files by path.
    pub files: BTreeMap<FilePath, Listed>,
    /// How many have names that cannot be kept: no UTF-8, or control characters.
    pub odd: usize,
}

impl Listing {
    /// Reads what was printed.
    pub fn read(printed: &[u8]) -> Self {
        let mut listing = Self::default();
        let mut digests: BTreeMap<FilePath, String> = BTreeMap::new();
        for line in printed.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
            let Ok(line) = std::str::from_utf8(line) else {
                listing.odd += usize::from(line.starts_with(FACTS.as_bytes()));
                continue;
            };
            if let Some(facts) = line.strip_prefix(FACTS) {
                match read_facts(facts) {
                    Some((path, listed)) => _ = listing.files.insert(path, listed),
                    None => listing.odd += 1,
                }
            } else if let Some((path, sha256)) = read_digest(line) {
                digests.insert(path, sha256);
            }
        }
        for (path, sha256) in digests {
            if let Some(listed) = listing.files.get_mut(&path) {
                listed.sha256 = Some(sha256);
            }
        }
        listing
    }
}

fn read_facts(line: &str) -> Option<(FilePath, Listed)> {
    let mut words = line.splitn(5, ' ');
    let size = words.next()?.parse().ok()?;
    let mode = words.next()?.to_owned();
    let (uid, gid) = (words.next()?.parse().ok()?, words.next()?.parse().ok()?);
    let name = words.next()?;
    let path: FilePath = name.parse().ok()?;
    // A path that has another form would not be found again.
    (path.as_str() == name).then_some((path, Listed { size, mode, uid, gid, sha256: None }))
}

/// GNU writes a backslash before the digest of a name in which it escaped something.
fn read_digest(line: &str) -> Option<(FilePath, String)> {
    let (line, is_escaped) = line.strip_prefix('\\').map_or((line, false), |line| (line, true));
    let (sha256, rest) = line.split_at_checked(64)?;
    let name = rest.strip_prefix("  ").or_else(|| rest.strip_prefix(" *"))?;
    let is_digest = sha256.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
    let name = if is_escaped { name.replace("\\\\", "\\") } else { name.to_owned() };
    is_digest.then(|| Some((name.parse().ok()?, sha256.to_owned()))).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHA: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    #[test]
    fn files_and_their_digests_come_together_whatever_their_names() {
        let printed = format!(
            "= 0 644 0 0 /etc/empty\n= 5 600 1 2 /etc/with space\n= 9999 640 0 42 /etc/large\n= 3 644 0 0 /etc/back\\slash\n= 1 644 0 0 /etc/= 1 2\n\
             {SHA}  /etc/empty\n{SHA}  /etc/with space\n\\{SHA}  /etc/back\\\\slash\nsha256sum: /etc/x: No such file\n"
        );
        let listing = Listing::read(printed.as_bytes());
        let of = |path: &str| &listing.files[&path.parse().unwrap()];
        assert_eq!(listing.files.len(), 5);
        assert_eq!(
            (of("/etc/empty").sha256.as_deref(), of("/etc/large").sha256.as_deref()),
            (Some(SHA), None)
        );
        assert_eq!((of("/etc/with space").mode.as_str(), of("/etc/with space").gid), ("600", 2));
        assert_eq!(of("/etc/back\\slash").sha256.as_deref(), Some(SHA));
        assert_eq!(of("/etc/= 1 2").size, 1);
    }

    #[test]
    fn names_that_cannot_be_kept_are_counted() {
        let mut printed = b"= 1 644 0 0 /etc/\xff\n= 1 644 0 0 /etc/a\tb\n".to_vec();
        printed.extend(format!("{SHA}  /etc/a\tb\nrubbish\n= x y\n").bytes());
        let listing = Listing::read(&printed);
        assert_eq!((listing.files.len(), listing.odd), (0, 3));
    }
}
