//! Who is not believed, and what then did not happen.

use std::os::unix::fs::PermissionsExt;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use labkeeper_core::ports::Pve;
use labkeeper_core::pve::PveError;
use labkeeper_core::pve::calls::separation;
use labkeeper_core::tier::Tier;
use labkeeper_proxmox::{Api, Endpoint, Limits, Settings, Trust};
use labkeeper_sim::Cluster;
use labkeeper_sim::access::{Holder, Release, TokenChange, UserChange};
use labkeeper_sim::door::{Lab, now};
use labkeeper_sim::world::World;

use super::stored::{files, stored};
use crate::hub::labkeeper;
use crate::node::{Impostor, Node, USER, door, said};

#[tokio::test(flavor = "multi_thread")]
async fn a_host_that_shows_another_key_than_the_node_said_gets_no_companion() {
    let Some(node) = Node::open("a_host_that_shows_another_key_than_the_node_said_gets_no_companion").await
    else {
        return;
    };
    let dir = tempfile::tempdir().unwrap();
    let other = std::fs::read(node.ssh.client_key.with_extension("pub")).unwrap();
    std::fs::write(node.ssh.root.join("etc/ssh/ssh_host_ed25519_key.pub"), other).unwrap();
    let output = node.setup(dir.path(), &["--tier", "companion", "--register", "none"]).output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    assert!(said(&output).contains("cannot log in on 127.0.0.1 port"), "{}", said(&output));
    assert!(said(&output).contains("pveum user delete labkeeper@pve"), "{}", said(&output));
    assert_eq!(files(dir.path()), ["home.key"], "the host key was not proved");
    // Its owner can go back: what was put on the node goes.
    node.set_up(dir.path(), &["--tier", "observe", "--register", "none"]);
    assert!(!node.authorized_keys().contains("labkeeper:home"));
    assert_eq!(
        (node.tokens(), files(dir.path())),
        (vec!["observe".to_owned()], vec!["home.toml".to_owned()])
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn who_shows_another_certificate_hears_no_word() {
    let Some(node) = Node::open("who_shows_another_certificate_hears_no_word").await else { return };
    let dir = tempfile::tempdir().unwrap();
    let impostor = Impostor::listen();
    let output = node.setup_at(dir.path(), &impostor.address, &["--register", "none"]).output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    assert!(said(&output).contains("shows another certificate than the pinned one"), "{}", said(&output));
    let heard = impostor.heard.recv_timeout(Duration::from_secs(20)).unwrap();
    assert_eq!(String::from_utf8_lossy(&heard), "");
    assert!(files(dir.path()).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_host_key_is_refused_before_anything_is_sent() {
    let Some(node) = Node::open("a_wrong_host_key_is_refused_before_anything_is_sent").await else { return };
    let (dir, access) = (tempfile::tempdir().unwrap(), node.access());
    let other = dir.path().join("other_hosts");
    let place = format!("[127.0.0.1]:{}", node.ssh.address.port());
    let key = std::fs::read_to_string(node.ssh.client_key.with_extension("pub")).unwrap();
    std::fs::write(&other, format!("{place} {key}")).unwrap();
    let option = format!("UserKnownHostsFile={}", other.display());
    let mut command = labkeeper(dir.path());
    command.args(["setup", "--yes", "--register", "none", "--node-host", &node.https.address.to_string()]);
    command.args(["--ssh-port", &node.ssh.address.port().to_string(), "--ssh-option", &option]);
    let output =
        command.arg("--ssh-identity").arg(&node.ssh.client_key).stdin(Stdio::null()).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(said(&output).contains("could not log in on 127.0.0.1"), "{}", said(&output));
    assert_eq!(node.access(), access);
    assert!(files(dir.path()).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_may_too_much_is_not_called_done_and_the_way_out_is_said() {
    let Some(node) = Node::open("a_token_that_may_too_much_is_not_called_done_and_the_way_out_is_said").await
    else {
        return;
    };
    let dir = tempfile::tempdir().unwrap();
    node.set_up(dir.path(), &["--register", "none"]);
    for holder in [Holder::User(USER.into()), Holder::Token("labkeeper@pve!observe".into())] {
        node.lab.cluster().access.grant("/vms/101", holder, "PVEVMAdmin", true).unwrap();
    }
    let output = node.setup(dir.path(), &["--register", "none"]).output().unwrap();
    assert_eq!(output.status.code(), Some(4), "{}", said(&output));
    assert!(said(&output).contains("VM.Allocate on /vms/101"), "{}", said(&output));
    let result: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(result["done"], false);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_forbids_nothing_is_not_trusted() {
    let Some(node) = Node::open("a_node_that_forbids_nothing_is_not_trusted").await else { return };
    let dir = tempfile::tempdir().unwrap();
    node.lab.let_happen(labkeeper_sim::door::Mishap {
        below: "/nodes/pve1/lxc/999999999".into(),
        what: labkeeper_sim::door::What::Lie("UPID".into()),
        times: None,
    });
    let output = node.setup(dir.path(), &["--register", "none"]).output().unwrap();
    // The simulated node forbids it all the same; only the answer on the wire is another.
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    assert!(said(&output).contains("did not forbid"), "{}", said(&output));
    assert!(files(dir.path()).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_user_of_somebody_else_is_left_alone() {
    let Some(node) = Node::open("the_user_of_somebody_else_is_left_alone").await else { return };
    let dir = tempfile::tempdir().unwrap();
    node.lab.cluster().access.add_user("anna@pve", UserChange::default()).unwrap();
    let access = node.access();
    let output = node.setup(dir.path(), &["--pve-user", "anna@pve", "--register", "none"]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(said(&output).contains("pveum user modify anna@pve --comment labkeeper"), "{}", said(&output));
    assert_eq!(node.access(), access);
    // Handed over, it is taken.
    assert!(node.enter("pveum user modify anna@pve --comment labkeeper").status.success());
    node.set_up(dir.path(), &["--pve-user", "anna@pve", "--register", "none"]);
    assert!(stored(dir.path()).contains("anna@pve!observe"));

    // A name like ours makes nobody ours.
    let other = UserChange { comment: Some("labkeeper's friend".into()), ..UserChange::default() };
    node.lab.cluster().access.add_user("labkeeper-old@pve", other).unwrap();
    let attic = ["--name", "attic", "--pve-user", "labkeeper-old@pve", "--register", "none"];
    let output = node.setup(dir.path(), &attic).output().unwrap();
    assert!(said(&output).contains("is not labkeeper's"), "{}", said(&output));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_cannot_be_known_again_is_not_changed() {
    let Some(node) = Node::open("a_node_that_cannot_be_known_again_is_not_changed").await else { return };
    let (dir, access, keys) = (tempfile::tempdir().unwrap(), node.access(), node.authorized_keys());
    std::fs::remove_file(node.ssh.root.join("etc/ssh/ssh_host_ed25519_key.pub")).unwrap();
    let output = node.setup(dir.path(), &["--tier", "companion", "--register", "none"]).output().unwrap();
    assert!(said(&output).contains("ssh-keygen -A"), "{}", said(&output));
    assert!(node.enter("rm /etc/pve/local/pve*-ssl.pem").status.success());
    let output = node.setup(dir.path(), &["--register", "none"]).output().unwrap();
    assert!(said(&output).contains("pvecm updatecerts"), "{}", said(&output));
    assert_eq!((node.access(), node.authorized_keys()), (access, keys));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_data_directory_that_others_may_write_to_gets_no_secret() {
    let Some(node) = Node::open("a_data_directory_that_others_may_write_to_gets_no_secret").await else {
        return;
    };
    let (dir, access) = (tempfile::tempdir().unwrap(), node.access());
    std::fs::set_permissions(dir.path(), std::fs::Permissions::from_mode(0o777)).unwrap();
    let output = node.setup(dir.path(), &["--register", "none"]).output().unwrap();
    assert!(said(&output).contains("may be written by others"), "{}", said(&output));
    assert_eq!(node.access(), access);
    assert!(files(dir.path()).is_empty());
}

#[tokio::test]
async fn the_forbidden_calls_do_nothing_even_for_who_may_everything() {
    let mut cluster = Cluster::new(World::homelab(Release::V9, now()));
    let alone = TokenChange { separated: Some(false), ..TokenChange::default() };
    let secret = cluster.access.add_token("root@pam", "all", alone).unwrap();
    let lab = Arc::new(Lab::new(cluster));
    let https = door(&lab, "pve1").await;
    let trust = Trust::Pin(https.fingerprint.parse().unwrap());
    let api = Api::new(&Settings {
        cluster: "home".parse().unwrap(),
        endpoints: vec![Endpoint { address: https.address.to_string().parse().unwrap(), trust }],
        token: "root@pam!all".parse().unwrap(),
        secret: secret.parse().unwrap(),
        tier: None,
        extras: Default::default(),
        limits: Limits::default(),
    })
    .unwrap();
    let grown = || {
        let cluster = lab.cluster();
        (cluster.access.roles().len(), cluster.world.tasks.len())
    };
    let before = grown();
    for tier in [Tier::Observe, Tier::Operate, Tier::Companion] {
        let call = separation::forbidden(tier, &"pve1".parse().unwrap());
        let answer = (&api as &dyn Pve).call(&call).await;
        assert!(matches!(answer, Err(PveError::BadParameter { .. })), "{call:?}: {answer:?}");
    }
    assert_eq!(grown(), before);
}
