//! What each tier leaves on the node and here, on the way up, down and away.

use labkeeper_sim::access::Release;

use super::stored::{files, mode, stored};
use crate::hub::json;
use crate::node::{Node, door, said};

#[tokio::test(flavor = "multi_thread")]
async fn observe_is_set_up_works_and_done_again_changes_nothing() {
    let Some(node) = Node::open("observe_is_set_up_works_and_done_again_changes_nothing").await else {
        return;
    };
    let dir = tempfile::tempdir().unwrap();
    let done = node.set_up(dir.path(), &["--tier", "observe", "--register", "print"]);
    assert_eq!(
        (&done["done"], &done["tier"], &done["node"]),
        (&true.into(), &"observe".into(), &"pve1".into())
    );
    assert_eq!(done["client_configuration"]["mcpServers"]["labkeeper"]["env"]["MCP_TIER"], "observe");
    assert_eq!(node.grants(), ["/ labkeeper@pve PVEAuditor", "/ labkeeper@pve!observe PVEAuditor"]);
    assert_eq!((node.tokens(), node.roles()), (vec!["observe".to_owned()], Vec::new()));
    assert_eq!(mode(&dir.path().join("proxmox/home.toml")), 0o600);
    assert_eq!(mode(&dir.path().join("proxmox")), 0o700);
    assert_eq!(files(dir.path()), ["home.toml"]);
    let listed = json(dir.path(), &["call", "pct_list"]);
    assert!(listed.to_string().contains("paperless"), "{listed}");

    let (access, file) = (node.access(), stored(dir.path()));
    let again = node.set_up(dir.path(), &["--tier", "observe", "--register", "none"]);
    assert_eq!(again["token_made"], false);
    assert_eq!((node.access(), stored(dir.path())), (access, file));
}

#[tokio::test(flavor = "multi_thread")]
async fn up_to_companion_and_down_again_leaves_nothing_behind() {
    let Some(node) = Node::open("up_to_companion_and_down_again_leaves_nothing_behind").await else { return };
    let dir = tempfile::tempdir().unwrap();
    let keys = node.authorized_keys();
    node.set_up(dir.path(), &["--tier", "operate", "--register", "none"]);
    assert_eq!(
        (node.tokens(), node.roles()),
        (vec!["operate".to_owned()], vec!["LabkeeperOperate".to_owned()])
    );

    let done = node.set_up(dir.path(), &["--tier", "companion", "--register", "none"]);
    assert_eq!(done["tier"], "companion");
    assert_eq!(
        (node.tokens(), node.roles()),
        (vec!["companion".to_owned()], vec!["LabkeeperCompanion".to_owned()])
    );
    assert_eq!(files(dir.path()), ["home.key", "home.toml"]);
    assert_eq!(mode(&dir.path().join("proxmox/home.key")), 0o600);
    let shared = node.authorized_keys();
    assert!(shared.starts_with(&keys) && shared.trim_end().ends_with(" labkeeper:home"), "{shared}");
    assert!(stored(dir.path()).contains(&node.ssh.fingerprint), "{}", stored(dir.path()));
    // Without --tier it stays what it is.
    node.set_up(dir.path(), &["--register", "none"]);
    assert_eq!((node.authorized_keys(), node.tokens()), (shared, vec!["companion".to_owned()]));

    node.set_up(dir.path(), &["--tier", "observe", "--register", "none"]);
    assert_eq!(node.authorized_keys(), keys);
    assert_eq!(node.grants(), ["/ labkeeper@pve PVEAuditor", "/ labkeeper@pve!observe PVEAuditor"]);
    assert_eq!((node.tokens(), node.roles()), (vec!["observe".to_owned()], Vec::new()));
    assert_eq!(files(dir.path()), ["home.toml"]);
    assert!(!stored(dir.path()).contains("ssh_"), "{}", stored(dir.path()));
}

