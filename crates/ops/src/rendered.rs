//! Reads as bytes: from the cache when nothing was written since, from what another process of the hub kept, else through the door.

use std::sync::Arc;

use labkeeper_core::actor::Actor;
use labkeeper_core::audit::sha256_hex;
use labkeeper_core::fault::Fault;
use labkeeper_core::ports::Relay;
use serde_json::Value;

use crate::cache::{Key, Rendered};
use crate::call::Call;
use crate::keeper::Keeper;

/// What is larger is not worth the way to another process and back.
const WORTH_THE_WAY: usize = 64 * 1024;

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
        if !self.offered(actor).any(|entry| entry.meta.name == name && entry.meta.cacheable) {
            return Ok(None);
        }
        let edition = self.store().edition().await?;
        let program = &self.settings().version;
        let key = Key { edition, question: sha256_hex(format!("{program} {name} {input}").as_bytes()) };
        let etag = format!("\"{}-{:x}-{}\"", edition.seq, edition.at.0, &key.question[..12]);
        if let Some(body) = self.cache().0.get(&key) {
            return Ok(Some(Rendered { body, etag }));
        }
        let call = Call::new(actor.clone(), name, input.clone());
        let body = match self.house().relay() {
            Some(relay) => self.shared(relay, &key, call).await?,
            None => self.rendered_anew(call).await?,
        };
        // As below: what was written meanwhile may be in it. Then it goes under a name that nothing has again.
        if self.store().edition().await? != key.edition {
            return Ok(Some(Rendered { body, etag: etag.replacen('"', "\"passing-", 1) }));
        }
        self.cache().0.insert(key, body.clone());
        Ok(Some(Rendered { body, etag }))
    }

    /// From another process, when one had to answer the same since the last write; else the others have it from this one.
    async fn shared(&self, relay: &Arc<dyn Relay>, key: &Key, call: Call) -> Result<Arc<[u8]>, Fault> {
        let Some(name) = self.shared_name(key).await? else { return self.rendered_anew(call).await };
        // Whoever looks after the relay says what is wrong with it; without it we answer by ourselves.
        if let Ok(Some(kept)) = relay.recall(&name).await {
            return Ok(kept.into());
        }
        let body = self.rendered_anew(call).await?;
        // What was written meanwhile may be in it, and may be taken back by a copy that is put back: then that name means the old again.
        if body.len() <= WORTH_THE_WAY && self.shared_name(key).await?.as_ref() == Some(&name) {
            let (relay, kept) = (relay.clone(), body.to_vec());
            // Nobody waits for it.
            tokio::spawn(async move { relay.keep(&name, kept).await });
        }
        Ok(body)
    }

    /// Under which name the processes of the hub look for it: what could be read, and the question. `None` when somebody has written
    /// since, or nobody has ever.
    async fn shared_name(&self, Key { edition, question }: &Key) -> Result<Option<String>, Fault> {
        let is_read = edition.seq > 0 && self.store().read().await?.edition().await? == *edition;
        Ok(is_read.then(|| format!("{} {} {question}", edition.seq, edition.at.0)))
    }

    async fn rendered_anew(&self, call: Call) -> Result<Arc<[u8]>, Fault> {
        let answer = self.call(call).await?;
        Ok(serde_json::to_vec(&answer.output).map_err(|error| Fault::internal(&error))?.into())
    }
}
