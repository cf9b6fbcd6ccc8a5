//! `user_delete`.

use labkeeper_core::fault::Fault;
use labkeeper_core::principal::Principal;
use labkeeper_store::Event;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use super::user_update::{keep_an_admin, user};
use crate::cx::Cx;
use crate::done::Done;
use crate::operation::{Implied, Meta, Operation, Plan, Route, Toolset};

/// Take a person's account away; their sessions end at once. What they did stays in journal and audit.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UserDelete {
    /// Who.
    pub name: String,
}

impl Operation for UserDelete {
    type Output = Done;
    const META: Meta = Meta::write("user_delete", "Remove a person", Toolset::Hub)
        .admin()
        .irreversible()
        .destructive()
        .routes(&[Route::delete("/api/users/{name}").implies(&[("confirm", Implied::Bool(true))])]);

    async fn plan(&self, cx: &mut Cx) -> Result<Plan, Fault> {
        let mut view = cx.read().await?;
        let user = user(&mut view, &self.name).await?;
        keep_an_admin(&mut view, &self.name).await?;
        Ok(Plan::confirm(format!("remove {}", user.name), format!("{} cannot log in any more", user.name))
            .with(json!({"name": user.name, "role": user.role})))
    }

    async fn run(self, cx: &mut Cx) -> Result<Done, Fault> {
        let tx = cx.tx()?;
        let user = user(tx, &self.name).await?;
        keep_an_admin(tx, &self.name).await?;
        tx.delete_user(&user.name).await?;
        // Whoever gets that name later has not chosen them.
        tx.forget_private_views_of(Principal::Person(user.name)).await?;
        tx.announce(Event::plain("access", "updated"));
        Ok(Done { message: "Deleted" })
    }
}
