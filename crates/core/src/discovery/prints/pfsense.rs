//! A pfSense firewall; the login page names it.

use super::print::{Clue, Print, Role};
use super::sign::Sign;
use crate::inventory::Kind;

pub(super) const PRINT: Print = Print {
    name: "pfSense",
    kind: Kind::Hardware,
    icon: "si:pfsense",
    role: Role::Device,
    clues: &[
        Clue(97, Sign::Title("pfsense")),
        Clue(45, Sign::Body("pfsense")),
        Clue(40, Sign::Named("pfsense")),
        Clue(90, Sign::Icon(1_405_460_984)),
    ],
};
