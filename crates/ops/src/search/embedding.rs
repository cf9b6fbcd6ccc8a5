//! Makes the vectors that are still missing, in small batches, and keeps them in the store.

use labkeeper_core::rank::vector::RoundedVector;
use tokio::task::spawn_blocking;

use super::catalogue::Missing;
use super::follow::embedder;
use crate::house::House;

/// Texts in one go: some tens of milliseconds, so that a question in between does not wait long.
const BATCH: usize = 16;

/// Embeds up to `most` of the texts that wait. Answers how many still do.
///
/// # Errors
/// Why there are no vectors: no model, or it broke. The texts go on waiting.
pub(crate) async fn fill(house: &House, most: usize) -> Result<usize, String> {
    if house.search().read().pending() == 0 {
        return Ok(0);
    }
    let _turn = house.search().turn.lock().await;
    let mut done = 0;
    while done < most {
        let batch = house.search().write().take_missing(BATCH.min(most - done));
        if batch.is_empty() {
            break;
        }
        done += batch.len();
        // Spawned, so that a caller who hangs up does not take the batch with them.
        let house = house.clone();
        let work = tokio::spawn(async move {
            let done = embed(&house, batch).await;
            done.map_err(|(batch, reason)| {
                house.search().write().still_missing(batch);
                reason
            })
        });
        work.await.map_err(|panic| panic.to_string())??;
    }
    Ok(house.search().read().pending())
}

async fn embed(house: &House, batch: Vec<Missing>) -> Result<(), (Vec<Missing>, String)> {
    let embedder = match embedder(house).await {
        Ok(embedder) => embedder,
        Err(reason) => return Err((batch, reason)),
    };
    let model = embedder.model_id().to_string();
    let texts: Vec<String> = batch.iter().map(|missing| missing.text.clone()).collect();
    let work = spawn_blocking(move || {
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        embedder.embed(&texts)
    });
    let vectors = match work.await {
        Ok(vectors) => vectors,
        Err(panic) => return Err((batch, panic.to_string())),
    };
    let vectors = match vectors {
        Ok(vectors) => vectors,
        Err(error) => return Err((batch, error.to_string())),
    };
    let rounded: Vec<RoundedVector> = vectors.iter().map(|vector| RoundedVector::round(vector)).collect();
    let rows: Vec<(String, Vec<u8>)> = batch
        .iter()
        .zip(&rounded)
        .map(|(missing, vector)| (missing.hash.clone(), vector.to_bytes()))
        .collect();
    if house.vectors().is_some() {
        // From the store they go on to the server: what is not kept was not made.
        return match keep(house, &model, &rows).await {
            Ok(()) => {
                place(house, &model, &batch, &rounded);
                Ok(())
            }
            Err(error) => Err((batch, format!("vectors could not be kept: {error}"))),
        };
    }
    place(house, &model, &batch, &rounded);
    // What cannot be kept is in memory all the same, and is made again after a restart.
    if let Err(error) = keep(house, &model, &rows).await {
        tracing::warn!(error = %error, "vectors could not be kept");
    }
    Ok(())
}

fn place(house: &House, model: &str, batch: &[Missing], rounded: &[RoundedVector]) {
    let mut state = house.search().write();
    if state.model_id() != Some(model) {
        // Another model came in between; the reload that noticed it has listed these texts anew.
        return;
    }
    for (missing, vector) in batch.iter().zip(rounded) {
        if let Err(error) = state.place(missing.chunk, &missing.hash, vector) {
            tracing::error!(error = %error, "a vector does not fit the index");
        }
    }
}

async fn keep(house: &House, model: &str, rows: &[(String, Vec<u8>)]) -> labkeeper_store::Result<()> {
    let mut tx = house.store().write().await?;
    tx.put_vectors(model, rows).await?;
    tx.commit().await
}
