//! The nodes of a cluster at companion: each is known by its own host key and tried, and who cannot be is left out and named.

use std::io;
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::Arc;

use labkeeper_sim::door::Ssh;
use serde_json::{Value, json};

use super::stored::stored;
use crate::hub::json;
use crate::node::{Node, said, session};

const SECOND: &str = "127.0.0.2";

/// The first node, and a second one that answers at another address of this machine, at the same port.
struct Two {
    first: Node,
    second: Ssh,
}

impl Two {
    async fn open(test: &str) -> Option<Self> {
        let first = Node::open(test).await?;
        let second = Ssh::open(Arc::clone(&first.lab), "pve2").await.unwrap();
        forward((SECOND, first.ssh.address.port()), second.address);
        let two = Self { first, second };
        let members = format!(
            "{{\n\"nodelist\": {{\n  \"pve1\": {{ \"id\": 1, \"online\": 1, \"ip\": \"127.0.0.1\"}},\n  \"pve2\": {{ \"id\": 2, \"online\": 1, \
             \"ip\": \"{SECOND}\"}},\n  \"pve3\": {{ \"id\": 3, \"online\": 0}}\n  }}\n}}\n"
        );
        std::fs::write(two.pve().join(".members"), members).unwrap();
        Some(two)
    }

    fn pve(&self) -> std::path::PathBuf {
        self.first.ssh.root.join("etc/pve")
    }

    /// What the cluster has written down of the second node's host keys.
    fn write_down(&self, key: &str) {
        std::fs::write(self.pve().join("nodes/pve2/ssh_known_hosts"), format!("pve2 {key}\n")).unwrap();
    }

    /// As the file that the nodes of a cluster share would do by itself.
    fn share_keys(&self) {
        let theirs = self.second.root.join("etc/pve/priv/authorized_keys");
        let own = std::fs::read_to_string(&theirs).unwrap();
        std::fs::write(&theirs, format!("{own}{}", self.first.authorized_keys())).unwrap();
    }

    /// Sets up companion; answers the result, whether or not a node is missing.
    fn set_up(&self, dir: &Path) -> Value {
        let output = self.first.setup(dir, &["--tier", "companion", "--register", "none"]).output().unwrap();
        assert!(matches!(output.status.code(), Some(0 | 4)), "{}", said(&output));
        serde_json::from_slice(&output.stdout).unwrap()
    }
}

/// Hands on what comes to that address. Ends with the test.
fn forward(from: (&str, u16), to: std::net::SocketAddr) {
    let listener = TcpListener::bind(from).unwrap();
    std::thread::spawn(move || {
        for near in listener.incoming().map_while(Result::ok) {
            let Ok(far) = TcpStream::connect(to) else { continue };
            for (mut one, mut other) in [(near.try_clone().unwrap(), far.try_clone().unwrap()), (far, near)] {
                std::thread::spawn(move || {
                    _ = io::copy(&mut one, &mut other);
                    _ = other.shutdown(std::net::Shutdown::Both);
                });
            }
        }
    });
}

