//! The Prometheus node exporter: it watches a host and is not why the host exists.

use super::{Clue, Print, Role, Sign};

pub(super) const PRINT: Print = Print {
    name: "Node Exporter",
    kind: "misc",
    icon: "prometheus",
    role: Role::Companion,
    clues: &[Clue(97, Sign::Title("node exporter")), Clue(90, Sign::Body("node_exporter"))],
};
