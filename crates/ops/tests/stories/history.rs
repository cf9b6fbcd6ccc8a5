//! The history of the lab's configuration: a node and guests with real files, and a real repository.

use std::fs;
use std::process::Command;

use labkeeper_core::actor::{Actor, Grant, Via};
use labkeeper_core::fault::Code;
use labkeeper_core::tier::Tier;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::lab::Lab;
use crate::shell_lab::{ALPINE, DEBIAN, ShellLab, reached};

async fn sweep(shell: &ShellLab, targets: Value) -> Value {
    shell.lab.ask("config_sweep", json!({"targets": targets})).await
}

fn source<'a>(swept: &'a Value, target: &str) -> &'a Value {
    let all = swept["targets"].as_array().unwrap();
    all.iter().find(|source| source["target"] == target).unwrap_or_else(|| panic!("no {target} in {swept}"))
}

fn figures(source: &Value) -> [u64; 3] {
    ["added", "changed", "deleted"].map(|name| source[name].as_u64().unwrap())
}

/// Everything that was ever kept, in clear.
fn all_of(lab: &Lab) -> String {
    let directory = lab.dir.path().join("config-history");
    let run = Command::new("git")
        .arg("--git-dir")
        .arg(directory)
        .args(["log", "--patch", "main"])
        .output()
        .unwrap();
    assert!(run.status.success());
    String::from_utf8_lossy(&run.stdout).into_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_container_is_swept_and_only_what_differs_is_fetched_and_kept() {
    let Some(shell) = reached("a container is swept").await else { return };
    let vmid = Some(DEBIAN);
    shell.put(vmid, "/etc/app/app.conf", b"host = db\npassword = Hunter-22-and-more\n", 0o640);
    shell.put(vmid, "/etc/app/big", &vec![b'x'; (1 << 20) + 1], 0o644);
    shell.put(vmid, "/etc/app/with\nbreak", b"odd", 0o644);
    let key = format!("-----BEGIN OPENSSH {} KEY-----\nAAAAprivatebytes\n-----END\n", "PRIVATE");
    shell.put(vmid, "/etc/app/host_key", key.as_bytes(), 0o600);
    let swept = sweep(&shell, json!([{"vmid": DEBIAN}])).await;
    let files = source(&swept, "pct:home/103");
    assert!(files["added"].as_u64().unwrap() > 3, "{swept}");
    assert_eq!((&files["skippedOversize"], files.get("error")), (&json!(1), None), "{swept}");
    assert_eq!(figures(source(&swept, "config:home/103")), [1, 0, 0]);
    let kept = all_of(&shell.lab);
    assert!(kept.contains("+host = db") && kept.contains("+password = [[secret:"), "{kept}");
    assert!(
        !kept.contains("Hunter-22") && !kept.contains("AAAAprivatebytes") && !kept.contains("break"),
        "{kept}"
    );

    let again = sweep(&shell, json!([{"vmid": DEBIAN}])).await;
    let same = source(&again, "pct:home/103");
    assert_eq!((figures(same), &again["historyCommitted"]), ([0, 0, 0], &json!(false)), "{again}");
    assert_eq!(same["unchanged"], files["added"]);

    shell.put(vmid, "/etc/app/app.conf", b"host = db\npassword = Another-33-and-more\n", 0o640);
    fs::remove_file(shell.file(vmid, "/etc/app/host_key")).unwrap();
    let third = sweep(&shell, json!([{"vmid": DEBIAN}])).await;
    assert_eq!(figures(source(&third, "pct:home/103")), [0, 1, 1], "{third}");
    let told = shell.lab.ask("config_history", json!({"vmid": DEBIAN, "path": "/etc/app/app.conf"})).await;
    let revisions = told["revisions"].as_array().unwrap();
    assert_eq!(revisions.len(), 2, "{told}");
    let diff = revisions[0]["diff"].as_str().unwrap();
    assert!(
        diff.contains("-password = [[secret:") && diff.contains("+password = [[secret:"),
        "another secret shows: {diff}"
    );
    assert!(!all_of(&shell.lab).contains("Another-33"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_write_from_here_comes_into_the_history_by_itself_and_a_sweep_leaves_it_there() {
    let Some(shell) = reached("a write comes into the history").await else { return };
    let work = tokio::spawn(labkeeper_ops::work::run(shell.lab.keeper.clone(), CancellationToken::new()));
    shell.put(Some(DEBIAN), "/opt/stack/.keep", b"", 0o644);
    let input = json!({"vmid": DEBIAN, "path": "/opt/stack/compose.yml", "content": "services: {}\n"});
    shell.lab.ask("pct_write_file", input).await;
    let question = json!({"vmid": DEBIAN, "path": "/opt/stack"});
    let told = loop {
        let told = shell.lab.ask("config_history", question.clone()).await;
        if told["revisions"].as_array().is_some_and(|revisions| !revisions.is_empty()) {
            break told;
        }
        tokio::task::yield_now().await;
    };
    let revision = &told["revisions"][0];
    assert_eq!(revision["summary"], "pct_write_file pct:home/103:/opt/stack/compose.yml");
    assert!(revision["diff"].as_str().unwrap().contains("+services: {}"), "{told}");
    work.abort();
    let _ = work.await;
    let swept = sweep(&shell, json!([{"vmid": DEBIAN}])).await;
    assert_eq!(source(&swept, "pct:home/103")["deleted"], 0, "what it does not watch is not its to delete");
    // Nobody follows now; the sweep does, before it looks itself. Undo is a write like any other.
    let input = json!({"vmid": DEBIAN, "path": "/opt/stack/compose.yml"});
    shell.lab.ask("revert_file", input).await;
    sweep(&shell, json!([{"vmid": DEBIAN}])).await;
    let told = shell.lab.ask("config_history", question).await;
    assert_eq!(told["revisions"][0]["summary"], "revert_file pct:home/103:/opt/stack/compose.yml");
    assert!(told["revisions"][0]["diff"].as_str().unwrap().contains("-services: {}"), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_whole_lab_is_swept_and_each_source_says_for_itself_what_came_of_it() {
    let Some(shell) = reached("the whole lab is swept").await else { return };
    shell.put(Some(ALPINE), "/etc/motd", b"hello\n", 0o644);
    shell.put(None, "/etc/network/interfaces", b"auto lo\n", 0o644);
    let swept = shell.lab.ask("config_sweep", json!({})).await;
    assert!(source(&swept, "host:home/pve1")["added"].as_u64().unwrap() > 0, "{swept}");
    assert!(
        source(&swept, "pct:home/105")["added"].as_u64().unwrap() > 0,
        "BusyBox alone is enough: {swept}"
    );
    assert_eq!(figures(source(&swept, "config:home/200")), [1, 0, 0]);
    assert_eq!(source(&swept, "pct:home/100")["skipped"], "there is no SSH access to its node");
    let told = shell.lab.ask("config_history", json!({"path": "/etc/network/interfaces"})).await;
    assert_eq!(told["revisions"].as_array().unwrap().len(), 1);
    // The files of a node are not for companion, neither to sweep nor to read.
    let grant = Grant { tier: Tier::Companion, write: true, admin: false };
    let assistant = Actor { name: "a".into(), grant, session: Some("s".into()), ..Actor::local(Via::Mcp) };
    let swept = shell
        .lab
        .call_as(assistant.clone(), "config_sweep", json!({"targets": ["host"]}))
        .await
        .unwrap()
        .output;
    assert_eq!(source(&swept, "host:home/pve1")["skipped"], "the files of a node take root");
    let input = json!({"path": "/etc/network/interfaces"});
    let fault = shell.lab.call_as(assistant.clone(), "config_history", input).await.unwrap_err();
    assert_eq!(fault.code, Code::Forbidden);
    let all = shell.lab.call_as(assistant, "config_history", json!({"limit": 100})).await.unwrap().output;
    assert!(!all.to_string().contains("network/interfaces"), "{all}");
}

#[tokio::test]
async fn where_no_history_is_kept_that_is_said() {
    let lab = Lab::new().await;
    for (tool, input) in [("config_sweep", json!({})), ("config_history", json!({}))] {
        let fault = lab.refused(tool, input).await;
        assert_eq!(
            (fault.code, fault.message.as_str()),
            (Code::Conflict, "no history of configurations is kept here")
        );
    }
}
