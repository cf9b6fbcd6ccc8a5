//! Planning an import.

use super::incoming::Incoming;
use super::lab::Lab;
use super::plan::{IdSpace, Mode, Plan};
use super::settling::Settling;
use super::{links, matching};
use crate::stamp::Stamp;

/// Plans an import.
pub fn plan(incoming: &Incoming, lab: &Lab, ids: &IdSpace, mode: Mode, now: Stamp) -> Plan {
    let found = matching::matches(incoming, lab, mode);
    let mut settling = Settling::new(incoming, lab, &found, ids, mode, now);
    settling.items(lab, &found, mode);
    links::settle(incoming, lab, mode, &mut settling);
    settling.positions(lab, mode);
    settling.facts(lab, mode);
    if mode == Mode::Replace {
        settling.deletions(lab, &found);
    }
    settling.finish(lab)
}
