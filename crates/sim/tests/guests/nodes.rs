//! The node around its guests: its files of the cluster, its services, its backups, and what is left when all is over.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::door::{GITEA, open, until};

#[tokio::test(flavor = "multi_thread")]
async fn the_configurations_on_the_node_are_the_world_and_writing_them_is_told() {
    let test = "the_configurations_on_the_node_are_the_world_and_writing_them_is_told";
    let Some(node) = open(test).await else { return };
    let text = node.read("cat /etc/pve/lxc/108.conf").await;
    assert!(
        text.starts_with("#Git\n") && text.contains("\nhostname: gitea\n") && !text.contains("lock:"),
        "{text}"
    );
    assert_eq!(
        node.read("cat /etc/pve/nodes/pve1/qemu-server/202.conf | grep ^name").await,
        "name: docker\n"
    );
    assert!(node.read("cat /etc/pve/storage.cfg").await.contains("dir: local\n\tpath /var/lib/vz\n"));
    assert_eq!(node.read("ls /etc/pve/nodes/pve2/lxc | head -1").await, "100.conf\n");
    node.lab.cluster().world.guests.get_mut(&GITEA).unwrap().lock = Some("backup".into());
    assert_eq!(node.read("grep ^lock /etc/pve/lxc/108.conf").await, "lock: backup\n");
    node.lab.cluster().world.guests.get_mut(&GITEA).unwrap().lock = None;
    node.read("pct snapshot 108 one --description why").await;
    let text = node.read("cat /etc/pve/lxc/108.conf").await;
    assert!(text.contains("\nparent: one\n") && text.contains("\n[one]\n#why\n"), "{text}");
    node.read("test -d /sys/fs/cgroup/lxc/108; pct stop 108; ! test -d /sys/fs/cgroup/lxc/108").await;

    assert_eq!(node.ssh.touched(), Vec::<String>::new());
    node.read(
        "echo memory: 1 >>/etc/pve/lxc/108.conf; rm /etc/pve/lxc/105.conf; echo >/etc/pve/lxc/777.conf",
    )
    .await;
    let mut touched = node.ssh.touched();
    touched.sort();
    let names = ["105.conf", "108.conf", "777.conf"].map(|name| format!("etc/pve/nodes/pve1/lxc/{name}"));
    assert_eq!(touched, names);
    assert_ne!(node.lab.cluster().world.guests[&GITEA].memory, 1, "and the world does not know of it");
}

