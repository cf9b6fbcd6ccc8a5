//! The copy of a database that stays beside it, or beside what belongs to one on a server, when it is migrated: whole and on the disk before
//! it has its name. Without it nothing is migrated.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead as _, BufReader};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use labkeeper_core::stamp::Stamp;
use sqlx::sqlite::SqlitePool;

use crate::Result;
use crate::blocking::blocking;
use crate::error::StoreError;
use crate::living::give_to_owner_of;

/// Keeps a copy of a database that is about to get that schema.
pub(crate) async fn keep(pool: &SqlitePool, database: &Path, schema: i64) -> Result<PathBuf> {
    let vacuum = async |draft: PathBuf| {
        let target = draft.to_str().ok_or_else(|| StoreError::Damaged("a path that is not UTF-8".into()))?;
        sqlx::query("VACUUM INTO $1").bind(target).execute(pool).await?;
        Ok(())
    };
    keep_as(database, schema, vacuum).await
}

/// Keeps what is put into an empty file. Whoever calls has the database for itself, so that a draft that lies there is of somebody who
/// died.
pub(crate) async fn keep_as(
    database: &Path,
    schema: i64,
    fill: impl AsyncFnOnce(PathBuf) -> Result<()>,
) -> Result<PathBuf> {
    let draft = database.with_extension("before-schema.draft");
    let kept = make(database, &draft, schema, fill).await;
    if kept.is_err() {
        // It may be what fills the disk.
        let _ = fs::remove_file(&draft);
    }
    kept.map_err(|source| StoreError::NoCopy { path: draft, source: Box::new(source) })
}

async fn make(
    database: &Path,
    draft: &Path,
    schema: i64,
    fill: impl AsyncFnOnce(PathBuf) -> Result<()>,
) -> Result<PathBuf> {
    begin(database, draft).map_err(|source| failed(draft, source))?;
    fill(draft.to_owned()).await?;
    let (database, draft) = (database.to_owned(), draft.to_owned());
    blocking(move || name(&database, &draft, schema).map_err(|source| failed(&draft, source))).await
}

fn failed(draft: &Path, source: io::Error) -> StoreError {
    StoreError::File { path: draft.into(), source }
}

/// An empty file for its owner alone, which the engine fills.
fn begin(database: &Path, draft: &Path) -> io::Result<()> {
    match fs::remove_file(draft) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(draft)?;
    give_to_owner_of(database, draft);
    Ok(())
}

/// Brings it to the disk and gives it a name that nothing has. A start that fails again and again keeps one copy, not one each time.
fn name(database: &Path, draft: &Path, schema: i64) -> io::Result<PathBuf> {
    let file = File::open(draft)?;
    file.sync_all()?;
    let first = database.with_extension(format!("before-schema-{schema}.db"));
    let folder = database.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    for known in earlier(folder, &first)? {
        // One that cannot be read, because another person made it, is no copy of ours.
        if has_same_bytes(draft, &known).unwrap_or(false) {
            fs::remove_file(draft)?;
            // Whoever made it may have died before it was on the disk.
            File::open(&known)?.sync_all()?;
            File::open(folder)?.sync_all()?;
            return Ok(known);
        }
    }
    let another = || Ok::<_, io::Error>(first.with_extension(format!("{}.db", made_at(&file)?)));
    // One that moved to a server left a note that refuses its name.
    let is_taken = first.try_exists()? || first.with_extension("db.moved").try_exists()?;
    let path = if is_taken { another()? } else { first.clone() };
    if path.try_exists()? {
        return Err(io::Error::new(io::ErrorKind::AlreadyExists, format!("{} is there", path.display())));
    }
    fs::rename(draft, &path)?;
    File::open(folder)?.sync_all()?;
    Ok(path)
}

/// Copies for the same schema that are there already.
fn earlier(folder: &Path, first: &Path) -> io::Result<Vec<PathBuf>> {
    let begin = first.with_extension("").file_name().unwrap_or_default().to_string_lossy().into_owned();
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let ending = name.strip_prefix(&begin).filter(|rest| rest.starts_with('.') && rest.ends_with(".db"));
        if ending.is_some() && entry.file_type()?.is_file() {
            found.push(entry.path());
        }
    }
    Ok(found)
}

/// The moment, as part of a file's name.
fn made_at(file: &File) -> io::Result<String> {
    let since = file.metadata()?.modified()?.duration_since(UNIX_EPOCH).unwrap_or_default();
    Ok(Stamp(i64::try_from(since.as_micros()).unwrap_or_default()).text().replace([':', '.'], "-"))
}

