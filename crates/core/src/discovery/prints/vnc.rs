//! A screen that can be watched over VNC.

use super::print::{Clue, Print, Role};
use super::sign::Sign;
use crate::inventory::Kind;

pub(super) const PRINT: Print = Print {
    name: "VNC Host",
    kind: Kind::Hardware,
    icon: "lucide:monitor",
    role: Role::Generic,
    clues: &[Clue(60, Sign::Open(5900)), Clue(97, Sign::Greets("rfb "))],
};
