//! Replacing and removing files: all or nothing, and only what was read.

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};
use std::path::Path;
use std::process::Command as Program;

use labkeeper_core::ports::Shell as _;
use labkeeper_core::shell::{Expected, Replaced, ShellError, Window};
use labkeeper_proxmox::Ssh;
use sha2::{Digest as _, Sha256};

use crate::door::{Door, address, open, path, settings};
use crate::relay::Relay;

pub(crate) fn sum(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

pub(crate) fn was(bytes: &[u8]) -> Expected {
    Expected::Sha256(sum(bytes))
}

/// Names in a folder, so that nothing is left beside what is meant.
pub(crate) fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

async fn replace(door: &Door, at: &str, bytes: &[u8], expected: &Expected) -> Result<Replaced, ShellError> {
    door.ssh.replace(&door.host, &path(at), bytes, expected).await
}

#[tokio::test]
async fn what_a_write_left_is_taken_away_and_nothing_else() {
    let Some(door) = open("what_a_write_left_is_taken_away_and_nothing_else").await else { return };
    let folder = door.outside("/srv/left");
    fs::create_dir_all(&folder).unwrap();
    let (ours, other) = (sum(b"ours"), sum(b"other"));
    let beside = |bytes: &str, name: &str| sum(format!("{bytes} ./{name}").as_bytes())[..12].to_owned();
    let of = |bytes: &str, name: &str| format!(".labkeeper.{}.Ab12Cd", beside(bytes, name));
    let left = |bytes: &str| of(bytes, "file");
    let neighbours = of(&ours, "neighbour");
    let rescue = format!("{}.rescue", left(&ours));
    for name in [&left(&ours), &left(&other), &neighbours, &rescue, ".labkeeper.Ab12Cd", "file"] {
        fs::write(folder.join(name), "half").unwrap();
    }
    // Neither what it was nor what it was to become: only the copy has what it was.
    fs::write(folder.join(&rescue), "before").unwrap();
    door.ssh.abandon(&door.host, &path("/srv/left/file"), Some(&ours)).await.unwrap();
    let mut stays = vec![
        ".labkeeper.Ab12Cd".to_owned(),
        left(&other),
        neighbours.clone(),
        rescue.clone(),
        "file".to_owned(),
    ];
    stays.sort();
    assert_eq!(names(&folder), stays);
    for whole in ["before", "ours"] {
        fs::write(folder.join(&rescue), "before").unwrap();
        fs::write(folder.join("file"), whole).unwrap();
        door.ssh.abandon(&door.host, &path("/srv/left/file"), Some(&ours)).await.unwrap();
        stays.retain(|name| *name != rescue);
        assert_eq!(names(&folder), stays, "the file is whole: {whole}");
    }
    let gone = door.ssh.abandon(&door.host, &path("/srv/gone/file"), Some(&ours)).await;
    assert!(matches!(gone, Err(ShellError::Path { .. })), "{gone:?}");
}

#[tokio::test]
async fn a_new_file_is_made_only_where_nothing_is() {
    let Some(door) = open("a_new_file_is_made_only_where_nothing_is").await else { return };
    let folder = door.outside("/srv");
    let every: Vec<u8> = (0..=255).cycle().take(100_000).collect();
    let at = "/srv/new 'file' $(x).bin";
    assert_eq!(replace(&door, at, &every, &Expected::Absent(None)).await, Ok(Replaced::Renamed));
    let made = door.outside(at);
    assert!(fs::read(&made).unwrap() == every);
    let facts = fs::metadata(&made).unwrap();
    assert_eq!(
        (facts.permissions().mode() & 0o7777, facts.uid(), facts.gid(), facts.nlink()),
        (0o644, 0, 0, 1)
    );
    assert_eq!(
        replace(&door, at, b"again", &Expected::Absent(None)).await,
        Err(ShellError::Changed { path: at.to_owned() })
    );
    assert_eq!(replace(&door, "/srv/e", b"", &Expected::Absent(None)).await, Ok(Replaced::Renamed));
    assert_eq!(replace(&door, "/in-root", b"x", &Expected::Absent(None)).await, Ok(Replaced::Renamed));
    let refused = replace(&door, "/srv/none/x", b"x", &Expected::Absent(None)).await.unwrap_err();
    assert!(matches!(refused, ShellError::Path { .. }), "{refused:?}");
    assert_eq!(names(&folder), ["e", "new 'file' $(x).bin"]);
}

#[tokio::test]
async fn a_file_keeps_everything_but_its_bytes() {
    let Some(door) = open("a_file_keeps_everything_but_its_bytes").await else { return };
    let file = door.outside("/srv/conf");
    fs::write(&file, "old\n").unwrap();
    let on_this_machine = |program: &str, words: &[&str]| {
        let done = Program::new(program).args(words).arg(&file).output().unwrap();
        assert!(done.status.success(), "{program}: {done:?}");
        String::from_utf8(done.stdout).unwrap()
    };
    std::os::unix::fs::chown(&file, Some(1234), Some(4321)).unwrap();
    fs::set_permissions(&file, Permissions::from_mode(0o6750)).unwrap();
    on_this_machine("setfacl", &["-m", "u:33:rw"]);
    on_this_machine("setfattr", &["-n", "user.origin", "-v", "by hand"]);
    let mode = fs::metadata(&file).unwrap().permissions().mode() & 0o7777;

    assert_eq!(replace(&door, "/srv/conf", b"new\n", &was(b"old\n")).await, Ok(Replaced::Renamed));
    assert_eq!(fs::read(&file).unwrap(), b"new\n");
    let facts = fs::metadata(&file).unwrap();
    assert_eq!((facts.uid(), facts.gid(), facts.permissions().mode() & 0o7777), (1234, 4321, mode));
    assert!(on_this_machine("getfacl", &["-n", "-c", "-p"]).contains("user:33:rw-"));
    assert!(on_this_machine("getfattr", &["-d", "--absolute-names"]).contains("user.origin=\"by hand\""));
    assert_eq!(names(&door.outside("/srv")), ["conf"]);
}

#[tokio::test]
async fn what_somebody_else_changed_is_not_touched() {
    let Some(door) = open("what_somebody_else_changed_is_not_touched").await else { return };
    let file = door.outside("/srv/conf");
    fs::write(&file, "theirs").unwrap();
    let changed = Err(ShellError::Changed { path: "/srv/conf".to_owned() });
    assert_eq!(replace(&door, "/srv/conf", b"mine", &was(b"before")).await, changed);
    assert_eq!(replace(&door, "/srv/conf", b"mine", &Expected::Absent(None)).await, changed);
    let removed = door.ssh.remove(&door.host, &path("/srv/conf"), &sum(b"before")).await;
    assert_eq!(removed, Err(ShellError::Changed { path: "/srv/conf".to_owned() }));
    assert_eq!(fs::read(&file).unwrap(), b"theirs");
    assert_eq!(
        replace(&door, "/srv/gone", b"mine", &was(b"x")).await,
        Err(ShellError::Changed { path: "/srv/gone".to_owned() })
    );

    door.ssh.remove(&door.host, &path("/srv/conf"), &sum(b"theirs")).await.unwrap();
    assert_eq!(names(&door.outside("/srv")), Vec::<String>::new());
}

#[tokio::test]
async fn a_link_that_was_put_there_meanwhile_is_not_followed() {
    let Some(door) = open("a_link_that_was_put_there_meanwhile_is_not_followed").await else { return };
    let root = door.outside("/srv");
    fs::create_dir_all(root.join("real")).unwrap();
    fs::write(root.join("real/victim"), "precious").unwrap();
    symlink("real/victim", root.join("file")).unwrap();
    symlink("real", root.join("way")).unwrap();
    fs::create_dir(root.join("folder")).unwrap();
    for at in ["/srv/file", "/srv/way/victim", "/srv/folder"] {
        for expected in [was(b"precious"), Expected::Absent(None)] {
            let refused = replace(&door, at, b"mine", &expected).await.unwrap_err();
            assert!(
                matches!(refused, ShellError::Path { .. } | ShellError::Changed { .. }),
                "{at}: {refused:?}"
            );
        }
        let refused = door.ssh.remove(&door.host, &path(at), &sum(b"precious")).await.unwrap_err();
        assert!(matches!(refused, ShellError::Path { .. }), "{at}: {refused:?}");
    }
    let refused = replace(&door, "/srv/way/new", b"mine", &Expected::Absent(None)).await.unwrap_err();
    assert!(matches!(refused, ShellError::Path { .. }), "{refused:?}");
    assert_eq!(fs::read(root.join("real/victim")).unwrap(), b"precious");
    assert_eq!(names(&root.join("real")), ["victim"]);
}

#[tokio::test]
async fn where_nothing_can_be_written_the_file_stays_as_it_was() {
    let Some(door) = open("where_nothing_can_be_written_the_file_stays_as_it_was").await else { return };
    fs::create_dir_all(door.outside("/mnt/full")).unwrap();
    fs::create_dir_all(door.outside("/mnt/fixed")).unwrap();
    fs::write(door.outside("/mnt/fixed/file"), "old").unwrap();
    door.intervene(
        "mount -t tmpfs -o size=64k tmpfs /mnt/full; printf old >/mnt/full/file; mount --bind /mnt/fixed /mnt/fixed; \
         mount -o remount,bind,ro /mnt/fixed",
    );
    let large = vec![b'x'; 200_000];
    for at in ["/mnt/full/file", "/mnt/fixed/file"] {
        let refused = replace(&door, at, &large, &was(b"old")).await.unwrap_err();
        assert!(matches!(refused, ShellError::Unwritable { .. }), "{at}: {refused:?}");
        let piece =
            door.ssh.read(&door.host, &path(at), Window { offset: 0, length: 99 }).await.unwrap().unwrap();
        assert_eq!(piece.bytes, b"old", "{at}");
    }
    let refused = replace(&door, "/mnt/full/new", &large, &Expected::Absent(None)).await.unwrap_err();
    assert!(
        matches!(&refused, ShellError::Unwritable { why, .. } if why == "No space left on device"),
        "{refused:?}"
    );
    let refused = door.ssh.remove(&door.host, &path("/mnt/fixed/file"), &sum(b"old")).await.unwrap_err();
    assert!(
        matches!(&refused, ShellError::Unwritable { why, .. } if why == "Read-only file system"),
        "{refused:?}"
    );
    assert_eq!(door.told("ls -A /mnt/full /mnt/fixed").await, "/mnt/fixed:\nfile\n\n/mnt/full:\nfile\n");
}

#[tokio::test]
async fn what_cannot_be_renamed_is_written_in_place_and_said_so() {
    let Some(door) = open("what_cannot_be_renamed_is_written_in_place_and_said_so").await else { return };
    let root = door.outside("/srv");
    fs::write(root.join("one"), "old").unwrap();
    fs::hard_link(root.join("one"), root.join("other")).unwrap();
    assert_eq!(replace(&door, "/srv/one", b"new", &was(b"old")).await, Ok(Replaced::InPlace));
    assert_eq!(fs::read(root.join("other")).unwrap(), b"new", "both names still mean the same file");

    fs::write(root.join("mounted"), "below").unwrap();
    fs::write(root.join("source"), "old").unwrap();
    door.intervene("mount --bind /srv/source /srv/mounted");
    assert_eq!(replace(&door, "/srv/mounted", b"new", &was(b"old")).await, Ok(Replaced::InPlace));
    assert_eq!(door.told("cat /srv/mounted").await, "new");
    assert_eq!(fs::read(root.join("source")).unwrap(), b"new");
    assert_eq!(names(&root), ["mounted", "one", "other", "source"]);

    // The rescue copy and the new bytes fit, what is written in place does not: the bytes before are put back.
    fs::create_dir_all(door.outside("/mnt/full")).unwrap();
    door.intervene(
        "mount -t tmpfs -o size=64k tmpfs /mnt/full; head -c 16384 /dev/zero >/mnt/full/file; ln /mnt/full/file /mnt/full/twin",
    );
    let before = vec![0; 16384];
    let refused = replace(&door, "/mnt/full/file", &[b'x'; 28_000], &was(&before)).await.unwrap_err();
    let put_back = |why: &str| why.ends_with("its bytes are as before");
    assert!(matches!(&refused, ShellError::Unwritable { why, .. } if put_back(why)), "{refused:?}");
    let piece =
        door.ssh.read(&door.host, &path("/mnt/full/twin"), Window { offset: 0, length: 99_999 }).await;
    assert!(piece.unwrap().unwrap().bytes == before);
    assert_eq!(door.told("ls -A /mnt/full").await, "file\ntwin\n");
}

#[tokio::test]
async fn a_connection_that_is_lost_halfway_leaves_the_old_or_the_new() {
    let Some(door) = open("a_connection_that_is_lost_halfway_leaves_the_old_or_the_new").await else {
        return;
    };
    let root = door.outside("/srv");
    let new: Vec<u8> = (0..=255).cycle().take(3 << 20).collect();
    let mut seen = [0, 0];
    for step in 0..24 {
        fs::write(root.join("file"), "old").unwrap();
        let relay = Relay::to(door.server.address).await;
        let ssh = Ssh::new(settings(&door.server, |node| node.addresses = vec![address(relay.port)]));
        ssh.knock(&crate::door::name()).await.unwrap();
        let file = path("/srv/file");
        let expected = was(b"old");
        let cut_after = relay.sent().len() + 140_000 * step;
        tokio::select! {
            done = ssh.replace(&door.host, &file, &new, &expected) => assert_eq!(done, Ok(Replaced::Renamed)),
            () = crate::door::until("enough is sent", || relay.sent().len() >= cut_after) => {
                relay.cut();
            }
        }
        // Whatever is at work there comes to its end.
        crate::door::until("nothing is left beside it", || names(&root) == ["file"]).await;
        crate::door::until("nobody works on it", || {
            crate::door::pids(&|words| words.iter().any(|word| word == "/srv/file")).is_empty()
        })
        .await;
        let now = fs::read(root.join("file")).unwrap();
        assert!(now == b"old" || now == new, "step {step}: {} bytes", now.len());
        seen[usize::from(now == new)] += 1;
    }
    assert!(seen[0] > 0, "{seen:?}");
}
