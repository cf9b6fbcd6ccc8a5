//! Files that calls of this process are writing: they will say themselves what became of them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use labkeeper_core::shell::{FilePath, Place};

/// How many calls are at each of them.
#[derive(Clone, Default)]
pub(crate) struct Underway(Arc<Mutex<HashMap<String, usize>>>);

/// That a call is at one, until it is dropped.
pub(super) struct Begun {
    underway: Underway,
    file: String,
}

impl Underway {
    fn all(&self) -> MutexGuard<'_, HashMap<String, usize>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn begin(&self, place: &Place, path: &FilePath) -> Begun {
        let file = name(place, path);
        *self.all().entry(file.clone()).or_default() += 1;
        Begun { underway: self.clone(), file }
    }

    pub(super) fn has(&self, place: &Place, path: &FilePath) -> bool {
        self.all().contains_key(&name(place, path))
    }
}

fn name(place: &Place, path: &FilePath) -> String {
    format!("{place} {path}")
}

impl Drop for Begun {
    fn drop(&mut self) {
        let mut all = self.underway.all();
        let Some(calls) = all.get_mut(&self.file) else { return };
        *calls -= 1;
        if *calls == 0 {
            all.remove(&self.file);
        }
    }
}
