//! The hub is killed at any moment while it writes files of a node and of guests, takes that back, or does what a person allowed.
//! Whatever moment that is: a file is the old one or the new one, what it was before is kept, and journal, audit log, approvals and
//! backups say what is true. `LABKEEPER_KILLS=1000` kills it that often.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use labkeeper_core::audit::sha256_hex;
use labkeeper_core::tier::Tier;
use labkeeper_sim::tier_token;
use serde_json::{Value, json};

use crate::hub::{Hub, labkeeper, run};
use crate::mcp_client::Assistant;
use crate::node::{Node, USER, session};

const FOLDER: &str = "/srv/kills";
/// What this test puts there; everything else was left behind by somebody.
const NAMES: [&str; 3] = ["old.conf", "new.conf", "allowed"];
/// Where a command that a person allows writes its line.
const ALLOWED: &str = "/srv/kills/allowed";
const CONTAINER: u32 = 103;
/// Root of the node is a place, too.
const PLACES: [(Option<u32>, &str); 4] =
    [(None, ""), (Some(CONTAINER), "pct_"), (Some(105), "pct_"), (Some(202), "qm_")];
const PATIENCE: Duration = Duration::from_secs(20);

/// The same numbers every time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }
}

/// A file as somebody who looks at the disk has it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct File {
    vmid: Option<u32>,
    tools: &'static str,
    path: String,
}

impl File {
    fn place(&self) -> String {
        match (self.vmid, self.tools) {
            (None, _) => "host:home/pve1".into(),
            (Some(vmid), "qm_") => format!("qm:home/{vmid}"),
            (Some(vmid), _) => format!("pct:home/{vmid}"),
        }
    }

    fn input(&self, more: Value) -> Value {
        let mut input = more;
        input["path"] = self.path.clone().into();
        if let Some(vmid) = self.vmid {
            input["vmid"] = vmid.into();
        }
        input
    }
}

/// What is done when the hub is killed.
#[derive(Debug, Clone)]
struct Deed {
    tool: String,
    input: Value,
}

/// What a deed would do to a file: its digest before and after.
#[derive(Debug, Clone)]
struct Step {
    file: File,
    before: Option<String>,
    after: Option<String>,
}

#[derive(Debug, Default)]
struct Figures {
    /// It was over before the hub was killed.
    in_time: usize,
    /// Its file was as before, or as it should be, when the hub was killed before it had answered.
    old: usize,
    new: usize,
    /// What became of approvals that were under way.
    approvals: BTreeMap<String, usize>,
    outcomes: BTreeMap<String, usize>,
}

struct Trial {
    node: Node,
    dir: tempfile::TempDir,
    variables: Vec<(&'static str, String)>,
    person: reqwest::Client,
    dice: Dice,
    /// The digest each file has.
    now: BTreeMap<File, Option<String>>,
    /// How long each sort of deed takes.
    usual: BTreeMap<String, Duration>,
    /// Processes of the guests when nothing is done.
    idle: Vec<(u32, Vec<String>)>,
    token: (String, usize),
    figures: Figures,
    lives: u64,
}

impl Trial {
    async fn begin(node: Node) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let secret = tier_token(&mut node.lab.cluster(), USER, Tier::Companion).unwrap();
        let variables = vec![
            ("LABKEEPER_PROXMOX_NAME", "home".into()),
            ("PVE_API_BASE_URL", format!("https://{}", node.https.address)),
            ("PVE_API_TOKEN_ID", format!("{USER}!companion")),
            ("PVE_API_TOKEN_SECRET", secret),
            ("PVE_API_TLS_FINGERPRINT", node.https.fingerprint.clone()),
            ("PVE_API_NODE", "pve1".into()),
            ("SSH_HOST", "127.0.0.1".into()),
            ("SSH_PORT", node.ssh.address.port().to_string()),
            ("SSH_KEY_PATH", node.ssh.client_key.display().to_string()),
            ("SSH_HOST_KEY_FINGERPRINT", node.ssh.fingerprint.clone()),
            ("MCP_TIER", "companion".into()),
            ("MCP_HOST_ROOT_ENABLED", "I-understand-Claude-gets-root-and-can-break-this-node".into()),
        ];
        let person = reqwest::Client::new();
        let mut trial = Self {
            node,
            dir: tempfile::tempdir().unwrap(),
            variables,
            person,
            dice: Dice(20_261_128),
            now: BTreeMap::new(),
            usual: BTreeMap::new(),
            idle: Vec::new(),
            token: (String::new(), usize::MAX),
            figures: Figures::default(),
            lives: 0,
        };
        trial.lay_out();
        trial.let_a_person_in();
        trial
    }

