//! An Unraid server, told by the pages of its web GUI.

use super::print::{Clue, Print, Role};
use super::sign::Sign;
use crate::inventory::Kind;

pub(super) const PRINT: Print = Print {
    name: "Unraid",
    kind: Kind::Hardware,
    icon: "si:unraid",
    role: Role::Device,
    clues: &[
        Clue(95, Sign::Title("unraid")),
        Clue(75, Sign::Body("/webgui/")),
        Clue(45, Sign::Body("unraid")),
        Clue(70, Sign::Title("tower/")),
        Clue(40, Sign::Named("unraid")),
    ],
};
