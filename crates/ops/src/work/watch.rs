//! Watches by the clock whether items answer and how long their certificates are good for, and tells people.

use std::collections::{HashMap, HashSet};

use labkeeper_core::checkup::Level;
use labkeeper_core::fault::Fault;
use labkeeper_core::inventory::ItemId;
use labkeeper_core::ports::Notice;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use super::kept::{recalled, remember};
use super::tidings::{Tidings, listed};
use crate::discovery::watching::{Round, look, stop};
use crate::house::House;

/// A certificate of which people were told, and how bad it was then.
type Told = (ItemId, u16, i64, Level);

/// Where it is kept of what people have not been told yet.
const TIDINGS: &str = "watch.tidings";
/// Where it is kept of which certificates people were told.
const TOLD: &str = "watch.told_certificates";
/// Certificates named in one message.
const NAMED: usize = 10;

pub(super) async fn run(house: &House, shutdown: &CancellationToken) {
    let Some(every) = house.settings().watch.every else {
        if let Err(fault) = stop(house).await {
            tracing::warn!(%fault, "what was watched before could not be closed");
        }
        // Whoever watches again begins anew.
        remember(house, TIDINGS, &Tidings::default()).await;
        return;
    };
    let (mut tidings, mut told) = (recalled::<Tidings>(house, TIDINGS).await, recalled(house, TOLD).await);
    let mut blind = false;
    while !shutdown.is_cancelled() {
        let looked = tokio::select! {
            looked = look(house, every) => looked,
            () = shutdown.cancelled() => return,
        };
        match looked {
            Ok(Round::Turns(turns)) => {
                blind = false;
                if !turns.is_empty() {
                    tidings.add(turns);
                    remember(house, TIDINGS, &tidings).await;
                }
            }
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
            tell(house, &mut tidings, &mut told).await;
        }
        tokio::select! {
            () = shutdown.cancelled() => {}
            () = sleep(every) => {}
        }
    }
}

/// Tells what there is to tell, unless it is quiet. What cannot be told now is told later.
async fn tell(house: &House, tidings: &mut Tidings, told: &mut HashSet<Told>) {
    let Some(notifier) = house.notifier() else { return tidings.told() };
    let is_quiet = house.settings().watch.quiet.is_some_and(|hours| hours.contains(house.clock().now()));
    if is_quiet {
        return;
    }
    match standing(house).await {
        Ok(standing) => tidings.keep_what_holds(&standing),
        Err(error) => return tracing::warn!(%error, "who answers could not be read"),
    }
    if let Some(notice) = tidings.notice(house.settings().safety.public_url.as_deref()) {
        match notifier.notify(&notice).await {
            Ok(()) => {
                tidings.told();
                remember(house, TIDINGS, tidings).await;
            }
            Err(reason) => tracing::warn!(reason, "nobody could be told who answers and who does not"),
        }
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

/// Who answers now, of those that are watched.
async fn standing(house: &House) -> labkeeper_store::Result<HashMap<ItemId, bool>> {
    let now = house.store().read().await?.reachability_now().await?;
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