    fn lay_out(&mut self) {
        for (vmid, tools) in PLACES {
            let file = |name: &str| File { vmid, tools, path: format!("{FOLDER}/{name}") };
            let folder = self.on_disk(vmid, FOLDER);
            std::fs::create_dir_all(&folder).unwrap();
            let text = format!("this is the beginning of {}\n", file("old.conf").place());
            std::fs::write(folder.join("old.conf"), &text).unwrap();
            self.now.insert(file("old.conf"), Some(sha256_hex(text.as_bytes())));
            self.now.insert(file("new.conf"), None);
        }
        self.idle = self.processes();
    }

    fn let_a_person_in(&self) {
        let mut command = labkeeper(self.dir.path());
        command.args(["user", "add", "ada", "--role", "admin"]).stdin(std::process::Stdio::piped());
        let mut child = command.spawn().unwrap();
        std::io::Write::write_all(&mut child.stdin.take().unwrap(), b"correct horse battery\n").unwrap();
        assert!(child.wait().unwrap().success());
    }

    fn on_disk(&self, vmid: Option<u32>, path: &str) -> PathBuf {
        match vmid {
            Some(vmid) => self.node.ssh.inside(vmid).unwrap().file(path),
            None => self.node.ssh.root.join(path.trim_start_matches('/')),
        }
    }

    fn digest(&self, file: &File) -> Option<String> {
        std::fs::read(self.on_disk(file.vmid, &file.path)).ok().map(|bytes| sha256_hex(&bytes))
    }

    fn processes(&self) -> Vec<(u32, Vec<String>)> {
        let guests = PLACES.iter().filter_map(|(vmid, _)| *vmid);
        let mut all: Vec<_> =
            guests.flat_map(|vmid| self.node.ssh.inside(vmid).unwrap().processes().unwrap()).collect();
        all.sort_unstable();
        all
    }

    fn start(&self) -> Hub {
        let variables: Vec<(&str, &str)> =
            self.variables.iter().map(|(name, value)| (*name, value.as_str())).collect();
        Hub::start_with(self.dir.path(), &variables)
    }

    /// A person's request; `None` when the hub died meanwhile.
    async fn asked(&self, request: reqwest::RequestBuilder) -> Option<(u16, Value)> {
        let answer = request.send().await.ok()?;
        let (status, text) = (answer.status().as_u16(), answer.text().await.ok()?);
        Some((status, serde_json::from_str(&text).unwrap_or(Value::String(text))))
    }

    async fn get(&self, hub: &Hub, path: &str) -> Value {
        let (status, answer) = self.asked(self.person.get(format!("{}{path}", hub.url))).await.unwrap();
        assert_eq!(status, 200, "{path}: {answer}");
        answer
    }

    async fn post(&self, hub: &Hub, path: &str, body: &Value) -> Option<(u16, Value)> {
        self.asked(self.person.post(format!("{}{path}", hub.url)).json(body)).await
    }

