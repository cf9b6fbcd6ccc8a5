//! Stage 5: the audit record 'asked' is durable before anything happens; if it cannot be written,
//! nothing is done.

use labkeeper_core::audit::sha256_hex;
use labkeeper_core::fault::Fault;
use labkeeper_store::Intent;
use serde_json::json;

use crate::cx::Cx;
use crate::operation::{Meta, Plan};

pub(crate) fn about(cx: &Cx, meta: &Meta, canonical: &str, plan: &Plan) -> Intent {
    Intent {
        at: cx.now,
        actor: cx.actor.name.clone(),
        via: cx.actor.via.as_str().into(),
        session: cx.actor.session.clone(),
        op: meta.name.into(),
        input_sha256: sha256_hex(canonical.as_bytes()),
        summary: json!({"plan": plan.summary}),
    }
}

pub(crate) async fn write(cx: &Cx, about: &Intent) -> Result<i64, Fault> {
    Ok(cx.house.store().intend(about).await?)
}
