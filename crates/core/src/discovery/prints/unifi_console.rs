//! A UniFi console: the box (gateway, cloud key) that runs UniFi OS.

use super::{Clue, Kind, Print, Role, Sign};

pub(super) const PRINT: Print = Print {
    name: "UniFi Console",
    kind: Kind::Hardware,
    icon: "si:ubiquiti",
    role: Role::Device,
    clues: &[Clue(97, Sign::Title("unifi os")), Clue(45, Sign::Named("udm"))],
};
