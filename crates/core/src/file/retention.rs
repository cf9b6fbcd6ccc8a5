//! Which old versions go so that a new one has room.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use thiserror::Error;

use super::version::BackupId;

/// What is kept of old versions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quota {
    /// Versions of one file; at least one.
    pub versions: usize,
    /// Bytes of all together, as they are stored.
    pub bytes: u64,
}

impl Default for Quota {
    fn default() -> Self {
        Self { versions: 20, bytes: 1 << 30 }
    }
}

/// A version that is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// Its name; a greater one is newer.
    pub id: BackupId,
    /// Which file: place and path.
    pub file: (String, String),
    /// The contents it stands on, by digest.
    pub blobs: Vec<String>,
    /// Nobody has said yet what became of its write, so it has to stay.
    pub open: bool,
}

/// What is to be kept next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Incoming {
    /// Which file: place and path.
    pub file: (String, String),
    /// The contents it will stand on, by digest.
    pub blobs: Vec<String>,
}

/// That there is no room.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error(
    "old versions of files may take {allowed} bytes; with this one they would take {needed}, and none may go"
)]
pub struct QuotaError {
    /// How much they may take.
    pub allowed: u64,
    /// How much they would take.
    pub needed: u64,
}

/// The versions that have to go, so that `incoming` fits into the quota: of its own file those beyond the number, then of all files
/// the oldest, but never the newest of a file, nor one whose write is open. `sizes` says how much each content takes.
///
/// # Errors
/// When it does not fit even so.
pub fn room_for(
    incoming: &Incoming,
    kept: &[Kept],
    sizes: &HashMap<String, u64>,
    quota: Quota,
) -> Result<Vec<BackupId>, QuotaError> {
    let mut by_age: BTreeMap<BackupId, &Kept> = kept.iter().map(|version| (version.id, version)).collect();
    let mut gone = Vec::new();
    let own: Vec<BackupId> = by_age
        .values()
        .filter(|version| version.file == incoming.file && !version.open)
        .map(|v| v.id)
        .collect();
    let surplus = (own.len() + 1).saturating_sub(quota.versions.max(1));
    for id in own.into_iter().take(surplus) {
        by_age.remove(&id);
        gone.push(id);
    }
    let mut needed = taken(incoming, by_age.values().copied(), sizes);
    let mut newest: HashMap<&(String, String), BackupId> = HashMap::new();
    newest.extend(by_age.values().map(|version| (&version.file, version.id)));
    newest.insert(&incoming.file, BackupId(i64::MAX));
    let may_go: Vec<BackupId> = by_age
        .values()
        .filter(|version| !version.open && newest.get(&version.file) != Some(&version.id))
        .map(|version| version.id)
        .collect();
    for id in may_go {
        if needed <= quota.bytes {
            break;
        }
        by_age.remove(&id);
        gone.push(id);
        needed = taken(incoming, by_age.values().copied(), sizes);
    }
    if needed > quota.bytes {
        return Err(QuotaError { allowed: quota.bytes, needed });
    }
    Ok(gone)
}

/// What they take together: a content that several stand on is there once.
fn taken<'a>(
    incoming: &'a Incoming,
    kept: impl Iterator<Item = &'a Kept>,
    sizes: &HashMap<String, u64>,
) -> u64 {
    let blobs: BTreeSet<&String> = kept.flat_map(|version| &version.blobs).chain(&incoming.blobs).collect();
    blobs.into_iter().filter_map(|blob| sizes.get(blob)).sum()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn version(id: i64, file: &str, blobs: &[&str]) -> Kept {
        let blobs = blobs.iter().map(ToString::to_string).collect();
        Kept { id: BackupId(id), file: ("p".into(), file.into()), blobs, open: false }
    }

    fn incoming(file: &str, blob: &str) -> Incoming {
        Incoming { file: ("p".into(), file.into()), blobs: vec![blob.into()] }
    }

    /// Each content takes ten bytes.
    fn sizes(kept: &[Kept], incoming: &Incoming) -> HashMap<String, u64> {
        kept.iter().flat_map(|one| &one.blobs).chain(&incoming.blobs).map(|blob| (blob.clone(), 10)).collect()
    }

    fn going(incoming: &Incoming, kept: &[Kept], quota: Quota) -> Result<Vec<i64>, QuotaError> {
        let ids = room_for(incoming, kept, &sizes(kept, incoming), quota)?;
        Ok(ids.into_iter().map(|id| id.0).collect())
    }

    #[test]
    fn of_one_file_the_oldest_beyond_the_number_go() {
        let kept: Vec<Kept> = (1..=5).map(|id| version(id, "a", &["x"])).collect();
        let quota = Quota { versions: 4, bytes: 1_000 };
        assert_eq!(going(&incoming("a", "y"), &kept, quota), Ok(vec![1, 2]));
        assert_eq!(going(&incoming("b", "y"), &kept, quota), Ok(vec![]));
    }

    #[test]
    fn for_the_total_the_oldest_of_all_go_but_never_the_newest_of_a_file() {
        let kept = [
            version(1, "a", &["1"]),
            version(2, "b", &["2"]),
            version(3, "a", &["3"]),
            version(4, "a", &["4"]),
        ];
        let quota = Quota { versions: 20, bytes: 30 };
        assert_eq!(going(&incoming("c", "5"), &kept, quota), Ok(vec![1, 3]));
        let quota = Quota { versions: 20, bytes: 20 };
        let full = QuotaError { allowed: 20, needed: 30 };
        assert_eq!(going(&incoming("c", "5"), &kept, quota), Err(full));
        // The incoming one is the newest of its file.
        assert_eq!(going(&incoming("b", "5"), &kept, quota), Ok(vec![1, 2, 3]));
    }

    #[test]
    fn a_content_that_others_stand_on_frees_nothing() {
        let kept = [version(1, "a", &["x"]), version(2, "b", &["x"]), version(3, "a", &["y"])];
        let quota = Quota { versions: 20, bytes: 20 };
        let full = QuotaError { allowed: 20, needed: 30 };
        assert_eq!(going(&incoming("c", "z"), &kept, quota), Err(full));
    }

    #[test]
    fn one_whose_write_is_open_stays() {
        let mut kept = [version(1, "a", &["1"]), version(2, "a", &["2"]), version(3, "a", &["3"])];
        kept[0].open = true;
        let quota = Quota { versions: 1, bytes: 1_000 };
        assert_eq!(going(&incoming("a", "4"), &kept, quota), Ok(vec![2, 3]));
    }

    proptest! {
        #[test]
        fn what_stays_fits_and_every_file_keeps_its_newest(
            files in proptest::collection::vec(0_u8..4, 0..30),
            versions in 1_usize..5,
            bytes in 10_u64..200,
        ) {
            let kept: Vec<Kept> = files
                .iter()
                .enumerate()
                .map(|(at, file)| version(at as i64, &file.to_string(), &[&format!("c{at}")]))
                .collect();
            let new = incoming("0", "new");
            let quota = Quota { versions, bytes };
            if let Ok(gone) = room_for(&new, &kept, &sizes(&kept, &new), quota) {
                let stays: Vec<&Kept> = kept.iter().filter(|one| !gone.contains(&one.id)).collect();
                prop_assert!(stays.len() as u64 * 10 + 10 <= bytes);
                prop_assert!(stays.iter().filter(|one| one.file == new.file).count() < versions);
                for file in kept.iter().map(|one| &one.file).filter(|file| **file != new.file) {
                    let newest = kept.iter().rev().find(|one| one.file == *file).unwrap();
                    prop_assert!(stays.contains(&newest));
                }
            }
        }
    }
}
