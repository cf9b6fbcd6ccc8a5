//! A Jellyfin media server.

use super::print::{Clue, Print, Role};
use super::sign::Sign;
use crate::inventory::Kind;

pub(super) const PRINT: Print = Print {
    name: "Jellyfin",
    kind: Kind::Apps,
    icon: "si:jellyfin",
    role: Role::Service,
    clues: &[Clue(45, Sign::Open(8096)), Clue(97, Sign::Title("jellyfin")), Clue(45, Sign::Body("jellyfin"))],
};
