//! The host key that is written down for ssh, beside the print in the settings that it must have.

use labkeeper_core::provision::SshPublicKey;
use labkeeper_core::pve::Fingerprint;

/// What a file for ssh holds.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum WrittenDown {
    /// The pinned key and no other.
    Pinned,
    /// This other key.
    Other(SshPublicKey),
    /// None of the one kind that labkeeper takes.
    None,
}

/// Compares every key in the text of such a file with the pin. One that differs is one that ssh would take.
pub(super) fn compare(known_hosts: &str, pin: Fingerprint) -> WrittenDown {
    let keys = || known_hosts.lines().filter_map(key);
    let other = keys().find(|key| key.fingerprint().parse() != Ok(pin));
    match (other, keys().next()) {
        (Some(other), _) => WrittenDown::Other(other),
        (None, Some(_)) => WrittenDown::Pinned,
        (None, None) => WrittenDown::None,
    }
}

/// Names, maybe marked, stand before it.
fn key(line: &str) -> Option<SshPublicKey> {
    let at = line.find("ssh-ed25519 ").filter(|_| !line.trim_start().starts_with('#'))?;
    line[at..].parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const OURS: &str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGOtf4PNTjKEzKQP/e2uQtsGshcxEPIhhgsIP4FQFsMv";
    const THEIRS: &str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl";

    #[test]
    fn only_the_pinned_key_alone_is_the_pinned_one() {
        let pin = "SHA256:8CJ2+rTzZr+YOzDr4eYHik6p4Zi3isQVG2POCcg6jWg".parse().unwrap();
        let other = WrittenDown::Other(THEIRS.parse().unwrap());
        let keyscan = format!("# 10.0.0.1:22 {THEIRS}\n10.0.0.1 ssh-rsa AAAAB3Nza\n10.0.0.1 {OURS}\n");
        assert_eq!(compare(&keyscan, pin), WrittenDown::Pinned);
        assert_eq!(compare(&format!("[pve1]:2222 {THEIRS} root@pve1\n"), pin), other);
        assert_eq!(compare(&format!("{keyscan}10.0.0.1 {THEIRS}\n"), pin), other);
        assert_eq!(compare("10.0.0.1 ssh-rsa AAAAB3Nza\n", pin), WrittenDown::None);
    }
}
