//! A network printer: raw printing together with LPD or IPP.

use super::print::{Clue, Print, Role};
use super::sign::Sign;
use crate::inventory::Kind;

pub(super) const PRINT: Print = Print {
    name: "Printer",
    kind: Kind::Hardware,
    icon: "lucide:printer",
    role: Role::Device,
    clues: &[
        Clue(75, Sign::AllOpen(&[9100, 515])),
        Clue(75, Sign::AllOpen(&[9100, 631])),
        Clue(55, Sign::AllOpen(&[515, 631])),
        Clue(75, Sign::Title("laserjet")),
        Clue(75, Sign::Title("officejet")),
        Clue(60, Sign::Title("brother")),
        Clue(60, Sign::Title("epson")),
        Clue(50, Sign::Made("brother industries")),
        Clue(50, Sign::Made("seiko epson")),
        Clue(50, Sign::Made("kyocera")),
    ],
};
