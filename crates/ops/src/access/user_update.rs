//! `user_update`.

use labkeeper_core::actor::Role;
use labkeeper_core::fault::{Code, Fault};
use labkeeper_store::{Event, User, View};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use super::password;
use super::user_list::{OnePerson, person};
use crate::cx::Cx;
use crate::operation::{Meta, Operation, Plan, Route, Toolset};

/// Give a person another role or password. Their sessions end: they log in again.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UserUpdate {
    /// Who.
    pub name: String,
    /// New role; stays when left out.
    #[serde(default)]
    pub role: Option<Role>,
    /// New password, at least 12 characters; stays when left out.
    #[serde(default)]
    #[schemars(extend("writeOnly" = true, "format" = "password"))]
    pub password: Option<String>,
}

impl Operation for UserUpdate {
    type Output = OnePerson;
    const META: Meta = Meta::write("user_update", "Change a person's role or password", Toolset::Hub)
        .admin()
        .irreversible()
        .idempotent()
        .routes(&[Route::patch("/api/users/{name}")]);

    async fn plan(&self, cx: &mut Cx) -> Result<Plan, Fault> {
        if self.role.is_none() && self.password.is_none() {
            return Err(Fault::invalid("role", "nothing to change: give a role or a password"));
        }
        if let Some(password) = &self.password {
            password::check("password", password, &self.name)?;
        }
        let mut view = cx.read().await?;
        let user = user(&mut view, &self.name).await?;
        if self.role.is_some_and(|role| role != Role::Admin) {
            keep_an_admin(&mut view, &self.name).await?;
        }
        Ok(Plan::allow(format!("change the account of {}", self.name)).with(
            json!({"role": {"before": user.role, "after": self.role}, "password": self.password.is_some()}),
        ))
    }

    async fn run(self, cx: &mut Cx) -> Result<OnePerson, Fault> {
        let password_hash = match &self.password {
            Some(password) => Some(cx.house().access().passwords.hash(password).await?),
            None => None,
        };
        let tx = cx.tx()?;
        let mut user = user(tx, &self.name).await?;
        if let Some(role) = self.role {
            if role != Role::Admin {
                keep_an_admin(tx, &self.name).await?;
            }
            user.role = role.as_str().into();
        }
        user.password_hash = password_hash.unwrap_or(user.password_hash);
        tx.put_user(&user).await?;
        tx.end_sessions_of(&user.name).await?;
        tx.announce(Event::plain("access", "updated"));
        Ok(OnePerson { data: person(user) })
    }
}

pub(super) async fn user(view: &mut View, name: &str) -> Result<User, Fault> {
    let user = view.users().await?.into_iter().find(|user| user.name == name);
    user.ok_or_else(|| Fault::not_found(format!("there is nobody called \"{name}\"")))
}

/// A hub whose last admin is gone could only be managed from its own machine.
pub(super) async fn keep_an_admin(view: &mut View, but: &str) -> Result<(), Fault> {
    let users = view.users().await?;
    let admin = |user: &&User| user.role == Role::Admin.as_str();
    if users.iter().filter(admin).any(|user| user.name != but)
        || !users.iter().filter(admin).any(|u| u.name == but)
    {
        return Ok(());
    }
    Err(Fault::new(Code::Conflict, format!("{but} is the only admin"))
        .with_hint("make somebody else an admin first"))
}
