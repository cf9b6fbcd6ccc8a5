//! Home Assistant on its usual port or behind a proxy.

use super::print::{Clue, Print, Role};
use super::sign::Sign;
use crate::inventory::Kind;

pub(super) const PRINT: Print = Print {
    name: "Home Assistant",
    kind: Kind::Apps,
    icon: "si:homeassistant",
    role: Role::Service,
    clues: &[
        Clue(60, Sign::Open(8123)),
        Clue(97, Sign::Title("home assistant")),
        Clue(45, Sign::Body("home-assistant")),
        Clue(40, Sign::Named("homeassistant")),
    ],
};
