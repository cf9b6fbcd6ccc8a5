//! What lies on a storage: `storage:volume`.

use super::names::StorageId;
use super::text_id::text_id;

text_id! {
    /// A volume, such as `local:backup/vzdump-lxc-101-2026_11_22-00_22_56.tar.zst`.
    VolumeId, "^[A-Za-z][A-Za-z0-9._-]*[A-Za-z0-9]:[^-/].*$",
    is_volume,
    VolumeId
}

impl VolumeId {
    /// The storage that it lies on.
    pub fn storage(&self) -> StorageId {
        let (storage, _) = self.as_str().split_once(':').expect("parsing found the colon");
        storage.parse().expect("parsing found a storage before the colon")
    }

    /// What follows the storage.
    pub fn name(&self) -> &str {
        self.as_str().split_once(':').map_or("", |(_, name)| name)
    }
}

fn is_volume(text: &str) -> bool {
    let Some((storage, name)) = text.split_once(':') else { return false };
    // A storage's plug-in makes the name; an uploaded image may have spaces in it.
    let plain = (1..=400).contains(&name.len()) && !name.chars().any(char::is_control);
    let outside = name.split('/').any(|part| matches!(part, "" | "." | ".."));
    storage.parse::<StorageId>().is_ok() && plain && !outside && !name.starts_with('-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_volume_says_where_it_lies() {
        let volume: VolumeId = "local:backup/vzdump-lxc-102-2026_11_22-00_22_56.tar.zst".parse().unwrap();
        assert_eq!(volume.storage().as_str(), "local");
        assert_eq!(volume.name(), "backup/vzdump-lxc-102-2026_11_22-00_22_56.tar.zst");
        assert!("local:iso/Windows 11.iso".parse::<VolumeId>().is_ok());
        assert!("pbs:backup/ct/101/2026-11-22T00:22:56Z".parse::<VolumeId>().is_ok());
    }

    #[test]
    fn a_volume_never_leads_out_of_its_storage() {
        for bad in [
            "local",
            "local:",
            ":x",
            "local:../x",
            "local:a/../../x",
            "local:/etc/passwd",
            "local:-x",
            "local:a\nb",
            "local:a//b",
        ] {
            assert!(bad.parse::<VolumeId>().is_err(), "{bad}");
        }
    }
}
