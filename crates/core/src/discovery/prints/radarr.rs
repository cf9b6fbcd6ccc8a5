//! Radarr.

use super::print::{Clue, Print, Role};
use super::sign::Sign;
use crate::inventory::Kind;

pub(super) const PRINT: Print = Print {
    name: "Radarr",
    kind: Kind::Apps,
    icon: "si:radarr",
    role: Role::Service,
    clues: &[
        Clue(97, Sign::Title("radarr")),
        Clue(55, Sign::Open(7878)),
        Clue(45, Sign::Body("radarr")),
        Clue(40, Sign::Named("radarr")),
    ],
};
