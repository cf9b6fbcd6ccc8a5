//! The door over HTTPS shows the same world as the one in process, and can be made to misbehave.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use labkeeper_sim::access::{Holder, Release, TokenChange};
use labkeeper_sim::door::{Https, Lab, Mishap, Options, What, now};
use labkeeper_sim::permission::routes;
use labkeeper_sim::world::{Effect, Kind, Power, World};
use labkeeper_sim::{Ask, Cluster, Method};
use serde_json::{Value, json};

struct Opened {
    lab: Arc<Lab>,
    door: Https,
    client: reqwest::Client,
}

const CREDENTIAL: &str = "PVEAPIToken=root@pam!look=secret";

async fn open() -> Opened {
    let mut cluster = Cluster::new(World::homelab(Release::V9, now()));
    cluster.access.add_token("root@pam", "look", TokenChange::default()).unwrap();
    cluster.access.set_secret("root@pam!look", "secret").unwrap();
    cluster.access.grant("/", Holder::Token("root@pam!look".into()), "PVEAuditor", true).unwrap();
    let lab = Arc::new(Lab::new(cluster));
    let options = Options { refusal_takes: Duration::from_millis(300), ..Options::default() };
    let door = Https::open(Arc::clone(&lab), "pve1", options).await.unwrap();
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder().danger_accept_invalid_certs(true).build().unwrap();
    Opened { lab, door, client }
}

impl Opened {
    async fn get(&self, path: &str) -> reqwest::Result<reqwest::Response> {
        let url = format!("https://{}/api2/json{path}", self.door.address);
        self.client.get(url).header("authorization", CREDENTIAL).send().await
    }

    fn let_happen(&self, below: &str, what: What) {
        self.lab.let_happen(Mishap { below: below.into(), what, times: Some(1) });
    }
}

/// What moves by itself from one moment to the next.
fn at_rest(mut value: Value) -> Value {
    const MOVING: &[&str] = &[
        "cpu",
        "mem",
        "memhost",
        "uptime",
        "netin",
        "netout",
        "diskread",
        "diskwrite",
        "time",
        "localtime",
        "loadavg",
        "memory",
        "wait",
        "nics",
        "result",
    ];
    match &mut value {
        Value::Array(rows) => *rows = rows.drain(..).map(at_rest).collect(),
        Value::Object(object) => {
            object.retain(|key, _| !MOVING.contains(&key.as_str()));
            for value in object.values_mut() {
                *value = at_rest(value.take());
            }
        }
        _ => {}
    }
    value
}

#[tokio::test]
async fn both_doors_answer_alike() {
    let opened = open().await;
    let mut alike = 0;
    for route in routes(Release::V9).iter().filter(|route| route.method == Method::Get) {
        let path =
            route.template.replace("{node}", "pve1").replace("{storage}", "nas").replace("{name}", "tank");
        let path = if path.contains("/qemu/") {
            path.replace("{vmid}", "202")
        } else {
            path.replace("{vmid}", "108")
        };
        if path.contains('{') {
            continue;
        }
        let ask = Ask {
            method: Method::Get,
            path: path.clone(),
            parameters: BTreeMap::new(),
            authorization: Some(CREDENTIAL.into()),
        };
        let inside = opened.lab.ask(&ask);
        let outside = opened.get(&path).await.unwrap();
        let status = outside.status().as_u16();
        let body: Value = outside.json().await.unwrap_or_default();
        match inside {
            Ok(data) => assert_eq!((status, at_rest(body["data"].clone())), (200, at_rest(data)), "{path}"),
            Err(refusal) => assert_eq!((status, Some(body)), (refusal.status, refusal.body()), "{path}"),
        }
        alike += 1;
    }
    assert!(alike > 150, "{alike}");
    assert!(opened.door.connections() < 20, "connections are kept");
}

#[tokio::test]
async fn the_status_line_says_what_is_wrong_and_a_refused_credential_waits() {
    let opened = open().await;
    let url = format!("https://{}/api2/json/version", opened.door.address);
    let started = std::time::Instant::now();
    let wrong = opened
        .client
        .get(&url)
        .header("authorization", "PVEAPIToken=root@pam!look=wrong")
        .send()
        .await
        .unwrap();
    assert_eq!((wrong.status().as_u16(), wrong.bytes().await.unwrap().len()), (401, 0));
    assert!(started.elapsed() >= Duration::from_millis(300));
    let refused = opened.get("/nodes/pve1/syslog").await.unwrap();
    let reason = refused.extensions().get::<hyper::ext::ReasonPhrase>().unwrap().as_bytes().to_vec();
    assert_eq!(String::from_utf8(reason).unwrap(), "Permission check failed (/nodes/pve1, Sys.Syslog)");
    let outside = opened.client.get(format!("https://{}/", opened.door.address)).send().await.unwrap();
    assert_eq!(outside.status(), 404);
}

#[tokio::test]
async fn what_is_to_go_wrong_goes_wrong_once_and_only_there() {
    let opened = open().await;
    opened.let_happen("/nodes", What::Fail(503, "too busy".into()));
    assert_eq!(opened.get("/version").await.unwrap().status(), 200);
    assert_eq!(opened.get("/nodes").await.unwrap().status(), 503);
    assert_eq!(opened.get("/nodes").await.unwrap().status(), 200);
    opened.let_happen("/nodes", What::Drop);
    assert!(opened.get("/nodes").await.is_err());
    opened.let_happen("", What::Lie(json!({"version": "1.0"})));
    let lie: Value = opened.get("/version").await.unwrap().json().await.unwrap();
    assert_eq!(lie["data"]["version"], "1.0");
    opened.lab.let_happen(Mishap { below: String::new(), what: What::Drop, times: None });
    assert!(opened.get("/version").await.is_err());
    opened.lab.calm();
    opened.let_happen("", What::Garbage);
    assert!(opened.get("/version").await.unwrap().json::<Value>().await.is_err());
    opened.let_happen("", What::Slow(Duration::from_millis(200)));
    let started = std::time::Instant::now();
    opened.get("/version").await.unwrap();
    assert!(started.elapsed() >= Duration::from_millis(200));
}

#[tokio::test]
async fn a_node_that_is_down_answers_nothing() {
    let opened = open().await;
    opened.lab.cluster().world.nodes.get_mut("pve1").unwrap().online = false;
    assert!(opened.get("/version").await.is_err());
}

#[tokio::test]
async fn a_body_is_what_it_says_it_is_and_a_page_says_of_how_many_it_is() {
    let opened = open().await;
    let url = format!("https://{}/api2/json/nodes/pve1/lxc/108/status/stop", opened.door.address);
    let post = |body: &'static str| {
        let request = opened.client.post(&url).header("authorization", CREDENTIAL);
        request.header("content-type", "application/json").body(body).send()
    };
    for body in ["{\"timeout\": ", "[1]", "no JSON"] {
        assert_eq!(post(body).await.unwrap().status(), 400, "{body}");
    }
    assert_eq!(post("{}").await.unwrap().status(), 403);
    opened.lab.cluster().world.haste = 1_000;
    opened.lab.cluster().world.begin("pve1", "root@pam", Effect::Power(Kind::Lxc, 999, Power::Start));
    let tasks: Value = opened.get("/nodes/pve1/tasks?limit=0").await.unwrap().json().await.unwrap();
    assert_eq!(tasks, json!({"data": [], "total": 1}));
}
