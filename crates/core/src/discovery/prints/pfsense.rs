//! A pfSense firewall; the login page names it.

use super::{Clue, Kind, Print, Role, Sign};

pub(super) const PRINT: Print = Print {
    name: "pfSense",
    kind: Kind::Hardware,
    icon: "si:pfsense",
    role: Role::Device,
    clues: &[
        Clue(97, Sign::Title("pfsense")),
        Clue(45, Sign::Body("pfsense")),
        Clue(40, Sign::Named("pfsense")),
    ],
};
