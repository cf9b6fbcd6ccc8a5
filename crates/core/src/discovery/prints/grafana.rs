//! Grafana: its login page is titled with its name.

use super::{Clue, Kind, Print, Role, Sign};

pub(super) const PRINT: Print = Print {
    name: "Grafana",
    kind: Kind::Apps,
    icon: "si:grafana",
    role: Role::Service,
    clues: &[Clue(97, Sign::Title("grafana")), Clue(80, Sign::Body("grafana-app"))],
};
