//! Which runs work on a server, from whichever machine: each that has begun on something has a row, and holds a lock of its own on the
//! session of its process.
//!
//! A free lock alone is no proof: a server that was restarted has forgotten them all. So it is noted since when a lock is missed, and who is back
//! in time takes that back. Who was taken for dead nevertheless sees under the lock of writers that its row is gone, before it writes.

use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use sqlx::Connection as _;
use sqlx::postgres::PgConnection;

use crate::Result;
use crate::sql::lives;

/// Beside the numbered schema, as `home` is: it tells of processes, and nobody takes it along to another database.
pub(crate) const TABLES: &str = "CREATE TABLE IF NOT EXISTS runs (boot TEXT PRIMARY KEY, lock BIGINT NOT NULL, host TEXT NOT NULL, \
         path TEXT NOT NULL, since BIGINT NOT NULL, first_intent BIGINT, missed BIGINT, missed_by BIGINT); \
     ALTER TABLE runs ADD COLUMN IF NOT EXISTS missed_by BIGINT; \
     CREATE TABLE IF NOT EXISTS claims (thing TEXT PRIMARY KEY, boot TEXT NOT NULL REFERENCES runs (boot) ON DELETE CASCADE, \
         number BIGINT NOT NULL, actor TEXT NOT NULL, op TEXT NOT NULL, since BIGINT NOT NULL)";

/// So long a lock is missed before its run counts as ended: after a restart of the server everybody takes theirs again.
const GRACE: Duration = Duration::from_secs(8);

/// What the locks of runs begin with; the number of the run is 48 bits long.
const KIND: i64 = 0x6c6b << 48;

/// The server's clock, in microseconds: those of the machines may differ.
macro_rules! now {
    () => {
        "CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000 AS BIGINT)"
    };
}

/// Which run of the server it is: one that was restarted has forgotten the locks of everybody.
macro_rules! server {
    () => {
        "CAST(EXTRACT(EPOCH FROM pg_postmaster_start_time()) * 1000000 AS BIGINT)"
    };
}

/// This run, as others see it on a server.
#[derive(Debug)]
pub(crate) struct Run {
    boot: String,
    at: Whereabouts,
    lock: i64,
    /// It has a row.
    is_announced: AtomicBool,
    /// Its first intent stands in it.
    is_noted: AtomicBool,
    /// Its lock is held, as far as is known.
    is_locked: AtomicBool,
    /// Somebody cleared up after it, and no write was refused for that yet.
    is_cut_off: AtomicBool,
}

/// A run whose lock is free.
#[derive(Debug)]
pub(crate) struct Missed {
    pub(crate) boot: String,
    pub(crate) first: Option<i64>,
    lock: i64,
}

/// Where a process runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Whereabouts {
    /// The machine.
    pub host: String,
    /// The data directory.
    pub path: String,
}

impl Whereabouts {
    /// Of whoever works beside that database.
    pub(crate) fn beside(database: &Path) -> Self {
        let host = fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default().trim().to_owned();
        let path = database.canonicalize().unwrap_or_else(|_| database.into());
        let path = path.parent().unwrap_or(&path).display().to_string();
        Self { host, path }
    }
}

impl Run {
    pub(crate) fn of(boot: &str, at: Whereabouts) -> Self {
        let number = i64::from_str_radix(boot, 16).expect("twelve hexadecimal digits");
        Self {
            boot: boot.into(),
            at,
            lock: KIND | number,
            is_announced: AtomicBool::new(false),
            is_noted: AtomicBool::new(false),
            is_locked: AtomicBool::new(false),
            is_cut_off: AtomicBool::new(false),
        }
    }

    /// Takes the lock, shared: a connection that was given up may hold it for a while yet. That its row is gone is for the next write to
    /// find, which is refused.
    pub(crate) async fn hold(&self, session: &mut PgConnection) -> Result<()> {
        sqlx::query("SELECT pg_advisory_lock_shared($1)").bind(self.lock).execute(&mut *session).await?;
        let back = "UPDATE runs SET missed = NULL WHERE boot = $1";
        sqlx::query(back).bind(&self.boot).execute(session).await?;
        Ok(())
    }

    pub(crate) fn is_locked(&self) -> bool {
        self.is_locked.load(Ordering::SeqCst)
    }

