//! Answers of cacheable reads, kept until the next write. The number of the newest event is the version of
//! everything that can be read, also across processes, so a kept answer is never stale.

use std::sync::Arc;

use labkeeper_core::actor::Actor;
use labkeeper_core::audit::sha256_hex;
use labkeeper_core::fault::Fault;
use moka::sync::Cache as Moka;
use serde_json::Value;

use crate::keeper::{Call, Keeper};

/// An answer in wire form.
#[derive(Debug, Clone)]
pub struct Rendered {
    /// Compact JSON.
    pub body: Arc<[u8]>,
    /// Strong validator of exactly these bytes' source: the store's version and the question.
    pub etag: String,
}

type Key = (i64, &'static str, String);

pub(crate) struct Cache(Moka<Key, Rendered>);

/// Most bytes of kept answers.
const CAPACITY: u64 = 32 * 1024 * 1024;

impl Default for Cache {
    fn default() -> Self {
        let weigh = |_: &Key, kept: &Rendered| u32::try_from(kept.body.len()).unwrap_or(u32::MAX);
        Self(Moka::builder().max_capacity(CAPACITY).weigher(weigh).build())
    }
}

impl Keeper {
    /// A cacheable read in wire form; anything else goes through [`Keeper::call`].
    /// `None` when the operation is not cacheable or not offered.
    ///
    /// # Errors
    /// As [`Keeper::call`].
    pub async fn rendered(
        &self,
        actor: &Actor,
        name: &str,
        input: &Value,
    ) -> Result<Option<Rendered>, Fault> {
        let Some(entry) = self.offered(actor).find(|entry| entry.meta.name == name && entry.meta.cacheable)
        else {
            return Ok(None);
        };
        let version = self.store().read().await?.last_event().await?;
        let key = (version, entry.meta.name, input.to_string());
        if let Some(kept) = self.cache().0.get(&key) {
            return Ok(Some(kept));
        }
        let answer = self.call(Call::new(actor.clone(), name, input.clone())).await?;
        let body: Arc<[u8]> =
            serde_json::to_vec(&answer.output).map_err(|error| Fault::internal(&error))?.into();
        let question = sha256_hex(format!("{name} {}", key.2).as_bytes());
        let rendered = Rendered { body, etag: format!("\"{version}-{}\"", &question[..12]) };
        self.cache().0.insert(key, rendered.clone());
        Ok(Some(rendered))
    }
}
