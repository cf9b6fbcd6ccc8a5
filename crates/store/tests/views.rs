//! Views of lists, in a database that has them since schema 11.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::path::Path;

use labkeeper_core::list_view::ListView;
use labkeeper_core::principal::Principal;
use labkeeper_core::stamp::Stamp;
use labkeeper_store::Store;

/// A database as the schema of that number was, with these rows.
fn old_database(dir: &Path, schema: u32, rows: &str) {
    let migrations = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations");
    let program = "import sqlite3, sys, glob; db = sqlite3.connect(sys.argv[1]); \
                   [db.executescript(open(f).read()) for f in sorted(glob.glob(sys.argv[2] + '/00*.sql')) \
                    if int(f[f.rindex('/') + 1:][:4]) <= int(sys.argv[3])]; \
                   db.executescript(sys.argv[4]); \
                   db.execute('PRAGMA user_version = ' + sys.argv[3]); db.commit()";
    let mut python = std::process::Command::new("python3");
    let python = python.args(["-c", program]).arg(dir.join("lab.db")).arg(migrations);
    let done = python.args([schema.to_string().as_str(), rows]).output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
}

#[tokio::test]
async fn views_of_before_become_those_of_who_had_that_name() {
    let dir = tempfile::tempdir().unwrap();
    let view = |owner: &str| {
        format!(
            "INSERT INTO views (owner, list, name, query, everyone, opens, updated_at) \
             VALUES ('{owner}', 'vms', 'of {owner}', '', 0, 0, 1);"
        )
    };
    let token = |name: &str| {
        format!(
            "INSERT INTO tokens (name, scope, hash, created_at) VALUES ('{name}', 'write', hex(randomblob(8)), 1);"
        )
    };
    let user = "INSERT INTO users VALUES ('anna', 'admin', 'x', 1);";
    let views = ["local", "API_TOKEN", "anna", "claude", "gone"].map(view).concat();
    let tokens = ["anna", "claude", "claude"].map(token).concat();
    old_database(dir.path(), 14, &format!("{user}{tokens}{views}"));
    let store = Store::open(&dir.path().join("lab.db")).await.unwrap();
    let owners: Vec<(Principal, i64)> = store
        .read()
        .await
        .unwrap()
        .list_views()
        .await
        .unwrap()
        .into_iter()
        .map(|view| (view.principal, view.rev))
        .collect();
    let person = |name: &str| Principal::Person(name.into());
    let wanted = [Principal::Local, Principal::ApiToken, person("anna"), Principal::Token(3), person("gone")];
    assert_eq!(owners, wanted.map(|principal| (principal, 1)));
}

#[tokio::test]
async fn a_database_of_the_schema_before_keeps_its_items_and_gets_the_table() {
    let dir = tempfile::tempdir().unwrap();
    old_database(dir.path(), 10, "INSERT INTO items VALUES (7, 'misc', 'lamp', '{}', 1, 1, 1);");
    let store = Store::open(&dir.path().join("lab.db")).await.unwrap();
    let mut tx = store.write().await.unwrap();
    assert_eq!(tx.item(7).await.unwrap().unwrap().name, "lamp");
    let view = ListView {
        id: 0,
        rev: 1,
        owner: "anna".into(),
        principal: Principal::Person("anna".into()),
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
    let renamed = tx.update_list_view(&kept, renamed).await.unwrap();
    assert_eq!(renamed.rev, 2);
    tx.verify().await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(store.read().await.unwrap().list_views().await.unwrap(), [renamed]);
}
