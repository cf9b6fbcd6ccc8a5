//! The database that a test works on: a file; or, when `LABKEEPER_TEST_DATABASE_URL` names a PostgreSQL server, a schema of its
//! own there, the same one each time for the same path.

use std::path::Path;

use labkeeper_core::stamp::Stamp;
use sha2::{Digest as _, Sha256};
use sqlx::postgres::PgConnection;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, Connection as _};

use crate::Result;
use crate::backups::NewVersion;
use crate::bucket::Bucket;
use crate::journal::ChangeMeta;
use crate::objects::BucketSettings;
use crate::open::Store;

/// The server that tests are to use.
#[expect(clippy::disallowed_methods, reason = "tests have no configuration")]
pub fn server() -> Option<String> {
    std::env::var("LABKEEPER_TEST_DATABASE_URL").ok().filter(|url| !url.is_empty())
}

/// A server that a story may stop under whoever works on it: its address, and the words of a command that takes the actions of `pg_ctl`.
///
/// # Panics
/// Without `LABKEEPER_TEST_BREAKABLE_DATABASE_URL` and `…_CONTROL`, which `cargo xtask test --only postgres` sets.
#[expect(clippy::disallowed_methods, reason = "tests have no configuration")]
pub fn breakable_server() -> (String, Vec<String>) {
    let told = |name: &str| {
        std::env::var(format!("LABKEEPER_TEST_BREAKABLE_DATABASE_{name}"))
            .unwrap_or_else(|_| panic!("LABKEEPER_TEST_BREAKABLE_DATABASE_{name} is not set"))
    };
    (told("URL"), told("CONTROL").lines().map(str::to_owned).collect())
}

/// The server of S3 that tests are to use, as `http://access-key:secret@host:port/bucket`, taken apart; the prefix is the path's own.
///
/// # Panics
/// When no such server is named: tests of it are ignored unless there is one.
#[expect(clippy::disallowed_methods, reason = "tests have no configuration")]
pub fn bucket_settings(path: &Path) -> BucketSettings {
    let url = std::env::var("LABKEEPER_TEST_S3_URL").expect("LABKEEPER_TEST_S3_URL names a server");
    let url = reqwest::Url::parse(&url).expect("LABKEEPER_TEST_S3_URL is an address");
    let port = url.port_or_known_default().expect("it names a port");
    BucketSettings {
        bucket: url.path().trim_matches('/').to_owned(),
        prefix: own_name(path),
        endpoint: Some(format!("{}://{}:{port}", url.scheme(), url.host_str().expect("it names a host"))),
        region: "us-east-1".to_owned(),
        access_key_id: url.username().to_owned(),
        secret_access_key: url.password().expect("it has a secret").to_owned(),
        encrypt: false,
        key: None,
        patience: std::time::Duration::from_secs(20),
    }
}

/// The bucket of that path, changed as its test wants it.
///
/// # Panics
/// When no server is named.
pub fn bucket(path: &Path, change: impl FnOnce(&mut BucketSettings)) -> Bucket {
    let mut settings = bucket_settings(path);
    change(&mut settings);
    Bucket::new(settings, path).expect("the settings are an address")
}

/// Opens the database of that path.
///
/// # Errors
/// As [`Store::open`] and [`Store::connect`].
pub async fn open(path: &Path) -> Result<Store> {
    match server() {
        None => Store::open(path).await,
        Some(server) => Store::connect(&schema_for(&server, path).await?, path, None).await,
    }
}

/// A file in a guest that is about to be written: what it has, and what it is to have.
///
/// # Panics
/// When that is no path.
pub fn version(path: &str, before: Option<&[u8]>, after: Option<&[u8]>) -> NewVersion {
    NewVersion {
        at: Stamp(1),
        actor: "somebody".into(),
        via: "mcp".into(),
        session: Some("s-1".into()),
        op: "pct_write_file".into(),
        place: "pct:home/101".parse().expect("it is a place"),
        asked: path.parse().expect("it is a path"),
        path: path.parse().expect("it is a path"),
        before: before.map(<[u8]>::to_vec),
        ownership: None,
        after: after.map(<[u8]>::to_vec),
    }
}

