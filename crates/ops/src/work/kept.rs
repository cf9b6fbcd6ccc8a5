//! What a worker knows beyond the life of its process: what people were told, and what they were not told yet.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::house::House;

/// What a hub before this one left to be known.
pub(super) async fn recalled<T: DeserializeOwned + Default>(house: &House, key: &str) -> T {
    let kept = async { house.store().read().await?.meta(key).await };
    match kept.await {
        Ok(kept) => kept.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default(),
        Err(error) => {
            tracing::warn!(%error, key, "what people were told already could not be read");
            T::default()
        }
    }
}

/// Keeps it for the hub after this one.
pub(super) async fn remember<T: Serialize>(house: &House, key: &str, what: &T) {
    let kept = async {
        let mut tx = house.store().write().await?;
        tx.set_meta(key, &serde_json::to_string(what).expect("plain data serialises")).await?;
        tx.commit().await
    };
    if let Err(error) = kept.await {
        tracing::warn!(%error, key, "after a restart people may be told once more");
    }
}
