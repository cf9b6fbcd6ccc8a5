//! A managed switch, told by the pages that their makers give them.

use super::print::{Clue, Print, Role};
use super::sign::Sign;
use crate::inventory::Kind;

pub(super) const PRINT: Print = Print {
    name: "Network switch",
    kind: Kind::Hardware,
    icon: "lucide:ethernet-port",
    role: Role::Device,
    clues: &[
        Clue(90, Sign::Title("netgear gs")),
        Clue(90, Sign::Title("jetstream")),
        Clue(85, Sign::Title("easy smart")),
        Clue(92, Sign::Title("procurve")),
        Clue(90, Sign::Title("aruba instant on")),
        Clue(90, Sign::Title("zyxel gs")),
        Clue(60, Sign::Title("switch")),
        Clue(75, Sign::Greets("ssh-2.0-cisco")),
        Clue(45, Sign::Body("procurve")),
        Clue(45, Sign::Named("switch")),
    ],
};
