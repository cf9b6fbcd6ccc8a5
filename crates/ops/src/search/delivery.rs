//! Keeps the server of vectors in step with the index: makes the place, looks what is there, sends what is missing from the store's
//! vectors and removes what is no more. Nothing is embedded for it, so a server that was away, or lost everything, is soon whole again.

use std::collections::HashMap;

use labkeeper_core::ports::VectorServer;
use labkeeper_core::rank::vector::RoundedVector;
use labkeeper_core::vectors::{Point, Space, Standing, VectorError};
use labkeeper_store::StoreError;
use thiserror::Error;

use super::catalogue::Turn;
use super::ledger::Batch;
use crate::house::House;

/// Points in one request: about a megabyte.
const BATCH: usize = 256;

/// Why the server is not up to date. Nothing is lost by it.
#[derive(Debug, Error)]
enum Undelivered {
    #[error(transparent)]
    Server(#[from] VectorError),
    #[error("vectors could not be read from the database: {0}")]
    Store(#[from] StoreError),
}

/// Sends and removes up to `most` points. Answers how many texts are still not there as they should be.
///
/// # Errors
/// Why not, and what to do about it. It is noted as the server's trouble until the next try.
pub(crate) async fn deliver(house: &House, most: usize) -> Result<usize, String> {
    if house.vectors().is_none() {
        return Ok(0);
    }
    // Spawned, so that a caller who hangs up does not take a batch with them.
    let house = house.clone();
    let work = tokio::spawn(async move {
        let mut turn = house.search().link.turn.lock().await;
        let Some(server) = house.vectors() else { return Ok(0) };
        let done = step(&house, &**server, &mut turn, most).await;
        settle(&house, done.map_err(|error| error.to_string()))
    });
    work.await.map_err(|panic| panic.to_string())?
}

/// Looks whether the server still holds what it was given. If not, the next delivery looks closer.
///
/// # Errors
/// As [`deliver`].
pub(crate) async fn check(house: &House) -> Result<(), String> {
    let Some(server) = house.vectors() else { return Ok(()) };
    let turn = house.search().link.turn.lock().await;
    let Some(expected) = house.search().read().ledger().and_then(super::ledger::Ledger::expected) else {
        return Ok(());
    };
    let standing = server.standing().await.map_err(|error| error.to_string());
    let was_put_back = |noted: i64| turn.noted.is_some_and(|known| noted < known);
    if let Ok(standing) = &standing
        && (standing.points < expected || was_put_back(standing.noted))
    {
        lose(house);
    }
    settle(house, standing.map(|_| ()))
}

/// Gives up what the server holds, so that all of it is sent again.
///
/// # Errors
/// As [`deliver`].
pub(crate) async fn start_over(house: &House) -> Result<(), String> {
    let Some(server) = house.vectors() else { return Ok(()) };
    let mut turn = house.search().link.turn.lock().await;
    let Some(lab) = lab(house, &mut turn).await.map_err(|error| error.to_string())? else { return Ok(()) };
    let cleared = server.clear(&lab).await.map_err(|error| error.to_string());
    lose(house);
    settle(house, cleared)
}

/// What is on the server is to be looked at again.
pub(crate) fn lose(house: &House) {
    if let Some(ledger) = house.search().write().ledger_mut() {
        ledger.lost();
    }
}

/// A question found the server in trouble: nobody else asks until it has been looked at.
pub(crate) fn note_trouble(house: &House, error: &VectorError) -> String {
    lose(house);
    let reason = error.to_string();
    house.search().link.set_trouble(Some(reason.clone()));
    reason
}

/// How the server stands with this lab, for doctors: looks and changes nothing. `None` where vectors are in memory.
pub(crate) async fn look(house: &House) -> Option<(String, Result<Option<Standing>, VectorError>)> {
    let server = house.vectors()?;
    let lab = lab(house, &mut Turn::default()).await.ok().flatten();
    Some((server.place().to_owned(), server.look(lab.as_deref()).await))
}

/// Whose lab it is; `None` while nothing was ever written.
async fn lab(house: &House, turn: &mut Turn) -> Result<Option<String>, StoreError> {
    if turn.lab.is_none() {
        // The first record of the audit log goes along wherever the database goes, and no other hub has it.
        let first = house.store().read().await?.audit_after(0, 1).await?;
        turn.lab = first.into_iter().next().map(|(_, hash)| hash);
    }
    Ok(turn.lab.clone())
}

fn settle<T>(house: &House, done: Result<T, String>) -> Result<T, String> {
    if done.is_err() {
        // It may come back with less than it had.
        lose(house);
    }
    house.search().link.set_trouble(done.as_ref().err().cloned());
    done
}

async fn step(
    house: &House,
    server: &dyn VectorServer,
    turn: &mut Turn,
    most: usize,
) -> Result<usize, Undelivered> {
    let Some(space) = space(house, turn).await? else { return Ok(0) };
    let has_looked = house.search().read().ledger().is_some_and(|ledger| ledger.there().is_some());
    if !has_looked {
        server.prepare(&space, !turn.settled).await?;
        turn.settled = true;
        turn.noted = None;
        let held = server.held().await?;
        with_ledger(house, &space.model, |ledger| ledger.found(held));
    }
    let mut done = 0;
    while done < most {
        let most = BATCH.min(most - done);
        let batch = with_ledger(house, &space.model, |ledger| ledger.next(most)).unwrap_or_default();
        done += batch.send.len() + batch.remove.len();
        if batch.is_empty() || !carry(house, server, &space.model, batch).await? {
            break;
        }
        turn.noted = None;
    }
    let (left, cursor) = {
        let state = house.search().read();
        (state.absent(), state.cursor.unwrap_or(0))
    };
    if left == 0 && turn.noted.is_none() {
        server.note(cursor).await?;
        turn.noted = Some(cursor);
    }
    Ok(left)
}

/// What the vectors have in common; `None` when there are none yet.
async fn space(house: &House, turn: &mut Turn) -> Result<Option<Space>, StoreError> {
    let Some(lab) = lab(house, turn).await? else { return Ok(None) };
    let state = house.search().read();
    let model = state.model_id().zip(state.dimensions());
    Ok(model.map(|(model, dimensions)| Space { model: model.into(), dimensions, lab }))
}

/// Takes a batch to the server. Answers whether anything of it went.
async fn carry(
    house: &House,
    server: &dyn VectorServer,
    model: &str,
    batch: Batch,
) -> Result<bool, Undelivered> {
    let sent = send(house, server, model, &batch).await;
    if let Ok((taken, without)) = &sent {
        with_ledger(house, model, |ledger| {
            ledger.done(taken);
            ledger.without(without);
        });
    }
    sent.map(|(taken, _)| !taken.is_empty())
}

/// What was taken, and what has no vector in the store: somebody dropped it, to make it again.
async fn send(
    house: &House,
    server: &dyn VectorServer,
    model: &str,
    batch: &Batch,
) -> Result<(Batch, Batch), Undelivered> {
    let hashes: Vec<&str> = batch.send.iter().map(|sending| sending.hash.as_str()).collect();
    let stored = house.store().read().await?.vectors(model, &hashes).await?;
    let stored: HashMap<String, RoundedVector> = stored
        .into_iter()
        .filter_map(|(hash, bytes)| Some((hash, RoundedVector::from_bytes(&bytes).ok()?)))
        .collect();
    let mut taken = Batch { remove: batch.remove.clone(), ..Batch::default() };
    let (mut without, mut points) = (Batch::default(), Vec::with_capacity(batch.send.len()));
    for sending in &batch.send {
        let Some(vector) = stored.get(&sending.hash) else {
            without.send.push(sending.clone());
            continue;
        };
        let (vector, label) = (vector.to_floats(), sending.label.clone());
        points.push(Point { id: sending.id, vector, label });
        taken.send.push(sending.clone());
    }
    server.put(&points).await?;
    server.remove(&taken.remove).await?;
    Ok((taken, without))
}

/// Writes in the books, unless they have become those of another model meanwhile.
fn with_ledger<T>(
    house: &House,
    model: &str,
    act: impl FnOnce(&mut super::ledger::Ledger) -> T,
) -> Option<T> {
    let mut state = house.search().write();
    if state.model_id() != Some(model) {
        return None;
    }
    state.ledger_mut().map(act)
}
