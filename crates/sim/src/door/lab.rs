//! A cluster that lives in real time: the door in process, and what the one over HTTPS stands on.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use super::followers::Followers;
use super::guest::Ran;
use super::held::Held;
use super::mishap::{Mishap, Mishaps, What};
use crate::answer::{Answer, Ask, Refusal, Reply};
use crate::api::{Cluster, Interior};

/// A cluster that lives in real time.
pub struct Lab {
    cluster: Mutex<Cluster>,
    pub(super) followers: Followers,
    mishaps: Mishaps,
    born: Instant,
    born_ms: i64,
}

impl Lab {
    /// Lets time pass in that cluster from now on.
    pub fn new(mut cluster: Cluster) -> Self {
        let born_ms = cluster.world.now_ms();
        let followers = Followers::default();
        cluster.interior = Some(Arc::clone(&followers.guests) as Arc<dyn Interior>);
        let mishaps = Mishaps::default();
        Self { cluster: Mutex::new(cluster), followers, mishaps, born: Instant::now(), born_ms }
    }

    /// The cluster as it is now, to look at or to change behind everybody's back.
    pub fn cluster(&self) -> Held<'_> {
        let mut cluster = self.cluster.lock().unwrap_or_else(PoisonError::into_inner);
        let passed = i64::try_from(self.born.elapsed().as_millis()).unwrap_or(i64::MAX);
        cluster.world.advance(self.born_ms.saturating_add(passed));
        self.followers.guests.follow(&mut cluster.world);
        Held::new(cluster, &self.followers)
    }

    /// Everything that was run inside of a guest, by whatever way, oldest first.
    pub fn ran(&self) -> Vec<Ran> {
        self.followers.guests.ran()
    }

    /// Asks in process: what the HTTPS door would answer, without its delays and mishaps.
    ///
    /// # Errors
    /// As a real node refuses.
    pub fn ask(&self, ask: &Ask) -> Answer {
        self.cluster().answer(ask)
    }

    /// The whole answer of the node of that name.
    pub(super) fn reply(&self, node: &str, ask: &Ask) -> Result<Reply, Refusal> {
        self.cluster().reply(Some(node), ask)
    }

    /// What strikes a request for that path.
    pub(super) fn striking(&self, path: &str) -> Vec<What> {
        self.mishaps.striking(path)
    }

    /// From now on that goes wrong at the HTTPS door.
    pub fn let_happen(&self, mishap: Mishap) {
        self.mishaps.add(mishap);
    }

    /// Nothing goes wrong any more.
    pub fn calm(&self) {
        self.mishaps.clear();
    }
}

/// Seconds since 1970 by the clock of this machine: where a lab's time usually starts.
#[expect(clippy::disallowed_methods, reason = "the simulated lab lives in real time")]
pub fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}
