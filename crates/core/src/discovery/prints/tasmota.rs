//! A plug, lamp or sensor with Tasmota on it.

use super::print::{Clue, Print, Role};
use super::sign::Sign;
use crate::inventory::Kind;

pub(super) const PRINT: Print = Print {
    name: "Tasmota",
    kind: Kind::Hardware,
    icon: "si:tasmota",
    role: Role::Device,
    clues: &[
        Clue(97, Sign::Title("tasmota")),
        Clue(45, Sign::Body("tasmota")),
        Clue(40, Sign::Named("tasmota")),
    ],
};
