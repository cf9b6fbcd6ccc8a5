//! `token_revoke`.

use labkeeper_core::fault::Fault;
use labkeeper_core::principal::Principal;
use labkeeper_store::{Asker, Decision, Token};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use super::caller::is_live;
use crate::cx::Cx;
use crate::done::Done;
use crate::operation::{Implied, Meta, Operation, Plan, Route, Toolset};

/// Revoke a named token for good; its holder is turned away at once, sessions begun with it end.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TokenRevoke {
    /// Which token.
    pub id: i64,
}

impl Operation for TokenRevoke {
    type Output = Done;
    const META: Meta = Meta::write("token_revoke", "Revoke a token", Toolset::Hub)
        .admin()
        .irreversible()
        .idempotent()
        .destructive()
        .routes(&[Route::delete("/api/tokens/{id}").implies(&[("confirm", Implied::Bool(true))])]);

    async fn plan(&self, cx: &mut Cx) -> Result<Plan, Fault> {
        let tokens = cx.read().await?.tokens().await?;
        let token = tokens.into_iter().find(|token| token.id == self.id);
        let token = token.ok_or_else(|| Fault::not_found(format!("there is no token {}", self.id)))?;
        Ok(Plan::confirm(
            format!("revoke the token \"{}\"", token.name),
            format!("whoever uses the token \"{}\" is turned away from now on", token.name),
        )
        .with(json!({"id": token.id, "name": token.name, "scope": token.scope})))
    }

    async fn run(self, cx: &mut Cx) -> Result<Done, Fault> {
        let at = cx.now;
        let by = cx.actor.name.clone();
        let tx = cx.tx()?;
        let was_alive = tx.revoke_token(self.id, at).await?;
        // Its number is never given again: nobody could see them any more.
        tx.forget_private_views_of(Principal::Token(self.id)).await?;
        let tokens = tx.tokens().await?;
        let Some(token) = tokens.iter().find(|token| token.id == self.id) else {
            return Ok(Done { message: "Revoked" });
        };
        let lives = |other: &Token| other.name == token.name && is_live(other, at);
        // What it asked for is not done in its name any more, whoever says yes to it.
        if was_alive {
            let reason = Some("the token that asked for it was revoked".to_string());
            let decision = Decision { at, by, reason };
            tx.deny_approvals_of(&Asker::new(&token.name, Principal::Token(token.id)), &decision).await?;
            if !tokens.iter().any(lives) {
                tx.deny_approvals_of(&Asker::new(&token.name, Principal::Unknown), &decision).await?;
            }
        }
        Ok(Done { message: "Revoked" })
    }
}
