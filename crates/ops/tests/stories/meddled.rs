//! What somebody does between plan and deed: the deed is not done, for the plan was about something else.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use labkeeper_core::fault::Code;
use labkeeper_core::file::FileRules;
use labkeeper_core::ports::{Later, Shell};
use labkeeper_core::pve::{ClusterName, NodeName};
use labkeeper_core::shell::{
    Command, Dialect, Expected, FileFacts, FilePath, Finished, Listing, Piece, Replaced, ShellError, Spot,
    Window,
};
use serde_json::json;

use crate::shell_lab::{ShellLab, reached_through};

type Deed = Mutex<Option<Box<dyn FnOnce() + Send>>>;

/// A real door; once somebody has read a file through it, something happens there.
struct Meddler {
    door: Arc<dyn Shell>,
    after_reading: Arc<Deed>,
}

impl Shell for Meddler {
    fn cluster(&self) -> &ClusterName {
        self.door.cluster()
    }

    fn nodes(&self) -> Vec<NodeName> {
        self.door.nodes()
    }

    fn knock<'a>(&'a self, node: &'a NodeName) -> Later<'a, Result<(), ShellError>> {
        self.door.knock(node)
    }

    fn dialect<'a>(&'a self, spot: &'a Spot) -> Later<'a, Result<Dialect, ShellError>> {
        self.door.dialect(spot)
    }

    fn run<'a>(&'a self, spot: &'a Spot, command: &'a Command) -> Later<'a, Result<Finished, ShellError>> {
        self.door.run(spot, command)
    }

    fn look<'a>(
        &'a self,
        spot: &'a Spot,
        path: &'a FilePath,
    ) -> Later<'a, Result<Option<FileFacts>, ShellError>> {
        self.door.look(spot, path)
    }

    fn read<'a>(
        &'a self,
        spot: &'a Spot,
        path: &'a FilePath,
        window: Window,
    ) -> Later<'a, Result<Option<Piece>, ShellError>> {
        Box::pin(async move {
            let piece = self.door.read(spot, path, window).await;
            if let Some(deed) = self.after_reading.lock().unwrap().take() {
                deed();
            }
            piece
        })
    }

    fn list<'a>(
        &'a self,
        spot: &'a Spot,
        path: &'a FilePath,
        limit: usize,
    ) -> Later<'a, Result<Option<Listing>, ShellError>> {
        self.door.list(spot, path, limit)
    }

    fn replace<'a>(
        &'a self,
        spot: &'a Spot,
        path: &'a FilePath,
        bytes: &'a [u8],
        expected: &'a Expected,
    ) -> Later<'a, Result<Replaced, ShellError>> {
        self.door.replace(spot, path, bytes, expected)
    }

    fn remove<'a>(
        &'a self,
        spot: &'a Spot,
        path: &'a FilePath,
        sha256: &'a str,
    ) -> Later<'a, Result<(), ShellError>> {
        self.door.remove(spot, path, sha256)
    }

    fn abandon<'a>(
        &'a self,
        spot: &'a Spot,
        path: &'a FilePath,
        sha256: Option<&'a str>,
    ) -> Later<'a, Result<(), ShellError>> {
        self.door.abandon(spot, path, sha256)
    }
}

async fn meddled(test: &str) -> Option<(ShellLab, Arc<Deed>)> {
    let deed: Arc<Deed> = Arc::default();
    let after_reading = Arc::clone(&deed);
    let home = reached_through(test, FileRules::default(), |pve, door| {
        (pve, Arc::new(Meddler { door, after_reading }))
    });
    Some((home.await?, deed))
}

fn swap(file: PathBuf, target: &'static str) -> Box<dyn FnOnce() + Send> {
    Box::new(move || {
        fs::remove_file(&file).unwrap();
        symlink(target, &file).unwrap();
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_that_was_no_link_when_it_was_planned_is_not_followed() {
    let Some((home, deed)) = meddled("a_link_that_was_no_link").await else { return };
    home.put(None, "/srv/important", b"of the node itself\n", 0o644);
    home.put(None, "/tmp/report", b"old\n", 0o644);
    *deed.lock().unwrap() = Some(swap(home.file(None, "/tmp/report"), "/srv/important"));
    // Nobody has to confirm a file in /tmp.
    let fault = home.lab.refused("write_file", json!({"path": "/tmp/report", "content": "new\n"})).await;
    assert_eq!(fault.code, Code::Conflict, "{fault}");
    assert_eq!(home.get(None, "/srv/important").unwrap(), b"of the node itself\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_somebody_wrote_after_the_plan_is_not_written_over() {
    let Some((home, deed)) = meddled("what_somebody_wrote_after_the_plan").await else { return };
    home.put(None, "/tmp/report", b"old\n", 0o644);
    let file = home.file(None, "/tmp/report");
    *deed.lock().unwrap() = Some(Box::new(move || fs::write(file, b"somebody's\n").unwrap()));
    let fault = home.lab.refused("write_file", json!({"path": "/tmp/report", "content": "new\n"})).await;
    assert_eq!(fault.code, Code::Conflict, "{fault}");
    assert_eq!(home.get(None, "/tmp/report").unwrap(), b"somebody's\n");
}
