//! A UniFi Network controller, wherever it runs.

use super::print::{Clue, Print, Role};
use super::sign::Sign;
use crate::inventory::Kind;

pub(super) const PRINT: Print = Print {
    name: "UniFi",
    kind: Kind::Apps,
    icon: "si:ubiquiti",
    role: Role::Service,
    clues: &[
        Clue(95, Sign::Title("unifi")),
        Clue(45, Sign::Body("unifi")),
        Clue(55, Sign::AllOpen(&[8080, 8443, 8880])),
        Clue(40, Sign::Named("unifi")),
    ],
};
