//! `change_undo`: take one change back.

use labkeeper_core::fault::{Code, Fault};
use labkeeper_store::{Change, Collision, View, WriteTx};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::ChangeView;
use crate::cx::Cx;
use crate::operation::{Meta, Operation, Plan, Route, Toolset};

/// Take a change back. Refused when something was changed again since, naming what differs. The undo is
/// itself a change and can be taken back.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeUndo {
    /// Which change.
    pub id: i64,
}

/// What was taken back.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Undone {
    /// The change that was taken back.
    pub data: ChangeView,
}

impl Operation for ChangeUndo {
    type Output = Undone;
    const META: Meta = Meta::write("change_undo", "Undo a change", Toolset::Safety)
        .routes(&[Route::post("/api/changes/{id}/revert")]);

    async fn plan(&self, cx: &mut Cx) -> Result<Plan, Fault> {
        let mut view = cx.read().await?;
        let change = find(&mut view, self.id).await?;
        let shown = ChangeView::of(&mut view, &change).await?;
        Ok(Plan::allow(format!("undo: {}", change.meta.summary)).with(json!({"change": shown})))
    }

    async fn run(self, cx: &mut Cx) -> Result<Undone, Fault> {
        cx.reverts(self.id);
        let tx = cx.tx()?;
        let change = find(tx, self.id).await?;
        take_back(tx, &change).await?;
        let change = Change { reverted_by: None, ..change };
        Ok(Undone { data: ChangeView::of(tx, &change).await? })
    }
}

async fn find(view: &mut View, id: i64) -> Result<Change, Fault> {
    let change =
        view.change(id).await?.ok_or_else(|| Fault::not_found(format!("there is no change {id}")))?;
    match change.reverted_by {
        None => Ok(change),
        Some(by) => {
            Err(Fault::new(Code::Conflict, format!("change {id} was taken back already by change {by}"))
                .with_hint(format!("undo change {by} to have it again")))
        }
    }
}

/// Puts the rows of a change back.
///
/// # Errors
/// [`Code::Conflict`] naming the first row that was changed since.
pub(super) async fn take_back(tx: &mut WriteTx, change: &Change) -> Result<(), Fault> {
    match tx.take_back(&change.images).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(collision)) => Err(conflict(change.id, &collision)),
        Err(labkeeper_store::StoreError::Duplicate) => Err(Fault::new(
            Code::Conflict,
            format!("change {} cannot be taken back: something new is in its place", change.id),
        )
        .with_hint("undo the newer change first")),
        Err(error) => Err(error.into()),
    }
}

fn conflict(id: i64, collision: &Collision) -> Fault {
    let row = collision.found.as_ref().or(collision.expected.as_ref());
    let name = row.and_then(|row| row.get("name")).and_then(|name| name.as_str()).unwrap_or("a row");
    let state = if collision.found.is_some() { "was changed again" } else { "was removed" };
    Fault::new(Code::Conflict, format!("change {id} cannot be taken back: {name} {state} since"))
        .with_hint("undo the newer change first, or set the fields by hand")
        .with_details(json!({"table": collision.table, "id": collision.id, "expected": collision.expected, "found": collision.found}))
}
