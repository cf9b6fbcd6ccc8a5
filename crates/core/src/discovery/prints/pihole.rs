//! A Pi-hole DNS filter: a name server with its page.

use super::print::{Clue, Print, Role};
use super::sign::Sign;
use crate::inventory::Kind;

pub(super) const PRINT: Print = Print {
    name: "Pi-hole",
    kind: Kind::Apps,
    icon: "si:pihole",
    role: Role::Service,
    clues: &[
        Clue(95, Sign::Title("pi-hole")),
        Clue(95, Sign::Head("x-pi-hole")),
        Clue(45, Sign::Body("pi-hole")),
        Clue(45, Sign::Named("pihole")),
    ],
};
