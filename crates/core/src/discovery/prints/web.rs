//! Something that answers as a web server and could not be told more closely.

use super::print::{Clue, Print, Role};
use super::sign::Sign;
use crate::inventory::Kind;

pub(super) const PRINT: Print = Print {
    name: "Web Server",
    kind: Kind::Apps,
    icon: "lucide:app-window",
    role: Role::Generic,
    clues: &[Clue(50, Sign::Head("http/1.")), Clue(20, Sign::Open(80)), Clue(20, Sign::Open(443))],
};
