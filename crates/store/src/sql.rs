//! A statement that either engine runs. Both number parameters `$1`, `$2`, …, so one text and one list of values serve
//! SQLite and PostgreSQL; what they cannot say alike is said per engine, at the place that needs it.
//!
//! Texts are `&'static str`: nothing that somebody typed can become part of one.

use std::borrow::Cow;
use std::fmt::Write as _;

use sqlx::postgres::{PgArguments, PgConnection, PgRow};
use sqlx::sqlite::{SqliteArguments, SqliteConnection, SqliteRow};
use sqlx::{Arguments, AssertSqlSafe, FromRow, SqlSafeStr, SqlStr};

use crate::Result;
use crate::error::StoreError;

/// Whoever writes holds this lock of PostgreSQL to the end of the transaction, so that a schema has one writer at a time, as a file
/// of SQLite has: the numbers of events, changes and audit records are then in the order in which they become visible.
/// Who falls silent with it, frozen as it may be, keeps the others waiting for a minute at most.
pub(crate) const LOCK_WRITERS: &str = "SELECT pg_advisory_xact_lock(1818323813, hashtext(current_schema())), \
     set_config('idle_in_transaction_session_timeout', '60s', TRUE)";
/// For who does something else meanwhile, and has to have it until that is done.
pub(crate) const MAY_BE_SILENT: &str = "SET LOCAL idle_in_transaction_session_timeout = 0";

/// The first half of the lock of the living; the second is the schema.
macro_rules! lives {
    () => {
        "1818323814"
    };
}
pub(crate) use lives;

/// Every process at work on a schema holds this lock, shared, for as long as it lives.
pub(crate) const LOCK_LIVES: &str =
    concat!("SELECT pg_advisory_lock_shared(", lives!(), ", hashtext(current_schema()))");
/// And gives it back.
pub(crate) const UNLOCK_LIVES: &str =
    concat!("SELECT pg_advisory_unlock_shared(", lives!(), ", hashtext(current_schema()))");

/// Whether no process is at work on the schema. Nobody comes before the transaction ends.
pub(crate) async fn try_alone(connection: &mut PgConnection) -> Result<bool> {
    let ask = concat!("SELECT pg_try_advisory_xact_lock(", lives!(), ", hashtext(current_schema()))");
    let (alone,): (bool,) = sqlx::query_as(ask).fetch_one(connection).await?;
    Ok(alone)
}

/// Which database it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Engine {
    Lite,
    Postgres,
}

/// A connection of either engine.
pub(crate) enum Conn<'c> {
    /// SQLite.
    Lite(&'c mut SqliteConnection),
    /// PostgreSQL.
    Postgres(&'c mut PgConnection),
}

impl Conn<'_> {
    /// The same connection for one statement, so that it can be used again.
    pub(crate) fn again(&mut self) -> Conn<'_> {
        match self {
            Self::Lite(connection) => Conn::Lite(connection),
            Self::Postgres(connection) => Conn::Postgres(connection),
        }
    }
}

/// A row that can be read from either engine.
pub(crate) trait Row:
    for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin
{
}

impl<T: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin> Row for T {}

/// Reads a type from the rows of both engines by the same words, for rows that are wider than a tuple is readable.
macro_rules! from_row {
    ($type:ty, |$row:ident| $body:expr) => {
        impl sqlx::FromRow<'_, sqlx::sqlite::SqliteRow> for $type {
            fn from_row($row: &sqlx::sqlite::SqliteRow) -> sqlx::Result<Self> {
                $body
            }
        }
        impl sqlx::FromRow<'_, sqlx::postgres::PgRow> for $type {
            fn from_row($row: &sqlx::postgres::PgRow) -> sqlx::Result<Self> {
                $body
            }
        }
    };
}
pub(crate) use from_row;

/// A value of a parameter. An absent one keeps its type: PostgreSQL asks for it.
#[derive(Debug, PartialEq)]
pub(crate) enum Value {
    Whole(Option<i64>),
    Real(Option<f64>),
    Truth(Option<bool>),
    Text(Option<String>),
    Bytes(Option<Vec<u8>>),
}

macro_rules! value {
    ($($type:ty => $variant:ident;)*) => {$(
        impl From<$type> for Value {
            fn from(value: $type) -> Self {
                Self::$variant(Some(value.into()))
            }
        }

        impl From<Option<$type>> for Value {
            fn from(value: Option<$type>) -> Self {
                Self::$variant(value.map(Into::into))
            }
        }
    )*};
}

value! {
    i64 => Whole;
    i32 => Whole;
    u32 => Whole;
    f64 => Real;
    bool => Truth;
    String => Text;
    &String => Text;
    &str => Text;
    Vec<u8> => Bytes;
    &[u8] => Bytes;
}

impl From<&Vec<u8>> for Value {
    fn from(value: &Vec<u8>) -> Self {
        Self::from(value.as_slice())
    }
}

impl From<&Option<String>> for Value {
    fn from(value: &Option<String>) -> Self {
        Self::Text(value.clone())
    }
}