/// What the journal is told of somebody who makes an item.
pub fn change_meta() -> ChangeMeta {
    ChangeMeta {
        at: Stamp(2),
        actor: "somebody".into(),
        via: "cli".into(),
        session: None,
        op: "inventory_create".into(),
        summary: "create".into(),
        reverts: None,
    }
}

/// Changes the database of that path as another program does that knows nothing of labkeeper: root with the file open, or
/// somebody on the server.
///
/// # Errors
/// When the engine refuses.
pub async fn meddle(path: &Path, statements: &str) -> Result<()> {
    let statements = sqlx::raw_sql(AssertSqlSafe(statements.to_owned()));
    match server() {
        None => {
            let options = SqliteConnectOptions::new().filename(path);
            let mut connection = SqliteConnection::connect_with(&options).await?;
            statements.execute(&mut connection).await?;
            connection.close().await?;
        }
        Some(server) => {
            let mut connection = PgConnection::connect(&schema_for(&server, path).await?).await?;
            statements.execute(&mut connection).await?;
            connection.close().await?;
        }
    }
    Ok(())
}

/// Takes away what keeps the audit log from being changed, as somebody does who owns the database.
///
/// # Errors
/// As [`meddle`].
pub async fn unguard_audit(path: &Path) -> Result<()> {
    let guards: &[(&str, &str)] = match server() {
        None => &[
            ("audit", "audit_never_changes"),
            ("audit", "audit_never_shrinks"),
            ("audit", "audit_is_indexed"),
            ("audit_checkpoints", "audit_checkpoints_never_change"),
            ("audit_checkpoints", "audit_checkpoints_never_shrink"),
        ],
        Some(_) => &[
            ("audit", "audit_never_changes"),
            ("audit", "audit_is_indexed"),
            ("audit_checkpoints", "audit_checkpoints_never_change"),
        ],
    };
    let place = |table| if server().is_some() { format!(" ON {table}") } else { String::new() };
    let drops: Vec<String> = guards
        .iter()
        .map(|(table, guard)| format!("DROP TRIGGER IF EXISTS {guard}{};", place(*table)))
        .collect();
    meddle(path, &drops.join(" ")).await
}

/// Makes the schema of that path, if it is not there, and answers how it is reached.
///
/// # Errors
/// When the server cannot be reached.
pub async fn schema_for(server: &str, path: &Path) -> Result<String> {
    let name = own_name(path);
    let mut connection = PgConnection::connect(server).await?;
    let create = format!("CREATE SCHEMA IF NOT EXISTS test_{name}");
    sqlx::query(AssertSqlSafe(create)).execute(&mut connection).await?;
    connection.close().await?;
    Ok(format!("{server}?options[search_path]=test_{name}"))
}

/// Has a server clean up and count what is in it.
///
/// # Errors
/// When it cannot be reached.
pub async fn vacuum(server: &str) -> Result<()> {
    let mut connection = PgConnection::connect(server).await?;
    sqlx::query("VACUUM ANALYZE").execute(&mut connection).await?;
    connection.close().await?;
    Ok(())
}

/// Takes away the schema of that path with everything in it.
///
/// # Errors
/// When the server cannot be reached.
pub async fn drop_schema(server: &str, path: &Path) -> Result<()> {
    let mut connection = PgConnection::connect(server).await?;
    let drop = format!("DROP SCHEMA IF EXISTS test_{} CASCADE", own_name(path));
    sqlx::query(AssertSqlSafe(drop)).execute(&mut connection).await?;
    connection.close().await?;
    Ok(())
}

fn own_name(path: &Path) -> String {
    let digest = Sha256::digest(path.as_os_str().as_encoded_bytes());
    digest.iter().take(10).map(|byte| format!("{byte:02x}")).collect()
}
