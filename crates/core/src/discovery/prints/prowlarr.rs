//! Prowlarr.

use super::print::{Clue, Print, Role};
use super::sign::Sign;
use crate::inventory::Kind;

pub(super) const PRINT: Print = Print {
    name: "Prowlarr",
    kind: Kind::Apps,
    icon: "lucide:search",
    role: Role::Service,
    clues: &[
        Clue(97, Sign::Title("prowlarr")),
        Clue(55, Sign::Open(9696)),
        Clue(45, Sign::Body("prowlarr")),
        Clue(40, Sign::Named("prowlarr")),
    ],
};
