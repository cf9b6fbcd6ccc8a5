//! A machine that shares files over NFS or SMB and says nothing more.

use super::print::{Clue, Print, Role};
use super::sign::Sign;
use crate::inventory::Kind;

pub(super) const PRINT: Print = Print {
    name: "File Server",
    kind: Kind::Hardware,
    icon: "lucide:hard-drive",
    role: Role::Generic,
    clues: &[
        Clue(75, Sign::AllOpen(&[445, 2049])),
        Clue(70, Sign::Open(2049)),
        Clue(70, Sign::Open(445)),
        Clue(70, Sign::Open(548)),
    ],
};
