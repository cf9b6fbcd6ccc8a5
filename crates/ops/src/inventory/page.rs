//! Some of the rows that match, of which only as much is read as that takes.

use std::collections::HashMap;
use std::fmt::Display;

use labkeeper_core::fault::Fault;
use labkeeper_core::inventory::{Item, ItemId, Kind};
use labkeeper_store::View;
use serde_json::Value;

use super::rows::{Row, parts_of_kind, rows_of, rows_of_kind};
use super::selection::Selection;

/// Where a page begins, and how long it is at most.
pub(super) struct Span {
    /// How many rows came before, and the id of the last of them.
    after: Option<(usize, ItemId)>,
    offset: usize,
    limit: Option<usize>,
}

impl Span {
    /// # Errors
    /// When that cursor is none.
    pub(super) fn new(
        cursor: Option<&str>,
        offset: Option<usize>,
        limit: Option<usize>,
    ) -> Result<Self, Fault> {
        let after = cursor.map(parse_cursor).transpose()?;
        Ok(Self { after, offset: offset.unwrap_or(0), limit })
    }

    /// What leads to the page that begins after so many rows, of which that one is the last.
    pub(super) fn cursor(came_before: usize, last: impl Display) -> String {
        format!("after-{came_before}-{last}")
    }

    /// How many of those come before. After a cursor that is where its row is now; when that row is gone, so is one of those that came
    /// before: a row shown twice is better than one left out.
    fn skip(&self, rows: &[Row]) -> usize {
        let Some((came_before, last)) = self.after else { return self.offset };
        let position = rows.iter().position(|row| id_of(row) == Some(last));
        position.map_or(came_before.saturating_sub(1), |position| position + 1)
    }
}

/// Rows, how many come before them, and how many match in all.
pub(super) struct Page {
    pub(super) rows: Vec<Row>,
    pub(super) skip: usize,
    pub(super) count: usize,
}

impl Page {
    /// # Errors
    /// When the store fails.
    pub(super) async fn read(
        view: &mut View,
        kind: Kind,
        selection: &Selection,
        span: Span,
    ) -> Result<Self, Fault> {
        match (span.limit, selection.fields()) {
            (Some(most), _) if selection.is_everything() => Self::of_everything(view, kind, span, most).await,
            (Some(most), Some(fields)) => {
                let parts = selection.of(parts_of_kind(view, kind, &fields).await?);
                let (skip, count) = (span.skip(&parts), parts.len());
                let ids: Vec<ItemId> = parts.iter().skip(skip).take(most).filter_map(id_of).collect();
                Ok(Self { rows: rows_in_order(view, &ids).await?, skip, count })
            }
            (limit, _) => {
                let rows = rows_of_kind(view, kind).await?.into_iter().map(|(_, row)| row).collect();
                let rows = selection.of(rows);
                let (skip, count) = (span.skip(&rows), rows.len());
                let page = rows.into_iter().skip(skip).take(limit.unwrap_or(usize::MAX));
                Ok(Self { rows: page.collect(), skip, count })
            }
        }
    }

    /// In the order of ids the store counts what comes before.
    async fn of_everything(view: &mut View, kind: Kind, span: Span, most: usize) -> Result<Self, Fault> {
        let skip = match span.after {
            None => span.offset,
            Some((came_before, last)) => match view.item(last).await? {
                Some(item) if item.kind == kind => view.count_of(kind, Some(last)).await?,
                _ => came_before.saturating_sub(1),
            },
        };
        let items = view.items_page(kind, skip, most).await?;
        Ok(Self { rows: rows_of(view, &items).await?, skip, count: view.count_of(kind, None).await? })
    }
}

async fn rows_in_order(view: &mut View, ids: &[ItemId]) -> Result<Vec<Row>, Fault> {
    let items = view.items_by_id(ids).await?;
    let mut items: HashMap<ItemId, Item> = items.into_iter().map(|item| (item.id, item)).collect();
    let items: Vec<Item> = ids.iter().filter_map(|id| items.remove(id)).collect();
    rows_of(view, &items).await
}

fn id_of(row: &Row) -> Option<ItemId> {
    row.get("id").and_then(Value::as_i64)
}

fn parse_cursor(text: &str) -> Result<(usize, ItemId), Fault> {
    let after = text.strip_prefix("after-").and_then(|after| after.split_once('-'));
    after.and_then(|(rows, id)| Some((rows.parse().ok()?, id.parse().ok()?))).ok_or_else(|| {
        Fault::invalid("cursor", "cursor is not one that this list gave")
            .with_hint("take next_cursor of the page before")
    })
}
