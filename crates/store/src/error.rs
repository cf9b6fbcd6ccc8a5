//! What can go wrong in the store.

use std::path::PathBuf;

use labkeeper_core::audit::Phase;
use labkeeper_core::fault::{Code, Fault};

use crate::server_trouble::ServerTrouble;
use crate::trouble::Trouble;

/// Result of everything here.
pub type Result<T, E = StoreError> = std::result::Result<T, E>;

/// What can go wrong in the store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The engine refused or failed.
    #[error("the database failed")]
    Sql(#[source] sqlx::Error),
    /// The server that has the rows cannot be worked on.
    #[error("the server: {0}; {remedy}", remedy = .0.remedy())]
    Server(ServerTrouble),
    /// A stored value is not what we write.
    #[error("the database holds a value that labkeeper did not write: {0}")]
    Damaged(String),
    /// A file could not be created, copied or opened.
    #[error("{path}: {source}")]
    File {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The database was written by a newer labkeeper.
    #[error(
        "the database is at schema {found}, this labkeeper knows up to {known}: use the newer version that wrote it"
    )]
    TooNew {
        /// Schema found.
        found: i64,
        /// Newest schema known.
        known: i64,
    },
    /// The copy that is kept before a migration.
    #[error(
        "a newer labkeeper keeps its rows in another way, and the copy of the database that it makes first could not be made as {path}, so nothing was changed: see that the disk has room for it and that labkeeper may write there, then start again"
    )]
    NoCopy {
        /// What it is called until it is whole.
        path: PathBuf,
        /// Why.
        source: Box<StoreError>,
    },
    /// A SQLite file that labkeeper did not make.
    #[error(
        "it is the database of something else, with the tables {0}: labkeeper keeps its own file; to take over what this one holds, use `labkeeper import`"
    )]
    Foreign(String),
    /// A schema on a server that labkeeper did not make.
    #[error(
        "it is the database of something else, with the tables {0}: name an empty one, or an empty schema by `?options[search_path]=…`; what a predecessor keeps there comes over by its JSON export (`labkeeper import export.json`)"
    )]
    ForeignSchema(String),
    /// A hub that is to leave its server, and processes that are still at work there.
    #[error(
        "the hub is at work there{0}: stop every process of it first, so that nothing is written that would stay behind"
    )]
    AtWork(String),
    /// A schema whose hub went back into a file.
    #[error(
        "the hub that was here moved to {path} on {host}, and this is what it left: use labkeeper there, or name another database. Only if that file is lost: `DELETE FROM moved_to` in this schema makes a hub of it again, without what was written since"
    )]
    MovedAway {
        /// The machine.
        host: String,
        /// The file.
        path: String,
    },
    /// A schema that was to be new has tables in it.
    #[error(
        "it is not new, it has the tables {0}: name a database, or a schema by `?options[search_path]=…`, that is empty"
    )]
    HasTables(String),
    /// A database that a hub is to move into has something in it.
    #[error("the new database is not empty, there is something in {table}: name one that is new")]
    Occupied {
        /// The first table with something in it.
        table: &'static str,
    },
    /// A unique rule of the schema.
    #[error("that already exists")]
    Duplicate,
    /// A schema on a server at which processes of another data directory are at work.
    #[error(
        "the hub of {path} on {host} works on this database, and its data directory belongs to it: use labkeeper there, or stop that hub first; to work beside it as a replica, {lack}"
    )]
    Taken {
        /// The machine.
        host: String,
        /// The data directory.
        path: String,
        /// What keeps this one from being a replica.
        lack: &'static str,
    },
    /// A schema that this program would bring up to date, with processes of the one before at work on it.
    #[error(
        "the database is at schema {found}, this labkeeper wants {wanted}, and other processes of labkeeper are at work on it{who}: stop all of them, also what MCP clients began as `labkeeper mcp`, then start this one first"
    )]
    InUse {
        /// Schema found.
        found: i64,
        /// Schema wanted.
        wanted: i64,
        /// Which they are, as far as one knows.
        who: String,
    },
    /// A process was taken for one that had ended.
    #[error(
        "the database had lost this process, and another one cleared up after it: nothing was written, ask again"
    )]
    CutOff,
    /// An intent that has its outcome: from somebody who took its process for one that had ended, or of this process, which has not heard
    /// that it was committed.
    #[error("call {intent} {}", said_of(*found, *is_own))]
    Settled {
        /// Its number in the audit log.
        intent: i64,
        /// The outcome that it has.
        found: Phase,
        /// This process wrote it.
        is_own: bool,
        /// The journal entry that came of it.
        change_id: Option<i64>,
    },
    /// The bucket with the contents of files cannot be used.
    #[error("the bucket {place}: {trouble}")]
    Bucket {
        /// Which.
        place: String,
        /// Why.
        trouble: Trouble,
    },
    /// The key of the contents there cannot be had.
    #[error("the key of old contents, {path}: {source}")]
    Key {
        /// Its file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A content is not where it was kept.
    #[error("the content {sha256} is not in {place} any more")]
    Gone {
        /// Its digest.
        sha256: String,
        /// Where it was looked for.
        place: String,
    },
    /// PostgreSQL keeps no text with the character NUL in it.
    #[error("a text holds the character NUL (\\u0000), which PostgreSQL does not keep: take it out")]
    Nul,
}

