//! A machine that runs containers: the engine's API, or Portainer in front of it.

use super::print::{Clue, Print, Role};
use super::sign::Sign;
use crate::inventory::Kind;

pub(super) const PRINT: Print = Print {
    name: "Docker Host",
    kind: Kind::Hardware,
    icon: "si:docker",
    role: Role::Device,
    clues: &[
        Clue(90, Sign::Head("server: docker")),
        Clue(60, Sign::Open(2375)),
        Clue(55, Sign::Open(2376)),
        Clue(90, Sign::Title("portainer")),
    ],
};
