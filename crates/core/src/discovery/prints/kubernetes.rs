//! A Kubernetes API server; refusing the anonymous caller, it still names itself.

use super::print::{Clue, Print, Role};
use super::sign::Sign;
use crate::inventory::Kind;

pub(super) const PRINT: Print = Print {
    name: "Kubernetes API",
    kind: Kind::Misc,
    icon: "si:kubernetes",
    role: Role::Service,
    clues: &[
        Clue(75, Sign::Open(6443)),
        Clue(90, Sign::Body("\"apiversion\"")),
        Clue(60, Sign::Head("x-kubernetes-pf-flowschema-uid")),
    ],
};
