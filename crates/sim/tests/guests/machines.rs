//! What a guest agent does in a virtual machine, from the command line of its node and over the API.

use std::fs;
use std::time::Duration;

use labkeeper_core::tier::Tier;
use labkeeper_sim::door::{Https, Options};
use labkeeper_sim::{Ask, Method, tier_token};
use serde_json::{Value, json};

use super::door::{DOCKER, open};

#[tokio::test(flavor = "multi_thread")]
async fn a_program_in_a_machine_is_told_of_as_by_the_real_one() {
    let Some(node) = open("a_program_in_a_machine_is_told_of_as_by_the_real_one").await else { return };
    // As it was recorded.
    let recorded = "{\n   \"err-data\" : \"e\\n\",\n   \"err-truncated\" : 0,\n   \"exitcode\" : 3,\n   \"exited\" : 1,\n   \"out-data\" : \"o\\n\",\n   \"out-truncated\" : 0\n}\n";
    assert_eq!(node.read("qm guest exec 202 -- /bin/sh -c 'echo o; echo e >&2; exit 3'").await, recorded);
    let (code, said) = node.refused("qm guest exec 202 -- /no/such").await;
    let why =
        "Agent error: Failed to execute child process \u{201c}/no/such\u{201d} (No such file or directory)\n";
    assert!(code != 0 && said.ends_with(why), "{code} {said}");
    let killed: Value =
        serde_json::from_str(&node.read("qm guest exec 202 -- sh -c 'kill -9 $$'").await).unwrap();
    assert_eq!(killed, json!({"exited": 1, "signal": 9}));

    let timed = node.enter("qm guest exec 202 --timeout 1 -- /bin/sleep 987").await;
    assert_eq!(String::from_utf8_lossy(&timed.stderr), "timeout reached, returning pid\n");
    let pid = serde_json::from_slice::<Value>(&timed.stdout).unwrap()["pid"].as_i64().unwrap();
    assert_eq!(
        (timed.stdout, timed.status.code()),
        (format!("{{\n   \"pid\" : {pid}\n}}\n").into_bytes(), Some(0))
    );
    assert_eq!(node.read(&format!("qm guest exec-status 202 {pid}")).await, "{\n   \"exited\" : 0\n}\n");
    // It goes by the number that it has in there.
    node.read(&format!("qm guest exec 202 -- kill -TERM {pid}")).await;
    let ended: Value =
        serde_json::from_str(&node.read(&format!("qm guest exec-status 202 {pid}")).await).unwrap();
    assert_eq!(ended, json!({"exited": 1, "signal": 15}));
    assert!(
        node.refused(&format!("qm guest exec-status 202 {pid}")).await.1.contains("Invalid parameter 'pid'")
    );

    let input: Vec<u8> = (0..=255u8).cycle().take(1024 * 1024).collect();
    let heard = node.feed("qm guest exec 202 --pass-stdin 1 -- sha256sum", &input).await;
    let here = node.feed("sha256sum", &input).await;
    let heard: Value = serde_json::from_slice(&heard.stdout).unwrap();
    assert_eq!(heard["out-data"].as_str().unwrap(), String::from_utf8(here.stdout).unwrap());
    let bytes = node.enter("qm guest exec 202 -- printf '\\344\\000\\303\\244'").await.stdout;
    assert!(bytes.windows(11).any(|part| part == b"\"\xE4\\u0000\xC3\xA4\""), "as they were: {bytes:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_machine_whose_agent_does_not_answer_says_why() {
    let Some(node) = open("a_machine_whose_agent_does_not_answer_says_why").await else { return };
    assert_eq!(node.read("qm agent 202 ping; qm guest cmd 202 ping").await, "");
    assert!(node.read("qm agent 202 get-osinfo").await.contains("\"id\" : \"debian\""));
    let none = (255, "No QEMU guest agent configured\n".to_string());
    assert_eq!(node.refused("qm guest exec 200 -- ls").await, none);
    let stopped = (255, "VM 207 is not running\n".to_string());
    assert_eq!(node.refused("qm agent 207 ping").await, stopped);
    let machine = labkeeper_sim::world::Agent::Silent;
    node.lab.cluster().world.guests.get_mut(&DOCKER).unwrap().agent = machine;
    let silent = (255, "QEMU guest agent is not running\n".to_string());
    assert_eq!(node.refused("qm guest exec 202 -- ls").await, silent);
    assert_eq!(node.refused("qm agent 202 ping").await, silent);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_api_reaches_the_same_machine_with_the_rights_that_it_takes() {
    let test = "the_api_reaches_the_same_machine_with_the_rights_that_it_takes";
    let Some(node) = open(test).await else { return };
    _ = rustls::crypto::ring::default_provider().install_default();
    let options = Options { refusal_takes: Duration::from_millis(1), ..Options::default() };
    let https = Https::open(node.lab.clone(), "pve1", options).await.unwrap();
    let root = node.read("pveum user token add root@pam all --privsep 0 --output-format json").await;
    let root = serde_json::from_str::<Value>(&root).unwrap()["value"].as_str().unwrap().to_string();
    let root = format!("PVEAPIToken=root@pam!all={root}");
    let operator = tier_token(&mut node.lab.cluster(), "keeper@pve", Tier::Operate).unwrap();
    let operator = format!("PVEAPIToken=keeper@pve!operate={operator}");
    let client = reqwest::Client::builder().danger_accept_invalid_certs(true).build().unwrap();
    let url = |path: &str| format!("https://{}/api2/json/nodes/pve1/qemu/202/agent/{path}", https.address);
    let body = "command=sh&command=-c&command=cat%3B%20exit%204&input-data=h%C3%A4";
    let execute = async |credential: &str| {
        let post = client.post(url("exec")).header("authorization", credential);
        let answer =
            post.header("content-type", "application/x-www-form-urlencoded").body(body).send().await.unwrap();
        (answer.status().as_u16(), serde_json::from_slice::<Value>(&answer.bytes().await.unwrap()).unwrap())
    };
    let (code, refused) = execute(&operator).await;
    let why = "Permission check failed (/vms/202, VM.GuestAgent.Unrestricted)\n";
    assert_eq!((code, &refused["message"]), (403, &json!(why)));
    let (code, begun) = execute(&root).await;
    assert_eq!(code, 200, "{begun}");
    let get = async |path: &str| -> Value {
        let answer = client.get(url(path)).header("authorization", &root).send().await.unwrap();
        serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap()
    };
    let status = format!("exec-status?pid={}", begun["data"]["pid"]);
    let ended = loop {
        let status = get(&status).await;
        if status["data"]["exited"] != 0 {
            break status;
        }
    };
    let said = json!({"exited": 1, "exitcode": 4, "out-data": "h\u{e4}", "out-truncated": 0});
    assert_eq!(ended["data"], said, "letters are bytes");

    let content =
        [("file", "/root/new"), ("content", "some text\n")].map(|(key, value)| (key.into(), value.into()));
    let path = "/nodes/pve1/qemu/202/agent/file-write".to_string();
    let write =
        Ask { method: Method::Post, path, parameters: content.into(), authorization: Some(root.clone()) };
    assert_eq!(node.lab.ask(&write), Ok(Value::Null));
    assert_eq!(
        get("file-read?file=/root/new").await["data"],
        json!({"bytes-read": 10, "content": "some text\n"})
    );
    let part = json!({"bytes-read": 4, "content": "text", "truncated": 1});
    assert_eq!(get("file-read?file=/root/new&offset=5&count=4").await["data"], part);
    let file = node.ssh.inside(DOCKER).unwrap().file("/root/new");
    assert_eq!(fs::read_to_string(file).unwrap(), "some text\n");
    let missing = get("file-read?file=/nope").await;
    let why = "Agent error: failed to open file '/nope' (mode: 'r'): No such file or directory\n";
    assert_eq!(missing["message"], why);
    let words: Vec<Vec<String>> = node.lab.ran().into_iter().map(|ran| ran.argv).collect();
    assert_eq!(words, [["sh", "-c", "cat; exit 4"]]);
}
