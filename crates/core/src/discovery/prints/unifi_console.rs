//! A UniFi console: the box (gateway, cloud key) that runs UniFi OS.

use super::print::{Clue, Print, Role};
use super::sign::Sign;
use crate::inventory::Kind;

pub(super) const PRINT: Print = Print {
    name: "UniFi Console",
    kind: Kind::Hardware,
    icon: "si:ubiquiti",
    role: Role::Device,
    clues: &[Clue(97, Sign::Title("unifi os")), Clue(45, Sign::Named("udm"))],
};
