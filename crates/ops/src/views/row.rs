//! A view as the faces show it, and whose it is.

use labkeeper_core::actor::Actor;
use labkeeper_core::fault::{Code, Fault};
use labkeeper_core::list_view::ListView;
use labkeeper_store::View;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

/// A column of a view.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ViewColumn {
    /// Its name.
    pub id: String,
    /// Its width in pixels; as wide as it likes when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub width: Option<u16>,
}

/// A view.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ViewRow {
    /// Id.
    pub id: i64,
    /// Grows with every change; send it back when you save or forget the view.
    pub rev: i64,
    /// Which list.
    pub list: String,
    /// What it is called.
    pub name: String,
    /// Words, filters and order, as in the address of the page.
    pub query: String,
    /// Columns in their order; the standard ones when null.
    pub columns: Option<Vec<ViewColumn>>,
    /// Others see it too.
    pub everyone: bool,
    /// The list opens with it.
    pub opens: bool,
    /// Whose it is.
    pub owner: String,
    /// The caller may change it.
    pub mine: bool,
}

/// One view.
#[derive(Debug, Serialize, JsonSchema)]
pub struct OneView {
    /// The view.
    pub data: ViewRow,
}

impl ViewRow {
    pub(super) fn of(view: ListView, actor: &Actor) -> Self {
        Self {
            mine: may_change(&view, actor),
            columns: view.columns.and_then(|text| serde_json::from_str(&text).ok()),
            id: view.id,
            rev: view.rev,
            list: view.list,
            name: view.name,
            query: view.query,
            everyone: view.everyone,
            opens: view.opens,
            owner: view.owner,
        }
    }
}

pub(super) fn sees(view: &ListView, actor: &Actor) -> bool {
    view.everyone || actor.principal.is(&view.principal)
}

/// Whether the caller may change that view: their own, and as an administrator those for everyone.
pub(crate) fn may_change(view: &ListView, actor: &Actor) -> bool {
    let own = actor.principal.is(&view.principal) && (!view.everyone || actor.grant.write);
    own || view.everyone && actor.grant.admin
}

/// A view that the caller may change, if it is still as they read it.
pub(super) async fn changeable(
    view: &mut View,
    id: i64,
    rev: Option<i64>,
    actor: &Actor,
) -> Result<ListView, Fault> {
    let found = view.list_view(id).await?.filter(|found| sees(found, actor));
    let found = found.ok_or_else(|| Fault::not_found(format!("there is no view {id}")))?;
    if !may_change(&found, actor) {
        return Err(Fault::new(Code::Forbidden, format!("\"{}\" is a view of {}", found.name, found.owner))
            .with_hint("save it under a name of your own"));
    }
    match rev.filter(|rev| *rev != found.rev) {
        None => Ok(found),
        Some(yours) => {
            let message = format!("\"{}\" was changed since you read it", found.name);
            let current = ViewRow::of(found, actor);
            Err(Fault::new(Code::StaleRevision, message)
                .with_field("rev")
                .with_hint("look at both versions, then send yours with the current rev")
                .with_details(json!({"current": current, "yours": yours})))
        }
    }
}
