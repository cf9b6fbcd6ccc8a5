//! A Jellyfin media server.

use super::{Clue, Kind, Print, Role, Sign};

pub(super) const PRINT: Print = Print {
    name: "Jellyfin",
    kind: Kind::Apps,
    icon: "si:jellyfin",
    role: Role::Service,
    clues: &[Clue(45, Sign::Open(8096)), Clue(97, Sign::Title("jellyfin")), Clue(45, Sign::Body("jellyfin"))],
};
