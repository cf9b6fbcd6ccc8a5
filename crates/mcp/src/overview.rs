//! The lab on one page: what there is, what disagrees, what changed last. A model reads it first.

use labkeeper_core::actor::Actor;
use labkeeper_core::fault::Fault;
use labkeeper_core::inventory::Kind;
use labkeeper_ops::keeper::{Call, Keeper};
use serde_json::{Map, Value, json};

/// How many networks, differences and changes are shown.
const SHOWN: usize = 10;

/// The page. Parts that this actor may not read are left out.
pub(crate) async fn overview(keeper: &Keeper, actor: &Actor) -> Result<Value, Fault> {
    let mut page = Map::new();
    let status = ask(keeper, actor, "hub_status", json!({})).await?;
    for name in ["version", "demo", "items"] {
        page.insert(name.into(), status[name].clone());
    }
    let networks = json!({"type": Kind::Networks.key(), "fields": "name,vlan_id,subnet", "limit": SHOWN});
    page.insert("networks".into(), ask(keeper, actor, "inventory_list", networks).await?["data"].clone());
    let drift = ask(keeper, actor, "drift_list", json!({})).await?;
    page.insert("drift".into(), json!({"open": drift["count"], "first": first(&drift["data"])}));
    let changes = ask(keeper, actor, "changes_list", json!({"limit": SHOWN})).await?;
    let brief = changes["data"].as_array().into_iter().flatten().map(|change| {
        json!({"id": change["id"], "at": change["at"], "actor": change["actor"], "summary": change["summary"]})
    });
    page.insert("changes".into(), brief.collect());
    Ok(Value::Object(page))
}

/// The answer of a read, as a model may read it; null when the actor has no such operation.
pub(crate) async fn ask(keeper: &Keeper, actor: &Actor, name: &str, input: Value) -> Result<Value, Fault> {
    if !keeper.offered(actor).any(|entry| entry.meta.name == name) {
        return Ok(Value::Null);
    }
    let answer = keeper.call(Call::new(actor.clone(), name, input)).await?;
    Ok(keeper.for_model(actor, answer.output).into_value())
}

fn first(list: &Value) -> Value {
    list.as_array().into_iter().flatten().take(SHOWN).cloned().collect()
}
