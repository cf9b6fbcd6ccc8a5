//! People and tokens for stories about coming in.

use labkeeper_core::actor::{Actor, Via};
use labkeeper_ops::keeper::Call;
use serde_json::{Value, json};

use crate::hub::{Hub, Told};

pub(crate) const PASSWORD: &str = "nine lives of a cat";

/// What the owner does at the keyboard of the machine.
pub(crate) async fn owner(hub: &Hub, operation: &str, input: Value) -> Value {
    let call = Call::new(Actor::local(Via::Cli), operation, input);
    hub.keeper.call(call).await.unwrap_or_else(|fault| panic!("{operation}: {fault}")).output
}

pub(crate) async fn token(hub: &Hub, scope: &str) -> String {
    let made = owner(hub, "token_create", json!({"name": format!("for {scope}"), "scope": scope})).await;
    made["data"]["token"].as_str().unwrap().to_string()
}

pub(crate) async fn user(hub: &Hub, name: &str, role: &str) {
    owner(hub, "user_create", json!({"name": name, "password": PASSWORD, "role": role})).await;
}

pub(crate) async fn log_in(hub: &Hub, name: &str, password: &str) -> Told {
    hub.post("/api/auth/login", json!({"name": name, "password": password})).send().await
}
