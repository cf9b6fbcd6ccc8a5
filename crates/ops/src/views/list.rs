//! `view_list`.

use labkeeper_core::fault::Fault;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::row::{ViewRow, sees};
use crate::cx::Cx;
use crate::operation::{Meta, Operation, Route, Toolset};

/// List your views of lists, and those for everyone.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ViewList {
    /// Only those of that list.
    #[serde(default)]
    pub list: Option<String>,
}

/// The views.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Views {
    /// By name.
    pub data: Vec<ViewRow>,
    /// How many.
    pub count: usize,
}

impl Operation for ViewList {
    type Output = Views;
    const META: Meta = Meta::read("view_list", "List views", Toolset::Inventory)
        .not_a_tool()
        .routes(&[Route::get("/api/views")]);

    async fn run(self, cx: &mut Cx) -> Result<Views, Fault> {
        let mut views = cx.read().await?.list_views().await?;
        views
            .retain(|view| sees(view, &cx.actor) && self.list.as_ref().is_none_or(|list| *list == view.list));
        views.sort_by_cached_key(|view| (view.name.to_lowercase(), view.id));
        let data: Vec<ViewRow> = views.into_iter().map(|view| ViewRow::of(view, &cx.actor)).collect();
        Ok(Views { count: data.len(), data })
    }
}