    async fn sign_in(&mut self, hub: &Hub) {
        let who = json!({"name": "ada", "password": "correct horse battery"});
        let request = self.person.post(format!("{}/api/auth/login", hub.url)).json(&who);
        let answer = request.send().await.unwrap();
        let cookie = answer.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap();
        let headers = [
            (reqwest::header::COOKIE, cookie.parse().unwrap()),
            ("x-labkeeper".parse().unwrap(), "1".parse().unwrap()),
        ];
        let headers = headers.into_iter().collect();
        self.person = reqwest::Client::builder().default_headers(headers).build().unwrap();
    }

    /// An assistant, who is somebody else after some approvals: a caller is heard only so often.
    async fn assistant(&mut self, hub: &Hub) -> Assistant {
        if self.token.1 >= 8 {
            let body = json!({"name": format!("claude-{}", self.lives), "scope": "root"});
            let (status, answer) = self.post(hub, "/api/tokens", &body).await.unwrap();
            assert!(status < 300, "{status} {answer}");
            self.token = (answer["data"]["token"].as_str().unwrap().to_owned(), 0);
        }
        Assistant::open(&hub.url, &self.token.0).await
    }

    fn words(&mut self) -> String {
        // Too much for one piece, where an agent carries it.
        let large = self.dice.below(10) == 0;
        let line = format!("life {} number {}\n", self.lives, self.dice.below(1 << 30));
        line.repeat(if large { 40_000 } else { 3 })
    }

    fn any_file(&mut self) -> File {
        let files: Vec<File> = self.now.keys().cloned().collect();
        let at = self.dice.below(files.len() as u64);
        files[usize::try_from(at).unwrap()].clone()
    }

    fn write(&mut self, file: &File) -> Deed {
        let input = file.input(json!({"content": self.words(), "confirm": true}));
        Deed { tool: format!("{}write_file", file.tools), input }
    }

    /// Something to be killed at, with what has to be there first.
    async fn choose(&mut self, hub: &Hub, assistant: &Assistant) -> Deed {
        let file = self.any_file();
        match self.dice.below(7) {
            0 | 1 => self.write(&file),
            2 if self.now[&file].is_some() => {
                let bytes = std::fs::read(self.on_disk(file.vmid, &file.path)).unwrap();
                let line = String::from_utf8(bytes).unwrap().lines().next().unwrap().to_owned();
                let input = json!({"oldString": line, "newString": format!("edited in life {}", self.lives), "replaceAll": true, "confirm": true});
                Deed { tool: format!("{}edit_file", file.tools), input: file.input(input) }
            }
            3 if self.was_written(hub, &file).await => {
                let input = file.input(json!({"overrideCircuitBreaker": true, "confirm": true}));
                Deed { tool: "revert_file".into(), input }
            }
            4 => {
                let deed = self.write(&file);
                let answer = self.done(assistant, &deed).await;
                let newest = &self.get(hub, "/api/changes?limit=1").await["data"][0];
                assert_eq!(newest["files"][0]["backup"], answer["backupPath"], "{newest}");
                Deed { tool: "change_undo".into(), input: json!({"id": newest["id"], "confirm": true}) }
            }
            5 => {
                let mut name = Value::Null;
                for _ in 0..3 {
                    let file = self.any_file();
                    let deed = self.write(&file);
                    self.done(assistant, &deed).await;
                    name = self.get(hub, "/api/changes?limit=1").await["data"][0]["session"].clone();
                }
                Deed { tool: "session_undo".into(), input: json!({"session": name, "confirm": true}) }
            }
            _ => self.write(&file),
        }
    }

    async fn was_written(&self, hub: &Hub, file: &File) -> bool {
        let versions = self.versions(hub, file).await;
        versions.iter().any(|version| version["settlement"] == "applied")
    }

    async fn versions(&self, hub: &Hub, file: &File) -> Vec<Value> {
        let vmid = file.vmid.map(|vmid| format!("&vmid={vmid}")).unwrap_or_default();
        let listed = self.get(hub, &format!("/api/proxmox/backups?path={}{vmid}", file.path)).await;
        listed["versions"].as_array().unwrap().clone()
    }

