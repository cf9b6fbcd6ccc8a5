//! Two ways to hold the database: a view that reads, and the one transaction that writes.
//! Queries are methods of [`View`], one file per table; [`WriteTx`] can do all that and change things.

use std::ops::{Deref, DerefMut};
use std::sync::Arc;

use labkeeper_core::change::Image;
use labkeeper_core::file::FileChange;
use sqlx::pool::PoolConnection;
use sqlx::{Postgres, Sqlite, Transaction};
use tokio::sync::watch;

use crate::Result;
use crate::audit_key::Scribe;
use crate::edition::{Edition, Progress};
use crate::event::Event;
use crate::presence::Presence;
use crate::sql::{Conn, Engine};

/// A connection of an engine, alone or within a transaction.
pub(crate) enum Handle<E: sqlx::Database> {
    Plain(PoolConnection<E>),
    Transaction(Transaction<'static, E>),
}

impl<E: sqlx::Database> Handle<E> {
    fn connection(&mut self) -> &mut E::Connection {
        match self {
            Self::Plain(connection) => connection,
            Self::Transaction(transaction) => transaction,
        }
    }

    async fn commit(self) -> sqlx::Result<()> {
        match self {
            Self::Plain(_) => Ok(()),
            Self::Transaction(transaction) => transaction.commit().await,
        }
    }
}

/// A connection of either engine.
pub(crate) enum Held {
    Lite(Handle<Sqlite>),
    Postgres(Handle<Postgres>),
}

impl Held {
    async fn commit(self) -> sqlx::Result<()> {
        match self {
            Self::Lite(handle) => handle.commit().await,
            Self::Postgres(handle) => handle.commit().await,
        }
    }
}

/// A connection for reading.
pub struct View {
    held: Held,
}

impl View {
    pub(crate) fn of(held: Held) -> Self {
        Self { held }
    }

    pub(crate) fn engine(&self) -> Engine {
        match &self.held {
            Held::Lite(_) => Engine::Lite,
            Held::Postgres(_) => Engine::Postgres,
        }
    }

    pub(crate) fn conn(&mut self) -> Conn<'_> {
        match &mut self.held {
            Held::Lite(handle) => Conn::Lite(handle.connection()),
            Held::Postgres(handle) => Conn::Postgres(handle.connection()),
        }
    }
}

/// The writing transaction. Dropped without [`WriteTx::commit`], nothing happened.
pub struct WriteTx {
    pub(crate) view: View,
    pub(crate) images: Vec<Image>,
    pub(crate) files: Vec<FileChange>,
    pub(crate) events: Vec<Event>,
    pub(crate) progress: Progress,
    committed: watch::Sender<Edition>,
    presence: Arc<Presence>,
    pub(crate) scribe: Arc<Scribe>,
    /// This run lets others see that it lives.
    announces: bool,
}

impl Deref for WriteTx {
    type Target = View;

    fn deref(&self) -> &View {
        &self.view
    }
}

impl DerefMut for WriteTx {
    fn deref_mut(&mut self) -> &mut View {
        &mut self.view
    }
}

impl WriteTx {
    pub(crate) fn new(
        held: Held,
        committed: watch::Sender<Edition>,
        presence: Arc<Presence>,
        scribe: Arc<Scribe>,
    ) -> Self {
        Self {
            view: View::of(held),
            images: Vec::new(),
            files: Vec::new(),
            events: Vec::new(),
            progress: Progress::default(),
            committed,
            presence,
            scribe,
            announces: false,
        }
    }

    /// Others see from the commit on that this run lives: it begins on something.
    pub(crate) async fn announce_run(&mut self) -> Result<()> {
        let scribe = self.scribe.clone();
        scribe.announce(self.aside()).await?;
        self.announces = true;
        Ok(())
    }

    /// What this transaction changed so far.
    pub fn images(&self) -> &[Image] {
        &self.images
    }

    /// Tells followers something that is not a row change (an import finished, a reindex was asked for).
    pub fn announce(&mut self, event: Event) {
        self.events.push(event);
    }

    /// Makes everything durable and wakes the followers. Once begun it goes through, also when the caller gives up.
    ///
    /// # Errors
    /// When the engine fails or a rule of the schema is broken; then nothing happened, unless the disk itself failed.
    pub async fn commit(mut self) -> Result<()> {
        self.renew_edition_at_last().await?;
        let last = self.view.edition().await?;
        let (held, committed, presence) = (self.view.held, self.committed, self.presence);
        let announced = self.announces.then_some(self.scribe);
        // Spawned, so that a caller who gives up cannot leave it committed and nobody told.
        let work = async move {
            // A failure may hide that it took effect: then only the database knows what is newest.
            held.commit().await.inspect_err(|_| presence.doubt())?;
            if let Some(scribe) = announced {
                scribe.was_announced();
            }
            committed.send_if_modified(|known| {
                let newer = last.seq > known.seq;
                if newer {
                    *known = last;
                }
                newer
            });
            Ok(())
        };
        match tokio::spawn(work).await {
            Ok(done) => done,
            Err(stopped) => match stopped.try_into_panic() {
                Ok(panic) => std::panic::resume_unwind(panic),
                // The runtime ends; so does this.
                Err(_) => std::future::pending().await,
            },
        }
    }
}
