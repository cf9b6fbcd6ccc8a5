//! Sonarr.

use super::print::{Clue, Print, Role};
use super::sign::Sign;
use crate::inventory::Kind;

pub(super) const PRINT: Print = Print {
    name: "Sonarr",
    kind: Kind::Apps,
    icon: "si:sonarr",
    role: Role::Service,
    clues: &[
        Clue(97, Sign::Title("sonarr")),
        Clue(55, Sign::Open(8989)),
        Clue(45, Sign::Body("sonarr")),
        Clue(40, Sign::Named("sonarr")),
    ],
};
