//! What a relay has to know of the hub before it is used: the secret by which its names are made.

use labkeeper_core::audit::{hash_of_hex, hex};
use labkeeper_core::fault::Fault;
use labkeeper_store::Store;

use crate::access::secret;

/// Where it lies in the database, so that all processes of the hub have the same one, and nobody else.
const KEY: &str = "relay.secret";

/// The hub's secret for relays; drawn when it is first asked for.
///
/// # Errors
/// When the store fails, or there is no chance to draw from.
pub async fn secret_of(store: &Store) -> Result<[u8; 32], Fault> {
    if let Some(known) = store.read().await?.meta(KEY).await?.as_deref().and_then(hash_of_hex) {
        return Ok(known);
    }
    let mut tx = store.write().await?;
    // Another process may have been faster.
    if let Some(known) = tx.meta(KEY).await?.as_deref().and_then(hash_of_hex) {
        return Ok(known);
    }
    let drawn = secret::key()?;
    tx.set_meta(KEY, &hex(&drawn)).await?;
    tx.commit().await?;
    Ok(drawn)
}
