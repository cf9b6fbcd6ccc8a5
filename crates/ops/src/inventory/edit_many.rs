//! `items_edit`: the same edit of many items, as a person does it in a table. Each item is taken or told apart.

use labkeeper_core::fault::{Code, Fault};
use labkeeper_core::inventory::admit::{OnUnknown, admit, merged};
use labkeeper_core::inventory::{Item, ItemId, ItemRef, Kind, Link, Rel};
use labkeeper_store::{NewLink, View};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::create::without_icon;
use super::link_create::connect;
use super::mentions::must_exist;
use super::write;
use crate::cx::Cx;
use crate::operation::{Meta, Operation, Plan, Route, Toolset};

/// Change many items in the same way, as one change: set fields, add and remove tags, join and leave networks. An item that cannot
/// take it is named with the reason, and stays as it is.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ItemsEdit {
    /// Which items.
    pub items: Vec<Chosen>,
    /// Fields to set on each; null clears one.
    #[serde(default)]
    pub set: Map<String, Value>,
    /// Tags that each gets.
    #[serde(default)]
    pub add_tags: Vec<String>,
    /// Tags that each loses.
    #[serde(default)]
    pub remove_tags: Vec<String>,
    /// Networks that each becomes a member of.
    #[serde(default)]
    pub join: Vec<ItemId>,
    /// Networks that each is no member of any more.
    #[serde(default)]
    pub leave: Vec<ItemId>,
}

/// One of the items.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Chosen {
    /// Which item.
    pub id: ItemId,
    /// Revision as it was read; an item with a newer one is left alone.
    #[serde(default)]
    pub rev: Option<i64>,
}

/// An item that was left as it is, and why.
#[derive(Debug, Serialize, JsonSchema)]
pub struct NotTaken {
    /// Which item.
    pub id: ItemId,
    /// Its name, when it is there.
    pub name: Option<String>,
    /// Why.
    pub error: String,
    /// Which field it is about.
    pub field: Option<String>,
    /// What to do.
    pub hint: Option<String>,
    /// The reason in one word.
    pub code: String,
}

/// What became of them.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Edited {
    /// Items that are different now.
    pub changed: Vec<ItemRef>,
    /// Items that were so already.
    pub unchanged: Vec<ItemRef>,
    /// Items that were left as they are.
    pub refused: Vec<NotTaken>,
}

/// The answer.
#[derive(Debug, Serialize, JsonSchema)]
pub struct EditedAnswer {
    /// What became of them.
    pub data: Edited,
}

/// Most items of one call.
const MOST: usize = 10_000;

/// What the edit means for one item.
struct Step {
    item: Item,
    data: Map<String, Value>,
    joins: Vec<Item>,
    leaves: Vec<(Link, String)>,
    diff: Vec<Value>,
}

impl Operation for ItemsEdit {
    type Output = EditedAnswer;
    const META: Meta = Meta::write("items_edit", "Change many items in the same way", Toolset::Inventory)
        .not_a_tool()
        .routes(&[Route::post("/api/bulk/edit")]);

    async fn plan(&self, cx: &mut Cx) -> Result<Plan, Fault> {
        self.worth_doing()?;
        let mut view = cx.read().await?;
        let (mut changes, mut unchanged, mut refused) = (Vec::new(), 0, Vec::new());
        for chosen in &self.items {
            match self.step(&mut view, *chosen).await {
                Ok(step) if step.diff.is_empty() => unchanged += 1,
                Ok(step) => changes.push(json!({"item": step.item.reference(), "diff": step.diff})),
                Err(fault) => refused.push(not_taken(&mut view, *chosen, fault).await?),
            }
        }
        let summary = format!("change {} of {} items", changes.len(), self.items.len());
        Ok(Plan::allow(summary).with(json!({"changes": changes, "unchanged": unchanged, "refused": refused})))
    }

