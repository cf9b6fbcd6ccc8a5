//! What can go wrong between a client and a node.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// What goes wrong.
#[derive(Debug, Clone, PartialEq)]
pub enum What {
    /// The answer is late by so much.
    Slow(Duration),
    /// It fails with that status and reason, before anything is done.
    Fail(u16, String),
    /// The connection ends without an answer, after everything was done.
    Drop,
    /// The body is no JSON.
    Garbage,
    /// The body is so many bytes of nothing.
    Flood(usize),
    /// It answers that data instead, as if all were well.
    Lie(serde_json::Value),
}

/// Something that goes wrong for requests below a path.
#[derive(Debug, Clone, PartialEq)]
pub struct Mishap {
    /// Beginning of the paths it strikes, below `/api2/json`; empty for all.
    pub below: String,
    /// What.
    pub what: What,
    /// How often; `None` for ever.
    pub times: Option<u32>,
}

#[derive(Default)]
pub(super) struct Mishaps(Mutex<Vec<Mishap>>);

impl Mishaps {
    pub(super) fn add(&self, mishap: Mishap) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(mishap);
    }

    pub(super) fn clear(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// What strikes a request for that path; each such thing is used up by one.
    pub(super) fn striking(&self, path: &str) -> Vec<What> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut striking = Vec::new();
        all.retain_mut(|mishap| {
            if !path.starts_with(&mishap.below) {
                return true;
            }
            striking.push(mishap.what.clone());
            mishap.times = mishap.times.map(|times| times.saturating_sub(1));
            mishap.times != Some(0)
        });
        striking
    }
}
