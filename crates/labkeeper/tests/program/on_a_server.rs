//! A hub that outgrew its file: it moves to a PostgreSQL server, lives there, and can come back.

mod replicas;

use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::process::Output;

use labkeeper_store::testing;
use serde_json::{Value, json};

use crate::hub::{Hub, complaint, json as answer, labkeeper, run};

/// A schema of its own on the server that the tests were given.
pub(crate) fn server(dir: &Path) -> String {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let server = testing::server().expect("LABKEEPER_TEST_DATABASE_URL names a server");
    runtime.block_on(testing::schema_for(&server, dir)).unwrap()
}

/// Changes the database of that directory as somebody on the server does.
fn meddle(dir: &Path, statements: &str) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(testing::meddle(dir, statements)).unwrap();
}

fn there(dir: &Path, url: &str, arguments: &[&str]) -> Output {
    let output = labkeeper(dir).env("DATABASE_URL", url).args(arguments).output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    output
}

fn create(name: &str) -> String {
    json!({"type": "misc", "data": {"name": name, "notes": "in the cellar"}}).to_string()
}

/// What the hub has, but for when it was asked.
fn export(output: &Output) -> Value {
    let mut whole: Value = serde_json::from_slice(&output.stdout).unwrap();
    whole.as_object_mut().unwrap().retain(|key, _| !key.contains("export"));
    whole
}

fn file_url(file: &Path) -> String {
    format!("sqlite:///{}", file.display())
}

