//! Portainer, wherever it runs.

use super::print::{Clue, Print, Role};
use super::sign::Sign;
use crate::inventory::Kind;

pub(super) const PRINT: Print = Print {
    name: "Portainer",
    kind: Kind::Apps,
    icon: "si:portainer",
    role: Role::Service,
    clues: &[
        Clue(97, Sign::Title("portainer")),
        Clue(80, Sign::Body("ng-app=\"portainer\"")),
        Clue(45, Sign::Named("portainer")),
    ],
};
