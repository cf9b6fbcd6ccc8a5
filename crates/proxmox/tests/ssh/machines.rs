//! Virtual machines, through their agent.

use std::fs;
use std::time::Duration;

use labkeeper_core::ports::Shell as _;
use labkeeper_core::pve::{GuestAt, GuestKind};
use labkeeper_core::shell::{Command, Dialect, End, Expected, Program, Replaced, ShellError, Spot, Window};

use crate::door::{PATIENCE, name, open, path, script};
use crate::writing::{sum, was};

const DOCKER: u32 = 202;

fn machine(vmid: u32) -> Spot {
    let vmid = vmid.to_string().parse().unwrap();
    Spot::Guest(GuestAt { node: name(), kind: GuestKind::Qemu, vmid })
}

#[tokio::test(flavor = "multi_thread")]
async fn programs_run_in_a_machine_as_its_agent_can() {
    let Some(door) = open("programs_run_in_a_machine_as_its_agent_can").await else { return };
    let spot = machine(DOCKER);
    let finished = door.ssh.run(&spot, &script("echo out; echo err >&2; exit 7")).await.unwrap();
    assert_eq!(
        (finished.end, finished.stdout.head.as_slice(), finished.stderr.head.as_slice()),
        (End::Code(7), &b"out\n"[..], &b"err\n"[..])
    );
    let words = ["printf", "%s|", "$(reboot)", "a b", "'\"\\", "-n", "é"];
    let finished = door.ssh.run(&spot, &Command::argv(words, PATIENCE)).await.unwrap();
    assert_eq!(String::from_utf8(finished.stdout.head).unwrap(), "$(reboot)|a b|'\"\\|-n|é|");
    let echoed = door.ssh.run(&spot, &Command { stdin: "grüße\n".into(), ..script("cat") }).await.unwrap();
    assert_eq!(String::from_utf8(echoed.stdout.head).unwrap(), "grüße\n");
    let missing = door.ssh.run(&spot, &Command::argv(["/no/such"], PATIENCE)).await.unwrap();
    assert_eq!(missing.end, End::Code(127), "{missing:?}");

    assert_eq!(door.ssh.dialect(&spot).await.unwrap(), Dialect::Bash);
    let program = Program::Text { text: "pwd; echo $HOME; env | wc -l".to_owned(), dialect: Dialect::Bash };
    let finished = door.ssh.run(&spot, &Command { program, ..script("") }).await.unwrap();
    assert!(finished.stdout.head.starts_with(b"/root\n/root\n"), "{finished:?}");

    // The agent cannot end what it began; a text is begun by something that can.
    let left = Command { timeout: Duration::from_secs(1), ..script("exec sleep 86377") };
    let finished = door.ssh.run(&spot, &left).await.unwrap();
    assert!(matches!(finished.end, End::LeftRunning { pid: Some(_) }), "{finished:?}");
    let program = Program::Text { text: "sleep 86378".to_owned(), dialect: Dialect::Bash };
    let finished = door
        .ssh
        .run(&spot, &Command { program, timeout: Duration::from_secs(1), ..script("") })
        .await
        .unwrap();
    assert_eq!(finished.end, End::TimedOut);
    let inside = door.server.inside(DOCKER).unwrap().processes().unwrap();
    let sleeps = |seconds: &str| inside.iter().any(|(_, words)| words.iter().any(|word| word == seconds));
    assert_eq!((sleeps("86377"), sleeps("86378")), (true, false));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_machine_that_cannot_be_asked_says_why() {
    let Some(door) = open("a_machine_that_cannot_be_asked_says_why").await else { return };
    let vmid = |vmid: u32| vmid.to_string().parse().unwrap();
    let refused = door.ssh.run(&machine(999), &script("true")).await.unwrap_err();
    assert_eq!(refused, ShellError::NoGuest { node: name(), vmid: vmid(999) });
    door.told("qm stop 202").await;
    let refused = door.ssh.run(&machine(DOCKER), &script("true")).await.unwrap_err();
    assert_eq!(refused, ShellError::NotRunning { vmid: vmid(202) });
    let large = Command { stdin: vec![0; 2 << 20], ..script("cat") };
    let refused = door.ssh.run(&machine(DOCKER), &large).await.unwrap_err();
    assert_eq!(refused, ShellError::TooLarge { limit: 1 << 20 });
}

#[tokio::test(flavor = "multi_thread")]
async fn files_of_a_machine_are_bytes_of_any_size() {
    let Some(door) = open("files_of_a_machine_are_bytes_of_any_size").await else { return };
    let (spot, inside) = (machine(DOCKER), door.server.inside(DOCKER).unwrap());
    let all = Window { offset: 0, length: 4 << 20 };
    // In one piece, and in four.
    for size in [0, 70_000, 2_500_000] {
        let every: Vec<u8> = (0..=255).cycle().take(size).collect();
        let at = path(&format!("/root/gr'üß'e {size}"));
        assert_eq!(
            door.ssh.replace(&spot, &at, &every, &Expected::Absent(None)).await,
            Ok(Replaced::Renamed)
        );
        assert!(fs::read(inside.file(at.as_str())).unwrap() == every);
        let piece = door.ssh.read(&spot, &at, all).await.unwrap().unwrap();
        assert!(piece.bytes == every && piece.sha256 == Some(sum(&every)));
        let changed = door.ssh.replace(&spot, &at, &vec![1; size + 1], &was(b"other")).await;
        assert_eq!(changed, Err(ShellError::Changed { path: at.to_string() }));
        assert_eq!(door.ssh.replace(&spot, &at, b"new", &was(&every)).await, Ok(Replaced::Renamed));
        assert_eq!(door.ssh.look(&spot, &at).await.unwrap().unwrap().size, 3);
        door.ssh.remove(&spot, &at, &sum(b"new")).await.unwrap();
        assert_eq!(door.ssh.read(&spot, &at, all).await.unwrap(), None);
    }
    let left = fs::read_dir(inside.file("/root")).unwrap().map(|entry| entry.unwrap().file_name());
    assert!(!left.into_iter().any(|name| name.to_string_lossy().contains("labkeeper")));
    let refused =
        door.ssh.read(&spot, &path("/etc/hosts"), Window { offset: 0, length: 64 << 20 }).await.unwrap_err();
    assert!(matches!(refused, ShellError::TooLarge { .. }), "{refused:?}");
    let (entries, count) = door.ssh.list(&spot, &path("/etc"), 5).await.unwrap().unwrap();
    assert!(entries.len() == 5 && count > 5);
}
