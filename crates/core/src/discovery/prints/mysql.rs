//! A MySQL or MariaDB server; it opens with its version or with a refusal that names it.

use super::print::{Clue, Print, Role};
use super::sign::Sign;
use crate::inventory::Kind;

pub(super) const PRINT: Print = Print {
    name: "MySQL",
    kind: Kind::Apps,
    icon: "si:mysql",
    role: Role::Service,
    clues: &[
        Clue(65, Sign::Open(3306)),
        Clue(90, Sign::GreetsOn(3306, "mysql")),
        Clue(95, Sign::GreetsOn(3306, "mariadb")),
        Clue(85, Sign::GreetsOn(3306, "_password")),
    ],
};
