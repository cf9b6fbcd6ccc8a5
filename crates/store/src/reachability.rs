//! How long items answered or did not, and the certificates that their ports showed. No part of the inventory: nothing here is
//! undone, and a look that found nothing new tells nobody: no answer that is kept says when the last look was.

use labkeeper_core::inventory::ItemId;
use labkeeper_core::stamp::Stamp;
use sqlx::Row as _;

use crate::Result;
use crate::sql::{from_row, sql};
use crate::view::{View, WriteTx};

/// A stretch of time during which an item answered, or did not.
#[derive(Debug, Clone, PartialEq)]
pub struct Stretch {
    /// The item.
    pub item_id: ItemId,
    /// It answered.
    pub alive: bool,
    /// The first look in it.
    pub since: Stamp,
    /// The first look that found it otherwise; `None` while it lasts.
    pub until: Option<Stamp>,
    /// The last look in it.
    pub seen_at: Stamp,
    /// What answered: `icmp`, `tcp:22`, or `none`.
    pub method: String,
    /// How long that took.
    pub latency_ms: Option<f64>,
}

/// What one look found of one item.
#[derive(Debug, Clone, PartialEq)]
pub struct Looked {
    /// The item.
    pub item_id: ItemId,
    /// It answered.
    pub alive: bool,
    /// What answered.
    pub method: String,
    /// How long that took.
    pub latency_ms: Option<f64>,
}

/// What a look means beside those before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Noted {
    /// As before.
    Same,
    /// The first of its item.
    First,
    /// Otherwise than before: a new stretch begins.
    Turned,
}

/// The certificate that a port last showed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownCertificate {
    /// The item.
    pub item_id: ItemId,
    /// The port.
    pub port: u16,
    /// Whose it is.
    pub subject: String,
    /// Who vouches for that.
    pub issuer: String,
    /// Names and addresses that it speaks for.
    pub names: Vec<String>,
    /// Valid until, in seconds since 1970.
    pub not_after: i64,
    /// When it was shown.
    pub seen_at: Stamp,
}

from_row!(Stretch, |row| {
    Ok(Self {
        item_id: row.try_get("item_id")?,
        alive: row.try_get("alive")?,
        since: Stamp(row.try_get("since")?),
        until: row.try_get::<Option<i64>, _>("until")?.map(Stamp),
        seen_at: Stamp(row.try_get("seen_at")?),
        method: row.try_get("method")?,
        latency_ms: row.try_get("latency_ms")?,
    })
});

from_row!(ShownCertificate, |row| {
    let names: String = row.try_get("names")?;
    Ok(Self {
        item_id: row.try_get("item_id")?,
        port: u16::try_from(row.try_get::<i64, _>("port")?).unwrap_or_default(),
        subject: row.try_get("subject")?,
        issuer: row.try_get("issuer")?,
        names: serde_json::from_str(&names).unwrap_or_default(),
        not_after: row.try_get("not_after")?,
        seen_at: Stamp(row.try_get("seen_at")?),
    })
});

impl View {
    /// How it is with each item that is watched.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn reachability_now(&mut self) -> Result<Vec<Stretch>> {
        let query = "SELECT * FROM reachability WHERE until IS NULL ORDER BY item_id";
        Ok(sql(query).fetch_all(self.conn()).await?)
    }

    /// The newest stretches of one item, newest first.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn reachability_of(&mut self, item: ItemId, limit: i64) -> Result<Vec<Stretch>> {
        Ok(sql("SELECT * FROM reachability WHERE item_id = $1 ORDER BY id DESC LIMIT $2")
            .bind(item)
            .bind(limit)
            .fetch_all(self.conn())
            .await?)
    }

    /// The silent stretches that last, or lasted beyond then, newest first.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn outages(&mut self, beyond: Stamp, limit: i64) -> Result<Vec<Stretch>> {
        Ok(sql(
            "SELECT * FROM reachability WHERE alive = $1 AND (until IS NULL OR until > $2) ORDER BY since DESC, item_id LIMIT $3",
        )
        .bind(false)
        .bind(beyond.0)
        .bind(limit)
        .fetch_all(self.conn())
        .await?)
    }

    /// The certificates of one item, or of all, soonest over first.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn certificates(&mut self, item: Option<ItemId>) -> Result<Vec<ShownCertificate>> {
        Ok(sql(
            "SELECT * FROM certificates WHERE CAST($1 AS BIGINT) IS NULL OR item_id = $1 ORDER BY not_after, item_id, port",
        )
        .bind(item)
        .fetch_all(self.conn())
        .await?)
    }
}

