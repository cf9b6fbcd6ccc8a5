//! Nginx Proxy Manager: its admin page, usually on port 81.

use super::print::{Clue, Print, Role};
use super::sign::Sign;
use crate::inventory::Kind;

pub(super) const PRINT: Print = Print {
    name: "Nginx Proxy Manager",
    kind: Kind::Apps,
    icon: "si:nginxproxymanager",
    role: Role::Service,
    clues: &[
        Clue(97, Sign::Title("nginx proxy manager")),
        Clue(45, Sign::Open(81)),
        Clue(45, Sign::Body("nginx proxy manager")),
    ],
};
