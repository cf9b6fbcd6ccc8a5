//! `map_edge_update`: another text along a line.

use labkeeper_core::fault::Fault;
use labkeeper_core::inventory::{Link, Rel};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::cx::Cx;
use crate::inventory::link_create::OneLink;
use crate::inventory::show::LinkView;
use crate::operation::{Meta, Operation, Plan, Route, Toolset};

/// Change the text along a line of the map, also along one that means something, such as a cable. The change can
/// be undone.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MapEdgeUpdate {
    /// Which line.
    pub id: i64,
    /// The new text; empty or null takes it away.
    pub label: Option<String>,
}

impl MapEdgeUpdate {
    fn label(&self) -> Option<String> {
        self.label.as_deref().map(str::trim).filter(|label| !label.is_empty()).map(str::to_string)
    }
}

impl Operation for MapEdgeUpdate {
    type Output = OneLink;
    const META: Meta = Meta::write("map_edge_update", "Label a line", Toolset::Inventory)
        .not_a_tool()
        .idempotent()
        .routes(&[Route::patch("/api/map/edges/{id}")]);

    async fn plan(&self, cx: &mut Cx) -> Result<Plan, Fault> {
        let mut view = cx.read().await?;
        let link = labelled(view.link(self.id).await?, self.id)?;
        let shown = LinkView::of(&mut view, link).await?;
        let text = self.label().map_or_else(|| "nothing".into(), |label| format!("\"{label}\""));
        Ok(Plan::allow(format!("label the line from {} to {} with {text}", shown.from.name, shown.to.name)))
    }

    async fn run(self, cx: &mut Cx) -> Result<OneLink, Fault> {
        let at = cx.now;
        let tx = cx.tx()?;
        let before = labelled(tx.link(self.id).await?, self.id)?;
        let label = self.label();
        let link = if before.label == label {
            before
        } else {
            let after = Link { label, updated_at: at, ..before.clone() };
            tx.update_link(&before, after).await?
        };
        Ok(OneLink { data: LinkView::of(tx, link).await? })
    }
}

/// What an item stands on and what network it is in say themselves what they are.
fn labelled(link: Option<Link>, id: i64) -> Result<Link, Fault> {
    let link = link.ok_or_else(|| Fault::not_found(format!("there is no line {id}")))?;
    if matches!(link.rel, Rel::Parent | Rel::MemberOf) {
        return Err(Fault::invalid("id", format!("line {id} is no drawn line and has no text of its own")));
    }
    Ok(link)
}
