//! An AdGuard Home DNS filter.

use super::print::{Clue, Print, Role};
use super::sign::Sign;
use crate::inventory::Kind;

pub(super) const PRINT: Print = Print {
    name: "AdGuard Home",
    kind: Kind::Apps,
    icon: "si:adguard",
    role: Role::Service,
    clues: &[
        Clue(97, Sign::Title("adguard home")),
        Clue(45, Sign::Body("adguard")),
        Clue(45, Sign::Named("adguard")),
    ],
};