fn problems(done: &Value) -> Vec<&str> {
    done["problems"].as_array().unwrap().iter().map(|problem| problem.as_str().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_node_that_can_be_proved_is_stored_and_the_others_are_named() {
    let Some(two) = Two::open("every_node_that_can_be_proved_is_stored_and_the_others_are_named").await
    else {
        return;
    };
    let dir = tempfile::tempdir().unwrap();
    // Nothing is written down of the second, and the third is off.
    let done = two.set_up(dir.path());
    assert_eq!(done["ssh_nodes"], json!(["pve1"]));
    let said = problems(&done);
    assert_eq!(said.len(), 2, "{said:?}");
    assert!(said[0].starts_with("pve2 is left out") && said[0].contains("host key"), "{said:?}");
    assert!(said[1].starts_with("pve3 is left out") && said[1].contains("is it off?"), "{said:?}");

    // A key that is not the one it shows: nothing is sent.
    let other = std::fs::read_to_string(two.first.ssh.client_key.with_extension("pub")).unwrap();
    two.write_down(&other);
    two.share_keys();
    let done = two.set_up(dir.path());
    assert_eq!(done["ssh_nodes"], json!(["pve1"]));
    assert!(problems(&done)[0].contains("another SSH host key"), "{done}");
    assert!(!stored(dir.path()).contains(SECOND), "{}", stored(dir.path()));

    two.write_down(&two.second.host_key);
    let done = two.set_up(dir.path());
    assert_eq!((&done["ssh_nodes"], problems(&done).len()), (&json!(["pve1", "pve2"]), 1));
    let settings: toml::Table = stored(dir.path()).parse().unwrap();
    for (key, values) in [
        ("node", ["pve1", "pve2"]),
        ("ssh_host", ["127.0.0.1", SECOND]),
        ("ssh_host_key_fingerprint", [&two.first.ssh.fingerprint, &two.second.fingerprint]),
    ] {
        assert_eq!(settings[key], toml::Value::from(values.to_vec()), "{key}");
    }
    let found = json(dir.path(), &["doctor"]);
    let logins = found.as_array().unwrap().iter().filter(|finding| finding["check"] == "ssh_login");
    let logins: Vec<_> = logins.map(|finding| (&finding["node"], &finding["status"])).collect();
    assert_eq!(logins, [(&json!("pve1"), &json!("ok")), (&json!("pve2"), &json!("ok"))]);

    // Down again nothing of it is left here.
    two.first.set_up(dir.path(), &["--tier", "operate", "--register", "none"]);
    assert!(!stored(dir.path()).contains(SECOND), "{}", stored(dir.path()));
    assert!(!two.first.authorized_keys().contains("labkeeper:home"));
}

/// Proxmox writes down no Ed25519 key of other nodes.
#[tokio::test(flavor = "multi_thread")]
async fn a_node_of_which_another_sort_of_key_is_known_tells_its_own_over_the_clusters_ssh() {
    let Some(two) =
        Two::open("a_node_of_which_another_sort_of_key_is_known_tells_its_own_over_the_clusters_ssh").await
    else {
        return;
    };
    let dir = tempfile::tempdir().unwrap();
    // The second node gets a server with another key, which the first one's root can log in to, as in every cluster.
    let port = TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port();
    let serve = format!(
        "ssh-keygen -q -t ecdsa -N '' -f /etc/ssh/ssh_host_ecdsa_key && $(command -v sshd) -p {port} -h /etc/ssh/ssh_host_ecdsa_key"
    );
    let served = session(&two.second, &["root@127.0.0.1", "bash"], &serve);
    assert!(served.status.success(), "{}", said(&served));
    let root = two.first.ssh.root.join("root/.ssh");
    std::fs::copy(&two.second.client_key, root.join("id_ed25519")).unwrap();
    std::fs::write(root.join("config"), format!("Host {SECOND}\nHostName 127.0.0.1\nPort {port}\n")).unwrap();
    let known = std::fs::read_to_string(two.second.root.join("etc/ssh/ssh_host_ecdsa_key.pub")).unwrap();
    two.write_down(&known);

    two.set_up(dir.path());
    two.share_keys();
    let done = two.set_up(dir.path());
    assert_eq!(done["ssh_nodes"], json!(["pve1", "pve2"]), "{done}");
    assert!(stored(dir.path()).contains(&two.second.fingerprint), "{}", stored(dir.path()));

    // Who shows another key than the one that is written down is not asked.
    let other = known.split_whitespace().next().unwrap();
    let wrong = session(
        &two.second,
        &["root@127.0.0.1", "bash"],
        "ssh-keygen -q -t ecdsa -N '' -f /tmp/k && cat /tmp/k.pub",
    );
    let wrong = String::from_utf8(wrong.stdout).unwrap();
    assert!(wrong.starts_with(other), "{wrong}");
    two.write_down(&wrong);
    let done = two.set_up(dir.path());
    assert_eq!(done["ssh_nodes"], json!(["pve1"]), "{done}");
    assert!(problems(&done)[0].starts_with("pve2 is left out"), "{done}");
}
