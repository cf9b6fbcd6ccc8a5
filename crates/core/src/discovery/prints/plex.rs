//! A Plex media server; it names its protocol in a header.

use super::print::{Clue, Print, Role};
use super::sign::Sign;
use crate::inventory::Kind;

pub(super) const PRINT: Print = Print {
    name: "Plex",
    kind: Kind::Apps,
    icon: "si:plex",
    role: Role::Service,
    clues: &[
        Clue(65, Sign::Open(32400)),
        Clue(97, Sign::Head("x-plex-protocol")),
        Clue(95, Sign::Title("plex")),
        Clue(90, Sign::Icon(-895_890_586)),
    ],
};
