//! Which known item a found host is: by hardware address, by address, or by name, in this order of trust.

use std::collections::{HashMap, HashSet};

use labkeeper_core::fault::Fault;
use labkeeper_core::inventory::{Item, ItemId, ItemRef, Kind, address};
use labkeeper_store::{ItemFilter, View};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What made a host recognisable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum By {
    /// Its hardware address.
    Mac,
    /// Its address.
    Address,
    /// Its name, within the same kind; weak, so nothing is recorded on it.
    Name,
}

/// The items that hosts may turn out to be, by what identifies them.
#[derive(Debug, Default)]
pub struct Acquaintances {
    by_mac: HashMap<String, Vec<ItemRef>>,
    with_mac: HashSet<ItemId>,
    by_address: HashMap<String, Vec<ItemRef>>,
    by_name: HashMap<(Kind, String), ItemRef>,
}

/// The traits of a host that is looked for.
#[derive(Debug, Clone, Copy)]
pub struct Traits<'a> {
    /// Kind it would be filed under.
    pub kind: Kind,
    /// Canonical address.
    pub ip: &'a str,
    /// Canonical hardware address.
    pub mac: Option<&'a str>,
    /// Names it goes by.
    pub names: [Option<&'a str>; 2],
}

impl Acquaintances {
    /// Everything that has an address or a name, from what people said and from what sources saw.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn load(view: &mut View) -> Result<Self, Fault> {
        let mut known = Self::default();
        let mut references: HashMap<ItemId, ItemRef> = HashMap::new();
        for item in view.items(ItemFilter::All).await? {
            if item.kind != Kind::Documents {
                references.insert(item.id, item.reference());
                known.add(&item);
            }
        }
        for identity in view.identities(None).await?.into_iter().filter(|identity| identity.scheme == "mac") {
            if let Some(item) = references.get(&identity.item_id) {
                known.add_mac(identity.value, item);
            }
        }
        for seen in view.observations(None).await? {
            let (Some(item), Some(text)) = (references.get(&seen.item_id), seen.value.as_str()) else {
                continue;
            };
            match seen.field.as_str() {
                "ip_address" | "ip" => {
                    known.by_address.entry(text.to_owned()).or_default().push(item.clone());
                }
                "mac_address" => known.add_mac(text.to_lowercase(), item),
                _ => {}
            }
        }
        Ok(known)
    }

    /// Remembers one more item.
    pub fn add(&mut self, item: &Item) {
        let reference = item.reference();
        for address in address::stored(item.fields.get("addresses")) {
            if let Some(ip) = address.ip {
                self.by_address.entry(ip).or_default().push(reference.clone());
            }
            if let Some(mac) = address.mac {
                self.add_mac(mac, &reference);
            }
        }
        let hostname = item.fields.get("hostname").and_then(Value::as_str);
        for name in [Some(item.name.as_str()), hostname].into_iter().flatten() {
            self.by_name.entry((item.kind, name.to_lowercase())).or_insert_with(|| reference.clone());
        }
    }

    fn add_mac(&mut self, mac: String, item: &ItemRef) {
        self.with_mac.insert(item.id);
        self.by_mac.entry(mac).or_default().push(item.clone());
    }

    /// The item that the host is, and why. A host whose hardware address nobody knows is none of those that have another: it got
    /// an address that was theirs.
    pub fn find(&self, host: Traits<'_>) -> Option<(&ItemRef, By)> {
        if let Some(item) = host.mac.and_then(|mac| closest(self.by_mac.get(mac)?.iter(), host.kind)) {
            return Some((item, By::Mac));
        }
        let is_another = |item: &&ItemRef| host.mac.is_some() && self.with_mac.contains(&item.id);
        let there = self.by_address.get(host.ip).into_iter().flatten().filter(|item| !is_another(item));
        if let Some(item) = closest(there, host.kind) {
            return Some((item, By::Address));
        }
        let name = host
            .names
            .into_iter()
            .flatten()
            .find_map(|name| self.by_name.get(&(host.kind, name.to_lowercase())));
        name.map(|item| (item, By::Name))
    }
}

/// Several items may share an address (a host and the apps on it): the same kind first, then what is a host.
fn closest<'a>(items: impl Iterator<Item = &'a ItemRef>, wanted: Kind) -> Option<&'a ItemRef> {
    items.min_by_key(|item| match item.kind {
        kind if kind == wanted => 0,
        Kind::Hardware | Kind::Vms | Kind::Containers => 1,
        _ => 2,
    })
}
