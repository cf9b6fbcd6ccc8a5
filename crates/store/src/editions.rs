//! Which edition of the data can be read. Answers are kept by it, so nothing that one can be made of changes without a new one: whatever
//! a transaction writes counts, unless it is written aside, and one that told nobody leaves an event of its own.

use std::time::{SystemTime, UNIX_EPOCH};

use labkeeper_core::stamp::Stamp;

use crate::Result;
use crate::edition::Edition;
use crate::event::Event;
use crate::events::insert_events;
use crate::sql::{Conn, sql};
use crate::view::{View, WriteTx};

impl View {
    /// What can be read.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn edition(&mut self) -> Result<Edition> {
        let query = sql("SELECT seq, at FROM events ORDER BY seq DESC LIMIT 1");
        let newest: Option<(i64, i64)> = query.fetch_optional(self.conn()).await?;
        Ok(newest.map_or_else(Edition::default, |(seq, at)| Edition { seq, at: Stamp(at) }))
    }
}

impl WriteTx {
    /// The connection for writing what kept answers may be made of; in doubt, this one.
    pub(crate) fn conn(&mut self) -> Conn<'_> {
        self.progress.wrote = true;
        self.view.conn()
    }

    /// The connection for reading, and for writing what no answer that is kept is made of: who may come in, what is noted for the audit
    /// log, how far a worker got.
    pub(crate) fn aside(&mut self) -> Conn<'_> {
        self.view.conn()
    }

    /// Something was written after all of which kept answers may be made.
    pub(crate) fn wrote(&mut self) {
        self.progress.wrote = true;
    }

    /// Makes a new edition when something was written that no event tells of.
    pub(crate) async fn renew_edition(&mut self, at: Stamp, change_id: Option<i64>) -> Result<()> {
        if self.progress.told || !self.progress.wrote {
            return Ok(());
        }
        self.progress.told = true;
        insert_events(self.view.conn(), &[Event::plain("seen", "updated")], at, change_id).await
    }

    /// The same at the end of a transaction that told nothing at all, not even when it was.
    #[expect(
        clippy::disallowed_methods,
        reason = "no clock is passed in; all that counts is that no restored copy has the same moment"
    )]
    pub(crate) async fn renew_edition_at_last(&mut self) -> Result<()> {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        self.renew_edition(Stamp(i64::try_from(since.as_micros()).unwrap_or(i64::MAX)), None).await
    }
}