    /// A deed that nobody disturbs.
    async fn done(&mut self, assistant: &Assistant, deed: &Deed) -> Value {
        let steps = self.steps(assistant, deed).await;
        let answer = assistant.call(&deed.tool, &deed.input).await.unwrap().unwrap();
        for step in steps {
            assert_eq!(self.digest(&step.file), step.after, "{deed:?}: {answer}");
            self.now.insert(step.file, step.after);
        }
        answer
    }

    /// What the deed says that it would do.
    async fn steps(&self, assistant: &Assistant, deed: &Deed) -> Vec<Step> {
        let mut input = deed.input.clone();
        input["dry_run"] = true.into();
        let plan = assistant.call(&deed.tool, &input).await.unwrap().unwrap()["plan"]["details"].clone();
        let files = plan["files"].as_array().cloned().unwrap_or_else(|| vec![plan]);
        let digest = |value: &Value| value.as_str().map(str::to_owned);
        let steps = files.iter().map(|one| {
            let is_it = |file: &&File| one["place"] == *file.place() && one["path"] == *file.path;
            let file = self.now.keys().find(is_it).unwrap_or_else(|| panic!("{one}")).clone();
            Step { file, before: digest(&one["sha256Before"]), after: digest(&one["sha256After"]) }
        });
        let steps: Vec<Step> = steps.collect();
        for step in &steps {
            assert_eq!(step.before, self.now[&step.file], "the plan is about something else: {deed:?}");
        }
        steps
    }

    /// When the hub dies: somewhere within what such a deed usually takes, or a little after; more often when it is at work than when
    /// it makes its plan.
    fn moment(&mut self, sort: &str) -> Duration {
        let usual = *self.usual.entry(sort.into()).or_insert(Duration::from_millis(400));
        let tenth = u64::try_from(usual.as_micros()).unwrap() / 10;
        let least = if self.dice.below(4) == 0 { 0 } else { 4 * tenth };
        Duration::from_micros(least + self.dice.below(12 * tenth - least))
    }

    /// Kills the hub at that moment. Answers what the call answered, when it was sooner.
    async fn killed<T>(&mut self, hub: Hub, sort: &str, call: impl Future<Output = Option<T>>) -> Option<T> {
        let (begun, moment) = (Instant::now(), self.moment(sort));
        let answer = tokio::time::timeout(moment, call).await.ok().flatten();
        if answer.is_some() {
            self.usual.insert(sort.into(), begun.elapsed());
        } else if let Some(usual) = self.usual.get_mut(sort) {
            *usual += *usual / 10;
        }
        tokio::task::block_in_place(|| hub.kill());
        answer
    }

    /// One life of the hub and its end; answers the next, which has told the truth about the one before.
    async fn live(&mut self, hub: Hub) -> Hub {
        self.lives += 1;
        let assistant = self.assistant(&hub).await;
        if self.dice.below(6) == 0 {
            self.token.1 += 1;
            return self.die_at_what_a_person_allows(hub, &assistant).await;
        }
        let deed = self.choose(&hub, &assistant).await;
        let steps = self.steps(&assistant, &deed).await;
        let sort = format!("{} {}", deed.tool, steps[0].file.place());
        let log = self.get(&hub, "/api/audit?limit=1").await["data"][0]["seq"].as_i64().unwrap_or(0);
        let answer = self.killed(hub, &sort, assistant.call(&deed.tool, &deed.input)).await;
        let answer = answer.map(|answer| answer.unwrap_or_else(|fault| panic!("{deed:?}: {fault}")));
        // The next life begins at once, as a service's does.
        let hub = self.start();
        self.be_quiet().await;
        for step in &steps {
            let found = self.digest(&step.file);
            assert!(
                found == step.before || found == step.after,
                "{deed:?}: neither old nor new: {step:?} {found:?}"
            );
            if answer.is_some() {
                assert_eq!(found, step.after, "{deed:?} was said to be done");
            }
            self.now.insert(step.file.clone(), found);
        }
        match answer {
            Some(_) => self.figures.in_time += 1,
            None if steps.iter().all(|step| self.now[&step.file] == step.after) => self.figures.new += 1,
            None => self.figures.old += 1,
        }
        self.nobody_lies(&hub, &deed, &steps, log).await;
        self.nothing_is_left_behind().await;
        hub
    }

