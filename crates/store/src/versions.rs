//! The versions of files that are kept, to look at.

use labkeeper_core::file::{BackupId, Content, FileChange, Settlement};
use labkeeper_core::shell::{FilePath, Ownership, Place};
use labkeeper_core::stamp::Stamp;
use sqlx::Row as _;

use crate::Result;
use crate::sql::{from_row, sql};
use crate::view::View;

/// A version that is kept.
#[derive(Debug, Clone)]
pub struct Version {
    /// Its name.
    pub id: BackupId,
    /// When the file was written.
    pub at: Stamp,
    /// By whom.
    pub actor: String,
    /// Through which face.
    pub via: String,
    /// In which session.
    pub session: Option<String>,
    /// By which operation.
    pub op: String,
    /// Where the file is.
    pub place: Place,
    /// The path that was asked for.
    pub asked: FilePath,
    /// The path it is, links followed.
    pub path: FilePath,
    /// What it was.
    pub before: Content,
    /// Whose it was; `None` when there was no file, or when nobody noted it.
    pub ownership: Option<Ownership>,
    /// What it became, or was to become.
    pub after: Content,
    /// What became of the write.
    pub settlement: Settlement,
    /// Its entry in the change journal.
    pub change_id: Option<i64>,
}

impl Version {
    /// As the journal names it.
    pub fn change(&self) -> FileChange {
        FileChange {
            backup: self.id,
            place: self.place.to_string(),
            path: self.path.to_string(),
            before: self.before.clone(),
            ownership: self.ownership,
            after: self.after.clone(),
        }
    }
}

const COLUMNS: &str = "id, at, actor, via, session, op, place, asked, path, settlement, change_id, \
     before_mode, before_uid, before_gid, before_sha256, (SELECT size FROM blobs WHERE sha256 = before_sha256) AS before_size, \
     after_sha256, (SELECT size FROM blobs WHERE sha256 = after_sha256) AS after_size";

from_row!(Version, |row| {
    let content = |sha256: &str, size: &str| -> sqlx::Result<Content> {
        Ok(match row.try_get::<Option<String>, _>(sha256)? {
            None => Content::Absent,
            Some(sha256) => Content::Bytes { sha256, size: row.try_get::<i64, _>(size)?.unsigned_abs() },
        })
    };
    // All of it, or nothing.
    let number = |name: &str| -> sqlx::Result<Option<u32>> {
        Ok(row.try_get::<Option<i64>, _>(name)?.and_then(|number| u32::try_from(number).ok()))
    };
    let known = number("before_mode")?.zip(number("before_uid")?).zip(number("before_gid")?);
    let ownership = known.map(|((mode, uid), gid)| Ownership { mode, uid, gid });
    let damaged = |error: &dyn std::fmt::Display| sqlx::Error::Decode(error.to_string().into());
    Ok(Self {
        id: BackupId(row.try_get("id")?),
        at: Stamp(row.try_get("at")?),
        actor: row.try_get("actor")?,
        via: row.try_get("via")?,
        session: row.try_get("session")?,
        op: row.try_get("op")?,
        place: row.try_get::<&str, _>("place")?.parse().map_err(|error| damaged(&error))?,
        asked: row.try_get::<&str, _>("asked")?.parse().map_err(|error| damaged(&error))?,
        path: row.try_get::<&str, _>("path")?.parse().map_err(|error| damaged(&error))?,
        before: content("before_sha256", "before_size")?,
        ownership,
        after: content("after_sha256", "after_size")?,
        settlement: Settlement::parse(row.try_get("settlement")?)
            .ok_or_else(|| damaged(&"a settlement that labkeeper does not know"))?,
        change_id: row.try_get("change_id")?,
    })
});

impl View {
    /// A version.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn version(&mut self, id: BackupId) -> Result<Option<Version>> {
        let query = sql("SELECT ").and(COLUMNS).and(" FROM backups WHERE id = $1");
        Ok(query.bind(id.0).fetch_optional(self.conn()).await?)
    }

    /// The versions of the files of that path, in all places, newest first. It is the path they were asked for by, or the one they
    /// are, links followed.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn versions(&mut self, path: &FilePath) -> Result<Vec<Version>> {
        let query =
            sql("SELECT ").and(COLUMNS).and(" FROM backups WHERE path = $1 OR asked = $1 ORDER BY id DESC");
        Ok(query.bind(path.as_str()).fetch_all(self.conn()).await?)
    }

    /// The versions of which nobody has said yet what became of the write, oldest first.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn open_versions(&mut self) -> Result<Vec<Version>> {
        let query = sql("SELECT ").and(COLUMNS).and(" FROM backups WHERE settlement = 'saved' ORDER BY id");
        Ok(query.fetch_all(self.conn()).await?)
    }

    /// How often a file was written by those operations since then.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn writes_since(
        &mut self,
        place: &Place,
        path: &FilePath,
        ops: &[&str],
        since: Stamp,
    ) -> Result<usize> {
        let (count,): (i64,) = sql(
            "SELECT COUNT(*) FROM backups WHERE path = $1 AND place = $2 AND at > $3 AND settlement = 'applied' \
             AND op IN (SELECT value FROM json_each($4))",
        )
        .bind(path.as_str())
        .bind(place.to_string())
        .bind(since.0)
        .bind(serde_json::to_string(ops).expect("names serialise"))
        .fetch_one(self.conn())
        .await?;
        Ok(usize::try_from(count).unwrap_or(usize::MAX))
    }
}