fn said_of(found: Phase, is_own: bool) -> String {
    if found == Phase::Interrupted && !is_own {
        "was taken for one whose process had ended, and is noted as interrupted: the hub keeps nothing of it; look whether what it began in the lab came about".into()
    } else {
        format!("has an outcome in the audit log already: {}", found.as_str())
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        /// `character_not_in_repertoire`, in Appendix A of PostgreSQL's manual.
        const NOT_A_CHARACTER: &str = "22021";
        match &error {
            sqlx::Error::Database(database) if database.code().as_deref() == Some(NOT_A_CHARACTER) => {
                Self::Nul
            }
            _ => Self::Sql(error),
        }
    }
}

impl StoreError {
    /// Whether the engine refused because of a unique index.
    pub(crate) fn unique(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::Database(database) if database.is_unique_violation() => Self::Duplicate,
            _ => error.into(),
        }
    }
}

impl StoreError {
    /// Whether a content cannot be had any more: another try, or another user, would not get it either.
    pub(crate) fn is_loss(&self) -> bool {
        const EIO: i32 = 5;
        match self {
            Self::Damaged(_) | Self::Gone { .. } => true,
            Self::File { source, .. } => {
                source.kind() == std::io::ErrorKind::NotFound || source.raw_os_error() == Some(EIO)
            }
            _ => false,
        }
    }

    /// Whether the file itself is at fault, damaged or something else's, so that another try would fare no better.
    pub fn is_unreadable(&self) -> bool {
        const CORRUPT: i32 = 11;
        const NOT_A_DATABASE: i32 = 26;
        match self {
            Self::Foreign(_) => true,
            Self::Sql(sqlx::Error::Database(error)) => error
                .code()
                .and_then(|code| code.parse::<i32>().ok())
                .is_some_and(|code| matches!(code & 0xff, CORRUPT | NOT_A_DATABASE)),
            _ => false,
        }
    }
}

impl From<StoreError> for Fault {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Duplicate => Fault::new(Code::Conflict, "that already exists"),
            away @ (StoreError::Taken { .. }
            | StoreError::InUse { .. }
            | StoreError::CutOff
            | StoreError::MovedAway { .. }
            | StoreError::Server(_)) => Fault::new(Code::Unavailable, away.to_string()),
            settled @ StoreError::Settled { .. } => Fault::new(Code::Conflict, settled.to_string()),
            bucket @ StoreError::Bucket { .. } => Fault::new(Code::Unavailable, bucket.to_string()),
            StoreError::Sql(error) if ServerTrouble::is_told_by(&error) => {
                let message = format!("the database cannot be used now: {}", ServerTrouble::of(&error));
                Fault::new(Code::Unavailable, message).with_hint(
                    "look whether it was done before you ask again; labkeeper doctor says what is the matter",
                )
            }
            nul @ StoreError::Nul => Fault::new(Code::Invalid, nul.to_string()),
            other => {
                let chain =
                    std::iter::successors(Some(&other as &dyn std::error::Error), |error| error.source());
                let text: Vec<String> = chain.map(ToString::to_string).collect();
                Fault::internal(&text.join(": "))
            }
        }
    }
}
