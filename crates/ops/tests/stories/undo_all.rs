//! Whatever a session did, in files of a node, of containers and of a machine and in the inventory, one undo leaves the world as it was
//! before; and what somebody else did in between is never lost. `LABKEEPER_UNDO_CASES=200` tries that many sessions.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use labkeeper_core::actor::{Actor, Scope};
use labkeeper_core::fault::{Code, Fault};
use labkeeper_ops::keeper::Answer;
use serde_json::{Value, json};

use crate::lab::assistant;
use crate::shell_lab::{ALPINE, DEBIAN, MACHINE, ShellLab, reached};

const FOLDER: &str = "/srv/undo";
const PLACES: [(Option<u32>, &str); 4] =
    [(None, ""), (Some(DEBIAN), "pct_"), (Some(ALPINE), "pct_"), (Some(MACHINE), "qm_")];
/// The last two are not there at the beginning.
const NAMES: [&str; 5] = ["text.conf", "binary", "sub/program", "new", "sub/new"];
const KINDS: [&str; 4] = ["hardware", "vms", "apps", "networks"];

struct Dice(u64);

impl Dice {
    fn below(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % sides
    }

    fn one_of<T: Clone>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())].clone()
    }
}

/// A file's owner, group, mode and bytes, by place and path.
type Trees = BTreeMap<(Option<u32>, String), (u32, u32, u32, Vec<u8>)>;

#[derive(Debug, PartialEq)]
struct World {
    trees: Trees,
    inventory: Value,
}

struct Play {
    home: ShellLab,
    dice: Dice,
    session: String,
    /// Items that this session made.
    made: Vec<(&'static str, i64)>,
    /// What it did, for whoever looks why it failed.
    told: Vec<String>,
}

impl Play {
    fn begin(home: ShellLab) -> Self {
        for (vmid, _) in PLACES {
            home.put(vmid, &format!("{FOLDER}/text.conf"), b"one\ntwo\nthree\n", 0o640);
            home.put(vmid, &format!("{FOLDER}/binary"), b"\0\xff\xfe caf\xe9\r\n", 0o600);
            home.put(vmid, &format!("{FOLDER}/sub/program"), b"#!/bin/sh\nexit 0\n", 0o4755);
        }
        Self { home, dice: Dice(0), session: String::new(), made: Vec::new(), told: Vec::new() }
    }

    fn actor(&self) -> Actor {
        Actor { grant: Scope::Root.grant(), ..assistant(&self.session) }
    }

    async fn world(&self) -> World {
        let mut trees = Trees::new();
        for (vmid, _) in PLACES {
            grow(&mut trees, vmid, &self.home.file(vmid, FOLDER), "");
        }
        World { trees, inventory: self.home.lab.world().await }
    }

    async fn call(&mut self, name: &str, mut input: Value) -> Result<Value, Fault> {
        input["confirm"] = true.into();
        let mut answer = self.home.lab.call_as(self.actor(), name, input.clone()).await;
        if let Err(fault) = &answer
            && fault.code == Code::ApprovalPending
        {
            answer = self.allowed(fault).await;
        }
        let became = answer.as_ref().map_or_else(ToString::to_string, |_| "done".into());
        self.told.push(format!("{name} {input}: {became}"));
        Ok(answer?.output)
    }

    /// What is run later waits for a person once the session has read others' words; here is one.
    async fn allowed(&self, fault: &Fault) -> Result<Answer, Fault> {
        let id = &fault.details.as_ref().unwrap()["approval"]["id"];
        let waiting = self.home.lab.ask("approval_status", json!({"id": id})).await;
        self.home
            .lab
            .call("approval_approve", json!({"id": id, "digest": waiting["data"][0]["digest"]}))
            .await
    }

    fn any_file(&mut self) -> (Option<u32>, &'static str, String) {
        let ((vmid, tools), name) = (self.dice.one_of(&PLACES), self.dice.one_of(&NAMES));
        (vmid, tools, format!("{FOLDER}/{name}"))
    }

    fn content(&mut self) -> String {
        let (lines, number) = (self.dice.below(5), self.dice.below(100));
        (0..lines).map(|line| format!("line {line} says {number}\n")).collect()
    }