    async fn run(self, cx: &mut Cx) -> Result<EditedAnswer, Fault> {
        let at = cx.now;
        let tx = cx.tx()?;
        let mut done = Edited { changed: Vec::new(), unchanged: Vec::new(), refused: Vec::new() };
        for chosen in &self.items {
            let step = match self.step(tx, *chosen).await {
                Ok(step) => step,
                Err(fault) => {
                    done.refused.push(not_taken(tx, *chosen, fault).await?);
                    continue;
                }
            };
            if step.diff.is_empty() {
                done.unchanged.push(step.item.reference());
                continue;
            }
            let item = &step.item;
            if !step.data.is_empty() {
                write::update(tx, item.kind, item.id, &step.data, chosen.rev, OnUnknown::Refuse, at).await?;
            }
            for (link, _) in &step.leaves {
                tx.delete_link(link).await?;
            }
            for network in &step.joins {
                let new = NewLink {
                    from_id: item.id,
                    rel: Rel::MemberOf,
                    to_id: network.id,
                    label: None,
                    data: None,
                    source: "asserted".into(),
                    created_at: at,
                    updated_at: at,
                };
                connect(tx, new, at).await?;
            }
            done.changed.push(item.reference());
        }
        if done.changed.is_empty() && !done.refused.is_empty() {
            let first = done.refused[0].error.clone();
            return Err(Fault::new(Code::Invalid, format!("none of the items could be changed: {first}"))
                .with_details(json!({"refused": done.refused})));
        }
        cx.summarise(format!("change {} items", done.changed.len()));
        Ok(EditedAnswer { data: done })
    }
}

impl ItemsEdit {
    fn worth_doing(&self) -> Result<(), Fault> {
        let edits = self.set.len()
            + self.add_tags.len()
            + self.remove_tags.len()
            + self.join.len()
            + self.leave.len();
        if self.items.is_empty() || edits == 0 {
            return Err(Fault::new(Code::Invalid, "nothing to do: give items and what to change"));
        }
        if self.items.len() > MOST {
            return Err(Fault::new(Code::TooLarge, format!("at most {MOST} items at once")));
        }
        for (field, wants) in [("rev", "give revisions in items"), ("id", "an id does not change")] {
            if self.set.contains_key(field) {
                return Err(Fault::invalid("set", format!("set has {field}: {wants}")));
            }
        }
        let is_picture = |icon: &Value| icon.as_str().is_some_and(|icon| icon.starts_with("data:"));
        if self.set.get("icon").is_some_and(is_picture) {
            return Err(Fault::invalid("set", "an icon of many items wants its name, not a picture"));
        }
        for (name, networks) in [("join", &self.join), ("leave", &self.leave)] {
            let is_again = |at: usize, id: &ItemId| networks[..at].contains(id);
            if networks.iter().enumerate().any(|(at, id)| is_again(at, id)) {
                return Err(Fault::invalid(name, format!("{name} names a network twice")));
            }
        }
        let twice = self
            .items
            .iter()
            .enumerate()
            .find(|(at, one)| self.items[..*at].iter().any(|other| other.id == one.id));
        match twice {
            Some((_, one)) => Err(Fault::invalid("items", format!("item {} is named twice", one.id))),
            None => Ok(()),
        }
    }

