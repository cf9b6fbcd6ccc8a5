//! A Prometheus server, told apart from Cockpit on the same port by its page.

use super::print::{Clue, Print, Role};
use super::sign::Sign;
use crate::inventory::Kind;

pub(super) const PRINT: Print = Print {
    name: "Prometheus",
    kind: Kind::Apps,
    icon: "si:prometheus",
    role: Role::Service,
    clues: &[
        Clue(95, Sign::Title("prometheus")),
        Clue(85, Sign::Body("prometheus time series")),
        Clue(90, Sign::Icon(-1_399_433_489)),
    ],
};
