//! `user_create`.

use labkeeper_core::actor::Role;
use labkeeper_core::fault::{Code, Fault};
use labkeeper_store::{Event, User};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use super::password;
use super::user_list::{OnePerson, person};
use crate::cx::Cx;
use crate::operation::{Meta, Operation, Plan, Route, Toolset};

/// Give a person an account for the web app.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UserCreate {
    /// Login name: letters, digits, `.`, `_`, `-`, `@`.
    pub name: String,
    /// At least 12 characters.
    #[schemars(extend("writeOnly" = true, "format" = "password"))]
    pub password: String,
    /// What they may do.
    pub role: Role,
}

impl Operation for UserCreate {
    type Output = OnePerson;
    const META: Meta = Meta::write("user_create", "Add a person", Toolset::Hub)
        .admin()
        .irreversible()
        .routes(&[Route::post("/api/users").created()]);

    async fn plan(&self, cx: &mut Cx) -> Result<Plan, Fault> {
        password::check_name(&self.name)?;
        password::check("password", &self.password, &self.name)?;
        if cx.read().await?.users().await?.iter().any(|user| same_name(&user.name, &self.name)) {
            return Err(Fault::new(Code::Conflict, format!("there is a \"{}\" already", self.name))
                .with_field("name"));
        }
        Ok(Plan::allow(format!("add {} as {}", self.name, self.role.as_str()))
            .with(json!({"name": self.name, "role": self.role})))
    }

    async fn run(self, cx: &mut Cx) -> Result<OnePerson, Fault> {
        let password_hash = cx.house().access().passwords.hash(&self.password).await?;
        let user =
            User { name: self.name, role: self.role.as_str().into(), password_hash, created_at: cx.now };
        let tx = cx.tx()?;
        if tx.users().await?.iter().any(|other| same_name(&other.name, &user.name)) {
            return Err(Fault::new(Code::Conflict, format!("there is a \"{}\" already", user.name))
                .with_field("name"));
        }
        tx.put_user(&user).await?;
        tx.announce(Event::plain("access", "updated"));
        Ok(OnePerson { data: person(user) })
    }
}

/// Names that differ only in case would be one person to the eye.
fn same_name(left: &str, right: &str) -> bool {
    left.to_lowercase() == right.to_lowercase()
}
