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
    let mut failures = 0;
    while !shutdown.is_cancelled() {
        let mut call = Call::new(Actor::system("schedule"), "reconcile", json!({}));
        call.cancelled = shutdown.child_token();
        let answer = tokio::select! {
            answer = keeper.call(call) => answer,
            () = shutdown.cancelled() => return,
        };
        let trouble = match answer {
            Ok(answer) => {
                failures = 0;
                gaps(&answer.output)
            }
            Err(fault) => {
                failures += 1;
                Some(fault.to_string())
            }
        };
        // A node that stays away is said once, not every hour.
        if let Some(problem) = trouble.as_ref().filter(|_| trouble != said) {
            tracing::warn!(problem, "the lab could not be seen as a whole");
        }
        said = trouble;
        tokio::select! {
            () = shutdown.cancelled() => {}
            () = sleep(rest(every, failures)) => {}
        }
    }
}

/// After failures it looks again sooner, and less and less soon: each look leaves two records in the audit log.
fn rest(every: Duration, failures: u32) -> Duration {
    match failures {
        0 => every,
        _ => every.min(REST.saturating_mul(2u32.saturating_pow(failures - 1))),
    }
}

fn gaps(output: &Value) -> Option<String> {
    let gaps = output["gaps"].as_array()?;
    let first = gaps.first()?["problem"].as_str()?;
    Some(format!("{} gaps, the first: {first}", gaps.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lab_that_is_off_is_looked_at_less_and_less_often() {
        let hour = Duration::from_secs(3600);
        let rests: Vec<u64> = (0..9).map(|failures| rest(hour, failures).as_secs()).collect();
        assert_eq!(rests, [3600, 60, 120, 240, 480, 960, 1920, 3600, 3600]);
        assert_eq!(rest(Duration::from_secs(30), 1).as_secs(), 30);
    }
}
