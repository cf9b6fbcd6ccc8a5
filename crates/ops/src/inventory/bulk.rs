//! `inventory_bulk`: many creates, updates and deletes in one transaction, all or nothing.

use std::collections::HashSet;

use labkeeper_core::fault::{Code, Fault};
use labkeeper_core::inventory::admit::OnUnknown;
use labkeeper_core::inventory::{ItemId, ItemRef, Kind};
use labkeeper_core::stamp::Stamp;
use labkeeper_store::WriteTx;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::rows::Row;
use super::write::{self, Cascade};
use crate::cx::Cx;
use crate::operation::{Implied, Meta, Operation, Plan, Route, Toolset};

/// Create, change and delete many items in one step and one change: all of it happens or none.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct InventoryBulk {
    /// Items to create.
    #[serde(default)]
    pub create: Vec<BulkCreate>,
    /// Items to change.
    #[serde(default)]
    pub update: Vec<BulkUpdate>,
    /// Items to delete.
    #[serde(default)]
    pub delete: Vec<BulkDelete>,
}

/// One item to create.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BulkCreate {
    /// Which kind.
    #[serde(rename = "type")]
    pub kind: Kind,
    /// Its fields.
    pub data: Map<String, Value>,
}

/// One item to change.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BulkUpdate {
    /// Which kind.
    #[serde(rename = "type")]
    pub kind: Kind,
    /// Which item.
    pub id: ItemId,
    /// Fields to set.
    pub data: Map<String, Value>,
    /// Revision the change is based on.
    #[serde(default)]
    pub rev: Option<i64>,
}

/// One item to delete.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BulkDelete {
    /// Which kind.
    #[serde(rename = "type")]
    pub kind: Kind,
    /// Which item.
    pub id: ItemId,
    /// What becomes of the things that stand on it.
    #[serde(default)]
    pub cascade: Option<Cascade>,
}

/// What was done.
#[derive(Debug, Serialize, JsonSchema)]
pub struct BulkDone {
    /// Rows created, in the order given.
    pub created: Vec<Row>,
    /// Rows changed, in the order given.
    pub updated: Vec<Row>,
    /// Everything that went.
    pub deleted: Vec<ItemRef>,
}

/// The answer.
#[derive(Debug, Serialize, JsonSchema)]
pub struct BulkAnswer {
    /// What was done.
    pub data: BulkDone,
}

/// Most rows of one call.
const MAX_ROWS: usize = 10_000;

impl Operation for InventoryBulk {
    type Output = BulkAnswer;
    const META: Meta = Meta::write("inventory_bulk", "Change many items at once", Toolset::Inventory)
        .destructive()
        .routes(&[Route::post("/api/bulk").implies(&[("confirm", Implied::Bool(true))])]);

    async fn plan(&self, _: &mut Cx) -> Result<Plan, Fault> {
        let (creates, updates, deletes) = (self.create.len(), self.update.len(), self.delete.len());
        if creates + updates + deletes == 0 {
            return Err(Fault::new(Code::Invalid, "nothing to do: give create, update or delete"));
        }
        if creates + updates + deletes > MAX_ROWS {
            return Err(Fault::new(Code::TooLarge, format!("at most {MAX_ROWS} rows at once")));
        }
        let summary = format!("create {creates}, change {updates}, delete {deletes} items");
        Ok(match deletes {
            0 => Plan::allow(summary),
            deletes => Plan::confirm(summary, format!("this deletes {deletes} items")),
        })
    }

    async fn run(self, cx: &mut Cx) -> Result<BulkAnswer, Fault> {
        let at = cx.now;
        let mut done = BulkDone { created: Vec::new(), updated: Vec::new(), deleted: Vec::new() };
        let mut problems: Vec<Value> = Vec::new();
        let mut complain = |list: &str, index: usize, fault: &Fault| {
            problems.push(json!({"list": list, "index": index, "error": fault.message, "field": fault.field, "hint": fault.hint, "code": fault.code.as_str()}));
        };
        let tx = cx.tx()?;
        for (index, row) in self.create.iter().enumerate() {
            match write::create(tx, row.kind, &row.data, OnUnknown::Refuse, at).await {
                Ok((_, written)) => done.created.push(written.data),
                Err(fault) => complain("create", index, &fault),
            }
        }
        for (index, row) in self.update.iter().enumerate() {
            match write::update(tx, row.kind, row.id, &row.data, row.rev, OnUnknown::Refuse, at).await {
                Ok((_, written)) => done.updated.push(written.data),
                Err(fault) => complain("update", index, &fault),
            }
        }
        let going: HashSet<ItemId> = self.delete.iter().map(|row| row.id).collect();
        for (index, row) in self.delete.iter().enumerate() {
            if done.deleted.iter().any(|gone| gone.id == row.id) {
                continue;
            }
            match remove(tx, row, &going, at).await {
                Ok(gone) => done.deleted.extend(gone),
                Err(fault) => complain("delete", index, &fault),
            }
        }
        if problems.is_empty() {
            return Ok(BulkAnswer { data: done });
        }
        Err(Fault::new(
            Code::Invalid,
            format!("{} rows are not acceptable; nothing was changed", problems.len()),
        )
        .with_details(json!({"rows": problems})))
    }
}

/// What stands on the row only until it goes in the same step is no reason to refuse.
async fn remove(
    tx: &mut WriteTx,
    row: &BulkDelete,
    going: &HashSet<ItemId>,
    at: Stamp,
) -> Result<Vec<ItemRef>, Fault> {
    let item = write::item_of_kind(tx, row.kind, row.id).await?;
    let standing = write::dependants(tx, row.id).await?;
    let all_go = standing.iter().all(|dependant| going.contains(&dependant.item.id));
    let cascade = row.cascade.or(all_go.then_some(Cascade::Detach));
    write::delete(tx, &item, cascade, at).await
}
