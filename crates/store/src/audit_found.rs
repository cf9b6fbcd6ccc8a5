//! Which records say something, kept for whoever asks again: for the next page, or for a page that is shown anew with every record. A log
//! only grows, so the engine is asked only about what is new.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use crate::Result;
use crate::audit_columns::Columns;
use crate::audit_words::Said;
use crate::error::StoreError;
use crate::view::View;

/// How many numbers are kept for all questions together: four megabytes.
const MOST: usize = 1 << 20;

/// The newest questions of a store, each with what was found.
#[derive(Debug, Default)]
pub(crate) struct AuditFound(Mutex<VecDeque<Found>>);

#[derive(Debug)]
struct Found {
    said: Said,
    /// Of which log.
    log: u64,
    /// How many of its records were looked at.
    upto: usize,
    numbers: Arc<Vec<u32>>,
}

impl AuditFound {
    /// The numbers, in order, of the records that say so. There may be newer ones behind those of the columns.
    ///
    /// # Errors
    /// When the engine fails, or what it answers is no number.
    pub(crate) async fn find(&self, said: Said, columns: &Columns, view: &mut View) -> Result<Arc<Vec<u32>>> {
        let (upto, known) = self.recall(&said, columns.log).unwrap_or_default();
        let length = columns.times.len();
        if upto >= length {
            return Ok(known);
        }
        let query = said.records(view.engine(), i64::try_from(upto).unwrap_or(i64::MAX));
        let found: Option<String> = query.fetch_scalar(view.conn()).await?;
        let fresh = found.iter().flat_map(|numbers| numbers.split(',')).map(str::parse);
        let fresh: std::result::Result<Vec<u32>, _> = fresh.collect();
        let mut fresh = fresh.map_err(|_| StoreError::Damaged("the words of the audit log".into()))?;
        fresh.sort_unstable();
        let numbers = if fresh.is_empty() { known } else { Arc::new([known.as_slice(), &fresh].concat()) };
        self.keep(Found { said, log: columns.log, upto: length, numbers: numbers.clone() });
        Ok(numbers)
    }

    fn recall(&self, said: &Said, log: u64) -> Option<(usize, Arc<Vec<u32>>)> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let found = kept.iter().find(|found| found.log == log && found.said == *said)?;
        Some((found.upto, found.numbers.clone()))
    }

    /// Keeps it in front, and lets those go for which the engine was asked longest ago.
    fn keep(&self, found: Found) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|other| other.log == found.log && other.said != found.said);
        kept.push_front(found);
        let mut sum = 0;
        kept.retain(|found| {
            // What says next to nothing is something to keep too.
            sum += found.numbers.len().max(1024);
            sum <= MOST
        });
    }
}
