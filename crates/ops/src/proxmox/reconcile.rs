//! `reconcile`: the lab documents itself. What the clusters show becomes observations of the inventory; what is not there
//! yet becomes an item. Nothing that a person said is changed.

use std::collections::HashMap;

use futures::future::join_all;
use labkeeper_core::fault::Fault;
use labkeeper_core::inventory::{Item, ItemId, ItemRef, Kind, Rel};
use labkeeper_core::pve::ClusterName;
use labkeeper_core::reconcile::{Key, Sight, sights};
use labkeeper_core::stamp::Stamp;
use labkeeper_store::{ItemFilter, NewItem, NewLink, StoreError, View, WriteTx};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Map;

use super::census::{Look, Taken, take};
use crate::clusters::Gap;
use crate::cx::Cx;
use crate::facts::observe::note;
use crate::operation::{Meta, Operation, Plan, Route, Toolset};

/// The identities that a census gives.
pub(super) const SCHEME: &str = "pve";

/// Take a census of the connected Proxmox clusters into the inventory: nodes, guests, storages, bridges, VLANs, and what stands on what. What
/// a person said is never changed but shows as drift. Doing it again changes nothing.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Reconcile {
    /// Only this cluster.
    #[serde(default)]
    pub cluster: Option<ClusterName>,
}

/// What came of it.
#[derive(Debug, Default, Serialize, JsonSchema)]
pub struct Reconciled {
    /// Items added.
    pub created: Vec<ItemRef>,
    /// Things seen, the added ones too.
    pub seen: usize,
    /// Items that a complete look did not see.
    pub missing: u64,
    /// Added items that may be one with an item that was there already: same kind, and the same name or address. Merge them
    /// with inventory_merge when they are.
    pub alike: Vec<Alike>,
    /// What could not be asked.
    pub gaps: Vec<Gap>,
}

/// Two items that may be one.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Alike {
    /// The added one.
    pub added: ItemRef,
    /// The one that was there.
    pub known: ItemRef,
}

impl Operation for Reconcile {
    type Output = Reconciled;
    const META: Meta = Meta::write("reconcile", "Let the lab document itself", Toolset::Proxmox)
        .idempotent()
        .open_world()
        .routes(&[Route::post("/api/proxmox/reconcile")]);

    async fn plan(&self, cx: &mut Cx) -> Result<Plan, Fault> {
        let names = cx.house().clusters().names(self.cluster.as_ref())?;
        Ok(Plan::allow(format!("note what {} shows", names.join(" and "))))
    }

    async fn run(self, cx: &mut Cx) -> Result<Reconciled, Fault> {
        let clusters = cx.house().clusters().named(self.cluster.as_ref())?;
        let cancelled = cx.cancelled.clone();
        let looks = async {
            let looks = join_all(clusters.iter().map(|pve| take(pve, Look::FOR_INVENTORY)));
            tokio::select! {
                taken = looks => Some(taken),
                () = cancelled.cancelled() => None,
            }
        };
        let Some(taken) = cx.without_tx(looks).await? else {
            return Err(cx.stopped("nothing was noted"));
        };
        let at = cx.now;
        let mut done = Reconciled::default();
        let mut failed = None;
        for (pve, taken) in clusters.iter().zip(taken) {
            match taken {
                Ok(taken) => keep(cx.tx()?, taken, at, &mut done).await?,
                Err(error) => {
                    done.gaps.push(Gap::of(pve.cluster(), &error));
                    failed = Some(error);
                }
            }
        }
        // Nothing at all was seen: then that is the answer.
        if let Some(error) = failed.filter(|_| done.seen == 0) {
            return Err(error.into());
        }
        cx.summarise(format!("noted {} things of Proxmox, {} of them new", done.seen, done.created.len()));
        Ok(done)
    }
}

/// Notes one cluster's census.
async fn keep(tx: &mut WriteTx, taken: Taken, at: Stamp, done: &mut Reconciled) -> Result<(), Fault> {
    let source = format!("proxmox:{}", taken.census.cluster);
    let sights = sights(&taken.census);
    let mut keeper = Keeper { source: &source, at, ids: HashMap::new(), known: known(tx).await? };
    for sight in &sights {
        let (item, is_new) = keeper.item(tx, sight).await?;
        keeper.identify(tx, &item, sight).await?;
        note(tx, &item, &sight.fields, &source, at).await?;
        keeper.stand(tx, &item, sight).await?;
        keeper.join(tx, &item, sight).await?;
        if is_new {
            done.alike.extend(keeper.alike(&item, sight));
            done.created.push(item.reference());
        }
        keeper.ids.insert(sight.key.clone(), item.id);
    }
    done.seen += sights.len();
    if taken.complete {
        done.missing += tx.mark_missing(&source, at).await?;
    }
    done.gaps.extend(taken.errors.into_iter().map(Gap::from));
    Ok(())
}

/// What was there before, to tell what may be one with something new.
async fn known(view: &mut View) -> Result<Vec<(Item, Vec<String>)>, Fault> {
    let mut known = Vec::new();
    for item in view.items(ItemFilter::All).await? {
        let addresses = labkeeper_core::inventory::address::stored(item.fields.get("addresses"));
        let ips = addresses.into_iter().filter_map(|address| address.ip).collect();
        known.push((item, ips));
    }
    Ok(known)
}

