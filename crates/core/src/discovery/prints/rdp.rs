//! A machine that takes remote desktops and says nothing more.

use super::print::{Clue, Print, Role};
use super::sign::Sign;
use crate::inventory::Kind;

pub(super) const PRINT: Print = Print {
    name: "Remote Desktop Host",
    kind: Kind::Hardware,
    icon: "lucide:monitor-smartphone",
    role: Role::Generic,
    clues: &[Clue(70, Sign::Open(3389))],
};
