//! Looking at files, reading them, listing directories.

use std::ffi::OsStr;
use std::fs::{self, Permissions};
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{PermissionsExt as _, symlink};

use labkeeper_core::ports::Shell as _;
use labkeeper_core::shell::{FileKind, ShellError, Window};

use crate::door::{open, path};
use crate::relay::Relay;

const ALL: Window = Window { offset: 0, length: 1 << 20 };

#[tokio::test]
async fn what_is_there_is_told_and_what_is_not_is_nothing() {
    let Some(door) = open("what_is_there_is_told_and_what_is_not_is_nothing").await else { return };
    let root = door.outside("/srv");
    fs::create_dir_all(root.join("conf")).unwrap();
    fs::write(root.join("conf/a.conf"), "hello").unwrap();
    fs::set_permissions(root.join("conf/a.conf"), Permissions::from_mode(0o4751)).unwrap();
    symlink("conf", root.join("way")).unwrap();
    symlink("/srv/way/a.conf", root.join("link")).unwrap();
    symlink("nowhere", root.join("dangling")).unwrap();
    symlink("loop", root.join("loop")).unwrap();
    let look = async |at: &str| door.ssh.look(&door.host, &path(at)).await;

    let facts = look("/srv/link").await.unwrap().unwrap();
    assert_eq!(facts.resolved, path("/srv/conf/a.conf"));
    assert_eq!((facts.kind, facts.size, facts.mode), (FileKind::File, 5, 0o4751));
    assert_eq!((facts.uid, facts.gid, facts.links), (0, 0, 1));
    assert!(facts.modified > 1_600_000_000);
    assert_eq!(look("/srv").await.unwrap().unwrap().kind, FileKind::Directory);
    assert_eq!(look("/").await.unwrap().unwrap().resolved, path("/"));
    assert_eq!(look("/dev/null").await.unwrap().unwrap().kind, FileKind::Other);
    for absent in ["/srv/none", "/none/at/all"] {
        assert_eq!(look(absent).await.unwrap(), None, "{absent}");
    }
    // Whether anything is there is not said by any of these.
    let long = format!("/{}", "n".repeat(300));
    for doubtful in ["/srv/dangling", "/srv/loop", "/srv/conf/a.conf/below", long.as_str()] {
        let refused = look(doubtful).await.unwrap_err();
        assert!(matches!(refused, ShellError::Path { .. }), "{doubtful}: {refused:?}");
    }
}

#[tokio::test]
async fn a_file_is_read_whole_with_its_digest_in_one_trip() {
    let Some(door) = open("a_file_is_read_whole_with_its_digest_in_one_trip").await else { return };
    let every: Vec<u8> = (0..=255).cycle().take(300_000).collect();
    for (name, bytes) in
        [("every", every.as_slice()), ("empty", b""), ("zeros", &[0; 10]), ("latin", b"gr\xfc\xdfe\n\n\n")]
    {
        fs::write(door.outside("/root").join(name), bytes).unwrap();
        let piece = door.ssh.read(&door.host, &path(&format!("/root/{name}")), ALL).await.unwrap().unwrap();
        assert!(piece.bytes == bytes, "{name}");
        let sum = door.told(&format!("sha256sum /root/{name}")).await;
        assert_eq!(piece.sha256.as_deref(), sum.split(' ').next(), "{name}");
        assert_eq!(piece.facts.size, bytes.len() as u64);
    }
    assert_eq!(door.ssh.read(&door.host, &path("/root/none"), ALL).await.unwrap(), None);
    for at in ["/root", "/dev/zero"] {
        let refused = door.ssh.read(&door.host, &path(at), ALL).await.unwrap_err();
        assert!(matches!(refused, ShellError::Path { .. }), "{refused:?}");
    }
}

#[tokio::test]
async fn of_a_large_file_only_the_part_travels() {
    let Some(door) = open("of_a_large_file_only_the_part_travels").await else { return };
    let relay = Relay::to(door.server.address).await;
    let large = fs::File::create(door.outside("/root/large")).unwrap();
    large.set_len(200 << 20).unwrap();
    std::os::unix::fs::FileExt::write_all_at(&large, b"needle", 150 << 20).unwrap();
    let ssh = labkeeper_proxmox::Ssh::new(crate::door::settings(&door.server, |node| {
        node.addresses = vec![crate::door::address(relay.port)];
    }));
    let read = async |offset, length| {
        ssh.read(&door.host, &path("/root/large"), Window { offset, length }).await.unwrap().unwrap()
    };
    let before = relay.received();
    let piece = read((150 << 20) - 2, 10).await;
    assert_eq!(piece.bytes, b"\0\0needle\0\0");
    assert_eq!((piece.sha256, piece.facts.size), (None, 200 << 20), "so much is not hashed");
    assert!(relay.received() - before < 20_000, "{}", relay.received() - before);
    assert_eq!(read((200 << 20) - 3, 10).await.bytes, [0; 3]);
    assert_eq!(read(200 << 20, 10).await.bytes, b"");
    assert_eq!(read(u64::MAX / 4, 10).await.bytes, b"");
}

#[tokio::test]
async fn a_directory_is_listed_with_every_name_it_can_have() {
    let Some(door) = open("a_directory_is_listed_with_every_name_it_can_have").await else { return };
    let root = door.outside("/srv/d");
    fs::create_dir_all(root.join("sub dir")).unwrap();
    let names: [&[u8]; 11] = [
        b"plain",
        b"-rf",
        b"--",
        b" two  spaces ",
        b"new\nline",
        b"trailing\n",
        b".hidden",
        b"..strange",
        b"quote'\"$(x)`",
        b"gr\xfc\xdfe",
        b"*",
    ];
    for name in names {
        fs::write(root.join(OsStr::from_bytes(name)), name).unwrap();
    }
    symlink("/where ever/it\nleads", root.join("link")).unwrap();
    let (entries, count) = door.ssh.list(&door.host, &path("/srv/d"), 100).await.unwrap().unwrap();
    assert_eq!((entries.len(), count), (13, 13));
    let shown: Vec<&str> = entries.iter().map(|entry| entry.name.as_str()).collect();
    for name in names {
        assert!(
            shown.contains(&&*String::from_utf8_lossy(name)),
            "{:?} in {shown:?}",
            String::from_utf8_lossy(name)
        );
    }
    assert!(shown.is_sorted());
    let of = |name: &str| entries.iter().find(|entry| entry.name == name).unwrap();
    assert_eq!((of("plain").kind, of("plain").size), (FileKind::File, 5));
    assert_eq!(of("sub dir").kind, FileKind::Directory);
    assert_eq!(
        (of("link").kind, of("link").target.as_deref()),
        (FileKind::Symlink, Some("/where ever/it\nleads"))
    );

    let (some, count) = door.ssh.list(&door.host, &path("/srv/d"), 3).await.unwrap().unwrap();
    assert_eq!((some.len(), count), (3, 13));
    fs::create_dir(root.join("empty")).unwrap();
    assert_eq!(door.ssh.list(&door.host, &path("/srv/d/empty"), 9).await.unwrap(), Some((vec![], 0)));
    assert_eq!(door.ssh.list(&door.host, &path("/srv/none"), 9).await.unwrap(), None);
    let refused = door.ssh.list(&door.host, &path("/srv/d/plain"), 9).await.unwrap_err();
    assert!(matches!(refused, ShellError::Path { .. }), "{refused:?}");
}
