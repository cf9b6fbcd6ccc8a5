//! A PostgreSQL server: it answers a TLS request with one letter.

use super::print::{Clue, Print, Role};
use super::sign::Sign;
use crate::inventory::Kind;

pub(super) const PRINT: Print = Print {
    name: "PostgreSQL",
    kind: Kind::Apps,
    icon: "si:postgresql",
    role: Role::Service,
    clues: &[
        Clue(65, Sign::Open(5432)),
        Clue(90, Sign::Answers(5432, "S")),
        Clue(90, Sign::Answers(5432, "N")),
    ],
};
