//! A Windows machine: remote desktop beside file sharing.

use super::print::{Clue, Print, Role};
use super::sign::Sign;
use crate::inventory::Kind;

pub(super) const PRINT: Print = Print {
    name: "Windows PC",
    kind: Kind::Hardware,
    icon: "lucide:monitor",
    role: Role::Device,
    clues: &[
        Clue(80, Sign::AllOpen(&[445, 3389])),
        Clue(45, Sign::Open(3389)),
        Clue(60, Sign::AllOpen(&[139, 445, 5985])),
        Clue(85, Sign::Head("microsoft-httpapi")),
        Clue(85, Sign::Greets("openssh_for_windows")),
    ],
};