    /// One thing that a session may do. That it is refused is no matter: then it changed nothing.
    async fn act(&mut self) {
        let (vmid, tools, path) = self.any_file();
        let of = |mut input: Value| {
            if let Some(vmid) = vmid {
                input["vmid"] = vmid.into();
            }
            input
        };
        match self.dice.below(9) {
            0..=2 => {
                let input = of(json!({"path": path, "content": self.content()}));
                self.call(&format!("{tools}write_file"), input).await.unwrap();
            }
            3 => {
                let bytes = self.home.get(vmid, &path).unwrap_or_default();
                let text = String::from_utf8_lossy(&bytes).into_owned();
                let line = text.lines().next().unwrap_or("nothing").to_owned();
                let input = of(
                    json!({"path": path, "oldString": line, "newString": self.content(), "replaceAll": true}),
                );
                drop(self.call(&format!("{tools}edit_file"), input).await);
            }
            4 => {
                let input = of(json!({"path": path, "overrideCircuitBreaker": true}));
                drop(self.call("revert_file", input).await);
            }
            5 | 6 => self.create().await,
            7 => self.change_an_item().await,
            _ => self.take_one_back().await,
        }
    }

    async fn create(&mut self) {
        let kind = self.dice.one_of(&KINDS);
        let name = format!("{} {}", self.session, self.made.len());
        let answer =
            self.call("inventory_create", json!({"type": kind, "data": {"name": name}})).await.unwrap();
        self.made.push((kind, answer["data"]["id"].as_i64().unwrap()));
    }

    async fn change_an_item(&mut self) {
        if self.made.is_empty() {
            return;
        }
        let (kind, id) = self.dice.one_of(&self.made);
        let (_, other) = self.dice.one_of(&self.made);
        let notes = self.content();
        let answer = match self.dice.below(3) {
            0 => {
                self.call("inventory_update", json!({"type": kind, "id": id, "data": {"notes": notes}})).await
            }
            1 => self.call("link_create", json!({"from": id, "to": other, "rel": "depends_on"})).await,
            _ => self.call("inventory_delete", json!({"type": kind, "id": id, "cascade": "detach"})).await,
        };
        drop(answer);
    }

    async fn take_one_back(&mut self) {
        let changes = self.home.lab.ask("changes_list", json!({"session": self.session})).await;
        let open =
            changes["data"].as_array().unwrap().iter().find(|change| change["revertible"] == true).cloned();
        if let Some(change) = open {
            drop(self.call("change_undo", json!({"id": change["id"]})).await);
        }
    }

    async fn undo(&self, overwrite: bool) -> Result<Value, Fault> {
        let input = json!({"session": self.session, "overwrite": overwrite, "confirm": true});
        Ok(self.home.lab.call("session_undo", input).await?.output)
    }

    /// Files that are not as they were, and were left so by this session.
    fn touched(&self, before: &Trees, now: &Trees) -> Vec<(Option<u32>, String)> {
        let all = before.keys().chain(now.keys());
        let mut touched: Vec<_> = all.filter(|key| before.get(key) != now.get(key)).cloned().collect();
        touched.sort();
        touched.dedup();
        touched
    }

    /// Somebody else changes a file that this session left otherwise than it was: the undo stops, whatever else there is to undo.
    async fn disturb(&mut self, beginning: &World) {
        let left = self.world().await;
        let touched = self.touched(&beginning.trees, &left.trees);
        let Some((vmid, path)) = touched.first().cloned() else { return };
        let file = self.home.file(vmid, &format!("{FOLDER}{path}"));
        let kept = left.trees.get(&(vmid, path.clone())).map(|(_, _, _, bytes)| bytes.clone());
        fs::write(&file, b"by somebody else\n").unwrap();
        let disturbed = self.world().await;
        let fault = self.undo(false).await.unwrap_err();
        assert_eq!(fault.code, Code::Conflict, "{fault}: {:#?}", self.told);
        assert_eq!(self.world().await, disturbed, "{fault}: {:#?}", self.told);
        match kept {
            Some(bytes) => fs::write(&file, bytes).unwrap(),
            None => fs::remove_file(&file).unwrap(),
        }
    }
}

fn grow(trees: &mut Trees, vmid: Option<u32>, folder: &Path, below: &str) {
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let (path, facts) = (entry.path(), entry.metadata().unwrap());
        let name = format!("{below}/{}", entry.file_name().to_str().unwrap());
        if facts.is_dir() {
            grow(trees, vmid, &path, &name);
        } else {
            let bytes = fs::read(path).unwrap();
            trees.insert((vmid, name), (facts.uid(), facts.gid(), facts.mode(), bytes));
        }
    }
}

