//! A Synology DiskStation: DSM answers on 5000 and 5001.

use super::print::{Clue, Print, Role};
use super::sign::Sign;
use crate::inventory::Kind;

pub(super) const PRINT: Print = Print {
    name: "Synology NAS",
    kind: Kind::Hardware,
    icon: "si:synology",
    role: Role::Device,
    clues: &[
        Clue(45, Sign::AllOpen(&[5000, 5001])),
        Clue(95, Sign::Title("synology")),
        Clue(45, Sign::Body("synology")),
        Clue(40, Sign::Named("diskstation")),
        Clue(55, Sign::Made("synology")),
    ],
};
