//! A Linux machine managed with Cockpit; its page loads from /cockpit.

use super::print::{Clue, Print, Role};
use super::sign::Sign;
use crate::inventory::Kind;

pub(super) const PRINT: Print = Print {
    name: "Cockpit",
    kind: Kind::Hardware,
    icon: "lucide:server",
    role: Role::Device,
    clues: &[
        Clue(95, Sign::Body("cockpit/static")),
        Clue(45, Sign::Body("cockpit")),
        Clue(40, Sign::Open(9090)),
        Clue(90, Sign::Title("cockpit")),
    ],
};