fn how_many() -> u64 {
    #[expect(clippy::disallowed_methods, reason = "tests have no configuration to ask")]
    let asked = std::env::var("LABKEEPER_UNDO_CASES").ok();
    asked.map_or(8, |text| text.parse().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_a_session_did_one_undo_leaves_the_world_as_it_was() {
    let Some(home) = reached("whatever_a_session_did_one_undo_leaves_the_world_as_it_was").await else {
        return;
    };
    let mut play = Play::begin(home);
    for case in 0..how_many() {
        (play.dice, play.session) = (Dice(case.wrapping_mul(7919)), format!("s-{case}"));
        play.made.clear();
        play.told.clear();
        let beginning = play.world().await;
        for _ in 0..4 + play.dice.below(10) {
            play.act().await;
        }
        if case % 2 == 1 {
            play.disturb(&beginning).await;
        }
        let left = play.world().await;
        match play.undo(false).await {
            Ok(_) => {}
            // It had taken everything back itself, or done nothing.
            Err(fault) if fault.code == Code::NotFound => assert_eq!(left, beginning, "{:#?}", play.told),
            Err(fault) => panic!("case {case}: {fault} {:?}: {:#?}", fault.details, play.told),
        }
        assert_eq!(play.world().await, beginning, "case {case}: {:#?}", play.told);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_somebody_else_did_between_two_writes_of_a_session_is_not_lost() {
    let Some(home) = reached("what_somebody_else_did_between_two_writes_of_a_session_is_not_lost").await
    else {
        return;
    };
    let mut play = Play::begin(home);
    play.session = "s-between".into();
    let beginning = play.world().await;
    let path = format!("{FOLDER}/text.conf");
    let write = |content: &str| json!({"vmid": DEBIAN, "path": path, "content": content});
    play.create().await;
    play.call("pct_write_file", write("first\n")).await.unwrap();
    play.home.put(Some(DEBIAN), &path, b"by hand\n", 0o640);
    let second = play.call("pct_write_file", write("second\n")).await.unwrap();
    let disturbed = play.world().await;
    let fault = play.undo(false).await.unwrap_err();
    assert_eq!(fault.code, Code::Conflict, "{fault}");
    assert_eq!(play.world().await, disturbed);
    // Whoever wants it all the same still has what was written by hand.
    play.undo(true).await.unwrap();
    assert_eq!(play.world().await, beginning);
    let revert = json!({"backupPath": second["backupPath"], "overwrite": true, "confirm": true});
    play.home.lab.ask("revert_file", revert).await;
    assert_eq!(play.home.get(Some(DEBIAN), &path).unwrap(), b"by hand\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_somebody_else_did_in_the_inventory_keeps_the_files_too() {
    let Some(home) = reached("what_somebody_else_did_in_the_inventory_keeps_the_files_too").await else {
        return;
    };
    let mut play = Play::begin(home);
    play.session = "s-inventory".into();
    let beginning = play.world().await;
    play.create().await;
    let (kind, id) = play.made[0];
    let path = format!("{FOLDER}/text.conf");
    play.call("pct_write_file", json!({"vmid": DEBIAN, "path": path, "content": "ours\n"})).await.unwrap();
    let update = json!({"type": kind, "id": id, "data": {"notes": "mine"}});
    let foreign = play.home.lab.call("inventory_update", update).await.unwrap().change_id;
    let disturbed = play.world().await;
    let fault = play.undo(false).await.unwrap_err();
    assert_eq!(fault.code, Code::Conflict, "{fault}");
    assert_eq!(play.world().await, disturbed);
    play.home.lab.ask("change_undo", json!({"id": foreign})).await;
    play.undo(false).await.unwrap();
    assert_eq!(play.world().await, beginning);
}
