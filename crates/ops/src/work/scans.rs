//! Scans blocks by the clock, and tells people of hosts that were not there before.

use std::time::Duration;

use futures::future::join_all;
use ipnet::IpNet;
use labkeeper_core::actor::Actor;
use labkeeper_core::fault::Fault;
use labkeeper_core::ports::Notice;
use labkeeper_store::{Scan, ScanState};
use serde_json::{Value, json};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use super::kept::{recalled, remember};
use crate::call::Call;
use crate::discovery::tidings::listed;
use crate::house::House;
use crate::keeper::Keeper;

/// Who scans by the clock.
const SCHEDULE: &str = "schedule";
/// How long it rests at least between two scans of a block, also when the last one failed.
const REST: Duration = Duration::from_secs(60);

/// All blocks side by side, each in its own time. After a restart a block waits for what is left of its time.
pub(super) async fn run(keeper: &Keeper, shutdown: &CancellationToken) {
    let settings = &keeper.settings().watch;
    let Some(every) = settings.scan_every else { return };
    let each: Vec<_> =
        settings.scans.clone().into_iter().map(|block| follow(keeper, block, every, shutdown)).collect();
    join_all(each).await;
}

async fn follow(keeper: &Keeper, block: IpNet, every: Duration, shutdown: &CancellationToken) {
    let every = every.max(REST);
    let (mut rest, mut after_failure) = (left(keeper.house(), block, every).await.unwrap_or(REST), REST);
    let kept = format!("scans.untold:{block}");
    let mut untold: Vec<Value> = recalled(keeper.house(), &kept).await;
    loop {
        let mut due = std::pin::pin!(sleep(rest));
        loop {
            tokio::select! {
                () = shutdown.cancelled() => return,
                () = &mut due => break,
                () = sleep(REST), if !untold.is_empty() => {
                    tell(keeper.house(), block, &mut untold).await;
                    if untold.is_empty() {
                        remember(keeper.house(), &kept, &untold).await;
                    }
                }
            }
        }
        let mut call =
            Call::new(Actor::system(SCHEDULE), "discover_subnet", json!({"cidr": block.to_string()}));
        call.cancelled = shutdown.child_token();
        (rest, after_failure) = match keeper.call(call).await {
            Ok(answer) => {
                let waited = untold.len();
                untold.extend(answer.output["since"]["new"].as_array().into_iter().flatten().cloned());
                tell(keeper.house(), block, &mut untold).await;
                if untold.len() != waited {
                    remember(keeper.house(), &kept, &untold).await;
                }
                (every, REST)
            }
            Err(fault) => {
                tracing::warn!(%block, %fault, "a block could not be scanned");
                (after_failure, every.min(2 * after_failure))
            }
        };
    }
}

/// How long until it is time again.
async fn left(house: &House, block: IpNet, every: Duration) -> Result<Duration, Fault> {
    let scans = house.store().read().await?.scans(Some(&block.to_string()), None, 60).await?;
    let own = |scan: &&Scan| scan.actor == SCHEDULE && scan.state == ScanState::Done;
    let Some(last) = scans.iter().find(own) else { return Ok(Duration::ZERO) };
    let since = house.clock().now().0.saturating_sub(last.started_at.0);
    Ok(every.saturating_sub(Duration::from_micros(u64::try_from(since).unwrap_or(0))))
}

/// Tells of new hosts, unless it is quiet. Those of whom nobody could be told stay.
async fn tell(house: &House, block: IpNet, untold: &mut Vec<Value>) {
    let Some(notifier) = house.notifier() else { return untold.clear() };
    let quiet = house.settings().watch.quiet.is_some_and(|hours| hours.contains(house.clock().now()));
    let Some(notice) = notice(block, untold).filter(|_| !quiet) else { return };
    match notifier.notify(&notice).await {
        Ok(()) => untold.clear(),
        Err(reason) => tracing::warn!(reason, "nobody could be told of new hosts"),
    }
}

fn notice(block: IpNet, new: &[Value]) -> Option<Notice> {
    if new.is_empty() {
        return None;
    }
    let text = |host: &Value, name: &str| host[name].as_str().unwrap_or_default().to_owned();
    let hosts: Vec<String> =
        new.iter().map(|host| format!("{} ({})", text(host, "ip"), text(host, "label"))).collect();
    Some(Notice {
        title: format!("labkeeper: new on {block} ({})", new.len()),
        text: format!("{}.", listed(&hosts, ", ", 10)),
        link: None,
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn only_new_hosts_are_worth_a_message() {
        let block: IpNet = "10.0.0.0/24".parse().unwrap();
        assert_eq!(notice(block, &[]), None);
        let told = notice(block, &[json!({"ip": "10.0.0.9", "label": "Camera"})]).unwrap();
        assert_eq!(
            (told.title.as_str(), told.text.as_str()),
            ("labkeeper: new on 10.0.0.0/24 (1)", "10.0.0.9 (Camera).")
        );
    }
}
