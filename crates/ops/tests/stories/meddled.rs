//! What somebody does between plan and deed: the deed is not done, for the plan was about something else.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use labkeeper_core::fault::Code;
use labkeeper_core::file::FileRules;
use serde_json::json;

use crate::between::{Between, Watched};
use crate::shell_lab::{ShellLab, reached_through};

/// Something that happens once somebody has read a file.
#[derive(Default)]
struct Deed(Mutex<Option<Box<dyn FnOnce() + Send>>>);

impl Between for Deed {
    fn was_read(&self) {
        if let Some(deed) = self.0.lock().unwrap().take() {
            deed();
        }
    }
}

async fn meddled(test: &str) -> Option<(ShellLab, Arc<Deed>)> {
    let deed: Arc<Deed> = Arc::default();
    let by = Arc::clone(&deed);
    let home = reached_through(test, FileRules::default(), |pve, door| (pve, Arc::new(Watched { door, by })));
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
    *deed.0.lock().unwrap() = Some(swap(home.file(None, "/tmp/report"), "/srv/important"));
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
    *deed.0.lock().unwrap() = Some(Box::new(move || fs::write(file, b"somebody's\n").unwrap()));
    let fault = home.lab.refused("write_file", json!({"path": "/tmp/report", "content": "new\n"})).await;
    assert_eq!(fault.code, Code::Conflict, "{fault}");
    assert_eq!(home.get(None, "/tmp/report").unwrap(), b"somebody's\n");
}
