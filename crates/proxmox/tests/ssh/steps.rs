//! A write that is stopped between any two of its steps, or that goes on when nobody waits for it any more.

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::Path;

use labkeeper_core::ports::Shell as _;
use labkeeper_core::shell::{Expected, Ownership, Replaced, ShellError};
use labkeeper_proxmox::Ssh;

use crate::door::{Door, address, open, path, pids, settings, sleepers, until};
use crate::guests::container;
use crate::relay::Relay;
use crate::writing::{names, sum, was};

/// What a write runs, one step each.
const TOOLS: [&str; 10] = ["cat", "chmod", "chown", "cp", "ln", "mktemp", "mv", "rm", "sha256sum", "stat"];

/// Puts a program before one of the node's. When a write calls it, `deed` is done; `$tool` is the real one.
fn put_before(door: &Door, tool: &str, deed: &str) {
    let script = format!(
        "#!/bin/sh\nPATH=/usr/sbin:/usr/bin:/sbin:/bin\ntool={tool}\n\
         if tr '\\000' '\\n' </proc/$PPID/cmdline | grep -qx labkeeper-write; then\n{deed}\nfi\nexec $tool \"$@\"\n"
    );
    let file = door.outside("/local/bin").join(tool);
    fs::write(&file, script).unwrap();
    fs::set_permissions(&file, Permissions::from_mode(0o755)).unwrap();
}

