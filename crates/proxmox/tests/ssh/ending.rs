//! What is begun on a node ends there: in time, when nobody wants it any more, when the connection is gone.

use std::time::{Duration, Instant};

use labkeeper_core::ports::Shell as _;
use labkeeper_core::shell::{Command, End, ShellError};
use labkeeper_proxmox::Ssh;

use crate::door::{address, open, pids, script, settings, sleepers, until};
use crate::relay::Relay;

/// Starts sleepers in all the ways in which one can slip away from whoever started it.
fn slippery(seconds: &str) -> Command {
    script(&format!(
        "trap '' TERM HUP; sleep {seconds} & setsid sleep {seconds} & (setsid sh -c 'sleep {seconds} & sleep {seconds}' &) ; \
         env -i sleep {seconds} & echo up; wait"
    ))
}

const SLEEPERS: usize = 5;

/// Nothing of it is left, not even who answered for it.
async fn gone(seconds: &str) {
    until("all sleepers are gone", || sleepers(seconds).is_empty()).await;
    until("nobody waits for them", || {
        pids(&|words| words.iter().any(|word| word.contains(seconds))).is_empty()
    })
    .await;
}

#[tokio::test]
async fn what_takes_too_long_is_ended_with_all_it_started() {
    let Some(door) = open("what_takes_too_long_is_ended_with_all_it_started").await else { return };
    let begun = Instant::now();
    let late = Command { timeout: Duration::from_secs(2), ..slippery("86398.25") };
    let finished = door.ssh.run(&door.host, &late).await.unwrap();
    assert_eq!((finished.end, finished.stdout.head.as_slice()), (End::TimedOut, b"up\n".as_slice()));
    assert_eq!(sleepers("86398.25").len(), 0, "it is over before it is said");
    assert!(begun.elapsed() < Duration::from_secs(15), "{:?}", begun.elapsed());
    gone("86398.25").await;

    let mild = Command {
        timeout: Duration::from_secs(2),
        ..script("trap 'echo bye; exit 3' TERM; sleep 86398.5 & wait")
    };
    let begun = Instant::now();
    let finished = door.ssh.run(&door.host, &mild).await.unwrap();
    assert_eq!((finished.end, finished.stdout.head.as_slice()), (End::TimedOut, b"bye\n".as_slice()));
    assert!(begun.elapsed() < Duration::from_secs(7), "who goes when told to is not waited for");
}

#[tokio::test]
async fn what_nobody_waits_for_any_more_is_ended() {
    let Some(door) = open("what_nobody_waits_for_any_more_is_ended").await else { return };
    let command = slippery("86397.25");
    tokio::select! {
        finished = door.ssh.run(&door.host, &command) => panic!("{finished:?}"),
        () = until("they sleep", || sleepers("86397.25").len() == SLEEPERS) => {}
    }
    gone("86397.25").await;
    // Also one that was still being told something.
    let command = Command { stdin: vec![0; 32 << 20], ..script("exec sleep 86397.5") };
    tokio::select! {
        finished = door.ssh.run(&door.host, &command) => panic!("{finished:?}"),
        () = until("it sleeps", || sleepers("86397.5").len() == 1) => {}
    }
    gone("86397.5").await;
    assert_eq!(door.told("echo on").await, "on\n");
}

#[tokio::test]
async fn a_lost_connection_is_said_so_and_leaves_nothing_at_work() {
    let Some(door) = open("a_lost_connection_is_said_so_and_leaves_nothing_at_work").await else { return };
    let relay = Relay::to(door.server.address).await;
    let ssh = Ssh::new(settings(&door.server, |node| node.addresses = vec![address(relay.port)]));
    let command = slippery("86396.25");
    let cutting = async {
        until("they sleep", || sleepers("86396.25").len() == SLEEPERS).await;
        relay.cut();
        std::future::pending::<()>().await;
    };
    let lost = tokio::select! {
        finished = ssh.run(&door.host, &command) => finished,
        () = cutting => unreachable!(),
    };
    assert!(matches!(lost, Err(ShellError::Lost { .. })), "{lost:?}");
    gone("86396.25").await;
    let after = ssh.run(&door.host, &script("echo again")).await.unwrap();
    assert_eq!((after.stdout.head.as_slice(), relay.opened()), (&b"again\n"[..], 2));
}

#[tokio::test]
async fn a_server_that_is_killed_is_noticed_and_logged_in_to_anew() {
    let Some(door) = open("a_server_that_is_killed_is_noticed_and_logged_in_to_anew").await else { return };
    let command = script("exec sleep 86395.25");
    let killing = async {
        until("it sleeps", || sleepers("86395.25").len() == 1).await;
        door.server.cut().unwrap();
        std::future::pending::<()>().await;
    };
    let lost = tokio::select! {
        finished = door.ssh.run(&door.host, &command) => finished,
        () = killing => unreachable!(),
    };
    assert!(matches!(lost, Err(ShellError::Lost { .. })), "{lost:?}");
    gone("86395.25").await;
    assert_eq!(door.told("echo again").await, "again\n");
}
