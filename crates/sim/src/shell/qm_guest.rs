//! `qm guest …` and `qm agent`: what an agent does inside of a machine. As the real ones they ask the API, and look again until
//! a program is over.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::arguments::{Given, Takes};
use super::format::pretty;
use super::output::Output;
use super::step::{Listening, Reading, Step, Wanted};
use super::terminal::Terminal;
use crate::answer::{Method, Refusal};
use crate::api::{BETWEEN_WORDS, Cluster};

const EXEC: &str = "qm guest exec <vmid> [<extra-args>] [OPTIONS]";
const STATUS: &str = "qm guest exec-status <vmid> <pid>";
const CMD: &str = "qm guest cmd <vmid> <command>";

/// Seconds that a program has when nothing was said.
const TIMEOUT: u64 = 30;
/// Bytes that it may read.
pub(super) const MOST_INPUT: u32 = 1024 * 1024;

/// Commands of the agent, and how they are asked for.
const COMMANDS: &[(&str, Method)] = &[
    ("get-fsinfo", Method::Get),
    ("get-host-name", Method::Get),
    ("get-osinfo", Method::Get),
    ("get-time", Method::Get),
    ("get-users", Method::Get),
    ("network-get-interfaces", Method::Get),
    ("ping", Method::Post),
];

/// Does it, when it is one of these.
pub(super) fn run(terminal: &mut Terminal<'_>, words: &[String]) -> Option<Step> {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let step = match &words[..] {
        ["guest", "exec", rest @ ..] => exec(terminal, &owned(rest)),
        ["guest", "exec-status", rest @ ..] => exec_status(terminal, &owned(rest)),
        ["agent" | "guest", "cmd", rest @ ..] => command(terminal, &owned(rest)),
        ["agent", rest @ ..] => command(terminal, &owned(rest)),
        _ => return None,
    };
    Some(step.unwrap_or_else(Step::Done))
}

fn owned(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

fn exec(terminal: &mut Terminal<'_>, words: &[String]) -> Result<Step, Output> {
    let given = Given::read(words, EXEC, |name| match name {
        "pass-stdin" | "synchronous" => Some(Takes::Flag),
        "timeout" => Some(Takes::Text),
        _ => None,
    })?;
    let Some((vmid, argv)) = given.arguments.split_first() else {
        return Err(Output::misused("not enough arguments", EXEC));
    };
    if argv.is_empty() {
        return Err(Output::misused(
            "Parameter verification failed.\ncommand: property is missing and it is not optional",
            EXEC,
        ));
    }
    let timeout = given.options.get("timeout").map_or(Ok(TIMEOUT), |text| {
        let wrong = || {
            format!("Parameter verification failed.\ntimeout: type check ('integer') failed - got '{text}'")
        };
        text.parse().map_err(|_| Output::misused(&wrong(), EXEC))
    })?;
    let synchronous = given.options.get("synchronous").is_none_or(|value| value == "1");
    let wanted = Wanted { vmid: vmid.clone(), argv: argv.to_vec(), seconds: synchronous.then_some(timeout) };
    if given.says("pass-stdin") {
        return Ok(Step::Reads(Reading(wanted)));
    }
    begin(&wanted, terminal, None)
}

/// Starts it, with what it is to read.
fn begin(wanted: &Wanted, terminal: &mut Terminal<'_>, input: Option<String>) -> Result<Step, Output> {
    let mut parameters = BTreeMap::new();
    parameters.insert("command".into(), wanted.argv.join(BETWEEN_WORDS.to_string().as_str()));
    parameters.extend(input.map(|input| ("input-data".to_owned(), input)));
    let path = format!("/nodes/{}/qemu/{}/agent/exec", terminal.node, wanted.vmid);
    let begun = terminal.ask(Method::Post, path, parameters).map_err(|why| refused(&why, EXEC))?;
    let Some(seconds) = wanted.seconds else { return Ok(Step::Printed(pretty(&begun))) };
    let until_ms = terminal.cluster.world.now_ms() + i64::try_from(seconds).unwrap_or(i64::MAX / 1000) * 1000;
    let pid = begun["pid"].as_i64().unwrap_or_default();
    Ok(Step::Listens(Listening { vmid: wanted.vmid.clone(), pid, until_ms }))
}

/// Starts a program that was waiting for what it is to read.
pub(super) fn read(reading: &Reading, cluster: &mut Cluster, node: &str, input: &[u8]) -> Step {
    let terminal = &mut Terminal { cluster, node };
    // As everywhere there: a byte is a letter.
    let input = input.iter().copied().map(char::from).collect();
    begin(&reading.0, terminal, Some(input)).unwrap_or_else(Step::Done)
}

/// How far a program is that is waited for.
pub(super) fn listen(listening: Listening, cluster: &mut Cluster, node: &str) -> Step {
    let terminal = &mut Terminal { cluster, node };
    let status = match ask_status(terminal, &listening.vmid, &listening.pid.to_string()) {
        Ok(status) => status,
        Err(output) => return Step::Done(output),
    };
    if status["exited"] == 1 {
        return Step::Printed(pretty(&status));
    }
    if terminal.cluster.world.now_ms() < listening.until_ms {
        return Step::Listens(listening);
    }
    let stdout = String::from_utf8_lossy(&pretty(&json!({"pid": listening.pid}))).into_owned();
    Step::Done(Output { stdout, stderr: "timeout reached, returning pid\n".into(), code: 0 })
}

fn exec_status(terminal: &mut Terminal<'_>, words: &[String]) -> Result<Step, Output> {
    let given = Given::read(words, STATUS, |_| None)?;
    let [vmid, pid] = &given.arguments[..] else {
        return Err(Output::misused("not enough arguments", STATUS));
    };
    ask_status(terminal, vmid, pid).map(|status| Step::Printed(pretty(&status)))
}

fn ask_status(terminal: &mut Terminal<'_>, vmid: &str, pid: &str) -> Result<Value, Output> {
    let path = format!("/nodes/{}/qemu/{vmid}/agent/exec-status", terminal.node);
    let parameters = BTreeMap::from([("pid".to_owned(), pid.to_owned())]);
    terminal.ask(Method::Get, path, parameters).map_err(|why| refused(&why, STATUS))
}

fn command(terminal: &mut Terminal<'_>, words: &[String]) -> Result<Step, Output> {
    let given = Given::read(words, CMD, |_| None)?;
    let [vmid, command] = &given.arguments[..] else {
        return Err(Output::misused("not enough arguments", CMD));
    };
    let Some((_, method)) = COMMANDS.iter().find(|(known, _)| known == command) else {
        return Err(Output::died(&format!("the simulated node does not model 'qm agent {command}'")));
    };
    let path = format!("/nodes/{}/qemu/{vmid}/agent/{command}", terminal.node);
    let said = terminal.ask(*method, path, BTreeMap::new()).map_err(|why| refused(&why, CMD))?;
    let result = &said["result"];
    // That there is nothing to say is not said.
    let nothing = result.as_object().is_some_and(serde_json::Map::is_empty);
    Ok(if nothing { Step::Done(Output::default()) } else { Step::Printed(pretty(result)) })
}

/// Perl complains of letters that are no bytes, and of what it wrote them to.
fn refused(refusal: &Refusal, usage: &str) -> Output {
    let output = Output::refused(refusal, usage);
    if output.stderr.chars().all(|letter| u32::from(letter) <= 0xFF) {
        return output;
    }
    let complaint = "Wide character in die at /usr/share/perl5/PVE/RESTHandler.pm line 1024.\n";
    Output { stderr: format!("{complaint}{}", output.stderr), code: 29, ..output }
}