/// A statement and the values of its parameters.
#[derive(Debug)]
pub(crate) struct Sql {
    text: Cow<'static, str>,
    values: Vec<Value>,
}

/// A statement of that text.
pub(crate) fn sql(text: &'static str) -> Sql {
    Sql { text: Cow::Borrowed(text), values: Vec::new() }
}

impl Engine {
    /// Of a statement that the engines cannot say alike, the one for this engine.
    pub(crate) fn choose(self, lite: &'static str, postgres: &'static str) -> &'static str {
        match self {
            Self::Lite => lite,
            Self::Postgres => postgres,
        }
    }
}

impl Sql {
    /// A statement with names of tables and columns in it that come from the catalogue of the database.
    pub(crate) fn naming(text: String) -> Self {
        Self { text: Cow::Owned(text), values: Vec::new() }
    }

    /// The value of the next parameter.
    pub(crate) fn bind(mut self, value: impl Into<Value>) -> Self {
        self.values.push(value.into());
        self
    }

    /// Says more.
    pub(crate) fn push(&mut self, text: &'static str) -> &mut Self {
        self.text.to_mut().push_str(text);
        self
    }

    /// Says a parameter with that value.
    pub(crate) fn push_bind(&mut self, value: impl Into<Value>) -> &mut Self {
        self.values.push(value.into());
        write!(self.text.to_mut(), "${}", self.values.len()).expect("a string takes everything");
        self
    }

    /// Says more.
    pub(crate) fn and(mut self, text: &'static str) -> Self {
        self.push(text);
        self
    }

    /// Runs it; answers how many rows it touched.
    pub(crate) async fn execute(self, connection: Conn<'_>) -> sqlx::Result<u64> {
        let Self { text, values } = self;
        Ok(match connection {
            Conn::Lite(lite) => {
                let values = for_lite(values)?;
                sqlx::query_with(said(text), values).execute(lite).await?.rows_affected()
            }
            Conn::Postgres(postgres) => {
                let values = for_postgres(values)?;
                sqlx::query_with(said(text), values).execute(postgres).await?.rows_affected()
            }
        })
    }

    /// Every row it answers.
    pub(crate) async fn fetch_all<T: Row>(self, connection: Conn<'_>) -> sqlx::Result<Vec<T>> {
        let Self { text, values } = self;
        match connection {
            Conn::Lite(lite) => {
                let values = for_lite(values)?;
                sqlx::query_as_with(said(text), values).fetch_all(lite).await
            }
            Conn::Postgres(postgres) => {
                let values = for_postgres(values)?;
                sqlx::query_as_with(said(text), values).fetch_all(postgres).await
            }
        }
    }

    /// The first row it answers, if any.
    pub(crate) async fn fetch_optional<T: Row>(self, connection: Conn<'_>) -> sqlx::Result<Option<T>> {
        let Self { text, values } = self;
        match connection {
            Conn::Lite(lite) => {
                let values = for_lite(values)?;
                sqlx::query_as_with(said(text), values).fetch_optional(lite).await
            }
            Conn::Postgres(postgres) => {
                let values = for_postgres(values)?;
                sqlx::query_as_with(said(text), values).fetch_optional(postgres).await
            }
        }
    }

    /// The one row it answers.
    pub(crate) async fn fetch_one<T: Row>(self, connection: Conn<'_>) -> sqlx::Result<T> {
        self.fetch_optional(connection).await?.ok_or(sqlx::Error::RowNotFound)
    }

    /// Inserts one row and answers its id. A rule of the schema that it breaks by being there twice leaves the transaction whole:
    /// PostgreSQL would otherwise end it.
    pub(crate) async fn insert_once(self, connection: Conn<'_>) -> Result<i64> {
        let row: Option<(i64,)> =
            self.and(" ON CONFLICT DO NOTHING RETURNING id").fetch_optional(connection).await?;
        row.map(|(id,)| id).ok_or(StoreError::Duplicate)
    }

    /// The one value that it answers.
    pub(crate) async fn fetch_scalar<T>(self, connection: Conn<'_>) -> sqlx::Result<T>
    where
        (T,): Row,
    {
        Ok(self.fetch_one::<(T,)>(connection).await?.0)
    }
}

/// A text made of static pieces, as the driver wants to hear it.
fn said(text: Cow<'static, str>) -> SqlStr {
    match text {
        Cow::Borrowed(text) => text.into_sql_str(),
        Cow::Owned(text) => AssertSqlSafe(text).into_sql_str(),
    }
}

macro_rules! arguments {
    ($name:ident, $arguments:ty) => {
        fn $name(values: Vec<Value>) -> sqlx::Result<$arguments> {
            let mut arguments = <$arguments>::default();
            for value in values {
                match value {
                    Value::Whole(value) => arguments.add(value),
                    Value::Real(value) => arguments.add(value),
                    Value::Truth(value) => arguments.add(value),
                    Value::Text(value) => arguments.add(value),
                    Value::Bytes(value) => arguments.add(value),
                }
                .map_err(sqlx::Error::Encode)?;
            }
            Ok(arguments)
        }
    };
}

arguments!(for_lite, SqliteArguments);
arguments!(for_postgres, PgArguments);