#[tokio::test(flavor = "multi_thread")]
async fn backups_are_switched_on_stay_so_and_go_with_the_tier() {
    let Some(node) = Node::open("backups_are_switched_on_stay_so_and_go_with_the_tier").await else { return };
    let dir = tempfile::tempdir().unwrap();
    let may = || node.may("VM.Backup");
    let done = node.set_up(dir.path(), &["--tier", "companion", "--with-backups", "--register", "none"]);
    assert_eq!((&done["done"], &done["problems"]), (&true.into(), &serde_json::json!([])));
    assert!(may() && stored(dir.path()).contains("backups = true"), "{}", stored(dir.path()));
    let checked = json(dir.path(), &["call", "cluster_check"]).to_string();
    assert!(checked.contains("no more than companion wants"), "{checked}");
    node.set_up(dir.path(), &["--register", "none"]);
    assert!(may(), "it stays what it is");
    node.set_up(dir.path(), &["--without-backups", "--register", "none"]);
    assert!(!may() && !stored(dir.path()).contains("backups"), "{}", stored(dir.path()));
    node.set_up(dir.path(), &["--with-backups", "--register", "none"]);
    node.set_up(dir.path(), &["--tier", "operate", "--register", "none"]);
    assert!(!may() && !stored(dir.path()).contains("backups"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_of_release_8_has_what_its_release_knows() {
    let Some(node) = Node::of_release(Release::V8, "a_node_of_release_8_has_what_its_release_knows").await
    else {
        return;
    };
    let dir = tempfile::tempdir().unwrap();
    let done = node.set_up(dir.path(), &["--tier", "operate", "--register", "none"]);
    assert_eq!((&done["release"], &done["problems"]), (&8.into(), &serde_json::json!([])));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_is_taken_away_there_and_here() {
    let Some(node) = Node::open("a_connection_is_taken_away_there_and_here").await else { return };
    let dir = tempfile::tempdir().unwrap();
    let (access, keys) = (node.access(), node.authorized_keys());
    node.set_up(dir.path(), &["--tier", "companion", "--register", "none"]);
    // What somebody else hung on the user would go with it.
    assert!(node.enter("pveum user token add labkeeper@pve grafana").status.success());
    let (shared, before) = (node.authorized_keys(), node.access());
    let refused = node.setup(dir.path(), &["--remove"]).output().unwrap();
    assert!(said(&refused).contains("pveum user token remove labkeeper@pve grafana"), "{}", said(&refused));
    assert_eq!((node.access(), node.authorized_keys()), (before, shared));
    assert!(node.enter("pveum user token remove labkeeper@pve grafana").status.success());

    let done = node.set_up(dir.path(), &["--remove"]);
    assert!(done["next"].as_str().unwrap().contains("restart it"), "{done}");
    assert_eq!((node.access(), node.authorized_keys()), (access, keys));
    assert!(files(dir.path()).is_empty(), "{:?}", files(dir.path()));
    let again = node.setup(dir.path(), &["--remove"]).output().unwrap();
    assert!(said(&again).contains("there is no connection home"), "{}", said(&again));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_other_nodes_of_the_cluster_are_pinned_too() {
    let Some(first) = Node::open("the_other_nodes_of_the_cluster_are_pinned_too").await else { return };
    let dir = tempfile::tempdir().unwrap();
    let second = door(&first.lab, "pve2").await;
    let pve = first.ssh.root.join("etc/pve");
    let pem = first.lab.cluster().world.nodes["pve2"].certificates[0].pem.clone();
    std::fs::create_dir_all(pve.join("nodes/pve2")).unwrap();
    std::fs::write(pve.join("nodes/pve2/pve-ssl.pem"), pem).unwrap();
    let members = r#"{
"nodename": "pve1",
"version": 4,
"cluster": { "name": "homelab", "version": 3, "nodes": 3, "quorate": 1 },
"nodelist": {
  "pve1": { "id": 1, "online": 1, "ip": "127.0.0.1"},
  "pve2": { "id": 2, "online": 1, "ip": "127.0.0.2"},
  "pve3": { "id": 3, "online": 0}
  }
}
"#;
    std::fs::write(pve.join(".members"), members).unwrap();
    // Left of one that has gone.
    std::fs::create_dir_all(pve.join("nodes/gone")).unwrap();
    let done = first.set_up(dir.path(), &["--register", "none"]);
    let port = first.https.address.port();
    // The others are asked at Proxmox's port, whatever way leads to the first.
    assert_eq!(done["endpoints"], serde_json::json!([format!("127.0.0.1:{port}"), "127.0.0.2:8006"]));
    assert!(stored(dir.path()).contains(&second.fingerprint), "{}", stored(dir.path()));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_owner_forbade_the_key_stays_forbidden() {
    let Some(node) = Node::open("what_the_owner_forbade_the_key_stays_forbidden").await else { return };
    let dir = tempfile::tempdir().unwrap();
    node.set_up(dir.path(), &["--tier", "companion", "--register", "none"]);
    let shared = node.authorized_keys();
    let (others, ours) = shared.trim_end().rsplit_once('\n').unwrap();
    let restricted = format!("{others}\nfrom=\"127.0.0.1\" {ours}\n");
    let former =
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGOtf4PNTjKEzKQP/e2uQtsGshcxEPIhhgsIP4FQFsMv labkeeper:home";
    let file = node.ssh.root.join("etc/pve/priv/authorized_keys");
    std::fs::write(&file, format!("{former}\n{restricted}")).unwrap();
    node.set_up(dir.path(), &["--tier", "companion", "--register", "none"]);
    assert_eq!(node.authorized_keys(), restricted);
}
