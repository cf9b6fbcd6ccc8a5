//! An MQTT broker on its usual port.

use super::{Clue, Kind, Print, Role, Sign};

pub(super) const PRINT: Print = Print {
    name: "MQTT broker",
    kind: Kind::Apps,
    icon: "si:eclipsemosquitto",
    role: Role::Service,
    clues: &[Clue(70, Sign::Open(1883)), Clue(55, Sign::Open(8883))],
};