#[test]
#[ignore = "needs a server: LABKEEPER_TEST_DATABASE_URL"]
fn a_demo_is_put_on_a_server_only_when_it_is_asked_to_and_only_into_an_empty_database() {
    let dir = tempfile::tempdir().unwrap();
    let url = server(dir.path());
    let servers = [("DATABASE_URL", url.as_str())];
    let hub = Hub::demo_with(dir.path(), &["--on-servers"], &servers);
    hub.kill();
    let found =
        there(dir.path(), &url, &["call", "inventory_list", r#"{"type":"containers","q":"jellyfin"}"#]);
    assert!(String::from_utf8_lossy(&found.stdout).contains("jellyfin"), "{found:?}");
    let again = labkeeper(dir.path())
        .args(["demo", "--on-servers", "--bind", "127.0.0.1:0"])
        .envs(servers)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&again.stderr);
    assert!(!again.status.success() && said.contains("it is not new"), "{said}");
}

#[test]
#[ignore = "needs a server: LABKEEPER_TEST_DATABASE_URL"]
fn a_hub_moves_to_a_server_lives_there_and_comes_back() {
    let dir = tempfile::tempdir().unwrap();
    let (data, file) = (dir.path(), dir.path().join("labkeeper.db"));
    let url = server(data);
    let migrate = ["migrate", "--from", &file_url(&file), "--to", &url];

    let hub = Hub::start(data);
    run(data, &["call", "inventory_create", &create("UPS")]);
    let (code, said) = complaint(data, &migrate);
    assert!(code != 0 && said.contains("stop the hub first"), "{said}");
    hub.kill();
    let before = export(&run(data, &["export"]));
    let moved = answer(data, &migrate);
    assert_eq!(moved["tables"]["items"], 1, "{moved}");
    let aside = data.join("labkeeper.moved.db");
    assert_eq!(moved["aside"], aside.to_str().unwrap());
    assert!(aside.is_file() && !file.exists() && !data.join("labkeeper.db-wal").exists());
    assert_eq!(export(&there(data, &url, &["export"])), before);
    let (code, said) = complaint(data, &migrate);
    assert!(code != 0 && said.contains("already"), "{said}");

    let lock = std::fs::metadata(file.with_extension("lock")).unwrap();
    assert_eq!(lock.mode() & 0o077, 0, "it is its owner's alone");

    // Whoever does not know of the server works on nothing.
    for words in [
        &["list", "misc"][..],
        &["backup", "create"],
        &["backup", "restore", "-y", "x"],
        &["status"],
        &["undo", "1"],
    ] {
        let (code, said) = complaint(data, words);
        assert!(
            code != 0 && said.contains("moved to postgres://") && said.contains("DATABASE_URL"),
            "{said}"
        );
    }
    let doctor = run(data, &["doctor"]);
    let said = String::from_utf8_lossy(&doctor.stdout);
    assert!(
        said.contains("moved to postgres://") && said.contains("database.url in labkeeper.toml"),
        "{said}"
    );
    assert!(!file.exists());

    // Killed in the middle of its life, it goes on where it was.
    let hub = Hub::start_with(data, &[("DATABASE_URL", &url)]);
    there(data, &url, &["call", "inventory_create", &create("lamp")]);
    hub.kill();
    let (code, said) = complaint(data, &["migrate", "--from", &file_url(&aside), "--to", &url]);
    assert!(code != 0 && said.contains("not empty"), "{said}");
    let hub = Hub::start_with(data, &[("DATABASE_URL", &url)]);
    let verified = labkeeper(data).env("DATABASE_URL", &url).args(["audit", "verify"]).output().unwrap();
    assert!(String::from_utf8_lossy(&verified.stdout).starts_with("the audit log holds"), "{verified:?}");
    let found = there(data, &url, &["call", "inventory_list", r#"{"type":"misc","q":"lamp"}"#]);
    assert!(String::from_utf8_lossy(&found.stdout).contains("lamp"), "{found:?}");
    let after = export(&there(data, &url, &["export"]));

    // A backup of it is one like any other, made while it runs, and goes back into a file.
    let backup = data.join("monday");
    there(data, &url, &["backup", "create", backup.to_str().unwrap()]);

    // It goes nowhere while it is at work.
    let home = data.join("back");
    let back = home.join("labkeeper.db");
    let (code, said) = complaint(data, &["migrate", "--from", &url, "--to", &file_url(&back)]);
    assert!(code != 0 && said.contains("stop every process of it first"), "{said}");
    let hub_is_named = format!("at work there (it seems {} on ", data.canonicalize().unwrap().display());
    assert!(said.contains(&hub_is_named) && !said.contains(';') && !back.exists(), "{said}");
    hub.kill();
    let refused = labkeeper(data)
        .env("DATABASE_URL", &url)
        .args(["backup", "restore", "-y"])
        .arg(&backup)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&refused.stderr);
    assert!(!refused.status.success() && said.contains("labkeeper migrate"), "{said}");
    assert!(!said.contains("test_") || !said.contains("search_path"), "{said}");
    let second = tempfile::tempdir().unwrap();
    run(second.path(), &["backup", "restore", "-y", backup.to_str().unwrap()]);
    assert_eq!(export(&run(second.path(), &["export"])), after);

    // Not from another server than the note has, which is not even asked.
    let elsewhere = url.replacen("127.0.0.1", "127.0.0.2", 1);
    let (code, said) = complaint(data, &["migrate", "--from", &elsewhere, "--to", &file_url(&file)]);
    assert!(code != 0 && said.contains("moved to postgres://") && said.contains("127.0.0.2"), "{said}");
    assert!(!file.exists() && data.join("labkeeper.db.moved").is_file());

    // And back.
    there(data, &url, &["migrate", "--from", &url, "--to", &file_url(&back)]);
    assert_eq!(export(&run(&home, &["export"])), after);
    let verified = run(&home, &["audit", "verify"]);
    assert!(String::from_utf8_lossy(&verified.stdout).starts_with("the audit log holds"), "{verified:?}");

    // Who was not told does not go on with what was left on the server, and makes no second hub of it.
    for words in [&["list", "misc"][..], &["migrate", "--from", &url, "--to", &file_url(&file)]] {
        let left = labkeeper(data).env("DATABASE_URL", &url).args(words).output().unwrap();
        let said = String::from_utf8_lossy(&left.stderr);
        assert!(!left.status.success() && said.contains(&format!("moved to {}", back.display())), "{said}");
    }
    meddle(data, "DELETE FROM moved_to");

    // Onto its old name, and there it is the hub again.
    there(data, &url, &["migrate", "--from", &url, "--to", &file_url(&file)]);
    assert_eq!(export(&run(data, &["export"])), after);
    assert!(aside.is_file(), "what was put aside stays");
}

#[test]
#[ignore = "needs a server: LABKEEPER_TEST_DATABASE_URL"]
fn a_move_that_died_after_any_step_is_finished_by_the_next() {
    let dir = tempfile::tempdir().unwrap();
    let (data, file) = (dir.path(), dir.path().join("labkeeper.db"));
    let note = data.join("labkeeper.db.moved");
    let url = server(data);
    let migrate = ["migrate", "--from", &file_url(&file), "--to", &url];
    run(data, &["call", "inventory_create", &create("UPS")]);
    let whole = std::fs::read(&file).unwrap();
    let moved = answer(data, &migrate);

    // All rows were there, and nothing was said.
    std::fs::remove_file(&note).unwrap();
    std::fs::rename(data.join("labkeeper.moved.db"), &file).unwrap();
    let again = answer(data, &migrate);
    assert_eq!(again["tables"], moved["tables"]);
    assert!(note.is_file() && !file.exists());

    // It was said, and the file was not put aside.
    std::fs::rename(data.join("labkeeper.moved.db"), &file).unwrap();
    let (code, said) = complaint(data, &["list", "misc"]);
    assert!(code != 0 && said.contains("moved to"), "{said}");
    answer(data, &migrate);
    assert!(data.join("labkeeper.moved.db").is_file() && !file.exists());

    // On the way back: the file was there already, and the note still.
    let said = std::fs::read_to_string(&note).unwrap();
    std::fs::write(&file, whole).unwrap();
    there(data, &url, &["migrate", "--from", &url, "--to", &file_url(&file)]);
    assert!(!note.exists());
    assert_eq!(answer(data, &["list", "misc"])["count"], 1);

    // The server knew already, and the note was still there.
    std::fs::write(&note, &said).unwrap();
    let (code, said) = complaint(data, &["list", "misc"]);
    assert!(code != 0 && said.contains("moved to"), "{said}");
    there(data, &url, &["migrate", "--from", &url, "--to", &file_url(&file)]);
    assert!(!note.exists());
    assert_eq!(answer(data, &["list", "misc"])["count"], 1);
}

#[test]
#[ignore = "needs a server: LABKEEPER_TEST_DATABASE_URL"]
fn a_move_whose_rows_read_differently_changes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let (data, file) = (dir.path(), dir.path().join("labkeeper.db"));
    run(data, &["call", "inventory_create", &create("UPS")]);
    let before = export(&run(data, &["export"]));
    let other = tempfile::tempdir().unwrap();
    let url = server(other.path());
    std::fs::copy(data.join("audit.key"), other.path().join("audit.key")).unwrap();
    there(other.path(), &url, &["list", "misc"]);
    meddle(
        other.path(),
        "CREATE FUNCTION meddle() RETURNS trigger LANGUAGE plpgsql AS \
         $$ BEGIN NEW.name := 'candle'; RETURN NEW; END $$; \
         CREATE TRIGGER meddle BEFORE INSERT ON items FOR EACH ROW EXECUTE FUNCTION meddle()",
    );
    let (code, said) = complaint(data, &["migrate", "--from", &file_url(&file), "--to", &url]);
    assert!(code != 0 && said.contains("reads differently"), "{said}");
    assert!(!data.join("labkeeper.db.moved").exists());
    assert_eq!(export(&run(data, &["export"])), before);
    let found = there(other.path(), &url, &["list", "misc", "--json"]);
    let found: Value = serde_json::from_slice(&found.stdout).unwrap();
    assert_eq!(found["count"], 0, "{found}");
}

#[test]
#[ignore = "needs a server: LABKEEPER_TEST_DATABASE_URL"]
fn doctor_says_what_the_server_is() {
    let dir = tempfile::tempdir().unwrap();
    let url = server(dir.path());
    let doctor = labkeeper(dir.path()).env("DATABASE_URL", url).arg("doctor").output().unwrap();
    let said = String::from_utf8_lossy(&doctor.stdout);
    assert!(said.contains("opens: PostgreSQL 1") && said.contains("TLS"), "{said}");
}

#[test]
fn doctor_and_serve_say_that_nobody_listens_and_what_to_do() {
    let dir = tempfile::tempdir().unwrap();
    let nobody = "postgres://anna:s3cret-word@127.0.0.1:1/lab";
    for words in [&["doctor"][..], &["serve", "--bind", "127.0.0.1:0"]] {
        let output = labkeeper(dir.path()).env("DATABASE_URL", nobody).args(words).output().unwrap();
        let said = [output.stdout, output.stderr].concat();
        let said = String::from_utf8_lossy(&said).replace(char::is_whitespace, " ");
        assert!(!output.status.success() && said.contains("connection refused"), "{said}");
        assert!(said.contains("see that PostgreSQL runs there"), "{said}");
        assert!(!said.contains("s3cret-word") && !said.contains("backup restore"), "{said}");
    }
}

#[test]
fn doctor_looks_at_all_other_servers_when_the_database_is_away() {
    let dir = tempfile::tempdir().unwrap();
    let away = [
        ("DATABASE_URL", "postgres://anna:s3cret-word@127.0.0.1:1/lab"),
        ("REDIS_URL", "redis://127.0.0.1:1"),
        ("QDRANT_URL", "http://127.0.0.1:1"),
        ("S3_URL", "s3://lab/old"),
        ("S3_ENDPOINT", "https://127.0.0.1:1"),
        ("S3_ACCESS_KEY_ID", "labkeeper"),
        ("S3_SECRET_ACCESS_KEY", "s3cret-word"),
    ];
    let output = labkeeper(dir.path()).envs(away).args(["--json", "doctor"]).output().unwrap();
    let found: Vec<Value> = serde_json::from_slice(&output.stdout).unwrap();
    let said = Value::from(found.clone()).to_string();
    assert!(!said.contains("s3cret-word"), "{said}");
    for (check, status) in
        [("database", "crit"), ("redis", "warn"), ("vectors", "warn"), ("bucket", "unknown")]
    {
        let is_told = found.iter().any(|finding| finding["check"] == check && finding["status"] == status);
        assert!(is_told, "{check} is not {status}: {said}");
    }
    assert!(!dir.path().join("blobs.key").exists(), "nothing is begun there");
}

#[test]
#[ignore = "needs a server: LABKEEPER_TEST_DATABASE_URL"]
fn a_server_that_is_not_there_or_not_ours_is_named_without_its_password() {
    let dir = tempfile::tempdir().unwrap();
    let nobody = "postgres://anna:s3cret-word@127.0.0.1:1/lab";
    let output = labkeeper(dir.path()).env("DATABASE_URL", nobody).arg("status").output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && said.contains("postgres://anna@127.0.0.1:1/lab"), "{said}");
    assert!(!said.contains("s3cret-word"), "{said}");
    let output =
        labkeeper(dir.path()).env("DATABASE_URL", nobody).args(["doctor", "--config"]).output().unwrap();
    let shown = String::from_utf8_lossy(&output.stdout);
    assert!(shown.contains("DATABASE_URL") && !shown.contains("s3cret-word"), "{shown}");
}
