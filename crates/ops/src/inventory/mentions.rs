//! What the fields of an item name elsewhere: the networks of its addresses and its uploaded icon. They must be
//! there when they are written, and addresses let go of a network that goes.

use labkeeper_core::fault::Fault;
use labkeeper_core::icon;
use labkeeper_core::inventory::{ItemId, Kind, address};
use labkeeper_core::stamp::Stamp;
use labkeeper_store::{View, WriteTx};
use serde_json::{Map, Value, json};

/// Refuses fields that name what is not there; what an item said `before` may stay.
///
/// # Errors
/// The first field that names nothing.
pub(super) async fn must_exist(
    view: &mut View,
    fields: &Map<String, Value>,
    before: Option<&Map<String, Value>>,
) -> Result<(), Fault> {
    let known: Vec<ItemId> = before.into_iter().flat_map(address::networks).collect();
    for network in address::networks(fields).filter(|network| !known.contains(network)) {
        if view.item(network).await?.is_none_or(|item| item.kind != Kind::Networks) {
            return Err(Fault::invalid("addresses", format!("addresses: there is no network {network}")));
        }
    }
    let said = |fields: &Map<String, Value>| fields.get("icon").and_then(Value::as_str).map(str::to_string);
    let uploaded = said(fields).filter(|text| before.and_then(said).as_ref() != Some(text));
    let Some(sha256) = uploaded.as_deref().and_then(|text| text.strip_prefix(icon::PATH)) else {
        return Ok(());
    };
    if view.icon(sha256).await?.is_none() {
        return Err(Fault::invalid("icon", "icon: there is no such uploaded image")
            .with_hint("upload it to /api/icons, or give it as a data: URL"));
    }
    Ok(())
}

/// Addresses on a network that goes are on `heir` from then on, or on none in particular.
///
/// # Errors
/// When the store fails.
pub(super) async fn leave_network(
    tx: &mut WriteTx,
    network: ItemId,
    heir: Option<ItemId>,
    at: Stamp,
) -> Result<(), Fault> {
    for item in tx.items_on_network(network).await? {
        let mut list = address::stored(item.fields.get("addresses"));
        for entry in list.iter_mut().filter(|entry| entry.network_id == Some(network)) {
            entry.network_id = heir;
        }
        let mut fields = item.fields.clone();
        fields.insert("addresses".into(), json!(list));
        tx.update_item(&item, &item.name.clone(), fields, at).await?;
    }
    Ok(())
}
