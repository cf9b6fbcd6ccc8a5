//! Who is at work on a thing that one at a time may touch, among all processes that have the database open: in a file, or on a server. When
//! the process ends, however it ends, its claim lapses.

use labkeeper_core::audit::sha256_hex;

use crate::Result;
use crate::claim_files::{self, ClaimFile};
use crate::claim_rows::ClaimRow;
use crate::claimant::Claimant;
use crate::open::Store;

/// That nobody else is at a thing, until it is dropped.
#[derive(Debug)]
pub struct Claim(Held);

#[derive(Debug)]
enum Held {
    File(#[expect(dead_code, reason = "it is held, and not asked")] ClaimFile),
    Row(ClaimRow),
}

/// Whose a thing is now.
#[derive(Debug)]
pub enum Claimed {
    /// Ours.
    Ours(Claim),
    /// Somebody else's; who it is cannot be read in the moment in which they come.
    Theirs(Option<Claimant>),
}

impl Claim {
    /// Whether it is ours still. On a server it is not for whoever was cut off for so long that another process cleared up after it.
    ///
    /// # Errors
    /// When the server cannot be asked.
    pub async fn is_held(&self) -> Result<bool> {
        match &self.0 {
            Held::File(_) => Ok(true),
            Held::Row(row) => row.is_held().await,
        }
    }
}

impl Store {
    /// Claims a thing for the one call that asks, unless another has it.
    ///
    /// # Errors
    /// When no file can be made beside the database, or the server fails.
    pub async fn claim(&self, thing: &str, claimant: &Claimant) -> Result<Claimed> {
        let name = &sha256_hex(thing.as_bytes())[..32];
        let Some(rows) = self.claim_rows().await? else {
            let taken = claim_files::take(self.path(), name, claimant)?;
            return Ok(taken.map_or_else(Claimed::Theirs, |file| Claimed::Ours(Claim(Held::File(file)))));
        };
        let mut taken = rows.take(name, claimant).await?;
        // A lock in a file is free with its process. A row is when somebody clears up.
        if taken.is_err() && self.close_what_the_dead_left().await? {
            taken = rows.take(name, claimant).await?;
        }
        Ok(taken.map_or_else(Claimed::Theirs, |row| Claimed::Ours(Claim(Held::Row(row)))))
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::sync::Arc;

    use labkeeper_core::stamp::Stamp;

    use super::*;

    fn who(actor: &str) -> Claimant {
        Claimant { actor: actor.into(), op: "pct_write_file".into(), since: Stamp(7) }
    }

    async fn stores() -> (tempfile::TempDir, Store, Store) {
        let dir = tempfile::tempdir().unwrap();
        let database = dir.path().join("lab.db");
        let (one, other) = (Store::open(&database).await.unwrap(), Store::open(&database).await.unwrap());
        (dir, one, other)
    }

    #[tokio::test]
    async fn one_has_it_and_the_other_learns_who() {
        let (dir, one, other) = stores().await;
        let Claimed::Ours(claim) = one.claim("pct:home/101 /etc/x", &who("claude")).await.unwrap() else {
            panic!("nobody has it")
        };
        for store in [&one, &other] {
            let claimed = store.claim("pct:home/101 /etc/x", &who("codex")).await.unwrap();
            let Claimed::Theirs(Some(holder)) = claimed else { panic!("{claimed:?}") };
            assert_eq!(holder, who("claude"));
        }
        assert!(matches!(other.claim("pct:home/102 /etc/x", &who("codex")).await.unwrap(), Claimed::Ours(_)));
        drop(claim);
        assert!(matches!(other.claim("pct:home/101 /etc/x", &who("codex")).await.unwrap(), Claimed::Ours(_)));
        assert_eq!(fs::read_dir(dir.path().join("lab.claims")).unwrap().count(), 0, "claims leave nothing");
    }

    #[tokio::test]
    async fn what_a_dead_process_claimed_is_free() {
        let (dir, one, _other) = stores().await;
        let folder = dir.path().join("lab.claims");
        fs::create_dir(&folder).unwrap();
        let left = folder.join(&sha256_hex(b"x")[..32]);
        fs::write(&left, serde_json::to_string(&who("dead")).unwrap()).unwrap();
        let Claimed::Ours(_claim) = one.claim("x", &who("claude")).await.unwrap() else {
            panic!("nobody alive has it")
        };
        assert!(fs::read_to_string(left).unwrap().contains("claude"));
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn never_two_have_it() {
        use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
        let (_dir, one, other) = stores().await;
        let inside = Arc::new(AtomicUsize::new(0));
        let each = [&one, &other, &one, &other].map(|store| {
            let (store, inside) = (store.clone(), inside.clone());
            tokio::spawn(async move {
                let mut had = 0;
                while had < 200 {
                    if let Claimed::Ours(claim) = store.claim("x", &who("claude")).await.unwrap() {
                        assert_eq!(inside.fetch_add(1, SeqCst), 0, "two have it");
                        inside.fetch_sub(1, SeqCst);
                        drop(claim);
                        had += 1;
                    }
                    tokio::task::yield_now().await;
                }
            })
        });
        futures::future::try_join_all(each).await.unwrap();
    }
}
