//! A MikroTik router or switch: Winbox, the RouterOS API, or its web page.

use super::print::{Clue, Print, Role};
use super::sign::Sign;
use crate::inventory::Kind;

pub(super) const PRINT: Print = Print {
    name: "MikroTik RouterOS",
    kind: Kind::Hardware,
    icon: "si:mikrotik",
    role: Role::Device,
    clues: &[
        Clue(85, Sign::Open(8291)),
        Clue(60, Sign::Open(8728)),
        Clue(97, Sign::Title("routeros")),
        Clue(45, Sign::Body("mikrotik")),
        Clue(90, Sign::Greets("rosssh")),
        Clue(40, Sign::Named("mikrotik")),
        Clue(55, Sign::Made("routerboard")),
    ],
};
