//! Tells a client which of the resources it watches have changed, by following the outbox.

use std::collections::BTreeSet;
use std::time::Duration;

use labkeeper_core::change::{Image, Table};
use labkeeper_core::fault::Fault;
use labkeeper_core::inventory::ItemId;
use labkeeper_ops::keeper::{Edition, Keeper};
use serde_json::Value;

use crate::lab_uri::LabUri;

/// How often writes of other processes on the same database are looked for.
const FOREIGN: Duration = Duration::from_secs(2);
/// Events read at once.
const BATCH: i64 = 500;

/// What happened since the last look.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct News {
    items: BTreeSet<ItemId>,
    changes: BTreeSet<i64>,
    /// Sources saw something; of which items is not said.
    seen: bool,
    /// Some changes were taken back; one act can take back many.
    undone: bool,
    /// Items came or went, so the list of resources is another one.
    pub(crate) list_changed: bool,
    any: bool,
}

impl News {
    /// Whether that resource now reads differently.
    pub(crate) fn concerns(&self, uri: &LabUri) -> bool {
        match uri {
            LabUri::Overview => self.any,
            LabUri::Item(_, id) => self.seen || self.items.contains(id),
            LabUri::Doc(id) => self.items.contains(id),
            LabUri::Change(id) => self.undone || self.changes.contains(id),
            LabUri::Guest(..) | LabUri::Output(..) => false,
        }
    }
}

/// Follows the outbox from now on.
pub(crate) struct Follower {
    keeper: Keeper,
    committed: tokio::sync::watch::Receiver<Edition>,
    seen: i64,
}

impl Follower {
    pub(crate) fn new(keeper: Keeper) -> Self {
        let mut committed = keeper.store().watch();
        let seen = committed.borrow_and_update().seq;
        Self { keeper, committed, seen }
    }

    /// Waits until something happened, and says what.
    pub(crate) async fn next(&mut self) -> Result<News, Fault> {
        loop {
            let newest = self.committed.borrow_and_update().seq;
            if newest > self.seen {
                return self.read().await;
            }
            tokio::select! {
                changed = self.committed.changed() => {
                    changed.map_err(|_| Fault::internal(&"the store was closed"))?;
                }
                () = tokio::time::sleep(FOREIGN) => self.keeper.store().notice_foreign_writes().await?,
            }
        }
    }

    async fn read(&mut self) -> Result<News, Fault> {
        let mut view = self.keeper.store().read().await?;
        let mut news = News { any: true, ..News::default() };
        let mut changes = BTreeSet::new();
        loop {
            let events = view.events_after(self.seen, BATCH).await?;
            let Some(last) = events.last() else { break };
            self.seen = last.seq;
            for event in &events {
                changes.extend(event.change_id);
                news.seen |= matches!(event.r#type.as_str(), "seen" | "drift");
                if event.r#type == "item" {
                    news.items.extend(event.id);
                    news.list_changed |= event.action != "updated";
                }
            }
        }
        for id in changes {
            news.changes.insert(id);
            if let Some(change) = view.change(id).await? {
                news.items.extend(change.images.iter().flat_map(touched));
                news.undone |= change.meta.reverts.is_some();
            }
        }
        Ok(news)
    }
}

/// Items that read differently since that row changed.
fn touched(image: &Image) -> Vec<ItemId> {
    let own = matches!(image.table, Table::Items | Table::Layout).then_some(image.id);
    let rows = [&image.before, &image.after].into_iter().flatten();
    let named =
        rows.flat_map(|row| ["from_id", "to_id", "item_id"].map(|end| row.get(end).and_then(Value::as_i64)));
    own.into_iter().chain(named.flatten()).collect()
}
