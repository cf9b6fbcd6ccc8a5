//! Which items are in a state or come from a source: what only the store knows, read when a question asks for it.

use std::collections::HashSet;

use labkeeper_core::fault::Fault;
use labkeeper_core::inventory::provenance::DriftState;
use labkeeper_core::inventory::{ItemId, Kind, Rel};
use labkeeper_core::rank::query::{Filters, State};
use labkeeper_store::{ItemFilter, View};

use crate::facts::drift_among;

/// Why `is:down` finds nothing.
pub(super) const NOBODY_CHECKS: &str = "is:down finds nothing: whether hosts answer is not watched in the background (watch.minutes), ask health_check";

/// The items that pass `is:` and `@source`; `None` when neither was asked.
pub(super) async fn allowed(view: &mut View, filters: &Filters) -> Result<Option<HashSet<ItemId>>, Fault> {
    let mut allowed: Option<HashSet<ItemId>> = None;
    let mut narrow = |found: HashSet<ItemId>| {
        allowed = Some(match allowed.take() {
            Some(known) => known.intersection(&found).copied().collect(),
            None => found,
        });
    };
    for state in &filters.states {
        narrow(in_state(view, *state).await?);
    }
    for source in &filters.sources {
        narrow(from_source(view, source).await?);
    }
    Ok(allowed)
}

async fn in_state(view: &mut View, state: State) -> Result<HashSet<ItemId>, Fault> {
    Ok(match state {
        State::Down => {
            let now = view.reachability_now().await?.into_iter();
            now.filter(|stretch| !stretch.alive).map(|stretch| stretch.item_id).collect()
        }
        State::Missing => {
            let sightings = view.sightings(None).await?.into_iter();
            sightings.filter(|seen| seen.missing_since.is_some()).map(|seen| seen.item_id).collect()
        }
        State::Drift => {
            let observations = view.observations(None).await?;
            let drifts = drift_among(view, observations).await?.into_iter();
            drifts.filter(|drift| drift.state == DriftState::Open).map(|drift| drift.item.id).collect()
        }
        State::Unbacked => {
            let backed: HashSet<ItemId> =
                view.links(Some(Rel::BacksUp)).await?.into_iter().map(|link| link.to_id).collect();
            let items = view.items(ItemFilter::All).await?.into_iter();
            items
                .filter(|item| {
                    matches!(item.kind, Kind::Vms | Kind::Containers | Kind::Storage | Kind::Shares)
                        && !backed.contains(&item.id)
                })
                .map(|item| item.id)
                .collect()
        }
    })
}

/// `@scan` is every scan, `@proxmox:home` that node only, `@me` what no source has seen: people wrote it.
async fn from_source(view: &mut View, source: &str) -> Result<HashSet<ItemId>, Fault> {
    let mut seen: Vec<(ItemId, String)> =
        view.sightings(None).await?.into_iter().map(|seen| (seen.item_id, seen.source)).collect();
    seen.extend(view.observations(None).await?.into_iter().map(|seen| (seen.item_id, seen.source)));
    if source == "me" {
        let seen: HashSet<ItemId> = seen.into_iter().map(|(item, _)| item).collect();
        let items = view.items(ItemFilter::All).await?.into_iter().map(|item| item.id);
        return Ok(items.filter(|id| !seen.contains(id)).collect());
    }
    let of = |known: &str| {
        let known = known.to_lowercase();
        known == source || known.strip_prefix(source).is_some_and(|rest| rest.starts_with(':'))
    };
    Ok(seen.into_iter().filter(|(_, known)| of(known)).map(|(item, _)| item).collect())
}
