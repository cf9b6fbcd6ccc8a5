//! A Proxmox VE node: its API daemon answers on 8006.

use super::print::{Clue, Print, Role};
use super::sign::Sign;
use crate::inventory::Kind;

pub(super) const PRINT: Print = Print {
    name: "Proxmox VE",
    kind: Kind::Hardware,
    icon: "si:proxmox",
    role: Role::Device,
    clues: &[
        Clue(70, Sign::Open(8006)),
        Clue(98, Sign::Title("proxmox virtual environment")),
        Clue(95, Sign::Head("pve-api-daemon")),
        // Its relatives wear it too.
        Clue(55, Sign::Icon(213_144_638)),
    ],
};