/// The engine writes the same bytes for the same rows.
fn has_same_bytes(one: &Path, other: &Path) -> io::Result<bool> {
    if fs::metadata(one)?.len() != fs::metadata(other)?.len() {
        return Ok(false);
    }
    let (mut one, mut other) = (BufReader::new(File::open(one)?), BufReader::new(File::open(other)?));
    loop {
        let (left, right) = (one.fill_buf()?, other.fill_buf()?);
        let length = left.len().min(right.len());
        if length == 0 {
            return Ok(left.len() == right.len());
        }
        if left[..length] != right[..length] {
            return Ok(false);
        }
        one.consume(length);
        other.consume(length);
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};
    use tempfile::TempDir;

    use super::*;
    use crate::migrate::tests::make_older;
    use crate::open::Store;

    async fn older() -> (TempDir, PathBuf) {
        let dir = tempfile::tempdir().unwrap();
        let database = dir.path().join("lab.db");
        make_older(&database).await;
        (dir, database)
    }

    async fn pool(database: &Path) -> SqlitePool {
        let options = SqliteConnectOptions::new().filename(database);
        SqlitePoolOptions::new().max_connections(1).connect_with(options).await.unwrap()
    }

    /// All that lies there for a schema, without its owner's folder.
    fn kept(dir: &TempDir) -> Vec<String> {
        let entries = fs::read_dir(dir.path()).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut kept: Vec<String> = names.filter(|name| name.contains("before-schema")).collect();
        kept.sort();
        kept
    }

    async fn schema_of(file: &Path) -> i64 {
        let pool = pool(file).await;
        let (version,): (i64,) = sqlx::query_as("PRAGMA user_version").fetch_one(&pool).await.unwrap();
        pool.close().await;
        version
    }

    #[tokio::test]
    async fn a_database_is_copied_for_its_owner_alone_before_it_is_migrated() {
        let (dir, database) = older().await;
        Store::open(&database).await.unwrap().close().await;
        assert_eq!(kept(&dir), ["lab.before-schema-17.db"]);
        let copy = dir.path().join("lab.before-schema-17.db");
        assert_eq!((schema_of(&copy).await, schema_of(&database).await), (16, 17));
        assert_eq!(fs::metadata(&copy).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[tokio::test]
    async fn a_file_that_is_there_already_counts_for_no_copy_and_stays() {
        for stale in ["", "of another year"] {
            let (dir, database) = older().await;
            let taken = dir.path().join("lab.before-schema-17.db");
            fs::write(&taken, stale).unwrap();
            Store::open(&database).await.unwrap().close().await;
            assert_eq!(fs::read_to_string(taken).unwrap(), stale);
            let kept = kept(&dir);
            assert_eq!(kept.len(), 2, "{kept:?}");
            assert!(kept[0].starts_with("lab.before-schema-17.20") && kept[0].ends_with(".db"), "{kept:?}");
            assert_eq!(schema_of(&dir.path().join(&kept[0])).await, 16);
        }
    }

    #[tokio::test]
    async fn the_name_of_one_that_moved_to_a_server_is_not_given_again() {
        let (dir, database) = older().await;
        fs::write(dir.path().join("lab.before-schema-17.db.moved"), "postgres://db.lan/lab").unwrap();
        Store::open(&database).await.unwrap().close().await;
        let kept = kept(&dir);
        assert!(kept.len() == 2 && kept[0].starts_with("lab.before-schema-17.20"), "{kept:?}");
    }

    #[tokio::test]
    async fn a_draft_of_somebody_who_died_is_made_anew() {
        let (dir, database) = older().await;
        fs::write(dir.path().join("lab.before-schema.draft"), "half").unwrap();
        Store::open(&database).await.unwrap().close().await;
        assert_eq!(kept(&dir), ["lab.before-schema-17.db"]);
        assert_eq!(schema_of(&dir.path().join("lab.before-schema-17.db")).await, 16);
    }

    #[tokio::test]
    async fn one_state_is_kept_once_and_another_one_beside_it() {
        let (dir, database) = older().await;
        let pool = pool(&database).await;
        let first = keep(&pool, &database, 17).await.unwrap();
        assert_eq!(keep(&pool, &database, 17).await.unwrap(), first);
        sqlx::query("INSERT INTO meta (key, value) VALUES ('more', 'x')").execute(&pool).await.unwrap();
        let second = keep(&pool, &database, 17).await.unwrap();
        assert_ne!(second, first);
        assert_eq!(keep(&pool, &database, 17).await.unwrap(), second);
        assert_eq!(kept(&dir).len(), 2);
    }

    #[tokio::test]
    async fn without_a_copy_nothing_is_migrated() {
        let (dir, database) = older().await;
        fs::create_dir(dir.path().join("lab.before-schema.draft")).unwrap();
        let said = Store::open(&database).await.unwrap_err();
        assert!(matches!(said, StoreError::NoCopy { .. }), "{said}");
        assert_eq!(schema_of(&database).await, 16);
        assert_eq!(kept(&dir), ["lab.before-schema.draft"]);
    }
}
