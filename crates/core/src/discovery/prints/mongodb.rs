//! MongoDB, which tells a web browser that it is none of its.

use super::print::{Clue, Print, Role};
use super::sign::Sign;
use crate::inventory::Kind;

pub(super) const PRINT: Print = Print {
    name: "MongoDB",
    kind: Kind::Apps,
    icon: "si:mongodb",
    role: Role::Service,
    clues: &[Clue(65, Sign::Open(27017)), Clue(97, Sign::Body("trying to access mongodb over http"))],
};
