//! Watches by the clock whether items answer and how long their certificates are good for, and tells people.

use std::collections::HashSet;

use labkeeper_core::checkup::Level;
use labkeeper_core::fault::Fault;
use labkeeper_core::inventory::ItemId;
use labkeeper_core::ports::Notice;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use super::tidings::Tidings;
use crate::discovery::watching::{Round, look};
use crate::house::House;

/// A certificate of which people were told, and how bad it was then.
type Told = (ItemId, u16, i64, Level);

pub(super) async fn run(house: &House, shutdown: &CancellationToken) {
    let Some(every) = house.settings().watch.every else { return };
    let (mut tidings, mut told, mut blind) = (Tidings::default(), HashSet::new(), false);
    while !shutdown.is_cancelled() {
        let looked = tokio::select! {
            looked = look(house, house.settings().watch.pause) => looked,
            () = shutdown.cancelled() => return,
        };
        match looked {
            Ok(Round::Turns(turns)) => {
                blind = false;
                tidings.add(turns);
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
    let Some(notifier) = house.notifier() else { return };
    let is_quiet = house.settings().watch.quiet.is_some_and(|hours| hours.contains(house.clock().now()));
    if is_quiet {
        return;
    }
    if let Some(notice) = tidings.notice(house.settings().safety.public_url.as_deref()) {
        match notifier.notify(&notice).await {
            Ok(()) => tidings.told(),
            Err(reason) => tracing::warn!(reason, "nobody could be told who answers and who does not"),
        }
    }
    match ending(house, told).await {
        Err(fault) => tracing::warn!(%fault, "certificates could not be looked at"),
        Ok((_, None)) => {}
        Ok((ending, Some(notice))) => match notifier.notify(&notice).await {
            Ok(()) => told.extend(ending),
            Err(reason) => tracing::warn!(reason, "nobody could be told that certificates end"),
        },
    }
}

/// The certificates that end soon and of which nobody was told, in one message.
async fn ending(house: &House, told: &HashSet<Told>) -> Result<(Vec<Told>, Option<Notice>), Fault> {
    let notice = house.settings().health.certificates;
    let now = house.clock().now().0 / 1_000_000;
    let mut view = house.store().read().await?;
    let (mut new, mut lines) = (Vec::new(), Vec::new());
    for shown in view.certificates(None).await? {
        let (level, words) = notice.of(shown.not_after, now);
        let mark = (shown.item_id, shown.port, shown.not_after, level);
        if level == Level::Ok || told.contains(&mark) {
            continue;
        }
        let Some(item) = view.item(shown.item_id).await? else { continue };
        lines.push(format!("{} (port {}) {words}", item.name, shown.port));
        new.push(mark);
    }
    let notice = (!lines.is_empty()).then(|| Notice {
        title: format!("labkeeper: certificates end soon ({})", lines.len()),
        text: format!("{}.", lines.join("; ")),
        link: None,
    });
    Ok((new, notice))
}
