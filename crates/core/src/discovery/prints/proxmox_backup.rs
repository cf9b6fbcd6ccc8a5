//! A Proxmox Backup Server: its web interface answers on 8007.

use super::print::{Clue, Print, Role};
use super::sign::Sign;
use crate::inventory::Kind;

pub(super) const PRINT: Print = Print {
    name: "Proxmox Backup Server",
    kind: Kind::Hardware,
    icon: "si:proxmox",
    role: Role::Device,
    clues: &[
        Clue(65, Sign::Open(8007)),
        Clue(98, Sign::Title("proxmox backup server")),
        Clue(95, Sign::Head("proxmox-backup")),
    ],
};
