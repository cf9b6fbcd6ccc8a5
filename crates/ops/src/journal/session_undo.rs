//! `session_undo`: take back everything a session did, newest first.

use labkeeper_core::actor::Actor;
use labkeeper_core::fault::{Code, Fault};
use labkeeper_store::{Change, ChangeFilter};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::change_undo::{may_take_back, take_back, take_back_files};
use crate::cx::Cx;
use crate::files::undo::ready;
use crate::operation::{Implied, Meta, Operation, Plan, Route, Toolset};

/// Take back everything a session changed, newest first; nothing when any of it was changed again since.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SessionUndo {
    /// Which session, as the change journal names it.
    pub session: String,
    /// Put files back although somebody else changed them since; what they are now is kept.
    #[serde(default)]
    pub overwrite: bool,
}

/// What was taken back.
#[derive(Debug, Serialize, JsonSchema)]
pub struct SessionUndone {
    /// Changes taken back, newest first.
    pub undone: Vec<i64>,
    /// What is worth knowing of files that came back.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

impl Operation for SessionUndo {
    type Output = SessionUndone;
    const META: Meta = Meta::write("session_undo", "Undo a session", Toolset::Safety)
        .destructive()
        // The plan shows files as they are now.
        .foreign()
        .routes(
            &[Route::post("/api/sessions/{session}/revert").implies(&[("confirm", Implied::Bool(true))])],
        );

    async fn plan(&self, cx: &mut Cx) -> Result<Plan, Fault> {
        let mut view = cx.read().await?;
        let changes = of_session(&mut view, &self.session, &cx.actor).await?;
        let summary = format!("undo {} of session {}", counted(changes.len()), self.session);
        let shown: Vec<_> =
            changes.iter().map(|change| json!({"id": change.id, "summary": change.meta.summary})).collect();
        drop(view);
        let plan = Plan::confirm(&summary, format!("this takes back {}", counted(changes.len())))
            .with(json!({"changes": shown}));
        Ok(ready(cx, &changes, self.overwrite).await?.added_to(plan))
    }

    async fn run(self, cx: &mut Cx) -> Result<SessionUndone, Fault> {
        let actor = cx.actor.clone();
        let changes = of_session(cx.tx()?, &self.session, &actor).await?;
        let notes = take_back_files(cx, &changes, self.overwrite, Self::META.name).await?;
        let tx = cx.tx()?;
        for change in &changes {
            take_back(tx, change).await?;
        }
        let undone: Vec<i64> = changes.iter().map(|change| change.id).collect();
        tx.mark_reverted(&undone).await?;
        Ok(SessionUndone { undone, notes })
    }
}

async fn of_session(
    view: &mut labkeeper_store::View,
    session: &str,
    actor: &Actor,
) -> Result<Vec<Change>, Fault> {
    let filter = ChangeFilter { session: Some(session.into()), limit: 10_000, ..ChangeFilter::default() };
    let mut changes = view.changes(&filter).await?;
    // An undo and what it took back cancel out; both stay as they are.
    changes.retain(|change| {
        let is_undo = change.meta.reverts.is_some() || change.meta.op == SessionUndo::META.name;
        change.reverted_by.is_none() && !is_undo
    });
    if changes.is_empty() {
        return Err(Fault::new(
            Code::NotFound,
            format!("session \"{session}\" has no change that could be undone"),
        ));
    }
    for change in &changes {
        may_take_back(change, actor)?;
    }
    Ok(changes)
}

fn counted(changes: usize) -> String {
    match changes {
        1 => "1 change".into(),
        more => format!("{more} changes"),
    }
}
