//! The plain names: nodes, clusters, storages, snapshots, ZFS pools.

use super::text_id::{made_of, text_id};

text_id! {
    /// A node's name as the cluster knows it, a host name without a domain. Case is kept.
    NodeName, "^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$",
    |text| made_of(text, 1..=63, u8::is_ascii_alphanumeric, letter_digit_dash) && !text.ends_with('-'),
    NodeName
}

text_id! {
    /// What the owner calls a cluster or a single node in labkeeper's settings. Not necessarily the name that Corosync has.
    ClusterName, "^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$",
    |text| made_of(text, 1..=63, u8::is_ascii_alphanumeric, word),
    ClusterName
}

text_id! {
    /// A storage's id.
    StorageId, "^[A-Za-z][A-Za-z0-9._-]{0,98}[A-Za-z0-9]$",
    |text| {
        made_of(text, 2..=100, u8::is_ascii_alphabetic, |byte| word(byte) || *byte == b'.')
            && text.ends_with(|character: char| character.is_ascii_alphanumeric())
    },
    StorageId
}

text_id! {
    /// A snapshot's name. `current` and `pending` are what Proxmox calls the guest itself and can never be one.
    SnapshotName, "^[A-Za-z][A-Za-z0-9_-]{1,39}$",
    |text| {
        made_of(text, 2..=40, u8::is_ascii_alphabetic, word)
            && !["current", "pending"].iter().any(|taken| text.eq_ignore_ascii_case(taken))
    },
    SnapshotName
}

text_id! {
    /// A ZFS pool's name.
    ZfsPoolName, "^[A-Za-z][A-Za-z0-9._:-]{0,254}$",
    |text| made_of(text, 1..=255, u8::is_ascii_alphabetic, |byte| word(byte) || b".:".contains(byte)),
    ZfsPoolName
}

fn letter_digit_dash(byte: &u8) -> bool {
    byte.is_ascii_alphanumeric() || *byte == b'-'
}

fn word(byte: &u8) -> bool {
    letter_digit_dash(byte) || *byte == b'_'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_taken_as_proxmox_writes_them() {
        for node in ["pve1", "PVE-2", "7", "a".repeat(63).as_str()] {
            assert_eq!(node.parse::<NodeName>().unwrap().as_str(), node);
        }
        for storage in ["local", "local-zfs", "pbs.main_2"] {
            assert_eq!(storage.parse::<StorageId>().unwrap().to_string(), storage);
        }
        for snapshot in ["s1", "mcp-before_change", "Vzdump"] {
            assert_eq!(snapshot.parse::<SnapshotName>().unwrap().as_str(), snapshot);
        }
        assert!("home_lab".parse::<ClusterName>().is_ok());
    }

    #[test]
    fn names_that_proxmox_refuses_are_refused() {
        for node in ["", "-pve", "pve-", "pve.lan", "pve_1", "a".repeat(64).as_str()] {
            assert!(node.parse::<NodeName>().is_err(), "{node}");
        }
        for snapshot in ["s", "1st", "current", "Pending", "a b", "a".repeat(41).as_str()] {
            assert!(snapshot.parse::<SnapshotName>().is_err(), "{snapshot}");
        }
        for storage in ["x", "1a", "a-", "../a", "a/b"] {
            assert!(storage.parse::<StorageId>().is_err(), "{storage}");
        }
    }

    #[test]
    fn a_refusal_shows_what_was_given_and_the_way_out() {
        let error = "pve\u{1b}[31m1".parse::<NodeName>().unwrap_err().to_string();
        assert!(
            error.starts_with("\"pve\\u{1b}[31m1\" is no node name: give it as Proxmox lists it"),
            "{error}"
        );
        let error = "x".repeat(5000).parse::<NodeName>().unwrap_err().to_string();
        assert!(error.len() < 250, "{error}");
    }
}
