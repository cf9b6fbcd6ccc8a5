//! Whether something answers inside a machine.

use super::cx::Cx;
use crate::answer::Refusal;
use crate::world::{Agent, Guest, Kind};

/// Seconds from the start of a machine until its agent answers.
const COMES_UP: i64 = 4;

/// The guest, when something inside answers.
pub(super) fn reached<'a>(cx: &'a Cx<'_>) -> Result<&'a Guest, Refusal> {
    let guest = cx.guest(Kind::Qemu)?;
    if !guest.is_running() {
        return Err(Refusal::died(format!("VM {} is not running", guest.vmid)));
    }
    match guest.agent {
        Agent::Off => Err(Refusal::died("No QEMU guest agent configured")),
        // What has just been switched on has not come so far.
        Agent::Answers { .. } if guest.uptime(cx.world.now()) * i64::from(cx.world.haste) < COMES_UP => {
            Err(Refusal::died("QEMU guest agent is not running"))
        }
        Agent::Silent => Err(Refusal::died("QEMU guest agent is not running")),
        Agent::Answers { .. } => Ok(guest),
    }
}
