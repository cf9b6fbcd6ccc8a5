//! What earlier versions left (`fixtures/released`, made by `npm run released` in `e2e/`) is put back, imported and gone on with, and
//! what was configured for them is understood.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use labkeeper_core::file::BackupId;
use labkeeper_store::Store;
use serde_json::Value;
use tempfile::TempDir;

use crate::hub::{json, labkeeper, run};
use crate::on_a_server::server;

/// The archives, and that there are any.
fn versions() -> Vec<PathBuf> {
    let place = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/released");
    let files = std::fs::read_dir(place).unwrap().map(|entry| entry.unwrap().path());
    let archives: Vec<PathBuf> = files.filter(|path| path.to_string_lossy().ends_with(".tar.gz")).collect();
    assert!(archives.iter().any(|path| path.ends_with("schema-16.tar.gz")), "{archives:?}");
    archives
}

/// Backup and export of a version, unpacked.
struct Left {
    dir: TempDir,
    name: String,
}

impl Left {
    fn by(archive: &Path) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let unpacked = Command::new("tar").arg("-xzf").arg(archive).arg("-C").arg(dir.path()).status();
        let name = archive.file_name().unwrap().to_string_lossy().into_owned();
        assert!(unpacked.unwrap().success(), "{name}");
        Self { dir, name }
    }

    fn path(&self, name: &str) -> String {
        self.dir.path().join(name).to_str().unwrap().to_owned()
    }

    /// What it said of its inventory.
    fn export(&self) -> Value {
        serde_json::from_slice(&std::fs::read(self.path("export.json")).unwrap()).unwrap()
    }
}

fn exported(dir: &Path) -> Value {
    serde_json::from_slice(&run(dir, &["export"]).stdout).unwrap()
}

/// Everything that was said then is said now; more may be.
#[track_caller]
fn says_again(then: &Value, now: &Value, place: &str) {
    match (then, now) {
        (Value::Object(then), Value::Object(_)) => {
            for (key, value) in then.iter().filter(|(key, _)| *key != "exported_at") {
                let again = now.get(key).unwrap_or_else(|| panic!("{place}.{key} is gone"));
                says_again(value, again, &format!("{place}.{key}"));
            }
        }
        (Value::Array(then), Value::Array(again)) => {
            assert_eq!(then.len(), again.len(), "{place}");
            for (number, value) in then.iter().enumerate() {
                says_again(value, &again[number], &format!("{place}[{number}]"));
            }
        }
        _ => assert_eq!(then, now, "{place}"),
    }
}

/// The item that was changed last.
fn item(dir: &Path) -> Value {
    let misc = json(dir, &["list", "misc"]);
    misc["data"].as_array().unwrap().iter().find(|one| one["name"] == "Left behind").unwrap().clone()
}

