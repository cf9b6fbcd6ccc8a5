//! Stage 5: the audit record 'asked' is durable before anything happens; if it cannot be written,
//! nothing is done.

use labkeeper_core::audit::{Grounds, Ruling, Subject};
use labkeeper_core::budget::cut;
use labkeeper_core::fault::Fault;
use labkeeper_core::tier::Tier;
use labkeeper_store::Intent;
use serde_json::{Value, json};

use crate::cx::Cx;
use crate::operation::{Meta, Plan, Verdict};
use crate::telling;

pub(crate) fn about(cx: &Cx, meta: &Meta, canonical: &str, plan: &Plan) -> Result<Intent, Fault> {
    let planned = telling::for_record(&cx.house, &cx.actor, &plan.summary)?;
    Ok(Intent {
        at: cx.now,
        actor: cx.actor.name.clone(),
        via: cx.actor.via.as_str().into(),
        session: cx.actor.session.clone(),
        op: meta.name.into(),
        summary: subject(canonical, plan).noted_in(json!({"plan": planned})),
        grounds: grounds(cx, meta, canonical, plan)?,
    })
}

fn grounds(cx: &Cx, meta: &Meta, canonical: &str, plan: &Plan) -> Result<Grounds, Fault> {
    let verdict = match plan.verdict {
        Verdict::Allow => Ruling::Allow,
        Verdict::Confirm(_) => Ruling::Confirm,
        Verdict::Approve(_) => Ruling::Approve,
        Verdict::Deny(_) => Ruling::Deny,
    };
    // Without its key the log says less, and still says it.
    let signer = cx.house.store().audit_signer().ok();
    let rules = plan.details["reasons"].as_array().into_iter().flatten();
    let mut rules: Vec<String> = rules.filter_map(|reason| reason["rule"].as_str().map(Into::into)).collect();
    rules.dedup();
    Ok(Grounds {
        tier: Some(cx.actor.grant.tier),
        root_tier: meta.acts && cx.actor.grant.tier.min(cx.house.settings().ceiling) == Tier::Root,
        verdict: Some(verdict),
        rules,
        args_redacted: meta.raw_shell.then(|| command(cx, canonical)).transpose()?,
        args_hmac: signer.map(|signer| signer.hmac(canonical)),
    })
}

/// What was to be run is worth more than its hash. Whole documents have their own places.
fn command(cx: &Cx, canonical: &str) -> Result<Value, Fault> {
    let input: Value = serde_json::from_str(canonical).unwrap_or_default();
    let text = telling::for_record(&cx.house, &cx.actor, input["command"].as_str().unwrap_or_default())?;
    Ok(json!({"command": cut(&text, LONGEST).0}))
}

/// Most characters of a command in a record.
const LONGEST: usize = 2_000;

/// What the call is about, as its input names it; of a cluster that it leaves open, the plan knows more.
fn subject(canonical: &str, plan: &Plan) -> Subject {
    let named: Subject = serde_json::from_str(canonical).unwrap_or_default();
    let found = || plan.details["cluster"].as_str().map(str::to_string);
    Subject { cluster: named.cluster.clone().or_else(found), large: plan.verdict != Verdict::Allow, ..named }
}

pub(crate) async fn write(cx: &Cx, about: &Intent) -> Result<i64, Fault> {
    Ok(cx.house.store().intend(about).await?)
}
