//! A Redis or Valkey server: it answers PING, or asks for a password.

use super::print::{Clue, Print, Role};
use super::sign::Sign;
use crate::inventory::Kind;

pub(super) const PRINT: Print = Print {
    name: "Redis",
    kind: Kind::Apps,
    icon: "si:redis",
    role: Role::Service,
    clues: &[
        Clue(55, Sign::Open(6379)),
        Clue(97, Sign::GreetsOn(6379, "+pong")),
        Clue(95, Sign::GreetsOn(6379, "-noauth")),
        Clue(90, Sign::GreetsOn(6379, "-denied")),
    ],
};
