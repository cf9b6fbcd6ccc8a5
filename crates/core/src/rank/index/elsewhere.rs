//! For vectors that are kept elsewhere: of what to ask there, so that the answer is the one that all vectors would have given.

use std::collections::HashSet;

use super::{Asked, Index, Owner};
use crate::rank::lexicon::ChunkNo;
use crate::rank::query::Query;

impl Index {
    /// The chunks that share a word with the question, most of it first; at most so many.
    pub fn worded(&self, query: &Query, most: usize) -> Vec<ChunkNo> {
        let coverage = self.lexicon.coverage(&query.wanted);
        let worth = |chunk: &ChunkNo| {
            let share = |of: &[f32]| of.get(*chunk as usize).copied().unwrap_or(0.0);
            share(&coverage.all) + share(&coverage.name)
        };
        let mut touched = coverage.touched.clone();
        touched.sort_unstable();
        touched.dedup();
        touched.sort_by(|a, b| worth(b).total_cmp(&worth(a)));
        touched.truncate(most);
        touched
    }

    /// Everything that the operators and the words left out let through; `None` when that is everything.
    pub fn admitted(&self, asked: Asked<'_>) -> Option<HashSet<Owner>> {
        if asked.query.filters.is_empty() && asked.query.without.is_empty() {
            return None;
        }
        let sieve = self.sieve(asked);
        let passing = self
            .slots
            .iter()
            .flatten()
            .filter(|held| self.passes(held, &sieve) && !self.holds_any(held, &asked.query.without));
        Some(passing.map(|held| held.owner).collect())
    }

    /// Whose chunk that is.
    pub fn owner(&self, chunk: ChunkNo) -> Option<Owner> {
        let (slot, _) = (*self.places.get(chunk as usize)?)?;
        Some(self.slots[slot].as_ref()?.owner)
    }
}
