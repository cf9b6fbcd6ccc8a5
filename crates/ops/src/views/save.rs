//! `view_save`.

use labkeeper_core::actor::Actor;
use labkeeper_core::fault::{Code, Fault};
use labkeeper_core::list_view::{LONGEST_NAME, ListView};
use labkeeper_store::View;
use schemars::JsonSchema;
use serde::Deserialize;

use super::row::{OneView, ViewColumn, ViewRow, changeable, may_change};
use crate::access::owners::owners;
use crate::cx::Cx;
use crate::operation::{Meta, Need, Operation, Plan, Route, Toolset};

/// Longest query and list of columns, in bytes.
const LONGEST: usize = 8_000;

/// Keep what a list shows under a name: its filters, order and columns. With `id` an existing view is saved anew.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ViewSave {
    /// Which view, when it exists.
    #[serde(default)]
    pub id: Option<i64>,
    /// The revision that you read: one that was changed since is not saved over.
    #[serde(default)]
    pub rev: Option<i64>,
    /// Which list: the key of a kind, or `all`.
    pub list: String,
    /// What it is called.
    pub name: String,
    /// Words, filters and order, as in the address of the page.
    #[serde(default)]
    pub query: String,
    /// Columns in their order; the standard ones when left out.
    #[serde(default)]
    pub columns: Option<Vec<ViewColumn>>,
    /// Others see it too. Wants the right to change the inventory.
    #[serde(default)]
    pub everyone: bool,
    /// The list opens with it.
    #[serde(default)]
    pub opens: bool,
}

impl Operation for ViewSave {
    type Output = OneView;
    const META: Meta = Meta {
        need: Need::Read,
        ..Meta::write("view_save", "Save a view", Toolset::Inventory)
            .not_a_tool()
            .routes(&[Route::post("/api/views").created(), Route::put("/api/views/{id}")])
    };

    async fn plan(&self, cx: &mut Cx) -> Result<Plan, Fault> {
        self.checked(&mut cx.read().await?, &cx.actor).await?;
        Ok(Plan::allow(format!("save the view \"{}\"", self.name.trim())))
    }

    async fn run(self, cx: &mut Cx) -> Result<OneView, Fault> {
        let (actor, at) = (cx.actor.clone(), cx.now);
        let tx = cx.tx()?;
        let known = self.checked(tx, &actor).await?;
        let (owner, principal) = match &known {
            // An administrator took it from everyone: whose owner is gone would be seen by nobody.
            Some(view)
                if self.everyone
                    || !view.everyone
                    || owners(tx, &actor, at).await?.is_here(&view.principal) =>
            {
                (view.owner.clone(), view.principal.clone())
            }
            _ => (actor.name.clone(), actor.principal.clone()),
        };
        let after = ListView {
            id: known.as_ref().map_or(0, |view| view.id),
            rev: 1,
            owner,
            principal,
            list: self.list.clone(),
            name: self.name.trim().into(),
            query: self.query.trim_start_matches('?').into(),
            columns: self.columns.as_ref().map(|columns| columns_text(columns)),
            everyone: self.everyone,
            opens: self.opens,
            updated_at: at,
        };
        if after.opens {
            // One view opens a list: of its owner, or of everyone.
            for other in tx.list_views().await? {
                let rival = other.opens && other.list == after.list && other.everyone == after.everyone;
                if rival && other.id != after.id && (after.everyone || other.principal == after.principal) {
                    if !may_change(&other, &actor) {
                        return Err(Fault::new(
                            Code::Forbidden,
                            format!("this list opens with \"{}\", a view of {}", other.name, other.owner),
                        )
                        .with_field("opens")
                        .with_hint("save yours without opening the list with it, or for yourself alone"));
                    }
                    tx.update_list_view(&other, ListView { opens: false, ..other.clone() }).await?;
                }
            }
        }
        let saved = match known {
            Some(before) => tx.update_list_view(&before, after).await?,
            None => tx.insert_list_view(after).await?,
        };
        Ok(OneView { data: ViewRow::of(saved, &actor) })
    }
}

fn columns_text(columns: &[ViewColumn]) -> String {
    serde_json::to_string(columns).expect("names and numbers serialise")
}

impl ViewSave {
    /// The view that it saves anew, once everything about the call is acceptable.
    async fn checked(&self, view: &mut View, actor: &Actor) -> Result<Option<ListView>, Fault> {
        let name = self.name.trim();
        let length = name.chars().count();
        if length == 0 || length > LONGEST_NAME || name.chars().any(char::is_control) {
            let wants = format!("a view's name has 1 to {LONGEST_NAME} printable characters");
            return Err(Fault::invalid("name", wants));
        }
        let list = self.list.as_str();
        if list.is_empty()
            || list.len() > 40
            || !list.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        {
            return Err(Fault::invalid("list", "list wants the key of a kind, or all"));
        }
        if self.query.len() > LONGEST {
            return Err(Fault::invalid("query", format!("query has more than {LONGEST} characters")));
        }
        if self.columns.as_ref().is_some_and(|columns| columns_text(columns).len() > LONGEST) {
            return Err(Fault::invalid("columns", "these are too many columns"));
        }
        if self.everyone && !actor.grant.write {
            return Err(Fault::new(
                Code::Forbidden,
                "a view for everyone wants the right to change the inventory",
            )
            .with_field("everyone"));
        }
        let known = match self.id {
            Some(id) => Some(changeable(view, id, self.rev, actor).await?),
            None => None,
        };
        let owner = known.as_ref().map_or(&actor.principal, |known| &known.principal);
        let taken = view.list_views().await?.into_iter().any(|other| {
            let same = other.list == list && other.name.to_lowercase() == name.to_lowercase();
            let near = other.principal == *owner || self.everyone && other.everyone;
            same && near && Some(other.id) != self.id
        });
        if taken {
            return Err(Fault::new(
                Code::Conflict,
                format!("there is a view \"{name}\" of this list already"),
            )
            .with_field("name")
            .with_hint("save that one anew, or take another name"));
        }
        Ok(known)
    }
}
