//! `view_delete`.

use labkeeper_core::fault::Fault;
use schemars::JsonSchema;
use serde::Deserialize;

use super::row::changeable;
use crate::cx::Cx;
use crate::done::Done;
use crate::operation::{Meta, Need, Operation, Plan, Route, Toolset};

/// Forget a view of a list.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ViewDelete {
    /// Which view.
    pub id: i64,
    /// The revision that you read: one that was changed since is not forgotten.
    #[serde(default)]
    pub rev: Option<i64>,
}

impl Operation for ViewDelete {
    type Output = Done;
    const META: Meta = Meta {
        need: Need::Read,
        ..Meta::write("view_delete", "Forget a view", Toolset::Inventory)
            .not_a_tool()
            .destructive()
            .routes(&[Route::delete("/api/views/{id}")])
    };

    async fn plan(&self, cx: &mut Cx) -> Result<Plan, Fault> {
        let view = changeable(&mut cx.read().await?, self.id, self.rev, &cx.actor).await?;
        Ok(Plan::allow(format!("forget the view \"{}\"", view.name)))
    }

    async fn run(self, cx: &mut Cx) -> Result<Done, Fault> {
        let actor = cx.actor.clone();
        let tx = cx.tx()?;
        let view = changeable(tx, self.id, self.rev, &actor).await?;
        tx.delete_list_view(&view).await?;
        Ok(Done { message: "Deleted" })
    }
}
