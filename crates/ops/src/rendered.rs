//! Reads as bytes: from the cache when nothing was written since, else through the door.

use std::sync::Arc;

use labkeeper_core::actor::Actor;
use labkeeper_core::audit::sha256_hex;
use labkeeper_core::fault::Fault;
use serde_json::Value;

use crate::cache::Rendered;
use crate::call::Call;
use crate::keeper::Keeper;

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
        let version = self.store().version().await?;
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
