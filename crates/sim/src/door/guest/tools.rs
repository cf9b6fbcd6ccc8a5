//! Programs of the simulated lab, as text.

use std::fs::{self, Permissions};
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

/// Where programs are looked for.
pub(in super::super) const PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
/// The part of a Perl program that goes into a guest.
pub(in super::super) const ATTACH: &str = include_str!("attach.pl");

const SYSTEMCTL: &str = include_str!("systemctl.pl");
const JOURNALCTL: &str = include_str!("journalctl.pl");

/// Puts `systemctl` and `journalctl` into a folder that is on the path.
pub(in super::super) fn tools(folder: &Path) -> io::Result<()> {
    for (name, text) in [("systemctl", SYSTEMCTL), ("journalctl", JOURNALCTL)] {
        let file = folder.join(name);
        fs::write(&file, text)?;
        fs::set_permissions(&file, Permissions::from_mode(0o755))?;
    }
    Ok(())
}
