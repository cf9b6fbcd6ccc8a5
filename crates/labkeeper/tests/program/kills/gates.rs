//! The hub is killed while a write on a node stands between two of its steps, and is back before that goes on.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;

use serde_json::json;

use super::trial::{CONTAINER, Deed, File, LOOK_AGAIN, PATIENCE, Trial};
use crate::node::Node;

const MACHINE: u32 = 202;

/// Something that a write waits for, in a guest.
struct Gate<'a> {
    trial: &'a Trial,
    vmid: u32,
}

impl<'a> Gate<'a> {
    /// Stands before that tool of the guest, when a write calls it.
    fn put_up(trial: &'a Trial, vmid: u32, tool: &str) -> Self {
        let script = format!(
            "#!/bin/sh\n\
             if tr '\\000' '\\n' </proc/$PPID/cmdline | grep -qx labkeeper-write; then\n\
             touch /srv/reached; while ! [ -e /srv/open ]; do sleep 0.05; done\n\
             fi\n\
             PATH=/usr/sbin:/usr/bin:/sbin:/bin\nexec {tool} \"$@\"\n"
        );
        let gate = Self { trial, vmid };
        let file = gate.file(&format!("/usr/local/bin/{tool}"));
        fs::write(&file, script).unwrap();
        fs::set_permissions(&file, Permissions::from_mode(0o755)).unwrap();
        gate
    }

    fn file(&self, path: &str) -> std::path::PathBuf {
        self.trial.on_disk(Some(self.vmid), path)
    }

    async fn is_reached(&self) {
        while !self.file("/srv/reached").exists() {
            tokio::time::sleep(LOOK_AGAIN).await;
        }
    }

    /// Somebody wants to know what becomes of the write, on the node or in the guest; or it was ended.
    async fn is_asked_about(&self, path: &str) {
        while is_about(path, "labkeeper-write") && !is_about(path, "labkeeper-look") {
            tokio::time::sleep(LOOK_AGAIN).await;
        }
    }

    fn take_down(self) {
        fs::write(self.file("/srv/open"), "").unwrap();
    }

    /// For the next one.
    fn clear(trial: &Trial, vmid: u32, tool: &str) {
        for path in ["/srv/open", "/srv/reached", &format!("/usr/local/bin/{tool}")] {
            fs::remove_file(trial.on_disk(Some(vmid), path)).unwrap();
        }
    }
}

/// Whether a process that is called so is about that file.
fn is_about(path: &str, called: &str) -> bool {
    let words = format!("\0{called}\0{path}\0");
    let processes = fs::read_dir("/proc").unwrap().map(|entry| entry.unwrap().path().join("cmdline"));
    let mut lines = processes.filter_map(|file| fs::read(file).ok());
    lines.any(|line| line.windows(words.len()).any(|some| some == words.as_bytes()))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hub_that_is_back_before_a_write_goes_on_tells_what_became_of_it() {
    let Some(node) = Node::open("a_hub_that_is_back_before_a_write_goes_on").await else { return };
    let mut trial = Trial::begin(node).await;
    let mut hub = trial.start();
    trial.sign_in(&hub).await;
    // Nobody ends what an agent has begun. In a container it is ended, until it is about to be done.
    let gates = [
        (MACHINE, "qm_", "sha256sum", true),
        (MACHINE, "qm_", "mktemp", true),
        (MACHINE, "qm_", "mv", true),
        (CONTAINER, "pct_", "mktemp", false),
        (CONTAINER, "pct_", "mv", true),
    ];
    for (vmid, tools, tool, goes_on) in gates {
        trial.lives += 1;
        let assistant = trial.assistant(&hub).await;
        let file = File { vmid: Some(vmid), tools, path: "/srv/kills/old.conf".into() };
        let content = format!("written through the gate before {tool} of {vmid}\n");
        let input = file.input(json!({"content": content, "confirm": true}));
        let deed = Deed { tool: format!("{tools}write_file"), input };
        let steps = trial.steps(&assistant, &deed).await;
        let log = trial.newest_record(&hub).await;
        let gate = Gate::put_up(&trial, vmid, tool);
        let reached = tokio::select! {
            answer = assistant.call(&deed.tool, &deed.input) => panic!("{tool}: {answer:?}"),
            reached = tokio::time::timeout(PATIENCE, gate.is_reached()) => reached,
        };
        assert!(reached.is_ok(), "{vmid}: no write calls {tool}");
        tokio::task::block_in_place(|| hub.kill());
        hub = trial.start();
        let asked = tokio::time::timeout(PATIENCE, gate.is_asked_about(&file.path)).await;
        assert!(asked.is_ok(), "{vmid}, {tool}: nobody asks what becomes of the write");
        gate.take_down();
        trial.find_out(&hub, &deed, &steps, log, false).await;
        Gate::clear(&trial, vmid, tool);
        assert_eq!(trial.now[&file] == steps[0].after, goes_on, "{vmid}, {tool}");
    }
    drop(hub);
    trial.the_log_holds();
    trial.the_node_is_at_rest();
}