/// Kills all of the write before or after the step of that number, which `/srv/steps` counts.
const KILLED: &str = "\
    echo >>/srv/steps; step=$(wc -l </srv/steps)
    if [ \"$step\" = \"$(cat /srv/before)\" ]; then kill -9 0; fi
    if [ \"$step\" = \"$(cat /srv/after)\" ]; then $tool \"$@\"; kill -9 0; fi";

/// Makes that write, and kills it before and after each of its steps, with `lay` before each. `look` is asked what is there afterwards.
async fn killed_at_each_step(
    door: &Door,
    expected: &Expected,
    lay: impl Fn(&Path),
    mut look: impl FnMut(&Path, &str),
) {
    TOOLS.iter().chain(&["sync", "touch"]).for_each(|tool| put_before(door, tool, KILLED));
    let folder = door.outside("/srv/app");
    fs::create_dir_all(&folder).unwrap();
    let file = folder.join("file");
    for when in ["before", "after"] {
        for step in 1.. {
            for (name, at) in [("steps", None), ("before", Some("before")), ("after", Some("after"))] {
                let number = if at == Some(when) { format!("{step}\n") } else { String::new() };
                fs::write(door.outside("/srv").join(name), number).unwrap();
            }
            lay(&file);
            let done = door.ssh.replace(&door.host, &path("/srv/app/file"), b"new", expected).await;
            if done == Ok(Replaced::Renamed) {
                assert!(step > 10, "only {step} steps were seen");
                break;
            }
            assert!(matches!(done, Err(ShellError::Unexpected { .. })), "{when} {step}: {done:?}");
            // As it is at that moment, and once what was left is taken away.
            look(&file, &format!("{when} {step}"));
            door.ssh.abandon(&door.host, &path("/srv/app/file"), Some(&sum(b"new"))).await.unwrap();
            assert_eq!(names(&folder), if file.exists() { vec!["file"] } else { vec![] }, "{when} {step}");
            look(&file, &format!("{when} {step}, abandoned"));
        }
    }
}

#[tokio::test]
async fn a_write_that_is_killed_between_any_two_steps_leaves_the_old_or_the_new_and_nothing_else() {
    let Some(door) = open("a_write_that_is_killed_between_any_two_steps").await else { return };
    let mut seen = [0, 0];
    let lay = |file: &Path| fs::write(file, "old").unwrap();
    killed_at_each_step(&door, &was(b"old"), lay, |file, when| {
        let now = fs::read(file).unwrap();
        assert!(now == b"old" || now == b"new", "{when}: {now:?}");
        seen[usize::from(now == b"new")] += 1;
    })
    .await;
    assert!(seen[0] > 0 && seen[1] > 0, "{seen:?}");
}

#[tokio::test]
async fn a_file_that_comes_back_is_its_owners_from_the_first_moment() {
    let Some(door) = open("a_file_that_comes_back_is_its_owners_from_the_first_moment").await else { return };
    let ownership = Ownership { mode: 0o4750, uid: 1234, gid: 4321 };
    let owned = |file: &Path| {
        let facts = fs::metadata(file).unwrap();
        assert_eq!(fs::read(file).unwrap(), b"new");
        Ownership { mode: facts.permissions().mode() & 0o7777, uid: facts.uid(), gid: facts.gid() }
    };
    let mut seen = [0, 0];
    let lay = |file: &Path| _ = fs::remove_file(file);
    killed_at_each_step(&door, &Expected::Absent(Some(ownership)), lay, |file, when| {
        if file.exists() {
            assert_eq!(owned(file), ownership, "{when}");
        }
        seen[usize::from(file.exists())] += 1;
    })
    .await;
    assert!(seen[0] > 0 && seen[1] > 0, "{seen:?}");
    // And so it is when nothing happens in between.
    assert_eq!(owned(&door.outside("/srv/app/file")), ownership);
}

#[tokio::test]
async fn a_file_whose_owner_cannot_be_given_back_does_not_come_back_as_somebody_elses() {
    let Some(door) = open("a_file_whose_owner_cannot_be_given_back").await else { return };
    fs::create_dir_all(door.outside("/srv/app")).unwrap();
    let file = door.outside("/local/bin/chown");
    fs::write(&file, "#!/bin/sh\nexit 1\n").unwrap();
    fs::set_permissions(&file, Permissions::from_mode(0o755)).unwrap();
    let expected = Expected::Absent(Some(Ownership { mode: 0o640, uid: 1234, gid: 4321 }));
    let refused = door.ssh.replace(&door.host, &path("/srv/app/file"), b"new", &expected).await;
    assert!(
        matches!(&refused, Err(ShellError::Unwritable { why, .. }) if why.contains("owner and mode")),
        "{refused:?}"
    );
    assert_eq!(names(&door.outside("/srv/app")), Vec::<String>::new());
}

#[tokio::test]
async fn what_a_write_in_place_kept_beside_the_file_goes_once_the_file_is_whole() {
    let Some(door) = open("what_a_write_in_place_kept_beside_the_file_goes").await else { return };
    let folder = door.outside("/srv/app");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("file"), "old").unwrap();
    fs::hard_link(folder.join("file"), folder.join("twin")).unwrap();
    // The third time it is the file itself that is written.
    put_before(&door, "cat", "echo >>/srv/cats; [ \"$(wc -l </srv/cats)\" != 3 ] || kill -9 0");
    let done = door.ssh.replace(&door.host, &path("/srv/app/file"), b"new", &was(b"old")).await;
    assert!(matches!(done, Err(ShellError::Unexpected { .. })), "{done:?}");
    assert_eq!(names(&folder).len(), 4, "{:?}", names(&folder));
    let abandon = async || {
        door.ssh.abandon(&door.host, &path("/srv/app/file"), Some(&sum(b"new"))).await.unwrap();
        names(&folder)
    };
    let left = abandon().await;
    assert_eq!(left.len(), 3, "{left:?}");
    let rescue = left.iter().find(|name| name.ends_with(".rescue")).unwrap();
    assert_eq!(fs::read(folder.join(rescue)).unwrap(), b"old", "nothing else there has it");
    fs::write(folder.join("file"), "old").unwrap();
    assert_eq!(abandon().await, ["file", "twin"]);
}

#[tokio::test]
async fn who_wants_to_know_what_became_of_a_write_waits_for_its_end() {
    let Some(door) = open("who_wants_to_know_what_became_of_a_write_waits_for_its_end").await else { return };
    let folder = door.outside("/srv/app");
    fs::create_dir_all(&folder).unwrap();
    // Nothing stops a write any more that has come so far.
    put_before(&door, "mv", "touch /srv/moves; while ! [ -e /srv/go ]; do sleep 0.05; done");
    put_before(&door, "rm", "touch /srv/removes; while ! [ -e /srv/go ]; do sleep 0.05; done");
    let (moves, go) = (door.outside("/srv/moves"), door.outside("/srv/go"));
    let file = path("/srv/app/file");
    let looks = || {
        !pids(&|words| words.windows(2).any(|two| two[0] == "labkeeper-look" && two[1] == "/srv/app/file"))
            .is_empty()
    };
    for (reached, after) in [(moves, Some(sum(b"new"))), (door.outside("/srv/removes"), None)] {
        fs::write(folder.join("file"), "old").unwrap();
        let relay = Relay::to(door.server.address).await;
        let ssh = Ssh::new(settings(&door.server, |node| node.addresses = vec![address(relay.port)]));
        let write = async {
            match &after {
                Some(_) => ssh.replace(&door.host, &file, b"new", &was(b"old")).await.map(|_| ()),
                None => ssh.remove(&door.host, &file, &sum(b"old")).await,
            }
        };
        let cutting = async {
            until("it is about to be done", || reached.exists()).await;
            relay.cut();
            std::future::pending::<()>().await;
        };
        let lost = tokio::select! {
            done = write => done,
            () = cutting => unreachable!(),
        };
        assert!(matches!(lost, Err(ShellError::Lost { .. })), "{lost:?}");
        let mut known = std::pin::pin!(door.ssh.abandon(&door.host, &file, after.as_deref()));
        tokio::select! {
            known = &mut known => panic!("the write is still at work, and it was said: {known:?}"),
            () = until("somebody waits", || looks() && !sleepers("0.1").is_empty()) => {}
        }
        fs::write(&go, "").unwrap();
        let known = known.await;
        assert_eq!(known, Ok(()));
        let now = fs::read(folder.join("file")).ok();
        assert_eq!(now, after.as_ref().map(|_| b"new".to_vec()), "it went on after that was said");
        assert_eq!(names(&folder).len(), usize::from(after.is_some()));
        fs::remove_file(&go).unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_write_that_is_on_its_way_into_a_container_is_waited_for_too() {
    let Some(door) = open("a_write_that_is_on_its_way_into_a_container").await else { return };
    let spot = container(108);
    let inside = door.server.inside(108).unwrap();
    fs::create_dir_all(inside.file("/srv/app")).unwrap();
    fs::write(inside.file("/srv/app/file"), "old").unwrap();
    // The node's way into it, which takes long today and cannot be stopped.
    let slow = "#!/bin/sh\ncase $* in *labkeeper-write*)\ntrap '' TERM HUP\ntouch /srv/reached\n\
                while ! [ -e /srv/go ]; do sleep 0.05; done ;;\nesac\nexec /usr/local/real/${0##*/} \"$@\"\n";
    let programs = door.outside("/local/sbin");
    fs::rename(&programs, door.outside("/local/real")).unwrap();
    fs::create_dir(&programs).unwrap();
    for name in ["lxc-attach", "lxc-info"] {
        fs::write(programs.join(name), slow).unwrap();
        fs::set_permissions(programs.join(name), Permissions::from_mode(0o755)).unwrap();
    }
    let relay = Relay::to(door.server.address).await;
    let ssh = Ssh::new(settings(&door.server, |node| node.addresses = vec![address(relay.port)]));
    let file = path("/srv/app/file");
    let expected = was(b"old");
    let cutting = async {
        until("it is on its way", || door.outside("/srv/reached").exists()).await;
        relay.cut();
        std::future::pending::<()>().await;
    };
    let lost = tokio::select! {
        done = ssh.replace(&spot, &file, b"new", &expected) => done,
        () = cutting => unreachable!(),
    };
    assert!(matches!(lost, Err(ShellError::Lost { .. })), "{lost:?}");
    let after = sum(b"new");
    let mut known = std::pin::pin!(door.ssh.abandon(&spot, &file, Some(&after)));
    tokio::select! {
        known = &mut known => panic!("the write comes yet, and it was said: {known:?}"),
        () = until("somebody waits", || !sleepers("0.1").is_empty()) => {}
    }
    // A file of the same path elsewhere has nothing to do with it.
    let rest = door.ssh.abandon(&door.host, &file, Some(&after)).await;
    assert!(matches!(rest, Ok(()) | Err(ShellError::Path { .. })), "{rest:?}");
    fs::write(door.outside("/srv/go"), "").unwrap();
    assert_eq!(known.await, Ok(()));
    assert_eq!(names(&inside.file("/srv/app")), ["file"]);
    let said = fs::read(inside.file("/srv/app/file")).unwrap();
    until("nobody is at it any more", || {
        pids(&|words| words.iter().any(|word| word == "/srv/app/file")).is_empty()
    })
    .await;
    assert_eq!(fs::read(inside.file("/srv/app/file")).unwrap(), said, "it changed after that was said");
}