    /// Waits until nothing runs in the guests any more but what always does.
    async fn be_quiet(&self) {
        let quiet = async {
            while self.processes() != self.idle {
                tokio::task::yield_now().await;
            }
        };
        if tokio::time::timeout(PATIENCE, quiet).await.is_err() {
            panic!("processes are left behind: {:?}", self.processes());
        }
    }

    /// Waits until nothing is beside the files any more that does not belong there.
    async fn nothing_is_left_behind(&self) {
        let clean = async {
            while !self.left_behind().is_empty() {
                tokio::task::yield_now().await;
            }
        };
        if tokio::time::timeout(PATIENCE, clean).await.is_err() {
            panic!("left behind in life {}: {:?}", self.lives, self.left_behind());
        }
    }

    fn left_behind(&self) -> Vec<PathBuf> {
        let folders = PLACES.map(|(vmid, _)| self.on_disk(vmid, FOLDER));
        let entries = folders.iter().flat_map(|folder| std::fs::read_dir(folder).unwrap());
        let paths = entries.map(|entry| entry.unwrap().path());
        paths.filter(|path| !NAMES.contains(&path.file_name().unwrap().to_str().unwrap())).collect()
    }

    async fn nobody_lies(&mut self, hub: &Hub, deed: &Deed, steps: &[Step], log: i64) {
        let changes = self.get(hub, "/api/changes?limit=30").await;
        let changes = changes["data"].as_array().unwrap().clone();
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
        let changes = match changes.is_empty() {
            true => changes,
            // Settling may have written a late entry.
            false => self.get(hub, "/api/changes?limit=30").await["data"].as_array().unwrap().clone(),
        };
        self.the_journal_is_a_chain(&changes);
        self.the_log_has_the_outcome(hub, deed, steps, log).await;
    }

