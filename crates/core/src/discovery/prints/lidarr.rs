//! Lidarr.

use super::print::{Clue, Print, Role};
use super::sign::Sign;
use crate::inventory::Kind;

pub(super) const PRINT: Print = Print {
    name: "Lidarr",
    kind: Kind::Apps,
    icon: "lucide:music",
    role: Role::Service,
    clues: &[
        Clue(97, Sign::Title("lidarr")),
        Clue(55, Sign::Open(8686)),
        Clue(45, Sign::Body("lidarr")),
        Clue(40, Sign::Named("lidarr")),
    ],
};
