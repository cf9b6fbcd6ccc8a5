//! The outbox: one row per thing that happened, written with it, followed by workers from a cursor.

use labkeeper_core::stamp::Stamp;

use crate::Result;
use crate::event::Event;
use crate::sql::{Conn, sql};
use crate::view::{View, WriteTx};

pub(crate) async fn insert_events(
    mut conn: Conn<'_>,
    events: &[Event],
    at: Stamp,
    change_id: Option<i64>,
) -> Result<()> {
    for event in events {
        sql(
            "INSERT INTO events (at, type, action, id, kind, name, rev, change_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        )
        .bind(at.0)
        .bind(&event.r#type)
        .bind(&event.action)
        .bind(event.id)
        .bind(&event.kind)
        .bind(&event.name)
        .bind(event.rev)
        .bind(change_id)
        .execute(conn.again())
        .await?;
    }
    Ok(())
}

type EventRow = (i64, String, String, Option<i64>, Option<String>, Option<String>, Option<i64>, Option<i64>);

impl View {
    /// Number of the newest event, 0 when there is none. It changes with every write of what can be
    /// read and kept.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn last_event(&mut self) -> Result<i64> {
        let (last,): (Option<i64>,) = sql("SELECT MAX(seq) FROM events").fetch_one(self.conn()).await?;
        Ok(last.unwrap_or(0))
    }

    /// The oldest event still kept, 0 when there is none.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn first_event(&mut self) -> Result<i64> {
        let (first,): (Option<i64>,) = sql("SELECT MIN(seq) FROM events").fetch_one(self.conn()).await?;
        Ok(first.unwrap_or(0))
    }

    /// Up to `limit` events after that number, oldest first.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn events_after(&mut self, seq: i64, limit: i64) -> Result<Vec<Event>> {
        let rows: Vec<EventRow> = sql(
            "SELECT seq, type, action, id, kind, name, rev, change_id FROM events WHERE seq > $1 ORDER BY seq LIMIT $2",
        )
        .bind(seq)
        .bind(limit)
        .fetch_all(self.conn())
        .await?;
        Ok(rows
            .into_iter()
            .map(|(seq, r#type, action, id, kind, name, rev, change_id)| Event {
                seq,
                r#type,
                action,
                id,
                kind,
                name,
                rev,
                change_id,
            })
            .collect())
    }

    /// How far a worker got.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn cursor(&mut self, name: &str) -> Result<i64> {
        let row: Option<(i64,)> =
            sql("SELECT seq FROM cursors WHERE name = $1").bind(name).fetch_optional(self.conn()).await?;
        Ok(row.map_or(0, |(seq,)| seq))
    }
}

impl WriteTx {
    /// Remembers how far a worker got; commit it with the work itself.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn set_cursor(&mut self, name: &str, seq: i64) -> Result<()> {
        sql("INSERT INTO cursors (name, seq) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET seq = excluded.seq")
            .bind(name)
            .bind(seq)
            .execute(self.aside())
            .await?;
        Ok(())
    }

    /// Forgets how far a worker got that works no more: it must not hold the outbox back.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn forget_cursor(&mut self, name: &str) -> Result<()> {
        sql("DELETE FROM cursors WHERE name = $1").bind(name).execute(self.aside()).await?;
        Ok(())
    }

    /// Drops events that every worker and any client have had ample time to read, keeping the newest `keep`.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn trim_events(&mut self, keep: i64) -> Result<u64> {
        let done = sql("DELETE FROM events WHERE seq <= (SELECT COALESCE(MAX(seq), 0) FROM events) - $1 \
             AND seq <= COALESCE((SELECT MIN(seq) FROM cursors), 0)")
        .bind(keep)
        .execute(self.aside())
        .await?;
        Ok(done)
    }
}
