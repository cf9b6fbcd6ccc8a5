//! Whose a schema on a server is: of one hub at a time, because the key of the audit log and old contents of files lie outside of it. Several
//! data directories are one hub when they have the same key and keep contents in the same bucket. Another hub takes over when no process of the
//! one before is left; whoever was cut off meanwhile and comes back writes nothing more.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use sqlx::Connection as _;
use sqlx::postgres::{PgConnectOptions, PgConnection};

use crate::Result;
use crate::audit_key::Scribe;
use crate::bucket::Bucket;
use crate::error::StoreError;
use crate::session::{Session, answered, is_alive};
use crate::sql::{LOCK_LIVES, LOCK_WRITERS, UNLOCK_LIVES, try_alone};
use crate::{moved_away, runs};

/// The claim of this process's hub on a schema.
#[derive(Debug)]
pub(crate) struct Home {
    /// The key of the audit log, which no other hub has, and the place of contents.
    id: String,
    scribe: Arc<Scribe>,
    /// What holds the locks.
    session: Session,
    has_left: AtomicBool,
}

/// Who starts waits for a long write of somebody else.
const FIRST: Duration = Duration::from_secs(60);
/// Who lost the locks makes a new connection rather than wait for longer.
const AGAIN: Duration = Duration::from_secs(5);
/// The server notices within so many looks that a process was just ended.
const GONE_WITHIN: usize = 10;
const BETWEEN_LOOKS: Duration = Duration::from_millis(200);

impl Home {
    /// Moves in, if nobody of another hub is at home.
    pub(crate) async fn move_in(
        options: PgConnectOptions,
        scribe: Arc<Scribe>,
        bucket: Option<&Bucket>,
    ) -> Result<Self> {
        let at = scribe.run().at();
        // Without a key there are no checkpoints, and everything else goes on.
        let key = scribe
            .signer()
            .map_or_else(|_| format!("{}:{}", at.host, at.path), |signer| signer.public().to_string());
        let contents = bucket.map_or_else(|| format!("{}:{}", at.host, at.path), Bucket::address);
        let session = Session::to(options);
        let home =
            Self { id: format!("{key} {contents}"), session, scribe, has_left: AtomicBool::new(false) };
        home.take(&mut *home.session.lock().await, FIRST).await?;
        Ok(home)
    }

    /// The locks are gone when the connection ended, as it does when the server was restarted: takes them again. Whoever is cut short here
    /// leaves none half taken.
    pub(crate) async fn stay(&self) -> Result<()> {
        let mut holding = self.session.lock().await;
        if self.has_left() {
            return Ok(());
        }
        if let Some(connection) = &mut *holding
            && is_alive(connection).await
        {
            return Ok(());
        }
        self.scribe.run().lock_is_lost();
        *holding = None;
        self.take(&mut holding, AGAIN).await
    }

    /// Before this run lets others see that it lives: a look at its locks if they are known to be lost.
    pub(crate) async fn stay_visible(&self) -> Result<()> {
        if self.scribe.run().is_locked() { Ok(()) } else { self.stay().await }
    }

    async fn take(&self, holding: &mut Option<PgConnection>, patience: Duration) -> Result<()> {
        let mut fresh = self.session.connect(patience).await?;
        answered(patience, self.settle(&mut fresh)).await?;
        *holding = Some(fresh);
        self.scribe.run().lock_is_held();
        Ok(())
    }

    /// Sees that nobody but this process is at work on the schema. Then nobody comes before that transaction, which has the lock of writers,
    /// ends. This process gives up its own lock of the living for that, and its session with it: the next look takes new ones.
    pub(crate) async fn stay_alone(&self, transaction: &mut PgConnection) -> Result<()> {
        let mut holding = self.session.lock().await;
        if let Some(session) = holding.take() {
            self.scribe.run().lock_is_lost();
            session.close().await?;
        }
        for _ in 0..GONE_WITHIN {
            if try_alone(transaction).await? {
                return Ok(());
            }
            tokio::time::sleep(BETWEEN_LOOKS).await;
        }
        Err(StoreError::AtWork(runs::at_work(transaction).await.unwrap_or_default()))
    }

