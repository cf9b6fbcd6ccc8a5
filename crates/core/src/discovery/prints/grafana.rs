//! Grafana: its login page is titled with its name.

use super::print::{Clue, Print, Role};
use super::sign::Sign;
use crate::inventory::Kind;

pub(super) const PRINT: Print = Print {
    name: "Grafana",
    kind: Kind::Apps,
    icon: "si:grafana",
    role: Role::Service,
    clues: &[
        Clue(97, Sign::Title("grafana")),
        Clue(80, Sign::Body("grafana-app")),
        Clue(90, Sign::Icon(2_123_863_676)),
    ],
};
