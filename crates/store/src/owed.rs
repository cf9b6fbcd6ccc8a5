//! What this run has to write and could not, as the database was away or full: what came of calls that had begun.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use labkeeper_core::approval::ApprovalState;
use labkeeper_core::stamp::Stamp;
use serde_json::Value;

use crate::audit_rows::Head;
use crate::intent::{Intent, Outcome};

/// One thing to write.
#[derive(Debug, Clone)]
pub(crate) enum Debt {
    /// What came of a call.
    Outcome { at: Stamp, intent: Box<Intent>, of: i64, outcome: Outcome },
    /// What came of a call that a person said yes to.
    Approval { at: Stamp, id: i64, state: ApprovalState, outcome: Value, change_id: Option<i64> },
    /// An intent of which nobody heard that it was committed: if it was, then for nothing. Its number alone would not tell it from the one
    /// that has it instead.
    Doubtful(Head),
}

/// By number, oldest first.
pub(crate) type Debts = BTreeMap<u64, Debt>;

/// All of it.
#[derive(Debug, Default)]
pub(crate) struct Owed(Mutex<Book>);

#[derive(Debug, Default)]
struct Book {
    debts: Debts,
    /// Number of the next one.
    next: u64,
    /// Somebody is at it.
    is_being_paid: bool,
}

impl Owed {
    fn book(&self) -> MutexGuard<'_, Book> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Answers whether nobody was at it: then whoever asks is from now on.
    pub(crate) fn add(&self, debt: Debt) -> bool {
        let mut book = self.book();
        let number = book.next;
        book.next += 1;
        book.debts.insert(number, debt);
        !std::mem::replace(&mut book.is_being_paid, true)
    }

    pub(crate) fn all(&self) -> Debts {
        self.book().debts.clone()
    }

    pub(crate) fn count(&self) -> usize {
        self.book().debts.len()
    }

    /// That one is written.
    pub(crate) fn strike(&self, number: u64) {
        self.book().debts.remove(&number);
    }

    /// Whether there is nothing more; then nobody is at it.
    pub(crate) fn rests(&self) -> bool {
        let mut book = self.book();
        book.is_being_paid = !book.debts.is_empty();
        !book.is_being_paid
    }
}
