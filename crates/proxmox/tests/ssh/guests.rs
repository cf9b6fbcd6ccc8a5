//! Containers: a Debian, and an Alpine that has BusyBox and nothing else.

use std::fs;
use std::time::Duration;

use labkeeper_core::ports::Shell as _;
use labkeeper_core::pve::{GuestAt, GuestKind};
use labkeeper_core::shell::{
    Command, Dialect, End, Expected, FileKind, Program, Replaced, ShellError, Spot, Window,
};

use crate::door::{Door, PATIENCE, name, open, path, pids, script, until};
use crate::writing::{sum, was};

const DEBIAN: u32 = 108;
const ALPINE: u32 = 105;

pub(crate) fn container(vmid: u32) -> Spot {
    let vmid = vmid.to_string().parse().unwrap();
    Spot::Guest(GuestAt { node: name(), kind: GuestKind::Lxc, vmid })
}

async fn text(door: &Door, spot: &Spot, text: &str) -> Result<String, ShellError> {
    let dialect = door.ssh.dialect(spot).await?;
    let program = Program::Text { text: text.to_owned(), dialect };
    let finished = door.ssh.run(spot, &Command { program, ..script("") }).await?;
    assert_eq!(finished.end, End::Code(0), "{text}: {finished:?}");
    Ok(String::from_utf8(finished.stdout.head).unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn programs_run_in_a_container_as_on_a_node() {
    let Some(door) = open("programs_run_in_a_container_as_on_a_node").await else { return };
    for (vmid, hostname, dialect) in [(DEBIAN, "gitea\n", Dialect::Bash), (ALPINE, "redis\n", Dialect::Posix)]
    {
        let spot = container(vmid);
        assert_eq!(door.ssh.dialect(&spot).await.unwrap(), dialect);
        assert_eq!(text(&door, &spot, "hostname").await.unwrap(), hostname);
        assert_eq!(
            text(&door, &spot, "pwd; echo \"$PATH|$HOME|$LANG|$USER\"; cat").await.unwrap(),
            "/root\n/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin|/root|C.UTF-8|root\n"
        );
        let finished = door.ssh.run(&spot, &script("echo out; echo err >&2; exit 7")).await.unwrap();
        assert_eq!(
            (finished.end, finished.stdout.head.as_slice(), finished.stderr.head.as_slice()),
            (End::Code(7), &b"out\n"[..], &b"err\n"[..])
        );
        let every: Vec<u8> = (0..=255).cycle().take(700_000).collect();
        let echoed = door.ssh.run(&spot, &Command { stdin: every.clone(), ..script("cat") }).await.unwrap();
        assert!(echoed.stdout.whole() == Some(every.as_slice()));
        let words = ["printf", "%s\\0", "$(reboot)", "a b", "'\"\\", "-n", "", "new\nline", "é"];
        let finished = door.ssh.run(&spot, &Command::argv(words, PATIENCE)).await.unwrap();
        assert_eq!(
            String::from_utf8(finished.stdout.head).unwrap(),
            words[2..].iter().map(|word| format!("{word}\0")).collect::<String>()
        );
        let missing = door.ssh.run(&spot, &Command::argv(["no-such-program"], PATIENCE)).await.unwrap();
        assert_eq!(missing.end, End::Code(127));
    }
    let program = Program::Text { text: "true".to_owned(), dialect: Dialect::Bash };
    let refused = door.ssh.run(&container(ALPINE), &Command { program, ..script("") }).await.unwrap_err();
    assert_eq!(refused, ShellError::Lacking { what: "bash".to_owned() });
}

#[tokio::test(flavor = "multi_thread")]
async fn without_lxc_attach_pct_does_it() {
    let Some(door) = open("without_lxc_attach_pct_does_it").await else { return };
    fs::remove_file(door.outside("/local/sbin/lxc-attach")).unwrap();
    assert_eq!(
        text(&door, &container(DEBIAN), "hostname; echo \"$HOME$LC_ALL\"").await.unwrap(),
        "gitea\n/root\n"
    );
    fs::write(door.server.inside(DEBIAN).unwrap().file("/root/f"), "bytes").unwrap();
    let window = Window { offset: 0, length: 100 };
    let piece = door.ssh.read(&container(DEBIAN), &path("/root/f"), window).await.unwrap().unwrap();
    assert_eq!(piece.bytes, b"bytes");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_container_that_cannot_be_entered_says_why() {
    let Some(door) = open("a_container_that_cannot_be_entered_says_why").await else { return };
    let vmid = |vmid: u32| vmid.to_string().parse().unwrap();
    let refused = door.ssh.run(&container(999), &script("true")).await.unwrap_err();
    assert_eq!(refused, ShellError::NoGuest { node: name(), vmid: vmid(999) });
    door.told("pct stop 108").await;
    let refused = door.ssh.look(&container(DEBIAN), &path("/")).await.unwrap_err();
    assert_eq!(refused, ShellError::NotRunning { vmid: vmid(108) });
    let configuration = door.outside("/etc/pve/lxc/105.conf");
    let text = fs::read_to_string(&configuration).unwrap();
    fs::write(&configuration, format!("lock: backup\n{text}")).unwrap();
    let refused = door.ssh.run(&container(ALPINE), &script("true")).await.unwrap_err();
    assert_eq!(refused, ShellError::Locked { vmid: vmid(105), lock: "backup".to_owned() });
    // A snapshot's section is not the container's state.
    fs::write(&configuration, format!("{text}\n[before]\nlock: snapshot\n")).unwrap();
    assert_eq!(door.ssh.run(&container(ALPINE), &script("true")).await.unwrap().end, End::Code(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_left_at_work_in_a_container() {
    let Some(door) = open("nothing_is_left_at_work_in_a_container").await else { return };
    // Who does not go when told to gets five seconds; once is enough.
    for (vmid, seconds, deaf) in [(DEBIAN, "86387", "trap '' TERM;"), (ALPINE, "86388", "")] {
        let sleepers = || pids(&|words| words.last().is_some_and(|word| word == seconds)).len();
        let start = |deaf: &str| {
            script(&format!(
                "{deaf} sleep {seconds} & setsid sleep {seconds} & (setsid sh -c 'sleep {seconds} & wait' &); echo up; wait"
            ))
        };
        let late = Command { timeout: Duration::from_secs(3), ..start(deaf) };
        let finished = door.ssh.run(&container(vmid), &late).await.unwrap();
        assert_eq!((finished.end, finished.stdout.head.as_slice()), (End::TimedOut, &b"up\n"[..]));
        assert_eq!(sleepers(), 0);
        let (spot, start) = (container(vmid), start(""));
        tokio::select! {
            finished = door.ssh.run(&spot, &start) => panic!("{finished:?}"),
            () = until("they sleep", || sleepers() >= 3) => {}
        }
        until("all are gone", || sleepers() == 0).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn files_of_a_container_are_read_and_written_with_what_it_has() {
    let Some(door) = open("files_of_a_container_are_read_and_written_with_what_it_has").await else { return };
    for vmid in [DEBIAN, ALPINE] {
        let (spot, inside) = (container(vmid), door.server.inside(vmid).unwrap());
        let ssh = &door.ssh;
        let every: Vec<u8> = (0..=255).cycle().take(300_000).collect();
        let at = path("/root/a 'strange' $(name).bin");
        let all = Window { offset: 0, length: 1 << 20 };
        assert_eq!(ssh.look(&spot, &at).await.unwrap(), None);
        assert_eq!(ssh.read(&spot, &at, all).await.unwrap(), None);
        assert_eq!(ssh.list(&spot, &path("/root/none"), 9).await.unwrap(), None);
        assert_eq!(ssh.replace(&spot, &at, &every, &Expected::Absent(None)).await, Ok(Replaced::Renamed));
        assert_eq!(
            ssh.replace(&spot, &at, b"", &Expected::Absent(None)).await,
            Err(ShellError::Changed { path: at.to_string() })
        );
        let piece = ssh.read(&spot, &at, all).await.unwrap().unwrap();
        assert!(piece.bytes == every && piece.sha256 == Some(sum(&every)));
        assert_eq!((piece.facts.mode, piece.facts.uid, piece.facts.kind), (0o644, 0, FileKind::File));
        let part = ssh.read(&spot, &at, Window { offset: 299_990, length: 100 }).await.unwrap().unwrap();
        assert_eq!(part.bytes, every[299_990..]);

        let file = inside.file(at.as_str());
        std::os::unix::fs::chown(&file, Some(33), Some(34)).unwrap();
        fs::set_permissions(&file, std::os::unix::fs::PermissionsExt::from_mode(0o2751)).unwrap();
        assert_eq!(ssh.replace(&spot, &at, b"new", &was(&every)).await, Ok(Replaced::Renamed));
        assert_eq!(fs::read(&file).unwrap(), b"new");
        let facts = ssh.look(&spot, &at).await.unwrap().unwrap();
        assert_eq!((facts.mode, facts.uid, facts.gid, facts.size), (0o2751, 33, 34, 3));
        fs::hard_link(&file, inside.file("/root/twin")).unwrap();
        assert_eq!(ssh.replace(&spot, &at, b"newer", &was(b"new")).await, Ok(Replaced::InPlace));
        assert_eq!(fs::read(inside.file("/root/twin")).unwrap(), b"newer");
        fs::remove_file(inside.file("/root/twin")).unwrap();

        std::os::unix::fs::symlink("/etc/passwd", inside.file("/root/link")).unwrap();
        let refused =
            ssh.replace(&spot, &path("/root/link"), b"x", &Expected::Absent(None)).await.unwrap_err();
        assert!(matches!(refused, ShellError::Path { .. }), "{refused:?}");
        assert_eq!(
            ssh.look(&spot, &path("/root/link")).await.unwrap().unwrap().resolved,
            path("/etc/passwd")
        );
        let (entries, count) = ssh.list(&spot, &path("/root"), 50).await.unwrap().unwrap();
        let link = entries.iter().find(|entry| entry.name == "link").unwrap();
        assert_eq!((link.kind, link.target.as_deref()), (FileKind::Symlink, Some("/etc/passwd")));
        assert_eq!(entries.len() as u64, count);
        assert!(!entries.iter().any(|entry| entry.name.contains("labkeeper")), "nothing is left beside it");
        ssh.remove(&spot, &at, &sum(b"newer")).await.unwrap();
        assert_eq!(ssh.look(&spot, &at).await.unwrap(), None);

        let mounted = path("/mnt/mounted.conf");
        let before = ssh.read(&spot, &mounted, all).await.unwrap().unwrap().bytes;
        assert_eq!(ssh.replace(&spot, &mounted, b"new", &was(&before)).await, Ok(Replaced::InPlace));
        assert_eq!(ssh.read(&spot, &mounted, all).await.unwrap().unwrap().bytes, b"new");

        for (at, large) in [("/mnt/small/file", vec![b'x'; 64 << 20]), ("/mnt/readonly/file", b"x".to_vec())]
        {
            let refused = ssh.replace(&spot, &path(at), &large, &Expected::Absent(None)).await.unwrap_err();
            assert!(matches!(refused, ShellError::Unwritable { .. }), "{at}: {refused:?}");
        }
        assert_eq!(ssh.look(&spot, &path("/mnt/small/file")).await.unwrap(), None);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_read_is_one_trip() {
    let Some(door) = open("a_read_is_one_trip").await else { return };
    let (spot, window) = (container(DEBIAN), Window { offset: 0, length: 1 << 20 });
    let before = door.lab.ran().len();
    door.ssh.read(&spot, &path("/etc/hosts"), window).await.unwrap().unwrap();
    assert_eq!(door.lab.ran().len() - before, 1);
    // What a shell speaks is asked once.
    text(&door, &spot, "true").await.unwrap();
    text(&door, &spot, "true").await.unwrap();
    assert_eq!(door.lab.ran().len() - before, 4);
}
