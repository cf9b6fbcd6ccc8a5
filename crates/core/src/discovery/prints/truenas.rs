//! A TrueNAS box, CORE or SCALE.

use super::{Clue, Kind, Print, Role, Sign};

pub(super) const PRINT: Print = Print {
    name: "TrueNAS",
    kind: Kind::Hardware,
    icon: "si:truenas",
    role: Role::Device,
    clues: &[
        Clue(95, Sign::Title("truenas")),
        Clue(45, Sign::Body("truenas")),
        Clue(40, Sign::Named("truenas")),
    ],
};
