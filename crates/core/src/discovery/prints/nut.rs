//! Network UPS Tools, which watches an uninterruptible power supply.

use super::print::{Clue, Print, Role};
use super::sign::Sign;
use crate::inventory::Kind;

pub(super) const PRINT: Print = Print {
    name: "NUT server",
    kind: Kind::Misc,
    icon: "lucide:battery-charging",
    role: Role::Companion,
    clues: &[Clue(60, Sign::Open(3493)), Clue(97, Sign::GreetsOn(3493, "network ups tools"))],
};