#[tokio::test]
async fn the_backup_of_every_version_is_put_back_whole_and_the_hub_goes_on() {
    for archive in versions() {
        let left = Left::by(&archive);
        let hub = tempfile::tempdir().unwrap();
        let dir = hub.path();
        json(dir, &["backup", "restore", &left.path("backup"), "--yes"]);
        says_again(&left.export(), &exported(dir), &left.name);
        assert_eq!(json(dir, &["call", "audit_verify"])["ok"], true, "{}", left.name);

        // What happened is remembered, found by its words, and can be taken back.
        let found = json(dir, &["call", "query_audit", r#"{"tool": "pct_write_file", "phase": "done"}"#]);
        assert_eq!(found["summary"]["total"], 2, "{}: {found}", left.name);
        let found = json(dir, &["call", "query_audit", r#"{"textSearch": "motd"}"#]);
        assert!(found["summary"]["total"].as_i64().unwrap() >= 2, "{}: {found}", left.name);
        assert_eq!(item(dir)["notes"], "three batteries", "{}", left.name);
        let newest = json(dir, &["changes"])["data"][0]["id"].to_string();
        json(dir, &["undo", &newest, "--yes"]);
        assert_eq!(item(dir)["notes"], "two batteries", "{}", left.name);
        assert_eq!(json(dir, &["user", "list"])["data"][0]["name"], "keeper", "{}", left.name);

        let store = Store::open(&dir.join("labkeeper.db")).await.unwrap();
        let version = store.read().await.unwrap().version(BackupId(2)).await.unwrap().unwrap();
        let content = store.content(&version.before).await.unwrap();
        assert_eq!(content.as_deref(), Some(&b"Welcome\n"[..]), "{}", left.name);
        store.close().await;
    }
}

#[test]
fn the_export_of_every_version_is_imported_whole() {
    for archive in versions() {
        let left = Left::by(&archive);
        let hub = tempfile::tempdir().unwrap();
        json(hub.path(), &["import", &left.path("export.json"), "--yes"]);
        says_again(&left.export(), &exported(hub.path()), &left.name);
    }
}

/// Every setting in a configuration file as `doctor --config` names it, with its value as that says it.
fn settings(file: &toml::Table) -> Vec<(String, String)> {
    fn flat(value: &toml::Value) -> String {
        match value {
            toml::Value::String(text) => text.clone(),
            toml::Value::Array(list) => list.iter().map(flat).collect::<Vec<_>>().join(","),
            other => other.to_string(),
        }
    }
    let mut settings = Vec::new();
    for (section, content) in file {
        for (name, value) in content.as_table().unwrap() {
            match value {
                toml::Value::Table(cluster) => settings.extend(
                    cluster.iter().map(|(key, value)| (format!("{section}.{name}.{key}"), flat(value))),
                ),
                value => settings.push((format!("{section}.{name}"), flat(value))),
            }
        }
    }
    settings
}

#[test]
fn the_configuration_of_every_version_is_understood_whole() {
    for archive in versions() {
        let kept = PathBuf::from(archive.to_string_lossy().replace(".tar.gz", ".toml"));
        let text =
            std::fs::read_to_string(&kept).unwrap_or_else(|error| panic!("{}: {error}", kept.display()));
        let hub = tempfile::tempdir().unwrap();
        let file = hub.path().join("labkeeper.toml");
        std::fs::write(&file, &text).unwrap();
        // It holds secrets.
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
        let understood = json(hub.path(), &["doctor", "--config"]);
        let settings = settings(&text.parse().unwrap());
        assert!(settings.len() > 100, "{}: {}", kept.display(), settings.len());
        for (key, value) in settings {
            let row = understood.as_array().unwrap().iter().find(|row| row["key"] == key.as_str());
            let row = row.unwrap_or_else(|| panic!("{}: {key} is gone", kept.display()));
            assert_eq!(row["source"], format!("file {}", file.display()), "{}: {key}", kept.display());
            assert!(row["value"] == value || row["value"] == "(set)", "{}: {key}: {row}", kept.display());
        }
    }
}

#[test]
fn a_database_whose_copy_finds_no_room_is_not_migrated() {
    for archive in versions() {
        let left = Left::by(&archive);
        let hub = tempfile::tempdir().unwrap();
        let database = hub.path().join("labkeeper.db");
        std::fs::copy(left.path("backup/labkeeper.db"), &database).unwrap();
        let schema = || std::fs::read(&database).unwrap()[60..64].to_vec();
        let before = schema();
        let program = labkeeper(hub.path());
        // No file may get longer than that.
        let full = Command::new("sh")
            .args(["-c", "trap '' XFSZ; ulimit -f 300; exec \"$@\"", "sh"])
            .arg(program.get_program())
            .args(program.get_args())
            .args(["list", "misc"])
            .env_clear()
            .env("HOME", hub.path())
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&full.stderr);
        assert!(!full.status.success() && said.contains("see that the disk has room"), "{said}");
        assert_eq!(schema(), before, "{}", left.name);
        let names = std::fs::read_dir(hub.path()).unwrap().map(|entry| entry.unwrap().file_name());
        let kept: Vec<_> = names.filter(|name| name.to_string_lossy().contains("before-schema")).collect();
        assert!(kept.is_empty(), "{kept:?}");
    }
}

#[test]
#[ignore = "needs a server: LABKEEPER_TEST_DATABASE_URL"]
fn what_every_version_left_moves_to_a_server() {
    for archive in versions() {
        let left = Left::by(&archive);
        let hub = tempfile::tempdir().unwrap();
        json(hub.path(), &["backup", "restore", &left.path("backup"), "--yes"]);
        let url = server(left.dir.path());
        let from = format!("sqlite:///{}", hub.path().join("labkeeper.db").display());
        json(hub.path(), &["migrate", "--from", &from, "--to", &url]);
        let there = labkeeper(hub.path()).env("DATABASE_URL", url).arg("export").output().unwrap();
        says_again(&left.export(), &serde_json::from_slice(&there.stdout).unwrap(), &left.name);
    }
}
