//! That one call at a time is at a file, in whichever process of those that have the database open.

use std::time::Duration;

use labkeeper_core::fault::{Code, Fault};
use labkeeper_core::shell::{FilePath, Place};
use labkeeper_store::{Claim, Claimant, Claimed};
use serde_json::json;
use tokio::time::{Instant, sleep};

use crate::cx::Cx;
use crate::house::House;

/// How long is waited for another call: a write takes moments.
const PATIENCE: Duration = Duration::from_secs(5);
const PAUSE: Duration = Duration::from_millis(50);
/// What is done with a file of which nobody said what became of it. It is bounded by the patience with writes at work.
const SETTLING: &str = "settling what was left";

/// Waits until nobody else is at the file.
pub(super) async fn begin(cx: &Cx, op: &str, place: &Place, path: &FilePath) -> Result<Claim, Fault> {
    let claimant = Claimant { actor: cx.actor.name.clone(), op: op.into(), since: cx.now };
    let begun = Instant::now();
    loop {
        match cx.house().store().claim(&name(place, path), &claimant).await? {
            Claimed::Ours(claim) => return Ok(claim),
            Claimed::Theirs(holder) if begun.elapsed() >= PATIENCE => return Err(taken(place, path, holder)),
            Claimed::Theirs(_) => {}
        }
        cx.check_cancelled()?;
        sleep(PAUSE).await;
    }
}

/// The file, unless a call is at it: that says itself what became of it. Whoever finds out what was left there is waited for.
pub(super) async fn unless_taken(
    house: &House,
    place: &Place,
    path: &FilePath,
) -> Result<Option<Claim>, Fault> {
    let claimant = Claimant { actor: "labkeeper".into(), op: SETTLING.into(), since: house.clock().now() };
    loop {
        match house.store().claim(&name(place, path), &claimant).await? {
            Claimed::Ours(claim) => return Ok(Some(claim)),
            Claimed::Theirs(Some(holder)) if holder.op != SETTLING => return Ok(None),
            Claimed::Theirs(_) => sleep(PAUSE).await,
        }
    }
}

fn name(place: &Place, path: &FilePath) -> String {
    format!("{place} {path}")
}

fn taken(place: &Place, path: &FilePath, holder: Option<Claimant>) -> Fault {
    let by = holder.as_ref().map_or_else(String::new, |holder| {
        format!(" by {} with {}, since {}", holder.actor, holder.op, holder.since.text())
    });
    let fault = Fault::new(Code::Unavailable, format!("{path} in {place} is being written{by}"))
        .with_field("path")
        .with_hint("try again when that is done, and read the file again first");
    match holder {
        Some(holder) => {
            fault.with_details(json!({"actor": holder.actor, "op": holder.op, "since": holder.since.text()}))
        }
        None => fault,
    }
}