    /// The versions of a file, once it is known what became of each.
    async fn settled(&self, hub: &Hub, file: &File) -> Vec<Value> {
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
    async fn comes_back(&self, hub: &Hub, version: &Value, before: &Option<String>) {
        let body =
            json!({"backupPath": version["backupPath"], "overrideCircuitBreaker": true, "dry_run": true});
        let (status, answer) = self.post(hub, "/api/files/revert", &body).await.unwrap();
        assert_eq!(status, 200, "{answer}");
        let after = &answer["plan"]["details"]["sha256After"];
        assert_eq!(after.as_str().map(str::to_owned), *before, "{answer}");
    }

    /// What a change left is what the next one found, and the last one left what is there.
    fn the_journal_is_a_chain(&self, newest_first: &[Value]) {
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
    async fn the_log_has_the_outcome(&mut self, hub: &Hub, deed: &Deed, steps: &[Step], since: i64) {
        let log = self.get(hub, "/api/audit?limit=12").await;
        let records = log["data"].as_array().unwrap();
        let is_ours = |one: &&Value| {
            one["phase"] == "asked" && one["op"] == *deed.tool && one["seq"].as_i64() > Some(since)
        };
        let Some(asked) = records.iter().find(is_ours) else {
            let untouched = steps.iter().all(|step| self.now[&step.file] == step.before);
            assert!(untouched, "it was done before the log had it: {deed:?}");
            return;
        };
        let outcome = records.iter().find(|one| one["intent"] == asked["seq"]);
        let outcome = outcome.unwrap_or_else(|| panic!("nobody says what became of {asked}"));
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

    fn lines(&self, number: u64) -> usize {
        let text = std::fs::read_to_string(self.on_disk(Some(CONTAINER), ALLOWED)).unwrap_or_default();
        text.lines().filter(|line| *line == number.to_string()).count()
    }

    async fn die_at_what_a_person_allows(&mut self, hub: Hub, assistant: &Assistant) -> Hub {
        let number = self.lives;
        let command = format!("eval \"$(cat {FOLDER}/none 2>/dev/null)\"; echo {number} >> {ALLOWED}");
        let input = json!({"vmid": CONTAINER, "command": command});
        let fault = assistant.call("pct_exec", &input).await.unwrap().unwrap_err();
        assert!(fault.to_string().contains("approval_pending"), "{fault}");
        let row = self.get(&hub, "/api/approvals?limit=1").await["data"][0].clone();
        let (id, yes) = (row["id"].as_i64().unwrap(), json!({"digest": row["digest"]}));
        let path = format!("/api/approvals/{id}/approve");
        let request = self.person.post(format!("{}{path}", hub.url)).json(&yes);
        let client = self.person.clone();
        let call = async move { client.execute(request.build().unwrap()).await.ok()?.text().await.ok() };
        let answer = self.killed(hub, "approve", call).await;

        let hub = self.start();
        self.be_quiet().await;
        let state = |row: &Value| row["data"][0]["state"].as_str().unwrap().to_owned();
        let seen = state(&self.get(&hub, &format!("/api/approvals/{id}")).await);
        let effect = self.lines(number);
        match seen.as_str() {
            "done" => assert_eq!(effect, 1, "done without effect, or twice"),
            "pending" => assert_eq!((effect, answer), (0, None), "it was done, and still waits"),
            "interrupted" | "failed" => assert!(effect <= 1, "done twice"),
            other => panic!("approval {id} is {other}"),
        }
        // A second yes is good only where there was no first.
        let (status, again) = self.post(&hub, &path, &yes).await.unwrap();
        assert_eq!(status == 200, seen == "pending", "{seen}: {again}");
        let effect = effect + usize::from(seen == "pending");
        assert_eq!(self.lines(number), effect, "{seen}: done once more");
        *self.figures.approvals.entry(seen).or_default() += 1;
        self.nothing_is_left_behind().await;
        hub
    }

    /// Every question of the log has just one answer, and nobody changed it.
    fn the_log_holds(&self) {
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
    fn the_node_is_at_rest(&self) {
        let look = "grep -lz '^LABKEEPER_RUN=' /proc/[0-9]*/environ 2>/dev/null; true";
        let found = session(&self.node.ssh, &["root@127.0.0.1", "bash"], look);
        assert_eq!(String::from_utf8_lossy(&found.stdout), "");
    }
}

fn how_often() -> u64 {
    #[expect(clippy::disallowed_methods, reason = "tests have no configuration to ask")]
    let asked = std::env::var("LABKEEPER_KILLS").ok();
    asked.map_or(40, |text| text.parse().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "not yet seen to its end: run it by hand with --run-ignored, LABKEEPER_KILLS says how often"]
#[expect(clippy::print_stdout, reason = "how often it was killed is a figure that people ask for")]
async fn a_hub_that_is_killed_at_any_moment_loses_nothing_and_tells_no_lie() {
    let Some(node) = Node::open("a_hub_that_is_killed_at_any_moment").await else { return };
    let mut trial = Trial::begin(node).await;
    let begun = Instant::now();
    let mut hub = trial.start();
    trial.sign_in(&hub).await;
    let kills = how_often();
    for _ in 0..kills {
        hub = trial.live(hub).await;
        if trial.lives % 100 == 0 {
            println!("{} kills in {} s: {:?}", trial.lives, begun.elapsed().as_secs(), trial.figures);
        }
    }
    drop(hub);
    trial.the_log_holds();
    trial.the_node_is_at_rest();
    println!("{kills} kills in {} s: {:?}", begun.elapsed().as_secs(), trial.figures);
    assert!(
        trial.figures.old + trial.figures.new > 0,
        "nothing was ever interrupted: the test shows nothing"
    );
}
