//! A real repository, written by the git of this machine.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use labkeeper_core::history::{Commit, HistoryError, Question, Revision, TreePath};
use labkeeper_core::ports::History as _;
use labkeeper_core::stamp::Stamp;
use labkeeper_history::{Remote, Repository};

fn path(text: &str) -> TreePath {
    TreePath::new(text).unwrap()
}

fn commit(summary: &str, files: &[(&str, Option<&str>)]) -> Commit {
    let files =
        files.iter().map(|(name, text)| (path(name), text.map(|text| text.as_bytes().to_vec()))).collect();
    let at = Stamp(1_800_000_000_000_000);
    Commit { at, summary: summary.into(), actor: "anna".into(), event: None, files }
}

struct Home {
    dir: tempfile::TempDir,
}

impl Home {
    fn new() -> Self {
        Self { dir: tempfile::tempdir().unwrap() }
    }

    fn directory(&self) -> PathBuf {
        self.dir.path().join("config-history")
    }

    fn open(&self) -> Repository {
        Repository::new(self.directory(), None)
    }
}

fn git(directory: &Path, words: &[&str]) -> String {
    let run = Command::new("git").arg("--git-dir").arg(directory).args(words).output().unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    String::from_utf8(run.stdout).unwrap()
}

async fn revisions(repository: &Repository, pattern: &str) -> Vec<Revision> {
    let question = Question { paths: vec![pattern.into()], limit: 50, diff_bytes: 10_000 };
    repository.revisions(&question).await.unwrap()
}

#[tokio::test]
async fn what_was_committed_is_there_with_what_it_changed_and_a_check_by_git_itself() {
    let home = Home::new();
    let repository = home.open();
    let odd = "pct/home/101/etc/with \"quotes\"\\and\nbreak";
    let first = commit(
        "one",
        &[("host/home/pve1/etc/hosts", Some("a\nb\n")), (odd, Some("x")), ("pct/home/101/etc/d", Some(""))],
    );
    assert!(repository.commit(&first).await.unwrap().is_some());
    assert_eq!(repository.commit(&first).await.unwrap(), None, "the same again changes nothing");
    let second = commit(
        "two\nlines",
        &[
            ("host/home/pve1/etc/hosts", Some("a\nc\n")),
            ("pct/home/101/etc/d", None),
            ("pct/home/101/etc/d/e", Some("1")),
        ],
    );
    repository.commit(&second).await.unwrap().unwrap();
    assert_eq!(repository.read(&path("host/home/pve1/etc/hosts")).await.unwrap().unwrap(), b"a\nc\n");
    assert_eq!(repository.read(&path(odd)).await.unwrap().unwrap(), b"x");
    assert_eq!(repository.read(&path("pct/home/101/etc/none")).await.unwrap(), None);
    let of_host = revisions(&repository, "host/*/*/etc/hosts").await;
    let summaries: Vec<_> = of_host.iter().map(|one| (one.summary.as_str(), one.actor.as_deref())).collect();
    assert_eq!(summaries, [("two lines", Some("anna")), ("one", Some("anna"))]);
    assert!(
        of_host[0].diff.contains("-b\n+c\n") && !of_host[0].diff.contains("etc/d/e"),
        "{}",
        of_host[0].diff
    );
    assert_eq!(of_host[0].at, "2027-01-15T08:00:00");
    assert_eq!(revisions(&repository, "pct/*/101/**").await.len(), 2);
    assert!(revisions(&repository, "qm/**").await.is_empty());
    git(&home.directory(), &["fsck", "--strict"]);
    let mode = fs::metadata(home.directory()).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode, 0o700);
}

#[tokio::test]
async fn the_salt_stays_and_the_last_event_is_known_after_a_restart() {
    let home = Home::new();
    let salt = home.open().salt().await.unwrap();
    let repository = home.open();
    assert_eq!(repository.salt().await.unwrap(), salt);
    assert_ne!(Home::new().open().salt().await.unwrap(), salt);
    assert_eq!(repository.last_event().await.unwrap(), None);
    for (number, event) in [(1, Some(41)), (2, Some(57)), (3, None)] {
        let commit = Commit { event, ..commit("write", &[("host/a/b/c", Some(&number.to_string()))]) };
        repository.commit(&commit).await.unwrap().unwrap();
    }
    assert_eq!(home.open().last_event().await.unwrap(), Some(57));
    assert_eq!(home.open().state().await.unwrap().commits, 3);
}