impl WriteTx {
    /// Notes a look. Nobody is told of it: that is for whoever looks at many. A stretch in which nobody looked since `unseen` is
    /// over at its last look: of what came after it nothing is known.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn note_look(&mut self, look: &Looked, at: Stamp, unseen: Stamp) -> Result<Noted> {
        let left: Option<(bool,)> = sql(
            "UPDATE reachability SET until = seen_at WHERE item_id = $1 AND until IS NULL AND seen_at < $2 RETURNING alive",
        )
        .bind(look.item_id)
        .bind(unseen.0)
        .fetch_optional(self.aside())
        .await?;
        if left.is_some() {
            self.wrote();
        }
        let same = sql("UPDATE reachability SET seen_at = $3, method = $4, latency_ms = $5 \
             WHERE item_id = $1 AND until IS NULL AND alive = $2")
        .bind(look.item_id)
        .bind(look.alive)
        .bind(at.0)
        .bind(&look.method)
        .bind(look.latency_ms)
        .execute(self.aside())
        .await?;
        if same > 0 {
            return Ok(Noted::Same);
        }
        let ended = self.end_stretch(look.item_id, at).await?;
        let is_as_left = left.is_some_and(|(alive,)| alive == look.alive);
        sql(
            "INSERT INTO reachability (item_id, alive, since, seen_at, method, latency_ms) VALUES ($1, $2, $3, $3, $4, $5)",
        )
        .bind(look.item_id)
        .bind(look.alive)
        .bind(at.0)
        .bind(&look.method)
        .bind(look.latency_ms)
        .execute(self.conn())
        .await?;
        Ok(match (ended || left.is_some(), is_as_left) {
            (true, true) => Noted::Same,
            (true, false) => Noted::Turned,
            (false, _) => Noted::First,
        })
    }

    /// Nothing is watched any more: every stretch is over at its last look. Answers how many there were.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn end_stretches(&mut self) -> Result<u64> {
        let query = "UPDATE reachability SET until = seen_at WHERE until IS NULL";
        let ended = sql(query).execute(self.aside()).await?;
        if ended > 0 {
            self.wrote();
        }
        Ok(ended)
    }

    /// Ends the stretch of an item that is watched no more; answers whether there was one.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn end_stretch(&mut self, item: ItemId, at: Stamp) -> Result<bool> {
        let done = sql("UPDATE reachability SET until = $2 WHERE item_id = $1 AND until IS NULL")
            .bind(item)
            .bind(at.0)
            .execute(self.aside())
            .await?;
        if done > 0 {
            self.wrote();
        }
        Ok(done > 0)
    }

    /// Forgets stretches that ended before then.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn forget_reachability(&mut self, before: Stamp) -> Result<()> {
        let query = "DELETE FROM reachability WHERE until < $1";
        sql(query).bind(before.0).execute(self.aside()).await?;
        Ok(())
    }

    /// Forgets certificates that no port showed since then.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn forget_certificates(&mut self, before: Stamp) -> Result<()> {
        let query = "DELETE FROM certificates WHERE seen_at < $1";
        sql(query).bind(before.0).execute(self.aside()).await?;
        Ok(())
    }

    /// Notes the certificate that a port showed, unless it showed another one since.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn note_certificate(&mut self, shown: &ShownCertificate) -> Result<()> {
        sql(
            "INSERT INTO certificates (item_id, port, subject, issuer, names, not_after, seen_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (item_id, port) DO UPDATE SET subject = excluded.subject, \
             issuer = excluded.issuer, names = excluded.names, not_after = excluded.not_after, seen_at = excluded.seen_at \
             WHERE certificates.seen_at <= excluded.seen_at",
        )
        .bind(shown.item_id)
        .bind(i64::from(shown.port))
        .bind(&shown.subject)
        .bind(&shown.issuer)
        .bind(serde_json::Value::from(shown.names.clone()).to_string())
        .bind(shown.not_after)
        .bind(shown.seen_at.0)
        .execute(self.aside())
        .await?;
        Ok(())
    }
}
