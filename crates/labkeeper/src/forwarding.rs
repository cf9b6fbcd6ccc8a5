//! Where a hub went that left its file for a server: a note beside the database, which keeps everybody from working on what was left, and
//! from beginning a new hub in its place unasked.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use labkeeper_core::ports::Clock;
use labkeeper_store::Store;

use crate::config::Server;
use crate::{disk, secret_files};

fn note(database: &Path) -> PathBuf {
    disk::beside(database, ".moved")
}

/// The server that the hub of that file moved to, if it did; without its password.
pub(crate) fn read(database: &Path) -> Result<Option<String>> {
    let note = note(database);
    match fs::read_to_string(&note) {
        Ok(text) => Ok(Some(text.lines().next().unwrap_or_default().to_owned())),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("cannot read {}", note.display())),
    }
}

/// Refuses the file of a hub that moved away, whether it is there or not.
///
/// # Errors
/// When it did.
pub(crate) fn refuse(database: &Path) -> Result<()> {
    let Some(server) = read(database)? else { return Ok(()) };
    bail!(
        "the hub of {database} moved to {server}, and this command was not told of that server: set database.url in labkeeper.toml, or DATABASE_URL, \
         to its address. To have it in a file again: `labkeeper migrate --from '{server}' --to 'sqlite:///{database}'`. \
         To begin a new hub here, delete {note}",
        database = database.display(),
        note = note(database).display()
    )
}

/// From now on the file is refused.
pub(crate) fn leave(database: &Path, server: &Server) -> Result<()> {
    let text = format!(
        "{}\n\nThe hub is on this server. As long as this note is here, labkeeper does not open {} and makes no new one there.\n",
        server.address(),
        database.display()
    );
    secret_files::write_private(&note(database), &text)
}

/// The hub is in its file again.
pub(crate) fn come_back(database: &Path) -> Result<()> {
    disk::remove(&note(database))?;
    disk::sync(disk::home(database))
}

/// Gives what was left, if it is still there, a name under which nobody takes it for the hub; answers which.
pub(crate) fn put_aside(database: &Path, clock: &dyn Clock) -> Result<Option<PathBuf>> {
    if !database.exists() {
        return Ok(None);
    }
    let Some(_reserved) = Store::reserve(database)? else {
        bail!(
            "{} is still open in another process, or a hub with this data directory runs: stop it, and run this again to put the file aside; look whether anything was written to the file meanwhile",
            database.display()
        );
    };
    let mut aside = database.with_extension("moved.db");
    if aside.exists() {
        aside = database.with_extension(format!("moved.{}.db", clock.now().text().replace([':', '.'], "-")));
    }
    if aside.exists() {
        bail!("{} is there already", aside.display());
    }
    // Closing folded the log; of one that is left nothing may be lost, and it belongs to the file.
    for ending in ["-wal", "-shm"] {
        let part = disk::beside(database, ending);
        if part.exists() {
            rename(&part, &disk::beside(&aside, ending))?;
        }
    }
    rename(database, &aside)?;
    disk::sync(disk::home(database))?;
    Ok(Some(aside))
}

fn rename(from: &Path, to: &Path) -> Result<()> {
    fs::rename(from, to).with_context(|| format!("cannot rename {} to {}", from.display(), to.display()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Database;
    use crate::wire::SystemClock;

    #[test]
    fn a_note_names_all_that_leads_to_the_hub_and_no_password() {
        let dir = tempfile::tempdir().unwrap();
        let database = dir.path().join("labkeeper.db");
        let url = "postgres://anna:s3cret@db.lan/lab?sslmode=verify-full&password=s3cret&options=-csearch_path%3Dtwo";
        let Some(Database::Server(server)) = Database::parse(url) else { panic!("it names a server") };
        leave(&database, &server).unwrap();
        let known = read(&database).unwrap().unwrap();
        assert_eq!(known, "postgres://anna@db.lan/lab?sslmode=verify-full&options=-csearch_path%3Dtwo");
        assert_eq!(Database::parse(&known), Database::parse(&server.address()));
    }

    #[test]
    fn what_a_hub_left_is_refused_until_it_is_back_and_never_written_over() {
        let dir = tempfile::tempdir().unwrap();
        let database = dir.path().join("labkeeper.db");
        let Some(Database::Server(server)) = Database::parse("postgres://anna:s3cret@db.lan/lab") else {
            panic!("it names a server")
        };
        refuse(&database).unwrap();
        leave(&database, &server).unwrap();
        let said = refuse(&database).unwrap_err().to_string();
        for words in ["postgres://anna@db.lan/lab", "DATABASE_URL", "--to 'sqlite:////", "delete "] {
            assert!(said.contains(words) && !said.contains("s3cret"), "{said}");
        }
        let clock = SystemClock::default();
        assert_eq!(put_aside(&database, &clock).unwrap(), None);
        let mut names = Vec::new();
        for text in ["one", "two"] {
            fs::write(&database, text).unwrap();
            let aside = put_aside(&database, &clock).unwrap().unwrap();
            assert_eq!(fs::read_to_string(&aside).unwrap(), text);
            names.push(aside);
        }
        assert!(names[0].ends_with("labkeeper.moved.db") && names[1] != names[0], "{names:?}");
        assert_eq!(fs::read_to_string(&names[0]).unwrap(), "one");
        come_back(&database).unwrap();
        refuse(&database).unwrap();
    }
}
