//! Files of guests: copied in and out, kept, and brought back.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::process::Command;

use super::door::{GITEA, REDIS, open};

#[tokio::test(flavor = "multi_thread")]
async fn files_are_pushed_and_pulled_as_bytes_with_what_was_asked_for() {
    let Some(node) = open("files_are_pushed_and_pulled_as_bytes_with_what_was_asked_for").await else {
        return;
    };
    let bytes: Vec<u8> = (0..=255u8).cycle().take(200_000).collect();
    fs::write(node.ssh.root.join("root/out"), &bytes).unwrap();
    node.read("pct push 108 /root/out /root/in --user www-data --group 4 --perms 0640").await;
    let file = node.ssh.inside(GITEA).unwrap().file("/root/in");
    let facts = fs::metadata(&file).unwrap();
    assert_eq!((facts.uid(), facts.gid(), facts.permissions().mode() & 0o7777), (33, 4, 0o640));
    assert!(fs::read(&file).unwrap() == bytes);
    node.read("pct pull 108 /root/in /root/back; pct pull 105 /etc/hostname /root/name").await;
    assert!(fs::read(node.ssh.root.join("root/back")).unwrap() == bytes);
    assert_eq!(fs::read_to_string(node.ssh.root.join("root/name")).unwrap(), "redis\n");
    // The real one says so too, and its code does not.
    let missing = node.refused("pct pull 108 /nope /root/nope").await;
    assert_eq!(missing, (0, "failed to open /nope: No such file or directory\n".into()));
    assert!(!node.ssh.root.join("root/nope").exists());
    fs::write(node.ssh.inside(GITEA).unwrap().file("/root/empty"), "").unwrap();
    node.read("pct pull 108 /root/empty /root/empty").await;
    assert_eq!(fs::metadata(node.ssh.root.join("root/empty")).unwrap().len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn files_outlive_a_stop_and_a_snapshot_brings_them_back() {
    let Some(node) = open("files_outlive_a_stop_and_a_snapshot_brings_them_back").await else { return };
    let change = "printf 'one\\0two' >/etc/gitea/app.ini; ln -s app.ini /etc/gitea/link; touch -d @1000000000 /etc/gitea/app.ini; echo x >/usr/local/bin/mine; mkfifo /root/pipe";
    node.read(&format!("pct exec 108 -- sh -c \"{change}\"")).await;
    node.read("pct stop 108; pct start 108").await;
    let inside = node.ssh.inside(GITEA).unwrap();
    assert_eq!(fs::read(inside.file("/etc/gitea/app.ini")).unwrap(), b"one\0two");
    node.read("pct snapshot 108 before; pct exec 108 -- sh -c 'rm -r /etc/gitea /usr/local/bin/mine; echo new >/root/new'").await;
    assert!(!inside.file("/etc/gitea").exists() && inside.file("/root/new").exists());
    node.read("pct rollback 108 before").await;
    assert_eq!(node.read("pct status 108").await, "status: stopped\n");
    node.read("pct start 108").await;
    assert_eq!(node.read("pct exec 108 -- cat /etc/gitea/link").await, "one\0two");
    assert_eq!(node.read("pct exec 108 -- stat -c %Y /etc/gitea/app.ini").await, "1000000000\n");
    assert_eq!(node.read("pct exec 108 -- sh -c 'cat /usr/local/bin/mine; test -p /root/pipe'").await, "x\n");
    assert_eq!(node.refused("pct exec 108 -- ls /root/new").await.0, 2);
    // Of one that nobody was in when it was taken, a snapshot has what was there at first.
    node.read("pct snapshot 105 first; pct exec 105 -- sh -c 'echo x >/etc/redis.conf'").await;
    node.read("pct rollback 105 first --start 1").await;
    assert!(node.read("pct exec 105 -- cat /etc/redis.conf").await.contains("appendonly yes"));
}

#[tokio::test(flavor = "multi_thread")]
async fn there_are_places_where_something_is_the_matter() {
    let Some(node) = open("there_are_places_where_something_is_the_matter").await else { return };
    for vmid in [GITEA, REDIS] {
        let inside = node.ssh.inside(vmid).unwrap();
        let fails = async |command: &str, why: &str| {
            let (code, said) = node.refused(&format!("pct exec {vmid} -- sh -c '{command}'")).await;
            assert!(code != 0 && said.contains(why), "{vmid}: {command}: {code} {said}");
        };
        fails("cat /dev/zero >/mnt/small/x", "No space left on device").await;
        assert!(inside.live("/mnt/small/x").unwrap().metadata().unwrap().len() >= 32_768);
        fails("echo >/mnt/readonly/x", "Read-only file system").await;
        fails("echo >/root/x; mv /root/x /mnt/mounted.conf", "busy").await;
        fs::write(inside.file("/etc/fixed"), "fixed").unwrap();
        let fixed = Command::new("chattr").arg("+i").arg(inside.file("/etc/fixed")).status().unwrap();
        if fixed.success() {
            fails("echo >/etc/fixed", "Operation not permitted").await;
        }
        fails("echo x >/proc/sys/kernel/domainname", "Read-only file system").await;
    }
    let folder = node.ssh.inside(GITEA).unwrap().root();
    drop(node);
    assert!(!folder.exists(), "they go with the lab, whatever was done to them");
}
