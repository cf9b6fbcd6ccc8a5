//! Readarr.

use super::print::{Clue, Print, Role};
use super::sign::Sign;
use crate::inventory::Kind;

pub(super) const PRINT: Print = Print {
    name: "Readarr",
    kind: Kind::Apps,
    icon: "lucide:book-open",
    role: Role::Service,
    clues: &[
        Clue(97, Sign::Title("readarr")),
        Clue(55, Sign::Open(8787)),
        Clue(45, Sign::Body("readarr")),
        Clue(40, Sign::Named("readarr")),
    ],
};
