//! InfluxDB, which names itself in every answer.

use super::print::{Clue, Print, Role};
use super::sign::Sign;
use crate::inventory::Kind;

pub(super) const PRINT: Print = Print {
    name: "InfluxDB",
    kind: Kind::Apps,
    icon: "si:influxdb",
    role: Role::Service,
    clues: &[
        Clue(45, Sign::Open(8086)),
        Clue(97, Sign::Head("x-influxdb-version")),
        Clue(95, Sign::Title("influxdb")),
    ],
};
