//! `link_create`.

use labkeeper_core::fault::{Code, Fault};
use labkeeper_core::inventory::{ItemId, Kind, Link, Rel};
use labkeeper_core::stamp::Stamp;
use labkeeper_store::{NewLink, StoreError, WriteTx};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::show::LinkView;
use super::write::set_parent;
use crate::cx::Cx;
use crate::operation::{Meta, Operation, Plan, Route, Toolset};

/// Link two items: what the link means, `rel` says; a free `related` has a label.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LinkCreate {
    /// From this item …
    pub from: ItemId,
    /// … to that item.
    pub to: ItemId,
    /// What the link means, read from `from` to `to`.
    pub rel: Rel,
    /// Port, cable, or whatever says it best.
    #[serde(default)]
    pub label: Option<String>,
    /// Facts of the link, such as `ip_on_network`.
    #[serde(default)]
    pub data: Option<Map<String, Value>>,
}

/// The link.
#[derive(Debug, Serialize, JsonSchema)]
pub struct OneLink {
    /// The link as it is now.
    pub data: LinkView,
}

impl Operation for LinkCreate {
    type Output = OneLink;
    const META: Meta = Meta::write("link_create", "Link two items", Toolset::Inventory)
        .routes(&[Route::post("/api/links").created()]);

    async fn plan(&self, cx: &mut Cx) -> Result<Plan, Fault> {
        let mut view = cx.read().await?;
        let names = view.references(&[self.from, self.to]).await?;
        let name = |id: ItemId| names.iter().find(|item| item.id == id).map(|item| item.name.clone());
        let (Some(from), Some(to)) = (name(self.from), name(self.to)) else {
            let missing = if name(self.from).is_none() { ("from", self.from) } else { ("to", self.to) };
            return Err(Fault::invalid(missing.0, format!("there is no item {}", missing.1)));
        };
        Ok(Plan::allow(format!("link {from} {} {to}", self.rel.as_str())))
    }

    async fn run(self, cx: &mut Cx) -> Result<OneLink, Fault> {
        let at = cx.now;
        let tx = cx.tx()?;
        let new = NewLink {
            from_id: self.from,
            rel: self.rel,
            to_id: self.to,
            label: self.label,
            data: self.data.map(Value::Object),
            source: "asserted".into(),
            created_at: at,
            updated_at: at,
        };
        let link = connect(tx, new, at).await?;
        Ok(OneLink { data: LinkView::of(tx, link).await? })
    }
}

/// Creates a link after checking its ends.
///
/// # Errors
/// When an end is missing, the relation does not fit, or it is there already.
pub async fn connect(tx: &mut WriteTx, new: NewLink, at: Stamp) -> Result<Link, Fault> {
    let missing = |field: &str, id: ItemId| Fault::invalid(field, format!("there is no item {id}"));
    let from = tx.item(new.from_id).await?.ok_or_else(|| missing("from", new.from_id))?;
    let to = tx.item(new.to_id).await?.ok_or_else(|| missing("to", new.to_id))?;
    if from.id == to.id && new.rel != Rel::Edge {
        return Err(Fault::invalid("to", format!("{} cannot be linked to itself", from.name)));
    }
    if new.rel == Rel::MemberOf && to.kind != Kind::Networks {
        return Err(Fault::invalid("to", format!("{} is not a network", to.name)));
    }
    if new.rel == Rel::Parent {
        let fits = from.kind.spec().parents().any(|(_, kind)| kind == to.kind);
        if !fits {
            let (from, to) = (from.kind.spec().label, to.kind.spec().label);
            return Err(Fault::invalid("rel", format!("a {from} does not stand on a {to}")));
        }
        set_parent(tx, &from, Some((to.kind, to.id)), at).await?;
        return tx.parent_link(from.id).await?.ok_or_else(|| Fault::internal(&"the parent link vanished"));
    }
    let rel = new.rel;
    tx.insert_link(new).await.map_err(|error| match error {
        StoreError::Duplicate => {
            Fault::new(Code::Conflict, format!("{} is already {} {}", from.name, rel.as_str(), to.name))
        }
        other => other.into(),
    })
}
