//! Looks at the connected clusters from time to time and notes what it sees: the schedule of `reconcile`.

use std::time::Duration;

use labkeeper_core::actor::Actor;
use serde_json::{Value, json};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use crate::call::Call;
use crate::keeper::Keeper;

/// How soon it looks again after it saw nothing at all.
const REST: Duration = Duration::from_secs(60);

/// Looks at once and then every so often, as the actor `schedule`: through the door like everybody, so that it is audited and
/// can be undone.
pub(super) async fn run(keeper: &Keeper, shutdown: &CancellationToken) {
    let Some(every) = keeper.settings().reconcile_every.filter(|_| !keeper.house().clusters().is_none())
    else {
        return;
    };
    let mut said: Option<String> = None;
    while !shutdown.is_cancelled() {
        let call = Call::new(Actor::system("schedule"), "reconcile", json!({}));
        let (trouble, rest) = match keeper.call(call).await {
            Ok(answer) => (gaps(&answer.output), every),
            Err(fault) => (Some(fault.to_string()), every.min(REST)),
        };
        // A node that stays away is said once, not every hour.
        if let Some(problem) = trouble.as_ref().filter(|_| trouble != said) {
            tracing::warn!(problem, "the lab could not be seen as a whole");
        }
        said = trouble;
        tokio::select! {
            () = shutdown.cancelled() => {}
            () = sleep(rest) => {}
        }
    }
}

fn gaps(output: &Value) -> Option<String> {
    let gaps = output["gaps"].as_array()?;
    let first = gaps.first()?["problem"].as_str()?;
    Some(format!("{} gaps, the first: {first}", gaps.len()))
}
