//! Bazarr.

use super::print::{Clue, Print, Role};
use super::sign::Sign;
use crate::inventory::Kind;

pub(super) const PRINT: Print = Print {
    name: "Bazarr",
    kind: Kind::Apps,
    icon: "lucide:languages",
    role: Role::Service,
    clues: &[
        Clue(97, Sign::Title("bazarr")),
        Clue(55, Sign::Open(6767)),
        Clue(45, Sign::Body("bazarr")),
        Clue(40, Sign::Named("bazarr")),
    ],
};
