//! An OPNsense firewall; its lighttpd names itself.

use super::print::{Clue, Print, Role};
use super::sign::Sign;
use crate::inventory::Kind;

pub(super) const PRINT: Print = Print {
    name: "OPNsense",
    kind: Kind::Hardware,
    icon: "si:opnsense",
    role: Role::Device,
    clues: &[
        Clue(97, Sign::Title("opnsense")),
        Clue(95, Sign::Head("server: opnsense")),
        Clue(45, Sign::Body("opnsense")),
        Clue(40, Sign::Named("opnsense")),
        Clue(90, Sign::Icon(-1_148_190_371)),
    ],
};
