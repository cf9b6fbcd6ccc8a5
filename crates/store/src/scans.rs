//! Scans of the network and what they found. They are no part of the inventory: nothing here is undone.

use labkeeper_core::stamp::Stamp;
use serde_json::Value;
use sqlx::Row as _;

use crate::Result;
use crate::event::Event;
use crate::sql::{from_row, sql};
use crate::view::{View, WriteTx};

/// A scan to be begun.
#[derive(Debug, Clone, PartialEq)]
pub struct NewScan {
    /// The block.
    pub cidr: String,
    /// How it is looked at; scans of one block and one wish can be compared.
    pub wish: Value,
    /// Who asked.
    pub actor: String,
    /// Addresses to look at.
    pub total: usize,
}

/// Where a scan is. What was running when its process ended is found out by its silence, not here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScanState {
    /// At work.
    Running,
    /// Told to stop.
    Stopping,
    /// Whole.
    Done,
    /// Could not go on.
    Failed,
    /// Stopped before its end.
    Cancelled,
}

impl ScanState {
    /// The word in the table.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Stopping => "stopping",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }

    fn read(word: &str) -> Self {
        let all = [Self::Running, Self::Stopping, Self::Done, Self::Failed];
        all.into_iter().find(|state| state.as_str() == word).unwrap_or(Self::Cancelled)
    }
}

/// A scan that was not heard of for so long has lost its process, in microseconds.
const SILENCE: i64 = 60 * 1_000_000;

/// A scan as it is kept.
#[derive(Debug, Clone, PartialEq)]
pub struct Scan {
    /// Id, never reused.
    pub id: i64,
    /// The block.
    pub cidr: String,
    /// How it is looked at.
    pub wish: Value,
    /// Who asked.
    pub actor: String,
    /// Where it is.
    pub state: ScanState,
    /// When it began.
    pub started_at: Stamp,
    /// When it was last heard of.
    pub beat_at: Stamp,
    /// When it ended.
    pub ended_at: Option<Stamp>,
    /// Addresses done.
    pub checked: i64,
    /// Addresses in all.
    pub total: i64,
    /// Living hosts.
    pub alive: i64,
    /// What limited it.
    pub problems: Vec<String>,
}

impl Scan {
    /// Whether it seems to have lost its process while it was at work.
    pub fn is_silent(&self, now: Stamp) -> bool {
        now.0 - self.beat_at.0 > SILENCE
    }
}

from_row!(Scan, |row| {
    let json =
        |name: &str| row.try_get::<String, _>(name).map(|text| text.parse::<Value>().unwrap_or_default());
    let problems = json("problems")?;
    Ok(Self {
        id: row.try_get("id")?,
        cidr: row.try_get("cidr")?,
        wish: json("wish")?,
        actor: row.try_get("actor")?,
        state: ScanState::read(row.try_get("state")?),
        started_at: Stamp(row.try_get("started_at")?),
        beat_at: Stamp(row.try_get("beat_at")?),
        ended_at: row.try_get::<Option<i64>, _>("ended_at")?.map(Stamp),
        checked: row.try_get("checked")?,
        total: row.try_get("total")?,
        alive: row.try_get("alive")?,
        problems: serde_json::from_value(problems).unwrap_or_default(),
    })
});

impl View {
    /// One scan.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn scan(&mut self, id: i64) -> Result<Option<Scan>> {
        Ok(sql("SELECT * FROM scans WHERE id = $1").bind(id).fetch_optional(self.conn()).await?)
    }

    /// Scans of that block or of all, newest first, older than `before`.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn scans(&mut self, cidr: Option<&str>, before: Option<i64>, limit: i64) -> Result<Vec<Scan>> {
        Ok(sql("SELECT * FROM scans WHERE (CAST($1 AS TEXT) IS NULL OR cidr = $1) \
             AND (CAST($2 AS BIGINT) IS NULL OR id < $2) ORDER BY id DESC LIMIT $3")
        .bind(cidr)
        .bind(before)
        .bind(limit)
        .fetch_all(self.conn())
        .await?)
    }

    /// Scans that did not end, also those whose process did, newest first.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn open_scans(&mut self) -> Result<Vec<Scan>> {
        let query = "SELECT * FROM scans WHERE state IN ('running', 'stopping') ORDER BY id DESC";
        Ok(sql(query).fetch_all(self.conn()).await?)
    }

    /// The newest whole scan before that one that looked at the same block in the same way.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn scan_before(&mut self, scan: &Scan) -> Result<Option<Scan>> {
        Ok(sql("SELECT * FROM scans WHERE cidr = $1 AND wish = $2 AND state = 'done' AND id < $3 \
             ORDER BY id DESC LIMIT 1")
        .bind(&scan.cidr)
        .bind(scan.wish.to_string())
        .bind(scan.id)
        .fetch_optional(self.conn())
        .await?)
    }

    /// Its hosts after that number, in the order in which they were found.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn scan_hosts(&mut self, id: i64, after: i64) -> Result<Vec<(i64, Value)>> {
        let rows: Vec<(i64, String)> =
            sql("SELECT number, host FROM scan_hosts WHERE scan_id = $1 AND number > $2 ORDER BY number")
                .bind(id)
                .bind(after)
                .fetch_all(self.conn())
                .await?;
        Ok(rows.into_iter().map(|(number, host)| (number, host.parse().unwrap_or_default())).collect())
    }
}

