//! `lxc-attach` and `lxc-info`: the tools below `pct`, which know containers that run and nothing of the cluster.

use super::inside::{Attached, Inside, Work};
use super::output::Output;
use super::step::Step;
use super::terminal::Terminal;
use crate::world::{Guest, Kind, Status};

/// What follows an option.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Takes {
    Nothing,
    Value,
}

/// Letter, word, what follows. Those that are read and change nothing here are in it too.
const ATTACH: &[(char, &str, Takes)] = &[
    ('n', "name", Takes::Value),
    ('P', "lxcpath", Takes::Value),
    ('o', "logfile", Takes::Value),
    ('l', "logpriority", Takes::Value),
    ('q', "quiet", Takes::Nothing),
    ('u', "uid", Takes::Value),
    ('g', "gid", Takes::Value),
    ('v', "set-var", Takes::Value),
    ('\0', "keep-var", Takes::Value),
    ('\0', "clear-env", Takes::Nothing),
    ('\0', "keep-env", Takes::Nothing),
];

const INFO: &[(char, &str, Takes)] = &[
    ('n', "name", Takes::Value),
    ('P', "lxcpath", Takes::Value),
    ('s', "state", Takes::Nothing),
    ('p', "pid", Takes::Nothing),
    ('H', "no-humanize", Takes::Nothing),
];

pub(super) fn attach(terminal: &Terminal<'_>, words: &[String]) -> Step {
    attached(terminal, words).map_or_else(Step::Done, Step::Inside)
}

fn attached(terminal: &Terminal<'_>, words: &[String]) -> Result<Inside, Output> {
    let (options, argv) = read("lxc-attach", ATTACH, words)?;
    let mut attached = Attached { argv, keeps_environment: true, ..Attached::default() };
    let mut name = String::new();
    for (option, value) in options {
        match option {
            "name" => name = value,
            "clear-env" => attached.keeps_environment = false,
            "keep-env" => attached.keeps_environment = true,
            "keep-var" => attached.kept.push(value),
            "set-var" => attached.set.push(value),
            "uid" => attached.uid = Some(value),
            "gid" => attached.gid = Some(value),
            _ => {}
        }
    }
    if name.is_empty() {
        return Err(failed("lxc-attach: missing container name, use --name option"));
    }
    let guest = container(terminal, &name).filter(|guest| guest.is_running());
    // From memory: what is not there is, to these tools, as what does not run.
    let Some(guest) = guest else {
        return Err(failed(&format!(
            "lxc-attach: {name}: ../src/lxc/attach.c: get_attach_context: 406 Connection refused - Failed to get init pid\n\
             lxc-attach: {name}: ../src/lxc/attach.c: lxc_attach: 1469 Connection refused - Failed to get attach context"
        )));
    };
    if attached.argv.is_empty() {
        attached.argv = vec!["/bin/sh".into()];
    }
    Ok(Inside { vmid: guest.vmid, work: Work::Run(attached) })
}

pub(super) fn info(terminal: &Terminal<'_>, words: &[String]) -> Step {
    Step::Done(informed(terminal, words).map_or_else(|wrong| wrong, Output::said))
}

fn informed(terminal: &Terminal<'_>, words: &[String]) -> Result<String, Output> {
    let (options, _) = read("lxc-info", INFO, words)?;
    let value = |wanted: &str| options.iter().find(|(name, _)| *name == wanted).map(|(_, value)| value);
    let name = value("name").ok_or_else(|| failed("lxc-info: missing container name, use --name option"))?;
    let guest = container(terminal, name).ok_or_else(|| failed(&format!("{name} doesn't exist")))?;
    let plain = value("no-humanize").is_some();
    let all = value("state").is_none() && value("pid").is_none();
    let line = |label: &str, value: &str| {
        if plain { format!("{value}\n") } else { format!("{label:<16}{value}\n") }
    };
    let mut said = String::new();
    if all {
        said += &line("Name:", name);
    }
    if all || value("state").is_some() {
        said += &line("State:", if guest.is_running() { "RUNNING" } else { "STOPPED" });
    }
    if let Status::Running { pid, .. } = guest.status
        && (all || value("pid").is_some())
    {
        said += &line("PID:", &pid.to_string());
    }
    Ok(said)
}

fn container<'a>(terminal: &'a Terminal<'_>, name: &str) -> Option<&'a Guest> {
    let guest = terminal.cluster.world.guests.get(&name.parse().ok()?)?;
    (guest.kind == Kind::Lxc && guest.node == terminal.node).then_some(guest)
}

fn failed(why: &str) -> Output {
    Output { stderr: format!("{why}\n"), code: 1, ..Output::default() }
}

type Options = Vec<(&'static str, String)>;

/// Options as GNU's `getopt_long` reads them, up to the first word that is none; and what follows.
fn read(
    program: &str,
    known: &[(char, &'static str, Takes)],
    words: &[String],
) -> Result<(Options, Vec<String>), Output> {
    let mut options = Vec::new();
    let mut words = words.iter();
    let unknown = |option: &str| failed(&format!("{program}: unrecognized option '{option}'"));
    let wants = |option: &str| failed(&format!("{program}: option '{option}' requires an argument"));
    while let Some(word) = words.as_slice().first().filter(|word| word.len() > 1 && word.starts_with('-')) {
        words.next();
        if word == "--" {
            break;
        }
        if let Some(long) = word.strip_prefix("--") {
            let (name, value) =
                long.split_once('=').map_or((long, None), |(name, value)| (name, Some(value)));
            let (_, name, takes) =
                known.iter().find(|(_, known, _)| *known == name).ok_or_else(|| unknown(word))?;
            let value = match (takes, value) {
                (Takes::Nothing, _) => String::new(),
                (Takes::Value, Some(value)) => value.to_owned(),
                (Takes::Value, None) => words.next().cloned().ok_or_else(|| wants(word))?,
            };
            options.push((*name, value));
            continue;
        }
        for (at, letter) in word[1..].char_indices() {
            let (_, name, takes) =
                known.iter().find(|(known, ..)| *known == letter).ok_or_else(|| unknown(word))?;
            if *takes == Takes::Nothing {
                options.push((*name, String::new()));
                continue;
            }
            let rest = &word[1 + at + letter.len_utf8()..];
            let value = if rest.is_empty() { words.next().cloned() } else { Some(rest.to_owned()) };
            options.push((*name, value.ok_or_else(|| wants(word))?));
            break;
        }
    }
    Ok((options, words.cloned().collect()))
}
