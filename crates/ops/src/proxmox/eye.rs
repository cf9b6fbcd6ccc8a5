//! Asking a cluster with the token's rights in mind: what the token may not see, and what a list leaves out for it, is said
//! and not taken for nothing.

use std::sync::Arc;

use labkeeper_core::health::{Seen, Unseen};
use labkeeper_core::ports::Pve;
use labkeeper_core::pve::calls::access;
use labkeeper_core::pve::{Call, Permissions, Rows};
use serde::de::DeserializeOwned;

/// Guests that are asked side by side; the client has its own bound on connections.
pub(super) const SIDE_BY_SIDE: usize = 32;

/// The answer, if it is wanted.
pub(super) async fn asked<T>(is_asked: bool, answer: impl Future<Output = T>) -> Option<T> {
    if is_asked { Some(answer.await) } else { None }
}

/// A cluster and what the token may see of it.
pub(super) struct Eye<'a> {
    pub(super) pve: &'a Arc<dyn Pve>,
    /// What the token may; `None` when it would not say.
    pub(super) held: Option<Permissions>,
}

impl<'a> Eye<'a> {
    /// Asks what the token may, then is ready.
    pub(super) async fn of(pve: &'a Arc<dyn Pve>) -> Self {
        Self { pve, held: pve.call(&access::own_permissions()).await.ok() }
    }

    /// What keeps the token from a full answer, so that an empty one would mean nothing.
    pub(super) fn hides<T>(&self, call: &Call<T>) -> Option<Unseen> {
        let Some(held) = &self.held else {
            return (!call.wants().is_empty()).then(|| Unseen {
                problem: "the cluster does not say what the token may see".into(),
                remedy: "look with `labkeeper doctor` whether the token works".into(),
            });
        };
        let need = held.missing(call.wants()).into_iter().next()?;
        Some(Unseen {
            problem: format!("not seen: needs {need}"),
            remedy: "beyond what this tier may see; look at it in the node's web interface, or give the token that privilege".into(),
        })
    }

    /// The full answer; a token that cannot have one is not sent asking.
    pub(super) async fn see<T: DeserializeOwned>(&self, call: Call<T>) -> Seen<T> {
        if let Some(hidden) = self.hides(&call) {
            return Err(hidden);
        }
        self.pve.call(&call).await.map_err(|error| Unseen::of(&error))
    }

    pub(super) async fn see_all<T: DeserializeOwned>(&self, call: Call<Rows<T>>) -> Seen<Vec<T>> {
        let rows = self.see(call).await?;
        Unseen::in_rows(&rows).map_or_else(|| Ok(rows.into_vec()), Err)
    }
}
