//! `password_change`.

use labkeeper_core::fault::{Code, Fault};
use labkeeper_store::Event;
use schemars::JsonSchema;
use serde::Deserialize;

use super::attempts::Who;
use super::password;
use super::user_update::user;
use crate::cx::Cx;
use crate::done::Done;
use crate::operation::{Meta, Need, Operation, Plan, Route, Toolset};

/// Change your own password. Your sessions end: log in again with the new one.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PasswordChange {
    /// The password as it is.
    #[schemars(extend("writeOnly" = true, "format" = "password"))]
    pub old: String,
    /// The password as it shall be, at least 12 characters.
    #[schemars(extend("writeOnly" = true, "format" = "password"))]
    pub new: String,
}

impl Operation for PasswordChange {
    type Output = Done;
    const META: Meta = Meta {
        need: Need::Read,
        ..Meta::write("password_change", "Change your own password", Toolset::Hub)
            .not_a_tool()
            .irreversible()
            .routes(&[Route::post("/api/auth/password")])
    };

    async fn plan(&self, cx: &mut Cx) -> Result<Plan, Fault> {
        let name = person(cx)?;
        password::check("new", &self.new, &name)?;
        let stored = user(&mut cx.read().await?, &name).await?.password_hash;
        let house = cx.house();
        let attempts = house.attempts([Who::account(&name)], cx.now).await?;
        let fits = house.access().passwords.verify(&self.old, Some(&stored)).await;
        if !matches!(fits, Ok(false)) {
            house.take_back(&attempts).await;
        }
        if !fits? {
            return Err(Fault::invalid("old", "that is not your password"));
        }
        Ok(Plan::allow(format!("change the password of {name}")))
    }

    async fn run(self, cx: &mut Cx) -> Result<Done, Fault> {
        let name = person(cx)?;
        let password_hash = cx.house().access().passwords.hash(&self.new).await?;
        let tx = cx.tx()?;
        let mut user = user(tx, &name).await?;
        user.password_hash = password_hash;
        tx.put_user(&user).await?;
        tx.end_sessions_of(&name).await?;
        tx.announce(Event::plain("access", "updated"));
        Ok(Done { message: "Changed" })
    }
}

/// Whose password: only somebody who logged in has one.
fn person(cx: &Cx) -> Result<String, Fault> {
    match &cx.actor.session {
        Some(session) if session.starts_with("web-") => Ok(cx.actor.name.clone()),
        _ => Err(Fault::new(Code::Conflict, "only somebody who is logged in has a password to change")
            .with_hint("log in with name and password; for others there is `labkeeper user passwd`")),
    }
}