struct Keeper<'a> {
    source: &'a str,
    at: Stamp,
    ids: HashMap<Key, ItemId>,
    known: Vec<(Item, Vec<String>)>,
}

impl Keeper<'_> {
    /// The item that this is, by what identifies it; a new one when nothing does.
    async fn item(&self, tx: &mut WriteTx, sight: &Sight) -> Result<(Item, bool), Fault> {
        let mut known = tx.item_by_identity(SCHEME, sight.key.as_str()).await?;
        for mac in &sight.macs {
            if known.is_none() {
                known = self.by_mac(tx, sight.kind, mac).await?;
            }
        }
        if let Some(id) = known
            && let Some(item) = tx.item(id).await?
        {
            return Ok((item, false));
        }
        let (kind, name, at) = (sight.kind, sight.name.clone(), self.at);
        let item = tx
            .insert_item(NewItem { kind, name, fields: Map::new(), created_at: at, updated_at: at })
            .await?;
        Ok((item, true))
    }

    /// A hardware address that a person gave, or another source saw, on an item of that kind.
    async fn by_mac(&self, tx: &mut WriteTx, kind: Kind, mac: &str) -> Result<Option<ItemId>, Fault> {
        let Ok(mac) = labkeeper_core::inventory::address::mac(mac) else { return Ok(None) };
        if let Some(id) = tx.item_by_identity("mac", &mac).await? {
            return Ok(tx.item(id).await?.filter(|item| item.kind == kind).map(|item| item.id));
        }
        let mut having = self.known.iter().filter(|(item, _)| {
            let addresses = labkeeper_core::inventory::address::stored(item.fields.get("addresses"));
            item.kind == kind && addresses.iter().any(|address| address.mac.as_deref() == Some(mac.as_str()))
        });
        // Two of them: nobody can say which.
        Ok(having.next().filter(|_| having.next().is_none()).map(|(item, _)| item.id))
    }

    async fn identify(&self, tx: &mut WriteTx, item: &Item, sight: &Sight) -> Result<(), Fault> {
        let macs = sight.macs.iter().filter_map(|mac| labkeeper_core::inventory::address::mac(mac).ok());
        let identities = macs.map(|mac| ("mac", mac)).chain([(SCHEME, sight.key.to_string())]);
        for (scheme, value) in identities {
            match tx.identify(item.id, scheme, &value).await {
                // A copied guest may keep its card's address until somebody changes it.
                Err(StoreError::Duplicate) if scheme == "mac" => {}
                other => other?,
            }
        }
        Ok(())
    }

    /// What it stands on, unless a person said something else.
    async fn stand(&self, tx: &mut WriteTx, item: &Item, sight: &Sight) -> Result<(), Fault> {
        let Some(on) = sight.on.as_ref().and_then(|key| self.ids.get(key)).copied() else { return Ok(()) };
        match tx.parent_link(item.id).await? {
            Some(link) if link.to_id == on || link.source != self.source => Ok(()),
            Some(link) => {
                tx.delete_link(&link).await?;
                self.link(tx, item.id, Rel::Parent, on).await
            }
            None => self.link(tx, item.id, Rel::Parent, on).await,
        }
    }

    /// The networks it is in, unless a person said which.
    async fn join(&self, tx: &mut WriteTx, item: &Item, sight: &Sight) -> Result<(), Fault> {
        let Some(networks) = &sight.networks else { return Ok(()) };
        let mut wanted: Vec<ItemId> = networks.iter().filter_map(|key| self.ids.get(key)).copied().collect();
        let links = tx.links_of(item.id).await?;
        let joined = links.iter().filter(|link| link.rel == Rel::MemberOf && link.from_id == item.id);
        let (ours, others): (Vec<_>, Vec<_>) = joined.partition(|link| link.source == self.source);
        if !others.is_empty() {
            return Ok(());
        }
        for link in ours {
            if wanted.contains(&link.to_id) {
                wanted.retain(|network| *network != link.to_id);
            } else {
                tx.delete_link(link).await?;
            }
        }
        for network in wanted {
            self.link(tx, item.id, Rel::MemberOf, network).await?;
        }
        Ok(())
    }

    async fn link(&self, tx: &mut WriteTx, from_id: ItemId, rel: Rel, to_id: ItemId) -> Result<(), Fault> {
        tx.insert_link(NewLink {
            from_id,
            rel,
            to_id,
            label: None,
            data: None,
            source: self.source.into(),
            created_at: self.at,
            updated_at: self.at,
        })
        .await?;
        Ok(())
    }

    fn alike(&self, added: &Item, sight: &Sight) -> Vec<Alike> {
        let ip = sight.fields.get("ip_address").and_then(|ip| ip.as_str());
        let same = |(item, ips): &&(Item, Vec<String>)| {
            item.kind == added.kind
                && (item.name.eq_ignore_ascii_case(&added.name)
                    || ip.is_some_and(|ip| ips.iter().any(|own| own == ip)))
        };
        let alike = self.known.iter().filter(same);
        alike.map(|(item, _)| Alike { added: added.reference(), known: item.reference() }).collect()
    }
}
