//! Writes the sample lab as it came about: the lab documents itself, and people add what no cluster can show.

use anyhow::{Context as _, Result};
use labkeeper_core::actor::{Actor, Grant, Via};
use labkeeper_core::inventory::ItemRef;
use labkeeper_core::principal::Principal;
use labkeeper_ops::keeper::{Call, Keeper};
use serde_json::{Value, json};

use super::clock::PastClock;
use super::names::{Named, Names};
use super::sample::{Sample, Who};

pub(super) async fn furnish(keeper: &Keeper, clock: &PastClock) -> Result<()> {
    let sample = Sample::read()?;
    clock.turn_back(sample.census_days_ago);
    let mut names = Names::of(&sample.found, &census(keeper).await?)?;
    write(keeper, clock, &sample, &mut names).await?;
    remember(keeper, clock, &sample, &names).await?;
    edit(keeper, clock, &sample, &names).await?;
    clock.turn_back(0);
    // Nothing has changed since, but what was seen was seen just now.
    census(keeper).await?;
    Ok(())
}

/// Lets the lab document itself; answers what is new.
async fn census(keeper: &Keeper) -> Result<Vec<ItemRef>> {
    let mut done = call(keeper, Actor::system("proxmox"), "reconcile", json!({})).await?;
    Ok(serde_json::from_value(done["created"].take())?)
}

/// What no cluster can show: other machines, apps, documents, and what belongs together.
async fn write(keeper: &Keeper, clock: &PastClock, sample: &Sample, names: &mut Names) -> Result<()> {
    for item in &sample.items {
        clock.turn_back(item.days_ago);
        let mut data = item.data.clone();
        if let Some((field, parent)) = &item.on {
            data.insert(field.clone(), names.get(parent)?.id.into());
        }
        let made =
            call(keeper, actor(Who::Anna), "inventory_create", json!({"type": item.kind, "data": data}))
                .await?;
        let id = made["data"]["id"].as_i64().context("a new item without an id")?;
        names.add(&item.r#ref, Named { kind: item.kind, id })?;
    }
    clock.turn_back(sample.links_days_ago);
    for link in &sample.links {
        let mut input =
            json!({"from": names.get(&link.from)?.id, "rel": link.rel, "to": names.get(&link.to)?.id});
        if let Some(label) = &link.label {
            input["label"] = label.as_str().into();
        }
        call(keeper, actor(Who::Anna), "link_create", input).await?;
    }
    Ok(())
}

async fn remember(keeper: &Keeper, clock: &PastClock, sample: &Sample, names: &Names) -> Result<()> {
    for memory in &sample.memories {
        clock.turn_back(memory.days_ago);
        let about = memory.about.iter().map(|of| Ok(names.get(of)?.id));
        let links: Vec<i64> = about.collect::<Result<_>>()?;
        let input = json!({"kind": memory.kind, "text": memory.text, "links": links});
        call(keeper, actor(Who::Claude), "memory_add", input).await?;
    }
    Ok(())
}

/// What people made of it since, also of what was found.
async fn edit(keeper: &Keeper, clock: &PastClock, sample: &Sample, names: &Names) -> Result<()> {
    for edit in &sample.edits {
        clock.turn_back(edit.days_ago);
        for of in &edit.of {
            let item = names.get(of)?;
            let input = json!({"type": item.kind, "id": item.id, "data": edit.data});
            call(keeper, actor(edit.by), "inventory_update", input).await?;
        }
    }
    Ok(())
}

fn actor(who: Who) -> Actor {
    let (name, via, session) = match who {
        Who::Anna => ("anna", Via::Rest, None),
        Who::Claude => ("claude", Via::Mcp, Some("demo-session".to_string())),
    };
    let principal = Principal::of_name(name);
    Actor { name: name.into(), principal, via, grant: Grant::FULL, session, person: via == Via::Rest }
}

async fn call(keeper: &Keeper, by: Actor, name: &str, input: Value) -> Result<Value> {
    Ok(keeper.call(Call::new(by, name, input)).await.with_context(|| format!("{name} of the sample"))?.output)
}
