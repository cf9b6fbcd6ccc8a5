//! The dashboard of Traefik. Its other ports answer like any other Go program.

use super::print::{Clue, Print, Role};
use super::sign::Sign;
use crate::inventory::Kind;

pub(super) const PRINT: Print = Print {
    name: "Traefik",
    kind: Kind::Apps,
    icon: "si:traefikproxy",
    role: Role::Service,
    clues: &[
        Clue(97, Sign::Title("traefik")),
        Clue(45, Sign::Body("traefik ui")),
        Clue(45, Sign::Named("traefik")),
    ],
};