impl WriteTx {
    /// Notes that a scan begins; answers its id.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn begin_scan(&mut self, scan: &NewScan, at: Stamp) -> Result<i64> {
        let (id,): (i64,) = sql("INSERT INTO scans (cidr, wish, actor, state, started_at, beat_at, total) \
             VALUES ($1, $2, $3, 'running', $4, $4, $5) RETURNING id")
        .bind(&scan.cidr)
        .bind(scan.wish.to_string())
        .bind(&scan.actor)
        .bind(at.0)
        .bind(scan.total as i64)
        .fetch_one(self.aside())
        .await?;
        self.announce(Event::about("scan", "started", id));
        Ok(id)
    }

    /// Notes how far it is and the hosts found since, numbered from the first one on; answers whether it may go on.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn scan_went_on(
        &mut self,
        id: i64,
        checked: usize,
        found: &[(i64, Value)],
        at: Stamp,
    ) -> Result<bool> {
        for (number, host) in found {
            sql("INSERT INTO scan_hosts (scan_id, number, host) VALUES ($1, $2, $3)")
                .bind(id)
                .bind(*number)
                .bind(host.to_string())
                .execute(self.aside())
                .await?;
        }
        let row: Option<(String,)> = sql(
            "UPDATE scans SET checked = $2, alive = alive + $3, beat_at = $4 WHERE id = $1 RETURNING state",
        )
        .bind(id)
        .bind(checked as i64)
        .bind(found.len() as i64)
        .bind(at.0)
        .fetch_optional(self.aside())
        .await?;
        self.announce(Event::about("scan", "progress", id));
        Ok(row.is_some_and(|(state,)| ScanState::read(&state) == ScanState::Running))
    }

    /// Puts what a scan found in the place of what it seemed to find on its way: hardware addresses come last, and what was
    /// only a firewall's refusal is gone.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn end_scan(
        &mut self,
        id: i64,
        state: ScanState,
        hosts: &[Value],
        checked: usize,
        problems: &[String],
        at: Stamp,
    ) -> Result<()> {
        sql("DELETE FROM scan_hosts WHERE scan_id = $1").bind(id).execute(self.aside()).await?;
        for (number, host) in (1_i64..).zip(hosts) {
            sql("INSERT INTO scan_hosts (scan_id, number, host) VALUES ($1, $2, $3)")
                .bind(id)
                .bind(number)
                .bind(host.to_string())
                .execute(self.aside())
                .await?;
        }
        sql(
            "UPDATE scans SET state = $2, checked = $3, alive = $4, problems = $5, beat_at = $6, ended_at = $6 WHERE id = $1",
        )
        .bind(id)
        .bind(state.as_str())
        .bind(checked as i64)
        .bind(hosts.len() as i64)
        .bind(Value::from(problems.to_vec()).to_string())
        .bind(at.0)
        .execute(self.aside())
        .await?;
        self.announce(Event::about("scan", state.as_str(), id));
        Ok(())
    }

    /// Tells a running scan to stop; answers whether there was one.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn stop_scan(&mut self, id: i64) -> Result<bool> {
        let done = sql("UPDATE scans SET state = 'stopping' WHERE id = $1 AND state = 'running'")
            .bind(id)
            .execute(self.aside())
            .await?;
        Ok(done > 0)
    }

    /// Forgets all but the newest scans of a block, and none that is at work.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn trim_scans(&mut self, cidr: &str, keep: i64, at: Stamp) -> Result<()> {
        sql(
            "DELETE FROM scans WHERE cidr = $1 AND (state NOT IN ('running', 'stopping') OR beat_at < $3) AND id NOT IN \
             (SELECT id FROM scans WHERE cidr = $1 ORDER BY id DESC LIMIT $2)",
        )
        .bind(cidr)
        .bind(keep)
        .bind(at.0 - SILENCE)
        .execute(self.aside())
        .await?;
        Ok(())
    }
}
