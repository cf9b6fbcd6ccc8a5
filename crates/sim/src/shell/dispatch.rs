//! Finds the command that was meant, calls its method, and says what came of it.

use std::collections::BTreeMap;

use serde_json::Value;

use super::arguments::Given;
use super::command::{Command, Program, Shows};
use super::format::Format;
use super::output::Output;
use super::step::{Ends, Step, Waiting};
use super::terminal::Terminal;
use crate::answer::Refusal;

/// Runs a program of several commands with the words after its name.
pub(super) fn dispatch(program: &Program, terminal: &mut Terminal<'_>, words: &[String]) -> Step {
    let meant = program.commands.iter().filter(|command| begins(words, command.words));
    match meant.max_by_key(|command| command.words.len()) {
        Some(command) => {
            let after = &words[command.words.split(' ').count()..];
            call(program, command, terminal, after).unwrap_or_else(Step::Done)
        }
        None => Step::Done(unknown(program, words)),
    }
}

fn begins(words: &[String], with: &str) -> bool {
    let with: Vec<&str> = with.split(' ').collect();
    words.len() >= with.len() && words.iter().zip(with).all(|(word, wanted)| word == wanted)
}

fn unknown(program: &Program, words: &[String]) -> Output {
    let name = program.name;
    if let Some(beyond) = program.beyond.iter().find(|beyond| begins(words, beyond)) {
        return Output::died(&format!("the simulated node does not model '{name} {beyond}'"));
    }
    let (folder, rest) = words.split_at(depth(program, words));
    let folder = [name].into_iter().chain(folder.iter().map(String::as_str)).collect::<Vec<_>>().join(" ");
    let error = match rest.first() {
        Some(word) => format!("unknown command '{folder} {word}'"),
        None => "no command specified".to_owned(),
    };
    let usages = program.commands.iter().map(|command| command.usage(name));
    let usages = usages.filter(|usage| usage.starts_with(&format!("{folder} ")));
    let usages: String = usages.map(|usage| format!("\n       {usage}")).collect();
    Output::died(&format!("ERROR: {error}\nUSAGE: {folder} <COMMAND> [ARGS] [OPTIONS]{usages}"))
}

/// How many of the words begin a command: as far as they go there is a folder of commands.
fn depth(program: &Program, words: &[String]) -> usize {
    let shared = |command: &Command| {
        command.words.split(' ').zip(words).take_while(|(wanted, word)| wanted == word).count()
    };
    program.commands.iter().map(shared).max().unwrap_or(0)
}

fn call(
    program: &Program,
    command: &Command,
    terminal: &mut Terminal<'_>,
    words: &[String],
) -> Result<Step, Output> {
    let usage = command.usage(program.name);
    let given = Given::read(words, &usage, |name| command.option(name))?;
    let least = command.arguments.iter().filter(|argument| !argument.ends_with('?')).count();
    if given.arguments.len() < least {
        return Err(Output::misused("not enough arguments", &usage));
    }
    if given.arguments.len() > command.arguments.len() {
        return Err(Output::misused("too many arguments", &usage));
    }
    let format = Format::wanted(&given, &usage)?;
    let refused = |refusal: Refusal| Output::refused(&refusal, &usage);
    let (path, parameters) = request(command, terminal.node, &given).map_err(refused)?;
    let data = terminal.ask(command.method, path, parameters).map_err(refused)?;
    Ok(match (&command.shows, &data) {
        (Shows::Task, Value::String(upid)) => Step::Waits(Waiting::new(upid, Ends::AsTheTask)),
        (Shows::Task | Shows::Nothing, _) => Step::Done(Output::default()),
        (Shows::Formatted, _) => Step::Done(Output::said(format.show(&data))),
        (Shows::Own(_, say), _) => Step::Done(Output::said(say(&data, &given))),
    })
}

/// The path that is asked, and what goes with it.
fn request(
    command: &Command,
    node: &str,
    given: &Given,
) -> Result<(String, BTreeMap<String, String>), Refusal> {
    let names = command.arguments.iter().map(|name| name.trim_end_matches('?'));
    let mut parameters: BTreeMap<String, String> =
        names.zip(&given.arguments).map(|(name, value)| (name.to_owned(), value.clone())).collect();
    let mut path = String::new();
    for part in command.path.split('/').skip(1) {
        path += "/";
        path += &match part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) {
            None => part.to_owned(),
            Some("node") => node.to_owned(),
            Some(name) => in_a_path(name, parameters.remove(name).unwrap_or_default())?,
        };
    }
    let options = given.options.iter().filter(|(name, _)| !command.is_own(name));
    parameters.extend(options.map(|(name, value)| (name.clone(), value.clone())));
    parameters.extend(command.fixed.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    Ok((path, parameters))
}

/// Nothing that is named in a path is empty or has a slash: it would lead to another method.
fn in_a_path(name: &str, value: String) -> Result<String, Refusal> {
    if value.is_empty() || value.contains('/') {
        return Err(Refusal::parameter(name, "value does not match the regex pattern"));
    }
    Ok(value)
}
