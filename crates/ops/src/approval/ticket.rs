//! A person's yes to one call, as it was asked.

use labkeeper_core::actor::{Actor, Via};
use labkeeper_core::fault::Fault;
use labkeeper_core::principal::Principal;
use labkeeper_store::Store;
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
    /// Through which face: the call is done by the process that they said it to.
    pub(crate) via: Via,
}

/// Binds a call to who made it, its whole input, what it would do, and the state that this stands on. Under the key of the audit log,
/// which has it too: nobody can try out by it what was in the input.
///
/// # Errors
/// When that key cannot be had.
pub(crate) fn digest(
    store: &Store,
    actor: &Actor,
    op: &str,
    input: &Value,
    plan: &Plan,
) -> Result<String, Fault> {
    // As it was bound when it was not remembered who asked: what waits since then can be said yes to.
    let asker = match &actor.principal {
        Principal::Unknown => json!(actor.name),
        principal => json!([principal]),
    };
    let bound = json!(["approval", asker, actor.session, op, input, plan.fingerprint()]);
    Ok(store.audit_signer()?.hmac(&bound.to_string()))
}
