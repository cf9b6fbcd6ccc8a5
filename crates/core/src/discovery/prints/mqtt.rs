//! An MQTT broker on its usual port.

use super::print::{Clue, Print, Role};
use super::sign::Sign;
use crate::inventory::Kind;

pub(super) const PRINT: Print = Print {
    name: "MQTT broker",
    kind: Kind::Apps,
    icon: "si:eclipsemosquitto",
    role: Role::Service,
    clues: &[Clue(70, Sign::Open(1883)), Clue(55, Sign::Open(8883))],
};