    pub(crate) fn lock_is_held(&self) {
        self.is_locked.store(true, Ordering::SeqCst);
    }

    pub(crate) fn lock_is_lost(&self) {
        self.is_locked.store(false, Ordering::SeqCst);
    }

    /// Whether a write is to be refused because somebody cleared up after this run; said once.
    pub(crate) fn take_cut_off(&self) -> bool {
        self.is_cut_off.swap(false, Ordering::SeqCst)
    }

    pub(crate) fn boot(&self) -> &str {
        &self.boot
    }

    pub(crate) fn at(&self) -> &Whereabouts {
        &self.at
    }

    pub(crate) fn is_announced(&self) -> bool {
        self.is_announced.load(Ordering::SeqCst)
    }

    /// Its row is not there any more.
    pub(crate) fn is_forgotten(&self) {
        tracing::warn!("the database had lost this process, and another one cleared up after it");
        self.is_noted.store(false, Ordering::SeqCst);
        self.is_announced.store(false, Ordering::SeqCst);
        self.is_cut_off.store(true, Ordering::SeqCst);
    }

    /// Lets others see that this run lives, before it begins on something. It counts once [`Run::was_announced`] says that it is committed.
    pub(crate) async fn announce(&self, connection: &mut PgConnection) -> sqlx::Result<()> {
        if !self.is_locked() {
            let lost = std::io::Error::other(
                "the connection with the locks of this process ended, and they are taken again",
            );
            return Err(sqlx::Error::Io(lost));
        }
        if !self.is_announced() {
            sqlx::query(concat!(
                "INSERT INTO runs (boot, lock, host, path, since) VALUES ($1, $2, $3, $4, ",
                now!(),
                ") ON CONFLICT (boot) DO UPDATE SET missed = NULL"
            ))
            .bind(&self.boot)
            .bind(self.lock)
            .bind(&self.at.host)
            .bind(&self.at.path)
            .execute(connection)
            .await?;
        }
        Ok(())
    }

    pub(crate) fn was_announced(&self) {
        self.is_announced.store(true, Ordering::SeqCst);
    }

    /// From which record on whoever clears up has to look.
    pub(crate) async fn note_intent(&self, seq: i64, connection: &mut PgConnection) -> Result<()> {
        if !self.is_noted.load(Ordering::SeqCst) {
            let note = "UPDATE runs SET first_intent = $2 WHERE boot = $1 AND first_intent IS NULL";
            sqlx::query(note).bind(&self.boot).bind(seq).execute(connection).await?;
        }
        Ok(())
    }

    pub(crate) fn was_noted(&self) {
        self.is_noted.store(true, Ordering::SeqCst);
    }

    /// Those that seem to have ended; of which it is certain is said by [`Missed::is_dead`].
    pub(crate) async fn missed(&self, connection: &mut PgConnection) -> Result<Vec<Missed>> {
        type Row = (String, i64, Option<i64>, bool, bool);
        let rows: Vec<Row> = sqlx::query_as(concat!(
            "SELECT boot, lock, first_intent, missed IS NOT NULL AND missed_by IS NOT DISTINCT FROM ",
            server!(),
            ", pg_try_advisory_xact_lock(lock) FROM runs WHERE boot <> $1"
        ))
        .bind(&self.boot)
        .fetch_all(&mut *connection)
        .await?;
        let mut known = Vec::new();
        for (boot, lock, first, is_known, is_free) in rows {
            let missed = Missed { boot, first, lock };
            match (is_free, is_known) {
                (true, true) => known.push(missed),
                (true, false) => missed.note(connection).await?,
                (false, _) => {}
            }
        }
        Ok(known)
    }

    /// It ends in good order. Others need not wait, and with its row its claims go; a call that has no outcome yet is left to them.
    pub(crate) async fn leave(&self, session: &mut PgConnection) -> Result<()> {
        sqlx::query(
            "DELETE FROM runs WHERE boot = $1 \
             AND NOT EXISTS (SELECT 1 FROM approvals WHERE state = 'running' AND approvals.boot = $1) \
             AND NOT EXISTS (SELECT 1 FROM audit a WHERE a.phase = 'asked' AND a.seq >= runs.first_intent \
                 AND strpos(a.circumstances, $1) > 0 AND NOT EXISTS (SELECT 1 FROM audit b WHERE b.intent = a.seq))",
        )
        .bind(&self.boot)
        .execute(&mut *session)
        .await?;
        sqlx::query("SELECT pg_advisory_unlock_shared($1)").bind(self.lock).execute(session).await?;
        Ok(())
    }
}

