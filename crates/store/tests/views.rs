//! Views of lists, in a database that has them since schema 11.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::path::Path;

use labkeeper_core::stamp::Stamp;
use labkeeper_store::{ListView, Store};

#[tokio::test]
async fn a_database_of_the_schema_before_keeps_its_items_and_gets_the_table() {
    let dir = tempfile::tempdir().unwrap();
    let migrations = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations");
    let program = "import sqlite3, sys, glob; db = sqlite3.connect(sys.argv[1]); \
                   [db.executescript(open(f).read()) for f in sorted(glob.glob(sys.argv[2] + '/00*.sql')) \
                    if '/0011' > f[f.rindex('/'):][:5]]; \
                   db.execute(\"INSERT INTO items VALUES (7, 'misc', 'lamp', '{}', 1, 1, 1)\"); \
                   db.execute('PRAGMA user_version = 10'); db.commit()";
    let mut python = std::process::Command::new("python3");
    let done = python.args(["-c", program]).arg(dir.path().join("lab.db")).arg(migrations).output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let store = Store::open(&dir.path().join("lab.db")).await.unwrap();
    let mut tx = store.write().await.unwrap();
    assert_eq!(tx.item(7).await.unwrap().unwrap().name, "lamp");
    let view = ListView {
        id: 0,
        owner: "anna".into(),
        list: "misc".into(),
        name: "Lamps".into(),
        query: "q=lamp".into(),
        columns: None,
        everyone: false,
        opens: true,
        updated_at: Stamp(5),
    };
    let kept = tx.insert_list_view(view).await.unwrap();
    let renamed = ListView { name: "Lights".into(), ..kept.clone() };
    tx.update_list_view(&kept, &renamed).await.unwrap();
    tx.verify().await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(store.read().await.unwrap().list_views().await.unwrap(), [renamed]);
}