#[tokio::test(flavor = "multi_thread")]
async fn services_are_shown_and_restarted() {
    let Some(node) = open("services_are_shown_and_restarted").await else { return };
    let show = "pct exec 104 -- systemctl show -p ActiveState,SubState,LoadState postgresql";
    assert_eq!(node.read(show).await, "ActiveState=active\nSubState=running\nLoadState=loaded\n");
    let failed = node.read("pct exec 104 -- systemctl list-units --failed --plain --no-legend").await;
    assert_eq!(failed, "postgres-exporter.service loaded failed failed Prometheus exporter of PostgreSQL\n");
    let unknown = node.refused("pct exec 104 -- systemctl restart nosuch").await;
    assert_eq!(unknown, (5, "Failed to restart nosuch.service: Unit nosuch.service not found.\n".into()));
    node.read("pct exec 104 -- systemctl restart postgres-exporter").await;
    assert_eq!(node.read("pct exec 104 -- systemctl is-active postgres-exporter").await, "active\n");
    let said = node
        .read("pct exec 104 -- journalctl -u postgres-exporter -n 1 --no-pager --since '5 min ago'")
        .await;
    assert!(said.contains("postgres systemd[1]: Started postgres-exporter.service"), "{said}");
    let unit = node.ssh.inside(104).unwrap().file("/var/lib/units/postgresql.service");
    let text = fs::read_to_string(&unit).unwrap();
    fs::write(&unit, text + "FailsToStart=1\n").unwrap();
    let (code, why) = node.refused("pct exec 104 -- systemctl restart postgresql").await;
    assert!(code == 1 && why.starts_with("Job for postgresql.service failed"), "{why}");
    assert_eq!(node.read("pct exec 104 -- sh -c 'systemctl is-active postgresql || :'").await, "failed\n");
    assert_eq!(node.read("systemctl is-active pveproxy sshd").await, "active\nactive\n");
    // As it was recorded.
    let none = "  UNIT LOAD ACTIVE SUB DESCRIPTION\n\n0 loaded units listed.\n";
    assert_eq!(node.read("pct exec 103 -- systemctl --failed --no-pager").await, none);
    assert_eq!(node.refused("pct exec 105 -- systemctl status").await.0, 127, "an Alpine has none");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_is_made_from_the_command_line() {
    let Some(node) = open("a_backup_is_made_from_the_command_line").await else { return };
    let said = node.read("vzdump 108 --storage local --mode stop --compress zstd").await;
    let first = "INFO: starting new backup job: vzdump 108 --compress zstd --mode stop";
    assert!(said.starts_with(first), "{said}");
    assert!(said.ends_with("INFO: Backup job finished successfully\n"), "{said}");
    let (code, why) = {
        let failed = node.enter("vzdump 999 --storage local").await;
        (failed.status.code(), String::from_utf8(failed.stderr).unwrap())
    };
    assert_eq!((code, why.as_str()), (Some(255), "job errors\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_can_be_cut_and_the_next_one_works() {
    let Some(node) = open("a_connection_can_be_cut_and_the_next_one_works").await else { return };
    let mut open = node.begin("lxc-attach -n 108 -- sh -c 'echo on; exec sleep 986'");
    let inside = node.ssh.inside(GITEA).unwrap();
    let sleeps =
        || inside.processes().unwrap().iter().any(|(_, words)| words.iter().any(|word| word == "986"));
    until("it sleeps", sleeps).await;
    node.ssh.cut().unwrap();
    let ended = tokio::task::spawn_blocking(move || open.wait().unwrap()).await.unwrap();
    assert_eq!(ended.code(), Some(255));
    assert_eq!(node.read("hostname").await, "pve1\n");
    assert!(sleeps(), "nobody told it");
}

/// How a part of this test runs in a process of its own, which is then killed.
const AS_THE_KILLED: &str = "LABKEEPER_SIM_IS_KILLED";

#[tokio::test(flavor = "multi_thread")]
#[expect(clippy::disallowed_methods, reason = "a process tells the other through the environment")]
async fn nothing_is_left_of_a_lab_whose_process_was_killed() {
    let test = "nothing_is_left_of_a_lab_whose_process_was_killed";
    if let Some(place) = std::env::var_os(AS_THE_KILLED) {
        let Some(node) = open(test).await else { return };
        let mut left = node.begin("lxc-attach -n 108 -- sleep 985");
        let inside = node.ssh.inside(GITEA).unwrap();
        until("it sleeps", || inside.processes().unwrap().len() > 1).await;
        let pid = inside.processes().unwrap()[0].0;
        let said = format!("{pid}\n{}\n{}\n", inside.root().display(), node.ssh.root.display());
        let new = Path::new(&place).with_extension("new");
        fs::write(&new, said).unwrap();
        fs::rename(new, &place).unwrap();
        tokio::task::spawn_blocking(move || left.wait()).await.unwrap().unwrap();
        return;
    }
    if open(test).await.is_none() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("said");
    let mut child = Command::new(std::env::current_exe().unwrap());
    child.args(["--exact", &format!("nodes::{test}")]).env(AS_THE_KILLED, &place);
    let mut child = child.stdout(std::process::Stdio::null()).spawn().unwrap();
    until("it is at work", || place.exists()).await;
    let said = fs::read_to_string(&place).unwrap();
    let lines: Vec<&str> = said.lines().collect();
    let process = Path::new("/proc").join(lines[0]);
    assert!(process.exists() && Path::new(lines[1]).exists() && Path::new(lines[2]).exists());
    child.kill().unwrap();
    child.wait().unwrap();
    until("all of it is gone", || {
        !process.exists() && !Path::new(lines[1]).exists() && !Path::new(lines[2]).exists()
    })
    .await;
}