#[tokio::test]
async fn locks_that_a_dead_commit_left_are_removed_and_nobody_elses() {
    let home = Home::new();
    home.open().commit(&commit("one", &[("host/a/b/c", Some("1"))])).await.unwrap().unwrap();
    let lock = home.directory().join("refs/heads/main.lock");
    fs::write(&lock, "").unwrap();
    // Nobody of ours died: it is somebody else's, and is respected.
    let refused = home.open().commit(&commit("two", &[("host/a/b/c", Some("2"))])).await.unwrap_err();
    assert!(matches!(&refused, HistoryError::Git { why, .. } if why.contains("main.lock")), "{refused}");
    assert!(lock.exists());
    fs::remove_file(&lock).unwrap();
    // Died while git was at it.
    fs::write(home.directory().join("labkeeper.working"), "1\n").unwrap();
    fs::write(&lock, "").unwrap();
    home.open().commit(&commit("two", &[("host/a/b/c", Some("2"))])).await.unwrap().unwrap();
    assert!(!lock.exists() && !home.directory().join("labkeeper.working").exists());
    assert_eq!(home.open().read(&path("host/a/b/c")).await.unwrap().unwrap(), b"2");
}

#[tokio::test]
async fn two_processes_lose_nothing_of_each_others() {
    let home = Home::new();
    let (one, two) = (home.open(), home.open());
    let write = |repository: Repository, name: &'static str| async move {
        for number in 0..5 {
            let text = number.to_string();
            repository.commit(&commit(name, &[(name, Some(&text))])).await.unwrap().unwrap();
        }
    };
    tokio::join!(write(one, "host/a/one/x"), write(two, "host/a/two/x"));
    let repository = home.open();
    assert_eq!(repository.state().await.unwrap().commits, 10);
    for name in ["host/a/one/x", "host/a/two/x"] {
        assert_eq!(repository.read(&path(name)).await.unwrap().unwrap(), b"4");
    }
}

#[tokio::test]
async fn it_is_pushed_and_a_push_that_fails_is_remembered_without_the_secret_in_its_address() {
    let home = Home::new();
    let other = home.dir.path().join("other.git");
    assert!(Command::new("git").args(["init", "--quiet", "--bare"]).arg(&other).status().unwrap().success());
    let remote = Remote::new(other.to_str().unwrap()).unwrap();
    let repository = Repository::new(home.directory(), Some(remote));
    repository.commit(&commit("one", &[("host/a/b/c", Some("1"))])).await.unwrap().unwrap();
    repository.push().await.unwrap();
    assert_eq!(git(&other, &["show", "main:host/a/b/c"]), "1");
    let gone = Remote::new("file://user:hunter22@localhost/nowhere").unwrap();
    let broken = Repository::new(home.directory(), Some(gone));
    let error = broken.push().await.unwrap_err().to_string();
    assert!(!error.contains("hunter22"), "{error}");
    let state = broken.state().await.unwrap();
    assert!(state.pushes && state.push_problem.is_some());
    repository.push().await.unwrap();
    assert_eq!(repository.state().await.unwrap().push_problem, None);
    for bad in ["--upload-pack=touch /tmp/x", "ext::sh -c x", ""] {
        assert!(Remote::new(bad).is_none(), "{bad}");
    }
}

#[tokio::test]
async fn a_directory_with_another_repository_in_it_is_left_alone() {
    let home = Home::new();
    fs::create_dir_all(home.directory().join(".git")).unwrap();
    let refused = home.open().commit(&commit("one", &[("host/a/b/c", Some("1"))])).await.unwrap_err();
    assert!(refused.to_string().contains("CONFIG_HISTORY_DIR"), "{refused}");
    assert_eq!(fs::read_dir(home.directory()).unwrap().count(), 1);
}
