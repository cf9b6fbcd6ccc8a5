//! A device with ESPHome on it, or the dashboard that makes such.

use super::print::{Clue, Print, Role};
use super::sign::Sign;
use crate::inventory::Kind;

pub(super) const PRINT: Print = Print {
    name: "ESPHome",
    kind: Kind::Hardware,
    icon: "si:esphome",
    role: Role::Device,
    clues: &[
        Clue(75, Sign::Open(6053)),
        Clue(95, Sign::Title("esphome")),
        Clue(45, Sign::Body("esphome")),
        Clue(40, Sign::Named("esphome")),
        Clue(25, Sign::Made("espressif")),
    ],
};