    /// Leaves the schema to whoever comes.
    pub(crate) async fn move_out(&self) {
        let mut holding = self.session.lock().await;
        self.has_left.store(true, Ordering::SeqCst);
        let Some(mut session) = holding.take() else { return };
        let left = async {
            self.scribe.run().leave(&mut session).await?;
            sqlx::query(UNLOCK_LIVES).execute(&mut session).await?;
            Ok(session.close().await?)
        };
        if let Err(error) = answered(AGAIN, left).await {
            tracing::debug!(%error, "the locks end with the connection instead");
        }
        self.scribe.run().lock_is_lost();
    }

    pub(crate) fn has_left(&self) -> bool {
        self.has_left.load(Ordering::SeqCst)
    }

    /// Asked under the lock of writers: whether it still is ours, and nobody took this run for dead.
    pub(crate) async fn check(&self, connection: &mut PgConnection) -> Result<()> {
        let run = self.scribe.run();
        let was_announced = run.is_announced();
        let was_cut_off = run.take_cut_off();
        let ask = "SELECT id, host, path, EXISTS (SELECT 1 FROM moved_to), EXISTS (SELECT 1 FROM runs WHERE boot = $1) FROM home";
        type Row = (String, String, String, bool, bool);
        let row: Option<Row> = sqlx::query_as(ask).bind(run.boot()).fetch_optional(&mut *connection).await?;
        match row {
            Some((.., true, _)) => moved_away::refuse(connection).await,
            Some((id, host, path, ..)) if id != self.id => Err(self.taken((id, host, path))),
            Some((.., false)) if was_announced => {
                run.is_forgotten();
                run.take_cut_off();
                Err(StoreError::CutOff)
            }
            _ if was_cut_off => Err(StoreError::CutOff),
            _ => Ok(()),
        }
    }

    /// The run's own lock comes first: others miss it, and nothing else that is waited for here may take away from its grace.
    async fn settle(&self, session: &mut PgConnection) -> Result<()> {
        let run = self.scribe.run();
        // Of another hub's schema it would only hold up who clears up after this one.
        let is_ours = resident(session).await?.is_none_or(|resident| resident.0 == self.id);
        if is_ours {
            run.hold(session).await?;
        }
        let mut alone = session.begin().await?;
        sqlx::query(LOCK_WRITERS).execute(&mut *alone).await?;
        if let Err(gone) = moved_away::refuse(&mut alone).await {
            alone.rollback().await?;
            return Err(gone);
        }
        match resident(&mut alone).await? {
            Some(resident) if resident.0 == self.id => {}
            Some(resident) if !try_alone(&mut alone).await? => {
                // Not left to the drop: this connection may not be used again, and every writer would wait for it.
                alone.rollback().await?;
                return Err(self.taken(resident));
            }
            _ => self.note(&mut alone).await?,
        }
        sqlx::query(LOCK_LIVES).execute(&mut *alone).await?;
        alone.commit().await?;
        if is_ours { Ok(()) } else { run.hold(session).await }
    }

    async fn note(&self, connection: &mut PgConnection) -> Result<()> {
        let at = self.scribe.run().at();
        sqlx::query("DELETE FROM home").execute(&mut *connection).await?;
        sqlx::query("INSERT INTO home (id, host, path) VALUES ($1, $2, $3)")
            .bind(&self.id)
            .bind(&at.host)
            .bind(&at.path)
            .execute(connection)
            .await?;
        Ok(())
    }

    fn taken(&self, (id, host, path): Resident) -> StoreError {
        let key = |id: &str| id.split_once(' ').map(|(key, _)| key.to_owned());
        let lack = if key(&id) == key(&self.id) {
            "keep the contents of files in the same bucket (blobs.url, S3_URL)"
        } else {
            "put a copy of its audit.key in this data directory"
        };
        StoreError::Taken { host, path, lack }
    }
}

/// Its identity, its machine and its directory.
type Resident = (String, String, String);

async fn resident(connection: &mut PgConnection) -> Result<Option<Resident>> {
    Ok(sqlx::query_as("SELECT id, host, path FROM home").fetch_optional(connection).await?)
}
