//! What a relay has to know of the hub before it is used: the secret by which its names are made.

use labkeeper_core::audit::hex;
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
    if let Some(known) = store.read().await?.meta(KEY).await?.as_deref().and_then(parsed) {
        return Ok(known);
    }
    let mut tx = store.write().await?;
    // Another process may have been faster.
    if let Some(known) = tx.meta(KEY).await?.as_deref().and_then(parsed) {
        return Ok(known);
    }
    let drawn = secret::key()?;
    tx.set_meta(KEY, &hex(&drawn)).await?;
    tx.commit().await?;
    Ok(drawn)
}

fn parsed(text: &str) -> Option<[u8; 32]> {
    let digits = text.as_bytes().chunks_exact(2);
    let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    digits.map(byte).collect::<Option<Vec<u8>>>()?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_is_read_and_nothing_else() {
        let secret = std::array::from_fn(|at| u8::try_from(at * 7).unwrap());
        assert_eq!(parsed(&hex(&secret)), Some(secret));
        for wrong in ["", "00", "zz", &"é".repeat(32)] {
            assert_eq!(parsed(wrong), None, "{wrong}");
        }
    }
}
