//! `link_delete`.

use labkeeper_core::fault::Fault;
use schemars::JsonSchema;
use serde::Deserialize;

use super::show::LinkView;
use crate::cx::Cx;
use crate::done::Done;
use crate::operation::{Meta, Operation, Plan, Route, Toolset};

/// Remove a link between two items; the items stay.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LinkDelete {
    /// Which link.
    pub id: i64,
}

impl Operation for LinkDelete {
    type Output = Done;
    const META: Meta = Meta::write("link_delete", "Remove a link", Toolset::Inventory)
        .destructive()
        .routes(&[Route::delete("/api/links/{id}"), Route::delete("/api/map/edges/{id}")]);

    async fn plan(&self, cx: &mut Cx) -> Result<Plan, Fault> {
        let mut view = cx.read().await?;
        let link = view.link(self.id).await?.ok_or_else(|| gone(self.id))?;
        let shown = LinkView::of(&mut view, link).await?;
        Ok(Plan::allow(format!(
            "remove the link {} {} {}",
            shown.from.name,
            shown.rel.as_str(),
            shown.to.name
        )))
    }

    async fn run(self, cx: &mut Cx) -> Result<Done, Fault> {
        let tx = cx.tx()?;
        let link = tx.link(self.id).await?.ok_or_else(|| gone(self.id))?;
        tx.delete_link(&link).await?;
        Ok(Done { message: "Deleted" })
    }
}

fn gone(id: i64) -> Fault {
    Fault::not_found(format!("there is no link {id}"))
}
