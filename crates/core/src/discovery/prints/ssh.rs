//! A machine with a shell behind it.

use super::print::{Clue, Print, Role};
use super::sign::Sign;
use crate::inventory::Kind;

pub(super) const PRINT: Print = Print {
    name: "SSH Host",
    kind: Kind::Hardware,
    icon: "lucide:server",
    role: Role::Generic,
    clues: &[Clue(90, Sign::Greets("ssh-")), Clue(70, Sign::Open(22))],
};
