//! An uninterruptible power supply with a network card of its own.

use super::print::{Clue, Print, Role};
use super::sign::Sign;
use crate::inventory::Kind;

pub(super) const PRINT: Print = Print {
    name: "UPS",
    kind: Kind::Hardware,
    icon: "lucide:battery-charging",
    role: Role::Device,
    clues: &[
        Clue(90, Sign::Title("network management card")),
        Clue(85, Sign::Title("ups network")),
        Clue(80, Sign::Title("eaton network")),
        Clue(80, Sign::Title("powerpanel")),
        Clue(45, Sign::Body("apc by schneider")),
        Clue(45, Sign::Made("american power conversion")),
    ],
};
