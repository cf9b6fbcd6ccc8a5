//! The one connection to a node: shared, kept, made anew.

use std::time::{Duration, Instant};

use labkeeper_core::ports::Shell as _;
use labkeeper_core::shell::{Command, End, Window};
use labkeeper_proxmox::Ssh;

use crate::door::{address, name, open, path, script, settings, until};
use crate::relay::Relay;

#[tokio::test]
async fn forty_commands_at_once_share_one_connection() {
    let Some(door) = open("forty_commands_at_once_share_one_connection").await else { return };
    let relay = Relay::to(door.server.address).await;
    let ssh = Ssh::new(settings(&door.server, |node| node.addresses = vec![address(relay.port)]));
    let commands: Vec<_> = (0..40).map(|number| script(&format!("echo {number}; sleep 0.05"))).collect();
    let all = futures::future::join_all(commands.iter().map(|command| ssh.run(&door.host, command))).await;
    for (number, finished) in all.into_iter().enumerate() {
        let finished = finished.unwrap();
        assert_eq!((finished.end, finished.stdout.head), (End::Code(0), format!("{number}\n").into_bytes()));
    }
    assert_eq!(relay.opened(), 1);
}

#[tokio::test]
async fn dropping_many_at_once_takes_no_place_from_those_who_come() {
    let Some(door) = open("dropping_many_at_once_takes_no_place_from_those_who_come").await else { return };
    let slow = script("exec sleep 86394.25");
    for _ in 0..4 {
        let all = futures::future::join_all((0..8).map(|_| door.ssh.run(&door.host, &slow)));
        assert!(tokio::time::timeout(Duration::from_millis(150), all).await.is_err());
    }
    // In the middle of a question for a place, too.
    for moment in 0..200 {
        let asked =
            tokio::time::timeout(Duration::from_micros(moment * 60), door.enter("exec sleep 86394.25"));
        assert!(asked.await.is_err());
    }
    let begun = Instant::now();
    let commands: Vec<_> = (0..5).map(|_| script("echo here")).collect();
    for finished in
        futures::future::join_all(commands.iter().map(|command| door.ssh.run(&door.host, command))).await
    {
        assert_eq!(finished.unwrap().stdout.head, b"here\n");
    }
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
}

#[tokio::test]
async fn a_connection_that_died_in_its_sleep_costs_nobody_an_error() {
    let Some(door) = open("a_connection_that_died_in_its_sleep_costs_nobody_an_error").await else { return };
    let relay = Relay::to(door.server.address).await;
    let ssh = Ssh::new(settings(&door.server, |node| node.addresses = vec![address(relay.port)]));
    let echo = script("echo yes");
    for round in 1..=4 {
        if round == 4 {
            ssh.knock(&name()).await.unwrap();
        }
        let finished = ssh.run(&door.host, &echo).await.unwrap();
        assert_eq!((finished.stdout.head.as_slice(), relay.opened()), (&b"yes\n"[..], round));
        match round {
            1 => relay.cut(),
            // Nobody says that it is dead: a channel that does not open does.
            _ => relay.kill(),
        }
    }
}

#[tokio::test]
async fn new_keys_in_the_middle_change_no_byte() {
    let Some(door) = open("new_keys_in_the_middle_change_no_byte").await else { return };
    door.told("echo RekeyLimit 1M >>/etc/ssh/sshd_config; kill -HUP $(cat /run/sshd.pid)").await;
    let relay = Relay::to(door.server.address).await;
    let ssh = Ssh::new(settings(&door.server, |node| node.addresses = vec![address(relay.port)]));
    let stdin: Vec<u8> = (0..=255).cycle().take(12 << 20).collect();
    let command = Command { stdin, keep: 16 << 20, ..script("cat") };
    let echoes = futures::future::join_all((0..2).map(|_| ssh.run(&door.host, &command))).await;
    for echoed in echoes {
        assert!(echoed.unwrap().stdout.whole() == Some(&command.stdin));
    }
    assert_eq!(relay.opened(), 1);
}

#[tokio::test]
async fn a_look_that_is_cut_off_is_taken_again() {
    let Some(door) = open("a_look_that_is_cut_off_is_taken_again").await else { return };
    let relay = Relay::to(door.server.address).await;
    let ssh = Ssh::new(settings(&door.server, |node| node.addresses = vec![address(relay.port)]));
    std::fs::write(door.outside("/srv/large"), vec![7; 30 << 20]).unwrap();
    ssh.knock(&name()).await.unwrap();
    let (file, window) = (path("/srv/large"), Window { offset: 0, length: 32 << 20 });
    let cutting = async {
        until("some of it came", || relay.received() > 1 << 20).await;
        relay.cut();
    };
    let (piece, ()) = tokio::join!(ssh.read(&door.host, &file, window), cutting);
    assert!(piece.unwrap().unwrap().bytes == vec![7; 30 << 20]);
    assert_eq!(relay.opened(), 2);
}
