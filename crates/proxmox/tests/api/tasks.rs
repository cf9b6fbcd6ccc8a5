//! Waiting for tasks: every line of the log is heard once and in order, and only the end of the task is its end.

use std::sync::Mutex;
use std::time::Duration;

use labkeeper_core::ports::Pve;
use labkeeper_core::pve::calls::guest;
use labkeeper_core::pve::{GuestAt, GuestKind, LogLine, PveError, TaskExit, Upid};
use tokio::time::Instant;

use crate::clock::quickly;
use crate::node::{Asked, Node, Reply, client, pve};

const UPID: &str = "UPID:pve1:000015B2:0009F92E:6B0236F6:vzstart:101:labkeeper@pve!observe:";

fn upid() -> Upid {
    UPID.parse().unwrap()
}

fn at() -> GuestAt {
    GuestAt { node: "pve1".parse().unwrap(), kind: GuestKind::Lxc, vmid: "101".parse().unwrap() }
}

fn status(exit: Option<&str>) -> Reply {
    match exit {
        None => Reply::data(r#"{"status":"running"}"#),
        Some(exit) => Reply::data(&format!(r#"{{"status":"stopped","exitstatus":"{exit}"}}"#)),
    }
}

/// Lines of a log as Proxmox pages it.
fn page(asked: &Asked, all: &[String]) -> Reply {
    let parameter = |name: &str| {
        let (_, query) = asked.line.split_once('?').unwrap();
        let value = query.split('&').find_map(|pair| pair.strip_prefix(&format!("{name}=")));
        value.unwrap().parse::<usize>().unwrap()
    };
    if all.is_empty() {
        return Reply::data(r#"[{"n":1,"t":"no content"}]"#);
    }
    let lines = all.iter().enumerate().skip(parameter("start")).take(parameter("limit"));
    let rows: Vec<String> =
        lines.map(|(index, text)| format!(r#"{{"n":{},"t":"{text}"}}"#, index + 1)).collect();
    Reply::data(&format!("[{}]", rows.join(",")))
}

fn is_log(asked: &Asked) -> bool {
    asked.line.contains("/log?")
}

fn heard(lines: &Mutex<Vec<String>>) -> impl Fn(&LogLine) + '_ {
    |line| lines.lock().unwrap().push(format!("{} {}", line.n, line.t))
}

#[tokio::test(start_paused = true)]
async fn a_task_is_heard_to_its_end() {
    let states = Mutex::new(0);
    let node = Node::that(move |asked, _| {
        let mut polls = states.lock().unwrap();
        if is_log(asked) {
            // Nothing at first, then more each time.
            let written: Vec<String> = ["begin", "half", "TASK OK"]
                [..(*polls as usize).saturating_sub(1).min(3)]
                .iter()
                .map(ToString::to_string)
                .collect();
            return page(asked, &written);
        }
        *polls += 1;
        status((*polls > 3).then_some("OK"))
    })
    .await;
    let api = client([node.endpoint()]);
    let lines = Mutex::new(Vec::new());
    let end = quickly(api.await_task(&upid(), Duration::from_secs(60), &heard(&lines))).await.unwrap();
    assert_eq!(lines.into_inner().unwrap(), ["1 begin", "2 half", "3 TASK OK"]);
    assert_eq!((end.exit, end.tail.len()), (TaskExit::Good, 3));
    assert_eq!(node.connections(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_long_log_is_read_page_by_page() {
    let all: Vec<String> = (1..=1234).map(|number| format!("line {number}")).collect();
    let node = Node::that(
        move |asked, _| if is_log(asked) { page(asked, &all) } else { status(Some("job errors")) },
    )
    .await;
    let api = client([node.endpoint()]);
    let lines = Mutex::new(Vec::new());
    let end = quickly(api.await_task(&upid(), Duration::from_secs(60), &heard(&lines))).await.unwrap();
    let lines = lines.into_inner().unwrap();
    assert_eq!((lines.len(), lines[1233].as_str()), (1234, "1234 line 1234"));
    assert_eq!((end.tail.len(), end.tail[19].as_str()), (20, "line 1234"));
    assert_eq!(end.exit, TaskExit::Failed("job errors".into()));
}

#[tokio::test(start_paused = true)]
async fn a_log_that_is_sent_whole_each_time_is_heard_once() {
    let rows: Vec<String> = (1..=600).map(|number| format!(r#"{{"n":{number},"t":"x"}}"#)).collect();
    let whole = format!("[{}]", rows.join(","));
    let node =
        Node::that(
            move |asked, before| {
                if is_log(asked) { Reply::data(&whole) } else { status((before > 4).then_some("OK")) }
            },
        )
        .await;
    let api = client([node.endpoint()]);
    let lines = Mutex::new(Vec::new());
    quickly(api.await_task(&upid(), Duration::from_secs(60), &heard(&lines))).await.unwrap();
    assert_eq!(lines.into_inner().unwrap().len(), 600);
}

#[tokio::test(start_paused = true)]
async fn an_order_that_was_taken_is_no_success() {
    let why = "Configuration file 'nodes/pve1/lxc/101.conf' does not exist";
    let node = Node::that(move |asked, _| match asked.line.as_str() {
        line if line.starts_with("POST") => Reply::data(&format!("\"{UPID}\"")),
        _ if is_log(asked) => page(asked, &[format!("TASK ERROR: {why}")]),
        _ => status(Some(why)),
    })
    .await;
    let api = client([node.endpoint()]);
    let error = quickly(pve(&api).carry_through(&guest::start(&at()), Duration::from_secs(60), &|_| {}))
        .await
        .unwrap_err();
    let PveError::TaskFailed(end) = &error else { panic!("{error:?}") };
    assert_eq!(end.tail, [format!("TASK ERROR: {why}")]);
    assert_eq!(error.to_string(), format!("vzstart 101 on pve1 failed: {why}"));
}

#[tokio::test(start_paused = true)]
async fn a_node_that_stumbles_meanwhile_does_not_end_the_wait() {
    let node = Node::that(move |asked, before| match before {
        1..=9 => Reply::HangUp,
        _ if is_log(asked) => page(asked, &["TASK OK".into()]),
        _ => status((before > 12).then_some("OK")),
    })
    .await;
    let api = client([node.endpoint()]);
    let lines = Mutex::new(Vec::new());
    let end = quickly(api.await_task(&upid(), Duration::from_secs(60), &heard(&lines))).await.unwrap();
    assert!(end.is_good());
    assert_eq!(lines.into_inner().unwrap(), ["1 TASK OK"]);
}

#[tokio::test(start_paused = true)]
async fn patience_ends_the_wait_and_not_the_task() {
    let node = Node::that(|asked, _| if is_log(asked) { page(asked, &[]) } else { status(None) }).await;
    let api = client([node.endpoint()]);
    let begun = Instant::now();
    let lines = Mutex::new(Vec::new());
    let error = quickly(api.await_task(&upid(), Duration::from_secs(30), &heard(&lines))).await.unwrap_err();
    assert_eq!(error, PveError::TaskUnfinished { upid: Box::new(upid()), after: Duration::from_secs(30) });
    assert!((30..40).contains(&begun.elapsed().as_secs()));
    assert!(lines.into_inner().unwrap().is_empty(), "an empty log is not read aloud");
    assert!(node.lines().iter().all(|line| line.starts_with("GET")), "it was not stopped");
}

#[tokio::test(start_paused = true)]
async fn what_cannot_get_better_ends_the_wait_at_once() {
    let node = Node::that(|_, _| {
        Reply::Json(403, "Permission check failed (/nodes/pve1, Sys.Audit)", String::new())
    })
    .await;
    let error = quickly(client([node.endpoint()]).await_task(&upid(), Duration::from_secs(30), &|_| {}))
        .await
        .unwrap_err();
    assert!(matches!(error, PveError::Forbidden(_)), "{error:?}");
    assert_eq!(node.asked().len(), 1);
}
