//! `lxc-attach` and `pct exec` at a container.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use super::door::{GITEA, REDIS, open, until};

/// Every byte there is, many times over, and no line that ends.
fn bytes() -> Vec<u8> {
    (0..=255u8).cycle().take(300_001).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_runs_in_a_container_with_its_own_files_and_processes() {
    let Some(node) = open("a_program_runs_in_a_container_with_its_own_files_and_processes").await else {
        return;
    };
    assert_eq!(node.read("lxc-attach -n 108 -- cat /etc/hostname").await, "gitea\n");
    assert_eq!(node.read("pct exec 108 -- hostname").await, "gitea\n");
    assert_eq!(node.read("pct exec 105 -- sh -c '. /etc/os-release; echo $ID'").await, "alpine\n");
    assert_eq!(node.read("pct exec 108 -- sh -c 'echo $(id -u) $(pwd)'").await, "0 /root\n");
    // Only the first process of the guest, and what is asked.
    let seen = node.read("pct exec 108 -- sh -c 'ls -d /proc/[0-9]* | wc -l'").await;
    assert!(seen.trim().parse::<u32>().unwrap() <= 4, "{seen}");
    node.read("pct exec 108 -- sh -c 'echo mine >/root/mine; chown 33:33 /root/mine; chmod 640 /root/mine'")
        .await;
    let file = node.ssh.inside(GITEA).unwrap().file("/root/mine");
    assert_eq!(fs::read_to_string(&file).unwrap(), "mine\n");
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o7777, 0o640);
    fs::write(&file, "changed behind its back\n").unwrap();
    assert_eq!(node.read("pct exec 108 -- cat /root/mine").await, "changed behind its back\n");
    assert_eq!(node.refused("pct exec 105 -- cat /root/mine").await.0, 1, "another guest has other files");
}

#[tokio::test(flavor = "multi_thread")]
async fn streams_are_bytes_and_codes_pass() {
    let Some(node) = open("streams_are_bytes_and_codes_pass").await else { return };
    for command in ["lxc-attach -n 108 --clear-env -- cat", "pct exec 108 -- cat", "pct exec 105 -- cat"] {
        let output = node.feed(command, &bytes()).await;
        assert!(output.status.success() && output.stdout == bytes(), "{command}: {:?}", output.stderr);
    }
    let both = node.enter("pct exec 108 -- sh -c 'echo o; echo e >&2; exit 3'").await;
    assert_eq!((both.stdout, both.stderr, both.status.code()), (b"o\n".to_vec(), b"e\n".to_vec(), Some(3)));
    // Whatever a word has in it arrives as it was.
    let odd = "a b;$(reboot)\t\"'\\''\n\\ é*";
    let word = format!("'{odd}'");
    assert_eq!(
        node.read(&format!("lxc-attach -n 108 -- printf %s {word}")).await,
        "a b;$(reboot)\t\"'\n\\ é*"
    );
    let heard = node.feed("pct exec 108 -- sha256sum", &bytes()).await;
    let here = node.feed("sha256sum", &bytes()).await;
    assert_eq!(heard.stdout, here.stdout);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_run_fails_as_it_did_on_the_real_node() {
    let Some(node) = open("what_cannot_be_run_fails_as_it_did_on_the_real_node").await else { return };
    let no_program = |vmid: &str, program: &str| {
        format!(
            "lxc-attach: {vmid}: ../src/lxc/attach.c: lxc_attach_run_command: 1841 No such file or directory - Failed to exec \"{program}\"\n"
        )
    };
    for (command, program) in
        [("pct exec 108 -- /no/such/cmd", "/no/such/cmd"), ("lxc-attach -n108 -- nosuch", "nosuch")]
    {
        assert_eq!(node.refused(command).await, (127, no_program("108", program)), "{command}");
    }
    assert_eq!(node.refused("pct exec 105 -- bash").await, (127, no_program("105", "bash")), "an Alpine");
    let denied = node.refused("pct exec 108 -- /etc/hostname").await;
    assert!(denied.0 == 126 && denied.1.contains("Permission denied - Failed to exec"), "{denied:?}");
    let missing = "Configuration file 'nodes/pve1/lxc/999.conf' does not exist\n".to_string();
    assert_eq!(node.refused("pct exec 999 -- ls").await, (2, missing));
    node.read("pct stop 108").await;
    assert_eq!(node.refused("pct exec 108 -- ls").await, (255, "container '108' not running!\n".into()));
    let (code, said) = node.refused("lxc-attach -n 108 -- ls").await;
    assert!(code == 1 && said.contains("Failed to get init pid"), "{said}");
    assert_eq!(
        node.read("lxc-info -n 108 -sH; lxc-info -n 105 -s").await,
        "STOPPED\nState:          RUNNING\n"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_environment_is_what_was_asked_for() {
    let Some(node) = open("the_environment_is_what_was_asked_for").await else { return };
    let attach = |options: &str| {
        format!("A=1 B='x y' lxc-attach -n 108 {options} -- sh -c 'echo \"$A|$B|$C|$container\"'")
    };
    for (options, said) in [
        ("", "1|x y||lxc\n"),
        ("--clear-env", "|||lxc\n"),
        ("--clear-env --keep-var B -v C=3=4", "|x y|3=4|lxc\n"),
        ("--keep-env --set-var=C=5", "1|x y|5|lxc\n"),
    ] {
        assert_eq!(node.read(&attach(options)).await, said, "{options}");
    }
    assert_eq!(node.read("A=1 pct exec 108 -- sh -c 'echo \"$A\"'").await, "\n");
    assert_eq!(node.read("A=1 pct exec 108 --keep-env 1 -- sh -c 'echo \"$A\"'").await, "1\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn processes_are_there_and_can_be_ended() {
    let Some(node) = open("processes_are_there_and_can_be_ended").await else { return };
    let inside = node.ssh.inside(REDIS).unwrap();
    let sleeps = || {
        let all = inside.processes().unwrap();
        all.into_iter().filter(|(_, words)| words.iter().any(|word| word == "987")).count()
    };
    let timed = node.enter("timeout 0.5 lxc-attach -n 105 -- sleep 987").await;
    assert_eq!((timed.status.code(), sleeps()), (Some(124), 0), "who is timed out is ended in there too");
    let inner = node.enter("pct exec 105 -- timeout 1 sleep 987").await;
    assert_eq!(inner.status.code(), Some(143), "as BusyBox says it");
    // There who watches the time has the same words, and goes a moment later.
    until("nobody is left", || sleeps() == 0).await;
    let mut left = node.begin("lxc-attach -n 105 -- sleep 987");
    until("it sleeps", || sleeps() == 1).await;
    node.read("pct stop 105").await;
    assert!(inside.processes().is_err(), "nothing is left of a container that was stopped");
    left.wait().unwrap();
    assert_eq!(node.read("pct start 105 >/dev/null; pct exec 105 -- hostname").await, "redis\n");
}