impl Missed {
    /// Under the lock itself, so that nobody who comes back meanwhile stays noted.
    async fn note(&self, connection: &mut PgConnection) -> Result<()> {
        let mut alone = connection.begin().await?;
        if try_lock(self.lock, &mut alone).await? {
            let note = concat!(
                "UPDATE runs SET missed = ",
                now!(),
                ", missed_by = ",
                server!(),
                " WHERE boot = $1 AND (missed IS NULL OR missed_by IS DISTINCT FROM ",
                server!(),
                ")"
            );
            sqlx::query(note).bind(&self.boot).execute(&mut *alone).await?;
        }
        alone.commit().await?;
        Ok(())
    }

    /// Whether its time is over, and nobody cleared up after it yet. Until the end of this transaction it cannot come back.
    pub(crate) async fn is_dead(&self, transaction: &mut PgConnection) -> Result<bool> {
        if !try_lock(self.lock, transaction).await? {
            return Ok(false);
        }
        let ask = concat!(
            "SELECT COALESCE(missed <= ",
            now!(),
            " - $2 AND missed_by = ",
            server!(),
            ", FALSE) FROM runs WHERE boot = $1"
        );
        let grace = i64::try_from(GRACE.as_micros()).unwrap_or(i64::MAX);
        let row: Option<(bool,)> =
            sqlx::query_as(ask).bind(&self.boot).bind(grace).fetch_optional(transaction).await?;
        Ok(row.is_some_and(|(is_over,)| is_over))
    }
}

/// Nothing is left of it.
pub(crate) async fn forget(boot: &str, connection: &mut PgConnection) -> Result<()> {
    sqlx::query("DELETE FROM runs WHERE boot = $1").bind(boot).execute(connection).await?;
    Ok(())
}

/// Who is at work on the schema, as a remark: machine and data directory of those that began on something, of others where they connect
/// from. Nothing when nobody is, or the server does not tell.
pub(crate) async fn at_work(connection: &mut PgConnection) -> Result<String> {
    const ASK: &str = concat!(
        "SELECT DISTINCT COALESCE(r.path || ' on ' || r.host, host(a.client_addr), 'one that the server does not place') AS who \
         FROM pg_locks AS lives JOIN pg_stat_activity a USING (pid) \
         LEFT JOIN pg_locks AS own ON own.pid = lives.pid AND own.locktype = 'advisory' AND own.objsubid = 1 \
         LEFT JOIN runs r ON r.lock = (CAST(CAST(own.classid AS BIGINT) << 32 AS BIGINT) | CAST(own.objid AS BIGINT)) \
         WHERE lives.locktype = 'advisory' AND lives.objsubid = 2 AND lives.granted AND lives.pid <> pg_backend_pid() \
         AND a.datname = current_database() AND CAST(lives.classid AS BIGINT) = ",
        lives!(),
        " AND CAST(lives.objid AS BIGINT) = CAST(hashtext(current_schema()) AS BIGINT) & 4294967295 ORDER BY who"
    );
    let found: Vec<(String,)> = sqlx::query_as(ASK).fetch_all(connection).await?;
    let found: Vec<String> = found.into_iter().map(|(who,)| who).collect();
    Ok(if found.is_empty() { String::new() } else { format!(" (it seems {})", found.join("; ")) })
}

async fn try_lock(lock: i64, transaction: &mut PgConnection) -> Result<bool> {
    let ask = "SELECT pg_try_advisory_xact_lock($1)";
    let (is_ours,): (bool,) = sqlx::query_as(ask).bind(lock).fetch_one(transaction).await?;
    Ok(is_ours)
}

/// Where a run is at work, as long as it is.
pub(crate) async fn whereabouts(boot: &str, connection: &mut PgConnection) -> Result<Option<Whereabouts>> {
    let row: Option<(String, String)> = sqlx::query_as("SELECT host, path FROM runs WHERE boot = $1")
        .bind(boot)
        .fetch_optional(connection)
        .await?;
    Ok(row.map(|(host, path)| Whereabouts { host, path }))
}
