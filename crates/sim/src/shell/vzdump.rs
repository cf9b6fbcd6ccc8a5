//! `vzdump`: a backup job, followed to its end.

use std::collections::BTreeMap;

use super::arguments::{Given, Takes};
use super::output::Output;
use super::step::{Ends, Step, Waiting};
use super::terminal::Terminal;
use crate::answer::Method;

const USAGE: &str = "vzdump {<vmid>} [OPTIONS]";

pub(super) fn run(terminal: &mut Terminal<'_>, words: &[String]) -> Step {
    begin(terminal, words).unwrap_or_else(Step::Done)
}

fn begin(terminal: &mut Terminal<'_>, words: &[String]) -> Result<Step, Output> {
    // What a job takes is looked at by the API.
    let given = Given::read(words, USAGE, |name| match name {
        "all" | "protected" | "quiet" | "remove" | "stdexcludes" | "stdout" | "stop" => Some(Takes::Flag),
        _ => Some(Takes::Text),
    })?;
    let mut parameters: BTreeMap<String, String> = given.options;
    if !given.arguments.is_empty() {
        parameters.insert("vmid".into(), given.arguments.join(","));
    }
    let path = format!("/nodes/{}/vzdump", terminal.node);
    let data = terminal.ask(Method::Post, path, parameters).map_err(|why| Output::refused(&why, USAGE))?;
    let upid = data.as_str().filter(|upid| terminal.cluster.world.task(upid).is_some());
    Ok(upid.map_or_else(
        || Step::Done(Output::default()),
        |upid| Step::Waits(Waiting::new(upid, Ends::AsTheTask)),
    ))
}
