//! Which Proxmox VE it is.

use super::check::Check;
use crate::checkup::finding::Finding;
use crate::checkup::level::Level;
use crate::pve::Version;

/// The first release that labkeeper is tested with.
const OLDEST: u32 = 8;

/// Judges the release; `None` when no endpoint said.
pub fn release(version: Option<&Version>) -> Finding {
    let Some(version) = version else {
        return Check::Release
            .finds(Level::Unknown, "no endpoint says which Proxmox VE it is")
            .with_remedy("see to it that an endpoint answers and accepts the token first");
    };
    let text = &version.version;
    match version.major() {
        Some(OLDEST..) => Check::Release.finds(Level::Ok, format!("Proxmox VE {text}")),
        Some(_) => Check::Release
            .finds(
                Level::Warn,
                format!(
                    "Proxmox VE {text} is older than what labkeeper is made for, and gets no updates any more"
                ),
            )
            .with_remedy("upgrade the nodes to Proxmox VE 8 or later, one major release at a time"),
        None => Check::Release
            .finds(Level::Unknown, format!("Proxmox VE calls its version {text}, which says no release"))
            .with_remedy("labkeeper may be older than this Proxmox VE: update it"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seven_is_too_old() {
        let judged = |version: &str| {
            release(Some(&Version { version: version.into(), release: None, repoid: None })).status
        };
        assert_eq!(judged("9.1.8"), Level::Ok);
        assert_eq!(judged("8.0.1"), Level::Ok);
        assert_eq!(judged("7.4-2"), Level::Warn);
        assert_eq!(judged("unreleased"), Level::Unknown);
        assert_eq!(release(None).status, Level::Unknown);
    }
}
