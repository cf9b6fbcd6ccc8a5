//! `change_undo`: take one change back.

use labkeeper_core::actor::Actor;
use labkeeper_core::change::Table;
use labkeeper_core::fault::{Code, Fault};
use labkeeper_core::inventory::ItemId;
use labkeeper_core::list_view::ListView;
use labkeeper_store::{Change, ChangeFilter, Collision, Obstacle, Use, View, WriteTx};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::ChangeView;
use crate::cx::Cx;
use crate::files::undo::ready;
use crate::operation::{Meta, Operation, Plan, Route, Toolset};
use crate::views::row::may_change;

/// Take a change back, of the inventory or of a file in the lab. Refused when something was changed again since. The undo is itself a change.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeUndo {
    /// Which change.
    pub id: i64,
    /// Put files back although somebody else changed them since; what they are now is kept.
    #[serde(default)]
    pub overwrite: bool,
}

/// What was taken back.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Undone {
    /// The change that was taken back.
    pub data: ChangeView,
    /// What is worth knowing of files that came back.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

impl Operation for ChangeUndo {
    type Output = Undone;
    const META: Meta = Meta::write("change_undo", "Undo a change", Toolset::Safety)
        // The plan shows files as they are now.
        .foreign()
        .routes(&[Route::post("/api/changes/{id}/revert")]);

    async fn plan(&self, cx: &mut Cx) -> Result<Plan, Fault> {
        let mut view = cx.read().await?;
        let change = find(&mut view, self.id).await?;
        may_take_back(&change, &cx.actor)?;
        let shown = ChangeView::of(&mut view, &change).await?;
        drop(view);
        let plan = Plan::allow(format!("undo: {}", change.meta.summary)).with(json!({"change": shown}));
        Ok(ready(cx, std::slice::from_ref(&change), self.overwrite).await?.added_to(plan))
    }

    async fn run(self, cx: &mut Cx) -> Result<Undone, Fault> {
        cx.reverts(self.id);
        let change = find(cx.tx()?, self.id).await?;
        may_take_back(&change, &cx.actor)?;
        let notes =
            take_back_files(cx, std::slice::from_ref(&change), self.overwrite, Self::META.name).await?;
        let tx = cx.tx()?;
        let change = find(tx, change.id).await?;
        take_back(tx, &change).await?;
        let change = Change { reverted_by: None, ..change };
        Ok(Undone { data: ChangeView::of(tx, &change).await?, notes })
    }
}

/// Somebody's view of a list is theirs, also in what happened to it.
pub(super) fn may_take_back(change: &Change, actor: &Actor) -> Result<(), Fault> {
    let rows = change.images.iter().filter(|image| image.table == Table::Views);
    let views = rows.flat_map(|image| [&image.before, &image.after]).flatten();
    for row in views {
        let view = ListView::of_image(row).map_err(|error| Fault::internal(&error))?;
        if !may_change(&view, actor) {
            return Err(Fault::new(
                Code::Forbidden,
                format!("change {} is of \"{}\", a view of {}", change.id, view.name, view.owner),
            )
            .with_hint("only its owner takes it back, or an administrator when it is for everyone"));
        }
    }
    Ok(())
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

/// Puts the files of changes, newest first, back, when they altered any. The lab takes its time: the hub's writer is not held
/// meanwhile, so what was done in this transaction before is lost. Answers what is worth knowing of them.
///
/// # Errors
/// [`Code::Conflict`] when somebody else changed one since; then nothing was written.
pub(super) async fn take_back_files(
    cx: &mut Cx,
    changes: &[Change],
    overwrite: bool,
    op: &str,
) -> Result<Vec<String>, Fault> {
    if changes.iter().all(|change| change.files.is_empty()) {
        return Ok(Vec::new());
    }
    // The rows first, to see whether they can be put back at all.
    for change in changes {
        take_back(cx.tx()?, change).await?;
    }
    drop(cx.tx.take());
    let put_back = ready(cx, changes, overwrite).await?.put_back(cx, op).await?;
    let remarks = put_back.remarks();
    put_back.note(cx).await?;
    Ok(remarks)
}

/// Puts the rows of a change back.
///
/// # Errors
/// [`Code::Conflict`] naming the first thing that stands in the way.
pub(super) async fn take_back(tx: &mut WriteTx, change: &Change) -> Result<(), Fault> {
    match tx.take_back(&change.images).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(obstacle)) => Err(conflict(tx, change.id, &obstacle).await?),
        Err(labkeeper_store::StoreError::Duplicate) => {
            Err(blocked(change.id, "something new is in its place").with_hint("undo the newer change first"))
        }
        Err(error) => Err(error.into()),
    }
}

fn blocked(id: i64, why: &str) -> Fault {
    Fault::new(Code::Conflict, format!("change {id} cannot be taken back: {why}"))
}

async fn conflict(view: &mut View, id: i64, obstacle: &Obstacle) -> Result<Fault, Fault> {
    Ok(match obstacle {
        Obstacle::Changed(collision) => changed(id, collision),
        Obstacle::InUse { item, by } => {
            let name = &item.name;
            let (why, other) = match by {
                Use::Item(other) => (format!("{} is linked with {name} since", other.name), Some(other)),
                Use::Position => (format!("{name} was given a place on the map since"), None),
                Use::Observations => (format!("sources see {name} since"), None),
            };
            blocked(id, &why)
                .with_hint(format!("delete {name} instead, or undo the newer change first"))
                .with_details(json!({"item": item, "by": other}))
        }
        Obstacle::Gone(item) => {
            let (name, by) = last_seen(view, *item).await?;
            let hint = match by {
                Some(by) => format!("undo change {by} first, which removed it"),
                None => "what it belongs to has to be there first".into(),
            };
            blocked(id, &format!("{name} is gone since")).with_hint(hint).with_details(json!({"item": item}))
        }
        Obstacle::Circle(names) => blocked(id, &format!("that would close a circle: {}", names.join(" → ")))
            .with_hint("undo the newer change first"),
    })
}

fn changed(id: i64, collision: &Collision) -> Fault {
    let row = collision.found.as_ref().or(collision.expected.as_ref());
    let name = row.and_then(|row| row.get("name")).and_then(|name| name.as_str()).unwrap_or("a row");
    let state = if collision.found.is_some() { "was changed again" } else { "was removed" };
    blocked(id, &format!("{name} {state} since"))
        .with_hint("undo the newer change first, or set the fields by hand")
        .with_details(json!({"table": collision.table, "id": collision.id, "expected": collision.expected, "found": collision.found}))
}

/// What an item was called that is not there any more, and the change that removed it.
async fn last_seen(view: &mut View, item: ItemId) -> Result<(String, Option<i64>), Fault> {
    let filter = ChangeFilter { item: Some(item), limit: 50, ..ChangeFilter::default() };
    for change in view.changes(&filter).await? {
        let image = change.images.iter().find(|image| {
            image.table == Table::Items && image.id == item && image.after.is_none() && image.before.is_some()
        });
        if let Some(row) = image.and_then(|image| image.before.as_ref()) {
            let name = row.get("name").and_then(Value::as_str).unwrap_or_default();
            return Ok((name.into(), Some(change.id)));
        }
    }
    Ok((format!("item {item}"), None))
}
