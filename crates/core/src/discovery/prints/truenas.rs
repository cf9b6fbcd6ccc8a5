//! A TrueNAS box, CORE or SCALE.

use super::print::{Clue, Print, Role};
use super::sign::Sign;
use crate::inventory::Kind;

pub(super) const PRINT: Print = Print {
    name: "TrueNAS",
    kind: Kind::Hardware,
    icon: "si:truenas",
    role: Role::Device,
    clues: &[
        Clue(95, Sign::Title("truenas")),
        Clue(45, Sign::Body("truenas")),
        Clue(40, Sign::Named("truenas")),
    ],
};
