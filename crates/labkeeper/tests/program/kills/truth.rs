//! What has to be so after the hub died, whenever that was.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use serde_json::{Value, json};

use super::trial::{Deed, FOLDER, File, LOOK_AGAIN, NAMES, PATIENCE, PLACES, Step, Trial};
use crate::hub::{Hub, run};
use crate::node::session;

impl Trial {
    /// Waits until nothing runs in the guests any more but what always does.
    pub(super) async fn be_quiet(&self) {
        let quiet = async {
            while self.processes() != self.idle {
                tokio::time::sleep(LOOK_AGAIN).await;
            }
        };
        if tokio::time::timeout(PATIENCE, quiet).await.is_err() {
            panic!("processes are left behind: {:?}", self.processes());
        }
    }

    /// Waits until nothing is beside the files any more that does not belong there.
    pub(super) async fn nothing_is_left_behind(&self) {
        let clean = async {
            while !self.left_behind().is_empty() {
                tokio::time::sleep(LOOK_AGAIN).await;
            }
        };
        if tokio::time::timeout(PATIENCE, clean).await.is_err() {
            panic!("left behind in life {}: {:?}", self.lives, self.left_behind());
        }
    }

    /// What became of an approved call, once somebody says so. The dead hub's lock may outlive it by the moment in which it was about to
    /// start a program; within a second its calls are said to be interrupted.
    pub(super) async fn no_longer_running(&self, hub: &Hub, id: i64) -> String {
        let state = async {
            loop {
                let row = self.get(hub, &format!("/api/approvals/{id}")).await;
                let state = row["data"][0]["state"].as_str().unwrap().to_owned();
                if state != "running" {
                    return state;
                }
                tokio::time::sleep(LOOK_AGAIN).await;
            }
        };
        let known = tokio::time::timeout(PATIENCE, state).await;
        known.unwrap_or_else(|_| panic!("approval {id} is carried out by nobody, and said to be running"))
    }

    pub(super) fn left_behind(&self) -> Vec<PathBuf> {
        let folders = PLACES.map(|(vmid, _)| self.on_disk(vmid, FOLDER));
        let entries = folders.iter().flat_map(|folder| std::fs::read_dir(folder).unwrap());
        let paths = entries.map(|entry| entry.unwrap().path());
        paths.filter(|path| !NAMES.contains(&path.file_name().unwrap().to_str().unwrap())).collect()
    }

    pub(super) async fn nobody_lies(&mut self, hub: &Hub, deed: &Deed, steps: &[Step], log: i64) {
        for step in steps {
            let versions = self.settled(hub, &step.file).await;
            let found = &self.now[&step.file];
            let newest = versions.iter().find(|version| version["settlement"] == "applied");
            if *found == step.after && found != &step.before {
                let newest = newest
                    .unwrap_or_else(|| panic!("{deed:?} came about, and no version says so: {versions:?}"));
                assert_eq!(newest["hash"].as_str(), step.before.as_deref(), "{deed:?}: {newest}");
                assert_eq!(newest["revertible"], true, "what was before is not kept: {newest}");
                self.comes_back(hub, newest, &step.before).await;
            }
        }
        // After that, because settling writes what is late.
        let changes = self.get(hub, "/api/changes?limit=30").await["data"].as_array().unwrap().clone();
        self.the_journal_is_a_chain(&changes);
        self.the_log_has_the_outcome(hub, deed, steps, log).await;
    }

    /// The versions of a file, once it is known what became of each.
    pub(super) async fn settled(&self, hub: &Hub, file: &File) -> Vec<Value> {
        let vmid = file.vmid.map(|vmid| format!("&vmid={vmid}")).unwrap_or_default();
        // Looking at what putting it back would change is a touch.
        let request = self.person.get(format!("{}/api/files/diff?path={}{vmid}", hub.url, file.path));
        self.asked(request).await.unwrap();
        let versions = self.versions(hub, file).await;
        for version in &versions {
            let settlement = version["settlement"].as_str().unwrap();
            assert!(matches!(settlement, "applied" | "not_applied"), "{}: {version}", file.place());
            assert_eq!(version["changeId"].is_null(), settlement == "not_applied", "{version}");
        }
        versions
    }