    /// What the edit means for that item. Everything that may refuse it is asked here, before anything is written.
    async fn step(&self, view: &mut View, chosen: Chosen) -> Result<Step, Fault> {
        let gone = || Fault::not_found(format!("there is no item {}", chosen.id));
        let item = view.item(chosen.id).await?.ok_or_else(gone)?;
        if chosen.rev.is_some_and(|rev| rev != item.rev) {
            return Err(Fault::new(Code::StaleRevision, "it was changed since you read it")
                .with_hint("look at it, then choose it again"));
        }
        let data = self.data_for(&item);
        let draft = admit(item.kind, &without_icon(&data), Some(&item.fields), OnUnknown::Refuse)?;
        let after = merged(&item.fields, &draft);
        must_exist(view, &after, Some(&item.fields)).await?;
        let mut diff = Vec::new();
        let mut differs = |field: &str, before: Value, after: Value| {
            if before != after {
                diff.push(json!({"field": field, "before": before, "after": after}));
            }
        };
        if let Some(icon) = self.set.get("icon") {
            differs("icon", item.fields.get("icon").cloned().unwrap_or_default(), icon.clone());
        }
        if let Some(name) = &draft.name {
            differs(item.kind.spec().name_field, json!(item.name), json!(name));
        }
        for name in draft.fields.keys() {
            let of = |fields: &Map<String, Value>| fields.get(name).cloned().unwrap_or_default();
            differs(name, of(&item.fields), of(&after));
        }
        if let Some(parent) = draft.parent {
            let known = view.parent_link(item.id).await?.map(|link| link.to_id);
            let wanted = parent.map(|(_, id)| id);
            if known != wanted {
                if let Some(parent) = parent {
                    write::may_stand_on(view, &item, parent).await?;
                }
                differs("parent", name_of(view, known).await?, name_of(view, wanted).await?);
            }
        }
        let (joins, leaves) = self.memberships(view, &item).await?;
        for network in &joins {
            differs("network", Value::Null, json!(network.name));
        }
        for (_, name) in &leaves {
            differs("network", json!(name), Value::Null);
        }
        Ok(Step { item, data, joins, leaves, diff })
    }

    fn data_for(&self, item: &Item) -> Map<String, Value> {
        let mut data = self.set.clone();
        if self.add_tags.is_empty() && self.remove_tags.is_empty() {
            return data;
        }
        let given = data.get("tags").or_else(|| item.fields.get("tags"));
        let mut tags: Vec<Value> = given.and_then(Value::as_array).cloned().unwrap_or_default();
        let same = |tag: &Value, other: &str| tag.as_str().is_some_and(|tag| tag.eq_ignore_ascii_case(other));
        tags.retain(|tag| !self.remove_tags.iter().any(|gone| same(tag, gone)));
        for new in &self.add_tags {
            if !tags.iter().any(|tag| same(tag, new)) {
                tags.push(json!(new));
            }
        }
        data.insert("tags".into(), tags.into());
        data
    }

    async fn memberships(
        &self,
        view: &mut View,
        item: &Item,
    ) -> Result<(Vec<Item>, Vec<(Link, String)>), Fault> {
        let (mut joins, mut leaves) = (Vec::new(), Vec::new());
        if self.join.is_empty() && self.leave.is_empty() {
            return Ok((joins, leaves));
        }
        let links = view.links_of(item.id).await?;
        let known = |network: ItemId| {
            let link =
                |link: &&Link| link.rel == Rel::MemberOf && link.from_id == item.id && link.to_id == network;
            links.iter().find(link).cloned()
        };
        for network in &self.join {
            let found = view.item(*network).await?.filter(|found| found.kind == Kind::Networks);
            let Some(found) = found else {
                return Err(Fault::invalid("join", format!("there is no network {network}")));
            };
            if found.id == item.id {
                return Err(Fault::invalid("join", "a network is no member of itself"));
            }
            if known(*network).is_none() {
                joins.push(found);
            }
        }
        for network in &self.leave {
            if let Some(link) = known(*network) {
                let name = view.item(*network).await?.map_or_else(|| network.to_string(), |item| item.name);
                leaves.push((link, name));
            }
        }
        Ok((joins, leaves))
    }
}

async fn name_of(view: &mut View, id: Option<ItemId>) -> Result<Value, Fault> {
    let Some(id) = id else { return Ok(Value::Null) };
    Ok(view.item(id).await?.map_or(Value::Null, |item| item.name.into()))
}

/// The reason as an entry of the answer; what is nobody's choice ends the whole call.
async fn not_taken(view: &mut View, chosen: Chosen, fault: Fault) -> Result<NotTaken, Fault> {
    if matches!(fault.code, Code::Internal | Code::Unavailable | Code::Cancelled) {
        return Err(fault);
    }
    Ok(NotTaken {
        id: chosen.id,
        name: view.item(chosen.id).await?.map(|item| item.name),
        error: fault.message,
        field: fault.field,
        hint: fault.hint,
        code: fault.code.as_str().into(),
    })
}
