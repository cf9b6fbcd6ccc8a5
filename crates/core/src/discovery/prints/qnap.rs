//! A QNAP NAS: QTS or QuTS hero.

use super::print::{Clue, Print, Role};
use super::sign::Sign;
use crate::inventory::Kind;

pub(super) const PRINT: Print = Print {
    name: "QNAP NAS",
    kind: Kind::Hardware,
    icon: "si:qnap",
    role: Role::Device,
    clues: &[
        Clue(95, Sign::Title("qnap")),
        Clue(75, Sign::Body("/cgi-bin/qts")),
        Clue(45, Sign::Body("qnap")),
        Clue(85, Sign::Head("server: qnap")),
        Clue(40, Sign::Named("qnap")),
        Clue(55, Sign::Made("qnap")),
    ],
};
