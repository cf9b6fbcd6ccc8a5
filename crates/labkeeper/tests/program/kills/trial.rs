//! A hub on a simulated node, and what is known of the files that it writes there.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use labkeeper_core::audit::sha256_hex;
use labkeeper_core::tier::Tier;
use labkeeper_sim::tier_token;
use serde_json::{Value, json};

use crate::hub::{Hub, labkeeper};
use crate::mcp_client::Assistant;
use crate::node::{Node, USER};

pub(super) const FOLDER: &str = "/srv/kills";
/// What this test puts there; everything else was left behind by somebody.
pub(super) const NAMES: [&str; 3] = ["old.conf", "new.conf", "allowed"];
/// Where a command that a person allows writes its line.
pub(super) const ALLOWED: &str = "/srv/kills/allowed";
pub(super) const CONTAINER: u32 = 103;
/// Root of the node is a place, too.
pub(super) const PLACES: [(Option<u32>, &str); 4] =
    [(None, ""), (Some(CONTAINER), "pct_"), (Some(105), "pct_"), (Some(202), "qm_")];
/// Between two looks at whether it is so by now.
pub(super) const LOOK_AGAIN: Duration = Duration::from_millis(10);
pub(super) const PATIENCE: Duration = Duration::from_secs(20);

/// The same numbers every time.
pub(super) struct Dice(pub(super) u64);

impl Dice {
    pub(super) fn below(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }
}

/// A file as somebody who looks at the disk has it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct File {
    pub(super) vmid: Option<u32>,
    pub(super) tools: &'static str,
    pub(super) path: String,
}

impl File {
    pub(super) fn place(&self) -> String {
        match (self.vmid, self.tools) {
            (None, _) => "host:home/pve1".into(),
            (Some(vmid), "qm_") => format!("qm:home/{vmid}"),
            (Some(vmid), _) => format!("pct:home/{vmid}"),
        }
    }

    pub(super) fn input(&self, more: Value) -> Value {
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
pub(super) struct Deed {
    pub(super) tool: String,
    pub(super) input: Value,
}

/// What a deed would do to a file: its digest before and after.
#[derive(Debug, Clone)]
pub(super) struct Step {
    pub(super) file: File,
    pub(super) before: Option<String>,
    pub(super) after: Option<String>,
}

#[derive(Debug, Default)]
pub(super) struct Figures {
    /// It was over before the hub was killed.
    pub(super) in_time: usize,
    /// Its file was as before, or as it should be, when the hub was killed before it had answered.
    pub(super) old: usize,
    pub(super) new: usize,
    /// What became of approvals that were under way.
    pub(super) approvals: BTreeMap<String, usize>,
    pub(super) outcomes: BTreeMap<String, usize>,
}

pub(super) struct Trial {
    pub(super) node: Node,
    pub(super) dir: tempfile::TempDir,
    pub(super) variables: Vec<(&'static str, String)>,
    pub(super) person: reqwest::Client,
    pub(super) dice: Dice,
    /// The digest each file has.
    pub(super) now: BTreeMap<File, Option<String>>,
    /// How long each sort of deed takes.
    pub(super) usual: BTreeMap<String, Duration>,
    /// Processes of the guests when nothing is done.
    pub(super) idle: Vec<(u32, Vec<String>)>,
    pub(super) token: (String, usize),
    pub(super) figures: Figures,
    pub(super) lives: u64,
}

impl Trial {
    pub(super) async fn begin(node: Node) -> Self {
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
            dice: Dice(0),
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

    pub(super) fn lay_out(&mut self) {
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

    pub(super) fn let_a_person_in(&self) {
        let mut command = labkeeper(self.dir.path());
        command.args(["user", "add", "ada", "--role", "admin"]).stdin(std::process::Stdio::piped());
        let mut child = command.spawn().unwrap();
        std::io::Write::write_all(&mut child.stdin.take().unwrap(), b"correct horse battery\n").unwrap();
        assert!(child.wait().unwrap().success());
    }

    pub(super) fn on_disk(&self, vmid: Option<u32>, path: &str) -> PathBuf {
        match vmid {
            Some(vmid) => self.node.ssh.inside(vmid).unwrap().file(path),
            None => self.node.ssh.root.join(path.trim_start_matches('/')),
        }
    }

    pub(super) fn digest(&self, file: &File) -> Option<String> {
        std::fs::read(self.on_disk(file.vmid, &file.path)).ok().map(|bytes| sha256_hex(&bytes))
    }

    pub(super) fn processes(&self) -> Vec<(u32, Vec<String>)> {
        let guests = PLACES.iter().filter_map(|(vmid, _)| *vmid);
        let mut all: Vec<_> =
            guests.flat_map(|vmid| self.node.ssh.inside(vmid).unwrap().processes().unwrap()).collect();
        all.sort_unstable();
        all
    }

    pub(super) fn start(&self) -> Hub {
        let variables: Vec<(&str, &str)> =
            self.variables.iter().map(|(name, value)| (*name, value.as_str())).collect();
        Hub::start_with(self.dir.path(), &variables)
    }

    /// A person's request; `None` when the hub died meanwhile.
    pub(super) async fn asked(&self, request: reqwest::RequestBuilder) -> Option<(u16, Value)> {
        let answer = request.send().await.ok()?;
        let (status, text) = (answer.status().as_u16(), answer.text().await.ok()?);
        Some((status, serde_json::from_str(&text).unwrap_or(Value::String(text))))
    }

    pub(super) async fn get(&self, hub: &Hub, path: &str) -> Value {
        let (status, answer) = self.asked(self.person.get(format!("{}{path}", hub.url))).await.unwrap();
        assert_eq!(status, 200, "{path}: {answer}");
        answer
    }

    pub(super) async fn post(&self, hub: &Hub, path: &str, body: &Value) -> Option<(u16, Value)> {
        self.asked(self.person.post(format!("{}{path}", hub.url)).json(body)).await
    }

    pub(super) async fn sign_in(&mut self, hub: &Hub) {
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
    pub(super) async fn assistant(&mut self, hub: &Hub) -> Assistant {
        if self.token.1 >= 8 {
            let body = json!({"name": format!("claude-{}", self.lives), "scope": "root"});
            let (status, answer) = self.post(hub, "/api/tokens", &body).await.unwrap();
            assert!(status < 300, "{status} {answer}");
            self.token = (answer["data"]["token"].as_str().unwrap().to_owned(), 0);
        }
        Assistant::open(&hub.url, &self.token.0).await
    }

    pub(super) async fn was_written(&self, hub: &Hub, file: &File) -> bool {
        let versions = self.versions(hub, file).await;
        versions.iter().any(|version| version["settlement"] == "applied")
    }

    pub(super) async fn versions(&self, hub: &Hub, file: &File) -> Vec<Value> {
        let vmid = file.vmid.map(|vmid| format!("&vmid={vmid}")).unwrap_or_default();
        let listed = self.get(hub, &format!("/api/proxmox/backups?path={}{vmid}", file.path)).await;
        listed["versions"].as_array().unwrap().clone()
    }

    pub(super) fn lines(&self, number: u64) -> usize {
        let text = std::fs::read_to_string(self.on_disk(Some(CONTAINER), ALLOWED)).unwrap_or_default();
        text.lines().filter(|line| *line == number.to_string()).count()
    }
}
