//! `pvesh`: the API itself, by path.

use std::collections::BTreeMap;

use super::arguments::{Given, Takes};
use super::format::{Format, OUTPUT_FORMAT};
use super::output::Output;
use super::step::{Ends, Step, Waiting};
use super::terminal::Terminal;
use crate::answer::Method;
use crate::permission::{Found, find};

/// Verbs that are not modelled.
const BEYOND: &[&str] = &["ls", "usage", "help"];

pub(super) fn run(terminal: &mut Terminal<'_>, words: &[String]) -> Step {
    let Some((verb, words)) = words.split_first() else { return Step::Done(unknown(None)) };
    let method = match verb.as_str() {
        "get" => Method::Get,
        "create" => Method::Post,
        "set" => Method::Put,
        "delete" => Method::Delete,
        _ => return Step::Done(unknown(Some(verb))),
    };
    call(terminal, method, verb, words).unwrap_or_else(Step::Done)
}

fn unknown(verb: Option<&str>) -> Output {
    let error = match verb {
        Some(verb) if BEYOND.contains(&verb) => {
            return Output::died(&format!("the simulated node does not model 'pvesh {verb}'"));
        }
        Some(verb) => format!("unknown command 'pvesh {verb}'"),
        None => "no command specified".to_owned(),
    };
    let usage = ["create", "delete", "get", "set"].map(|verb| format!("\n       {}", usage(verb))).concat();
    Output::died(&format!("ERROR: {error}\nUSAGE: pvesh <COMMAND> [ARGS] [OPTIONS]{usage}"))
}

fn usage(verb: &str) -> String {
    format!("pvesh {verb} <api_path> [OPTIONS] [FORMAT_OPTIONS]")
}

fn call(terminal: &mut Terminal<'_>, method: Method, verb: &str, words: &[String]) -> Result<Step, Output> {
    let usage = usage(verb);
    // What a method takes is looked at by the API: here every option has a value.
    let given = Given::read(words, &usage, |_| Some(Takes::Text))?;
    let [path] = &given.arguments[..] else {
        let many = if given.arguments.is_empty() { "not enough" } else { "too many" };
        return Err(Output::misused(&format!("{many} arguments"), &usage));
    };
    let format = Format::wanted(&given, &usage)?;
    let path = format!("/{}", path.trim_matches('/'));
    if matches!(find(terminal.cluster.world.release, method, &path), Found::Nothing) {
        let stderr = format!("No '{verb}' handler defined for '{path}'\n");
        return Err(Output { stderr, code: 1, ..Output::default() });
    }
    let mut parameters: BTreeMap<String, String> = given.options.clone();
    parameters.remove(OUTPUT_FORMAT);
    let data = terminal.ask(method, path, parameters).map_err(|refusal| Output::refused(&refusal, &usage))?;
    let task =
        data.as_str().filter(|upid| method != Method::Get && terminal.cluster.world.task(upid).is_some());
    Ok(match task {
        Some(upid) => Step::Waits(Waiting::new(upid, Ends::Naming(format))),
        None => Step::Done(Output::said(format.show(&data))),
    })
}
