//! The simulated node beside a real one: the lab that was recorded is built again, every recorded request is asked
//! again, and status, refusal and the fields of the answer are compared. Prints the figures.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "tests")]

use std::collections::{BTreeMap, BTreeSet};

use labkeeper_sim::world::Status;
use labkeeper_sim::{Ask, Method, Refusal};
use serde_json::Value;

#[path = "recorded/lab.rs"]
mod lab;

use lab::{credential, lab};

/// A request and its answer, as recorded.
struct Recorded<'a> {
    method: Method,
    template: &'a str,
    path: &'a str,
    status: u16,
    reason: &'a str,
    token: &'a str,
    /// What a 400 says of each parameter.
    errors: Option<Value>,
}

fn recording(text: &'static str) -> impl Iterator<Item = Recorded<'static>> {
    text.lines().filter(|line| !line.starts_with('#')).flat_map(|line| {
        let columns: Vec<_> = line.split('\t').collect();
        let [method, template, path, status, reason, tokens, ref errors @ ..] = columns[..] else {
            panic!("six columns or seven: {line}")
        };
        let errors: Option<Value> = errors.first().map(|errors| serde_json::from_str(errors).unwrap());
        let (method, status) = (method_of(method), status.parse().unwrap());
        tokens.split(',').map(move |token| {
            let errors = errors.clone();
            Recorded { method, template, path, status, reason, token, errors }
        })
    })
}

fn method_of(name: &str) -> Method {
    let all = [Method::Get, Method::Post, Method::Put, Method::Delete];
    all.into_iter().find(|method| method.as_str() == name).unwrap()
}

/// The fields of what root was answered, by path.
fn fields() -> BTreeMap<String, BTreeSet<String>> {
    serde_json::from_str(include_str!("../../../fixtures/pve/fields.json")).unwrap()
}

/// What is there: an object's keys, or those that any row of a list has.
fn keys(data: &Value) -> BTreeSet<String> {
    let rows = data.as_array().map_or(std::slice::from_ref(data), Vec::as_slice);
    rows.iter().filter_map(Value::as_object).flat_map(|row| row.keys().cloned()).collect()
}

/// What was answered otherwise on the real node, by template, and why it is not so here.
const OTHERWISE: &[(&str, &str)] =
    &[("/nodes/{node}/disks/zfs", "the recorded node had no ZFS tools, which an installed one always has")];

/// Every recorded request is let in or refused as it was, and refused in the same words. What is modelled answers with
/// the same status, and says the same of wrong parameters. Counts the requests, and those to what is modelled.
fn compare(recording: impl Iterator<Item = Recorded<'static>>) -> (usize, usize) {
    let (mut asked, mut modelled) = (0, 0);
    let mut wrong = Vec::new();
    for recorded in recording {
        let ask = Ask {
            method: recorded.method,
            path: recorded.path.into(),
            parameters: BTreeMap::new(),
            authorization: credential(recorded.token),
        };
        let (status, reason, errors) = match lab().answer(&ask) {
            Ok(_) => (200, "OK".to_string(), None),
            Err(Refusal { status, reason, errors }) => {
                // A status line ends where its text has a line break.
                let reason = reason.lines().next().unwrap_or_default().to_string();
                (status, reason, (!errors.is_empty()).then_some(Value::from(errors)))
            }
        };
        let is_refusal = |status| matches!(status, 401 | 403);
        asked += 1;
        modelled += usize::from(status != 501 && !is_refusal(status));
        let same = match (is_refusal(status), is_refusal(recorded.status)) {
            (true, true) => (status, reason.as_str()) == (recorded.status, recorded.reason),
            (false, false) if status == 501 => true,
            (false, false) if OTHERWISE.iter().any(|(template, _)| *template == recorded.template) => true,
            (false, false) if recorded.status == 200 => status == 200,
            (false, false) => {
                (status, reason.as_str(), &errors) == (recorded.status, recorded.reason, &recorded.errors)
            }
            _ => false,
        };
        if !same {
            let Recorded { method, path, token, status: theirs, reason: said, errors: named, .. } = recorded;
            wrong.push(format!(
                "{token} {method:?} {path}: {theirs} {said:?} {named:?} there, {status} {reason:?} {errors:?} here"
            ));
        }
    }
    println!(
        "{} of {asked} answered as on the real node, {modelled} of them by what is modelled",
        asked - wrong.len()
    );
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    (asked, modelled)
}

#[test]
fn who_may_read_what_is_as_on_the_real_node() {
    assert_eq!(compare(recording(include_str!("../../../fixtures/pve/wire-get.tsv"))), (1955, 440));
}

#[test]
fn who_may_write_what_is_as_on_the_real_node_and_permission_comes_before_parameters() {
    assert_eq!(compare(recording(include_str!("../../../fixtures/pve/wire-write.tsv"))), (476, 11));
}

/// What was done on the real node one after the other, and what came of it.
#[derive(serde::Deserialize)]
struct Done {
    token: String,
    method: String,
    path: String,
    #[serde(default)]
    given: BTreeMap<String, String>,
    status: u16,
    reason: String,
    #[serde(default)]
    errors: Option<Value>,
    /// The task's end, where one was begun, its sort, its log.
    exit: Option<String>,
    #[serde(rename = "type")]
    sort: Option<String>,
    log: Option<Value>,
    total: Option<usize>,
    /// Fields of the answer.
    fields: Option<BTreeSet<String>>,
}

/// What is refused as not modelled here and went on the real node.
const NOT_MODELLED: &[(&str, &str)] = &[
    ("/agent/exec", "what programs do inside a guest"),
    ("/agent/exec-status", "what programs do inside a guest"),
    ("/agent/file-read", "the files of a guest"),
];

#[test]
fn what_was_done_is_done_as_on_the_real_node() {
    let all: Vec<Done> = serde_json::from_str(include_str!("../../../fixtures/pve/wire-ops.json")).unwrap();
    let mut cluster = lab();
    cluster.world.guests.get_mut(&100).unwrap().status = Status::Stopped;
    let (mut same, mut beyond) = (0, 0);
    for done in &all {
        let (path, query) = done.path.split_once('?').unwrap_or((&done.path, ""));
        let mut parameters = done.given.clone();
        parameters.extend(query.split_once('=').map(|(name, value)| (name.to_string(), value.to_string())));
        let mut ask = Ask {
            method: method_of(&done.method),
            path: path.into(),
            parameters,
            authorization: credential(&done.token),
        };
        let what = format!("{} {} {}", done.token, done.method, done.path);
        let data = match cluster.answer(&ask) {
            Ok(data) => data,
            Err(refusal) if refusal.status == 501 && done.status != 501 => {
                assert!(NOT_MODELLED.iter().any(|(end, _)| path.ends_with(end)), "{what}");
                beyond += 1;
                continue;
            }
            Err(refusal) => {
                let errors = (!refusal.errors.is_empty()).then_some(Value::from(refusal.errors));
                assert_eq!((refusal.status, refusal.reason), (done.status, done.reason.clone()), "{what}");
                assert_eq!(errors, done.errors, "{what}");
                same += 1;
                continue;
            }
        };
        assert_eq!(done.status, 200, "{what}");
        if let Some(fields) = &done.fields {
            let ours = keys(data.get("result").unwrap_or(&data));
            assert_eq!(fields.difference(&ours).collect::<Vec<_>>(), Vec::<&String>::new(), "{what}");
        }
        if let Some(exit) = &done.exit {
            let upid = data.as_str().unwrap();
            let later = cluster.world.now_ms() + 2_500;
            cluster.world.advance(later);
            let task = cluster.world.task(upid).unwrap();
            assert_eq!((task.exitstatus(), Some(&task.kind)), (Some(&**exit), done.sort.as_ref()), "{what}");
            ask.path = format!("/nodes/pve1/tasks/{upid}/log");
            (ask.method, ask.parameters) = (Method::Get, BTreeMap::new());
            let reply = cluster.reply(None, &ask).unwrap();
            let lines: Value = reply.data.as_array().unwrap().iter().map(|line| line["t"].clone()).collect();
            assert_eq!((Some(lines), reply.total), (done.log.clone(), done.total), "{what}");
        }
        same += 1;
    }
    println!("{same} of {} done as on the real node, {beyond} not modelled", all.len());
    assert_eq!((same, beyond), (37, 4));
}

#[test]
fn what_is_modelled_has_the_fields_of_the_real_answer() {
    let mut modelled = 0;
    let mut wrong = Vec::new();
    for (path, theirs) in fields() {
        let authorization = credential("root");
        let ask = Ask { method: Method::Get, path: path.clone(), parameters: BTreeMap::new(), authorization };
        match lab().answer(&ask) {
            Err(refusal) if refusal.status == 501 => continue,
            Err(refusal) => wrong.push(format!("{path}: {} {}", refusal.status, refusal.reason)),
            Ok(data) => {
                let ours = keys(&data);
                let lacking: Vec<_> = theirs.difference(&ours).collect();
                if !lacking.is_empty() {
                    wrong.push(format!("{path} lacks {lacking:?}"));
                }
            }
        }
        modelled += 1;
    }
    println!("{modelled} of the real node's answers are modelled");
    assert!(modelled >= 80, "{modelled}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