    /// Putting that version back would give the file exactly what it was.
    pub(super) async fn comes_back(&self, hub: &Hub, version: &Value, before: &Option<String>) {
        let body =
            json!({"backupPath": version["backupPath"], "overrideCircuitBreaker": true, "dry_run": true});
        let (status, answer) = self.post(hub, "/api/files/revert", &body).await.unwrap();
        assert_eq!(status, 200, "{answer}");
        let after = &answer["plan"]["details"]["sha256After"];
        assert_eq!(after.as_str().map(str::to_owned), *before, "{answer}");
    }

    /// What a change left is what the next one found, and the last one left what is there.
    pub(super) fn the_journal_is_a_chain(&self, newest_first: &[Value]) {
        let mut backups = BTreeSet::new();
        let mut wanted: BTreeMap<(String, String), Value> = BTreeMap::new();
        for (file, digest) in &self.now {
            wanted.insert((file.place(), file.path.clone()), json!(digest));
        }
        for change in newest_first {
            for file in change["files"].as_array().unwrap().iter().rev() {
                assert!(backups.insert(file["backup"].to_string()), "told twice: {file}");
                let text = |key: &str| file[key].as_str().unwrap().to_owned();
                let there = wanted.get_mut(&(text("place"), text("path"))).unwrap();
                assert_eq!(file["after"]["sha256"], *there, "the journal tells another story: {change}");
                *there = file["before"]["sha256"].clone();
            }
        }
    }

    /// `since` is the number of the newest record before the deed.
    pub(super) async fn the_log_has_the_outcome(
        &mut self,
        hub: &Hub,
        deed: &Deed,
        steps: &[Step],
        since: i64,
    ) {
        let is_ours = |one: &&Value| {
            one["phase"] == "asked" && one["op"] == *deed.tool && one["seq"].as_i64() > Some(since)
        };
        let told = async {
            loop {
                let log = self.get(hub, "/api/audit?limit=12").await;
                let records = log["data"].as_array().unwrap();
                let asked = records.iter().find(is_ours)?;
                if let Some(outcome) = records.iter().find(|one| one["intent"] == asked["seq"]) {
                    return Some(outcome.clone());
                }
                tokio::time::sleep(LOOK_AGAIN).await;
            }
        };
        let told = tokio::time::timeout(PATIENCE, told).await;
        let Some(outcome) = told.unwrap_or_else(|_| panic!("nobody says what became of {deed:?}")) else {
            let untouched = steps.iter().all(|step| self.now[&step.file] == step.before);
            assert!(untouched, "it was done before the log had it: {deed:?}");
            return;
        };
        let phase = outcome["phase"].as_str().unwrap().to_owned();
        let is = |wanted: fn(&Step) -> &Option<String>| {
            steps.iter().all(|step| self.now[&step.file] == *wanted(step))
        };
        match phase.as_str() {
            "done" => assert!(is(|step| &step.after), "said to be done: {deed:?}"),
            "failed" => assert!(is(|step| &step.before), "said to have failed: {deed:?}"),
            "interrupted" => {}
            other => panic!("{other}: {outcome}"),
        }
        *self.figures.outcomes.entry(phase).or_default() += 1;
    }

    /// Every question of the log has just one answer, and nobody changed it.
    pub(super) fn the_log_holds(&self) {
        let dir = self.dir.path();
        let verdict = run(dir, &["audit", "verify"]);
        assert_eq!(verdict.status.code(), Some(3), "{}", String::from_utf8_lossy(&verdict.stdout));
        let exported = String::from_utf8(run(dir, &["audit", "export"]).stdout).unwrap();
        let records: Vec<Value> = exported.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let mut answers: BTreeMap<i64, usize> = BTreeMap::new();
        for record in records.iter().filter(|record| record["phase"] != "approved") {
            if let Some(intent) = record["intent"].as_i64() {
                *answers.entry(intent).or_default() += 1;
            }
        }
        for asked in records.iter().filter(|record| record["phase"] == "asked") {
            let seq = asked["seq"].as_i64().unwrap();
            assert_eq!(answers.get(&seq), Some(&1), "{asked}");
        }
    }

    /// Nothing that a hub began is at work on the node any more.
    pub(super) fn the_node_is_at_rest(&self) {
        let look = "grep -lz '^LABKEEPER_RUN=' /proc/[0-9]*/environ 2>/dev/null; true";
        let found = session(&self.node.ssh, &["root@127.0.0.1", "bash"], look);
        assert_eq!(String::from_utf8_lossy(&found.stdout), "");
    }
}
