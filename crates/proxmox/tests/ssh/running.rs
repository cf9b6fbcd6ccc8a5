//! Commands: what goes in, what comes out, how they end.

use std::time::{Duration, Instant};

use labkeeper_core::ports::Shell as _;
use labkeeper_core::shell::{Command, Dialect, End, Program, ShellError};

use crate::door::{PATIENCE, open, script};

#[tokio::test]
async fn output_errors_and_the_end_come_back_as_they_were() {
    let Some(door) = open("output_errors_and_the_end_come_back_as_they_were").await else { return };
    let finished = door.enter("echo out; echo err >&2; exit 7").await.unwrap();
    assert_eq!(finished.end, End::Code(7));
    assert_eq!(finished.stdout.whole(), Some(b"out\n".as_slice()));
    assert_eq!(finished.stderr.whole(), Some(b"err\n".as_slice()));

    for (text, end) in [
        ("exit 0", End::Code(0)),
        ("exit 255", End::Code(255)),
        // What `timeout` says when it ended something is an honest code of anybody else.
        ("exit 124", End::Code(124)),
        ("exit 137", End::Code(137)),
        ("exec no-such-program", End::Code(127)),
        ("kill -KILL $$", End::Signal("KILL".to_owned())),
        ("kill -TERM $$", End::Signal("TERM".to_owned())),
        ("kill -SEGV $$", End::Signal("SEGV".to_owned())),
        // Its own alarm is not labkeeper's.
        ("kill -ALRM $$", End::Code(142)),
    ] {
        assert_eq!(door.enter(text).await.unwrap().end, end, "{text}");
    }

    let missing = Command::argv(["no-such-program", "x"], PATIENCE);
    let missing = door.ssh.run(&door.host, &missing).await.unwrap();
    assert_eq!(missing.end, End::Code(127));
    assert!(String::from_utf8_lossy(&missing.stderr.head).starts_with("no-such-program: "));
    let folder = door.ssh.run(&door.host, &Command::argv(["/etc"], PATIENCE)).await.unwrap();
    assert_eq!(folder.end, End::Code(126));
}

#[tokio::test]
async fn what_cannot_be_run_is_refused_before_it_is_sent() {
    let Some(door) = open("what_cannot_be_run_is_refused_before_it_is_sent").await else { return };
    for words in [vec![], vec![""], vec!["echo", "a\0b"]] {
        let refused = door.ssh.run(&door.host, &Command::argv(words, PATIENCE)).await.unwrap_err();
        assert!(matches!(refused, ShellError::NotRunnable { .. }), "{refused:?}");
    }
    let long = Command::argv(["true", &"x".repeat(200_000)], PATIENCE);
    let refused = door.ssh.run(&door.host, &long).await.unwrap_err();
    assert!(matches!(refused, ShellError::TooLarge { .. }), "{refused:?}");
    let fits = Command::argv(["true", &"x".repeat(100_000)], PATIENCE);
    assert_eq!(door.ssh.run(&door.host, &fits).await.unwrap().end, End::Code(0));
}

#[tokio::test]
async fn a_program_starts_from_the_same_every_time() {
    let Some(door) = open("a_program_starts_from_the_same_every_time").await else { return };
    std::fs::write(door.outside("/root/.bashrc"), "echo hello from bashrc; echo oops >&2; alias ls=false\n")
        .unwrap();
    let finished = door.ssh.run(&door.host, &Command::argv(["env"], PATIENCE)).await.unwrap();
    let text = String::from_utf8(finished.stdout.head).unwrap();
    let mut lines: Vec<&str> = text.lines().filter(|line| !line.starts_with("LABKEEPER_RUN=")).collect();
    lines.sort_unstable();
    assert_eq!(
        lines,
        [
            "HOME=/root",
            "LANG=C.UTF-8",
            "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "SHELL=/bin/bash",
            "USER=root"
        ]
    );
    assert_eq!(finished.stderr.head, b"", "what the node's own shell says is nobody's output");
    assert_eq!(door.told("pwd; umask; cat").await, "/root\n0022\n");

    assert_eq!(door.ssh.dialect(&door.host).await.unwrap(), Dialect::Bash);
    let text = "shopt -q expand_aliases || echo none; [[ $0 == bash ]] && printf %s \"$BASH_EXECUTION_STRING\" | wc -c";
    let program = Program::Text { text: text.to_owned(), dialect: Dialect::Bash };
    let finished = door.ssh.run(&door.host, &Command { program, ..script("") }).await.unwrap();
    assert_eq!(String::from_utf8(finished.stdout.head).unwrap(), format!("none\n{}\n", text.len()));
    let program = Program::Text { text: "-x; echo $0".to_owned(), dialect: Dialect::Posix };
    let finished = door.ssh.run(&door.host, &Command { program, ..script("") }).await.unwrap();
    assert_eq!(finished.stdout.head, b"sh\n");
}

#[tokio::test]
async fn bytes_go_in_and_out_unchanged_and_as_many_as_there_are() {
    let Some(door) = open("bytes_go_in_and_out_unchanged_and_as_many_as_there_are").await else { return };
    let every: Vec<u8> = (0..=255).cycle().take(6 << 20).collect();
    let command = Command { stdin: every.clone(), keep: 8 << 20, ..script("cat") };
    let echoed = door.ssh.run(&door.host, &command).await.unwrap();
    assert!(echoed.stdout.whole() == Some(every.as_slice()), "six megabytes, each byte as it was");

    // Nobody reads it, and that holds up nothing.
    let unread = Command { stdin: every, ..script("exec true") };
    assert_eq!(door.ssh.run(&door.host, &unread).await.unwrap().end, End::Code(0));

    let much = Command { keep: 1000, ..script("i=0; while [ $i -lt 100000 ]; do echo $i; i=$((i+1)); done") };
    let kept = door.ssh.run(&door.host, &much).await.unwrap().stdout;
    assert_eq!((kept.head.len(), kept.tail.len(), kept.omitted), (500, 500, 588_890 - 1000));
    assert!(kept.head.starts_with(b"0\n1\n2\n") && kept.tail.ends_with(b"99998\n99999\n"));
}

#[tokio::test]
async fn a_daemon_that_keeps_the_streams_open_holds_up_nobody() {
    let Some(door) = open("a_daemon_that_keeps_the_streams_open_holds_up_nobody").await else { return };
    let begun = Instant::now();
    let finished = door.enter("setsid sleep 86399.125 & echo started").await.unwrap();
    assert_eq!((finished.end, finished.stdout.head.as_slice()), (End::Code(0), b"started\n".as_slice()));
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
    assert_eq!(crate::door::sleepers("86399.125").len(), 1, "what ended well may leave something behind");
}
