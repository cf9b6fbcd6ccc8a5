//! A person's yes to one call, as it was asked.

use labkeeper_core::actor::Actor;
use labkeeper_core::audit::sha256_hex;
use serde_json::{Value, json};

use crate::operation::Plan;

/// A person's yes. Only a claimed approval makes one, and a claim is made once.
#[derive(Debug, Clone)]
pub(crate) struct Ticket {
    /// The approval.
    pub(crate) id: i64,
    /// What was said yes to.
    pub(crate) digest: String,
    /// Who said it.
    pub(crate) by: String,
}

/// Binds a call to who made it, its whole input, what it would do, and the state that this stands on.
pub(crate) fn digest(actor: &Actor, op: &str, input: &Value, plan: &Plan) -> String {
    let bound = json!([actor.name, actor.session, op, input, plan.fingerprint()]);
    sha256_hex(bound.to_string().as_bytes())
}
