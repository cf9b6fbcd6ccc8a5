//! Watches by the clock whether items answer and how long their certificates are good for, and tells people.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use labkeeper_core::checkup::Level;
use labkeeper_core::fault::Fault;
use labkeeper_core::inventory::ItemId;
use labkeeper_core::ports::{Notice, Notifier};
use labkeeper_store::View;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use super::kept::{recalled, remember};
use crate::discovery::tidings::{self, Tidings, listed};
use crate::discovery::watching::{Round, look, stop};
use crate::house::House;

/// A certificate of which people were told, and how bad it was then.
type Told = (ItemId, u16, i64, Level);

/// Where it is kept of which certificates people were told.
const TOLD: &str = "watch.told_certificates";
/// Certificates named in one message.
const NAMED: usize = 10;

pub(super) async fn run(house: &House, shutdown: &CancellationToken) {
    let Some(every) = house.settings().watch.every else {
        if let Err(fault) = stop(house).await {
            tracing::warn!(%fault, "what was watched before could not be closed");
        }
        return;
    };
    let (mut unsettled, mut told) = (None, recalled(house, TOLD).await);
    let mut blind = false;
    while !shutdown.is_cancelled() {
        let looked = tokio::select! {
            looked = look(house, every) => looked,
            () = shutdown.cancelled() => return,
        };
        match looked {
            Ok(Round::Noted) => blind = false,
            Ok(Round::Blind) if blind => {}
            Ok(Round::Blind) => {
                blind = true;
                tracing::warn!(
                    "nothing that is watched answers: the hub itself seems to be cut off, nothing is noted"
                );
            }
            Err(fault) => tracing::warn!(%fault, "whether items answer could not be noted"),
        }
        if !blind {
            tell(house, &mut unsettled, &mut told).await;
        }
        tokio::select! {
            () = shutdown.cancelled() => {}
            () = sleep(every) => {}
        }
    }
}

/// Tells what there is to tell, unless it is quiet. What cannot be told now is told later.
async fn tell(house: &House, unsettled: &mut Option<Tidings>, told: &mut HashSet<Told>) {
    let Some(notifier) = house.notifier() else { return };
    let is_quiet = house.settings().watch.quiet.is_some_and(|hours| hours.contains(house.clock().now()));
    if is_quiet {
        return;
    }
    if let Err(fault) = turns(house, notifier, unsettled).await {
        return tracing::warn!(%fault, "who came and went could not be told, or not be noted as told");
    }
    match ending(house, told).await {
        Err(fault) => tracing::warn!(%fault, "certificates could not be looked at"),
        Ok((_, None)) => {}
        Ok((ending, Some(notice))) => match notifier.notify(&notice).await {
            Ok(()) => {
                // Of those that were replaced meanwhile nothing needs to be known.
                *told = ending.into_iter().collect();
                remember(house, TOLD, told).await;
            }
            Err(reason) => tracing::warn!(reason, "nobody could be told that certificates end"),
        },
    }
}

/// Tells who came and went. `unsettled` is what people were told and the database could not be told that.
async fn turns(
    house: &House,
    notifier: &Arc<dyn Notifier>,
    unsettled: &mut Option<Tidings>,
) -> Result<(), Fault> {
    if let Some(told) = unsettled {
        tidings::settle(house.store(), told).await?;
        *unsettled = None;
    }
    let mut view = house.store().read().await?;
    let untold = tidings::untold(&mut view).await?;
    if untold.is_empty() {
        return Ok(());
    }
    let holds = untold.that_hold(&standing(&mut view).await?);
    drop(view);
    if let Some(notice) = holds.notice(house.settings().safety.public_url.as_deref()) {
        tidings::begin_telling(house.store(), &holds).await?;
        if let Err(reason) = notifier.notify(&notice).await {
            tracing::warn!(reason, "nobody could be told who answers and who does not");
            return Ok(());
        }
    }
    let settled = tidings::settle(house.store(), &untold).await;
    *unsettled = settled.is_err().then_some(untold);
    settled
}

/// Who answers now, of those that are watched.
async fn standing(view: &mut View) -> Result<HashMap<ItemId, bool>, Fault> {
    let now = view.reachability_now().await?;
    Ok(now.into_iter().map(|stretch| (stretch.item_id, stretch.alive)).collect())
}

/// The certificates that end soon, and a message about those of which nobody was told.
async fn ending(house: &House, told: &HashSet<Told>) -> Result<(Vec<Told>, Option<Notice>), Fault> {
    let notice = house.settings().health.certificates;
    let now = house.clock().now().0 / 1_000_000;
    let mut view = house.store().read().await?;
    let (mut ending, mut lines) = (Vec::new(), Vec::new());
    for shown in view.certificates(None).await? {
        let (level, words) = notice.of(shown.not_after, now);
        let mark = (shown.item_id, shown.port, shown.not_after, level);
        if level == Level::Ok {
            continue;
        }
        let Some(item) = view.item(shown.item_id).await? else { continue };
        if !told.contains(&mark) {
            lines.push(format!("{} (port {}) {words}", item.name, shown.port));
        }
        ending.push(mark);
    }
    let notice = (!lines.is_empty()).then(|| Notice {
        title: format!("labkeeper: certificates end soon ({})", lines.len()),
        text: format!("{}.", listed(&lines, "; ", NAMED)),
        link: None,
    });
    Ok((ending, notice))
}
