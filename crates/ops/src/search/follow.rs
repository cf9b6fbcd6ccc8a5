//! Keeps the index in step with the store: read whole at first, then event by event from where it got to. Any
//! process can do it at any moment, so a search never sees less than what was committed before it.

use std::sync::Arc;

use labkeeper_core::fault::Fault;
use labkeeper_core::ports::Embedder;
use labkeeper_core::rank::index::{Entry, Owner};
use labkeeper_core::rank::vector::RoundedVector;
use labkeeper_store::{Touched, View};
use tokio::task::spawn_blocking;

use super::catalogue::{State, Vectors};
use super::read;
use crate::house::House;

/// With more things changed than this, reading everything is quicker.
const MANY: usize = 2000;

/// Brings the index up to date. Cheap when nothing happened.
pub(crate) async fn catch_up(house: &House) -> Result<(), Fault> {
    let mut view = house.store().read().await?;
    let without_model = house.search().read().no_model.is_some();
    // The model may come after the index: then everything is waiting for its vector.
    let model_came = without_model && embedder(house).await.is_ok();
    let newest = view.last_event().await?;
    if !model_came && house.search().read().cursor == Some(newest) {
        return Ok(());
    }
    drop(view);
    let _turn = house.search().turn.lock().await;
    view = house.store().snapshot().await?;
    let (cursor, last_change) = {
        let state = house.search().read();
        (state.cursor, state.last_change)
    };
    if let Some(cursor) = cursor.filter(|_| !model_came)
        && let Some(touched) = view.touched_since(cursor).await?
        && touched.items.len() <= MANY
    {
        return apply(house, view, touched, last_change).await;
    }
    load(house, view).await
}

/// Makes the index anew from the store.
pub(crate) async fn reload(house: &House) -> Result<(), Fault> {
    let _turn = house.search().turn.lock().await;
    let view = house.store().snapshot().await?;
    load(house, view).await
}

/// The embedder, or why there is none. Loading blocks, so it happens off the async threads.
pub(crate) async fn embedder(house: &House) -> Result<Arc<dyn Embedder>, String> {
    let source = Arc::clone(house.embedder());
    spawn_blocking(move || source.get()).await.map_err(|panic| panic.to_string())?
}

async fn load(house: &House, mut view: View) -> Result<(), Fault> {
    let cursor = view.last_event().await?;
    let (mut state, stored) = match embedder(house).await {
        Ok(embedder) => {
            let stored = view.all_vectors(embedder.model_id()).await?;
            let on_server = house.vectors().is_some();
            (State::for_model(embedder.model_id(), embedder.dimensions(), on_server), stored)
        }
        Err(reason) => (State::without_model(reason), Vec::new()),
    };
    let known = Arc::new(vectors_of(stored));
    let mut last = 0;
    loop {
        let some = read::items_after(&mut view, last).await?;
        let Some((Owner::Item(id), _)) = some.last() else { break };
        last = *id;
        state = with(state, some, &known).await?;
    }
    let (records, last_change) = read::records(&mut view).await?;
    drop(view);
    state = with(state, records, &known).await?;
    state.cursor = Some(cursor);
    state.last_change = last_change;
    let mut shared = house.search().write();
    let before = std::mem::replace(&mut *shared, state);
    shared.take_over(before);
    Ok(())
}

/// Takes those in, off the async threads: words are cut and counted.
async fn with(mut state: State, entries: Vec<(Owner, Entry)>, known: &Arc<Vectors>) -> Result<State, Fault> {
    let known = Arc::clone(known);
    let work = spawn_blocking(move || {
        for (owner, entry) in entries {
            state.put(owner, entry, &known);
        }
        state
    });
    work.await.map_err(|panic| Fault::internal(&panic))
}

async fn apply(house: &House, mut view: View, touched: Touched, last_change: i64) -> Result<(), Fault> {
    let mut entries = read::items(&mut view, &touched.items).await?;
    entries.extend(read::memories(&mut view, &touched.memories).await?);
    let (changes, last_change) = read::changes(&mut view, last_change).await?;
    entries.extend(changes);
    let known = known_vectors(house, &mut view, &entries).await?;
    drop(view);
    let house = house.clone();
    let work = spawn_blocking(move || {
        let mut state = house.search().write();
        for (owner, entry) in entries {
            match entry {
                Some(entry) => state.put(owner, entry, &known),
                None => state.remove(owner),
            }
        }
        state.cursor = Some(touched.up_to);
        state.last_change = last_change;
    });
    work.await.map_err(|panic| Fault::internal(&panic))
}

async fn known_vectors(
    house: &House,
    view: &mut View,
    entries: &[(Owner, Option<Entry>)],
) -> Result<Vectors, Fault> {
    let Some(model) = house.search().read().model_id().map(str::to_string) else { return Ok(Vectors::new()) };
    let chunks = entries.iter().filter_map(|(_, entry)| entry.as_ref()).flat_map(|entry| &entry.chunks);
    let hashes: Vec<String> = chunks.map(labkeeper_core::rank::chunk::Chunk::hash).collect();
    let hashes: Vec<&str> = hashes.iter().map(String::as_str).collect();
    Ok(vectors_of(view.vectors(&model, &hashes).await?))
}

/// A damaged vector counts as missing and is made again.
fn vectors_of(stored: Vec<(String, Vec<u8>)>) -> Vectors {
    stored
        .into_iter()
        .filter_map(|(hash, bytes)| Some((hash, RoundedVector::from_bytes(&bytes).ok()?)))
        .collect()
}
