//! The Prometheus node exporter: it watches a host and is not why the host exists.

use super::print::{Clue, Print, Role};
use super::sign::Sign;
use crate::inventory::Kind;

pub(super) const PRINT: Print = Print {
    name: "Node Exporter",
    kind: Kind::Misc,
    icon: "si:prometheus",
    role: Role::Companion,
    clues: &[Clue(97, Sign::Title("node exporter")), Clue(90, Sign::Body("node_exporter"))],
};
