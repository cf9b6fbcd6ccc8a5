//! `pct exec`, `push`, `pull`: what `pct` does inside of a container.

use super::arguments::{Given, Takes};
use super::inside::{Attached, Copied, Inside, Work};
use super::output::Output;
use super::step::Step;
use super::terminal::Terminal;
use crate::access::Release;
use crate::world::{Guest, Kind};

const EXEC: &str = "pct exec <vmid> [<extra-args>] [OPTIONS]";
const PUSH: &str = "pct push <vmid> <file> <destination> [OPTIONS]";
const PULL: &str = "pct pull <vmid> <path> <destination> [OPTIONS]";

/// Does it, when it is one of these.
pub(super) fn run(terminal: &Terminal<'_>, words: &[String]) -> Option<Step> {
    let (command, words) = words.split_first()?;
    let inside = match command.as_str() {
        "exec" => exec(terminal, words),
        "push" => copy(terminal, words, PUSH),
        "pull" => copy(terminal, words, PULL),
        _ => return None,
    };
    Some(inside.map_or_else(Step::Done, Step::Inside))
}

fn exec(terminal: &Terminal<'_>, words: &[String]) -> Result<Inside, Output> {
    let given = Given::read(words, EXEC, |name| (name == "keep-env").then_some(Takes::Flag))?;
    let Some((vmid, argv)) = given.arguments.split_first() else {
        return Err(Output::misused("not enough arguments", EXEC));
    };
    let guest = container(terminal, vmid, EXEC)?;
    if argv.is_empty() {
        return Err(Output::died("missing command"));
    }
    if !guest.is_running() {
        return Err(Output::died(&format!("container '{vmid}' not running!")));
    }
    // From memory: since 9 a container is told nothing of the node unless that is wanted.
    let keeps_environment = match given.options.contains_key("keep-env") {
        true => given.says("keep-env"),
        false => terminal.cluster.world.release == Release::V8,
    };
    let attached = Attached { argv: argv.to_vec(), keeps_environment, ..Attached::default() };
    Ok(Inside { vmid: guest.vmid, work: Work::Run(attached) })
}

fn copy(terminal: &Terminal<'_>, words: &[String], usage: &str) -> Result<Inside, Output> {
    let known = |name: &str| ["group", "perms", "user"].contains(&name).then_some(Takes::Text);
    let mut given = Given::read(words, usage, known)?;
    let [vmid, from, to] = &given.arguments[..] else {
        let many = if given.arguments.len() < 3 { "not enough" } else { "too many" };
        return Err(Output::misused(&format!("{many} arguments"), usage));
    };
    let guest = container(terminal, vmid, usage)?;
    let pushes = usage == PUSH;
    if !guest.is_running() {
        let why = if pushes {
            "can only push files to a running CT"
        } else {
            "can only pull files from a running CT"
        };
        return Err(Output::died(why));
    }
    let (from, to) = (from.clone(), to.clone());
    let mut option = |name: &str| given.options.remove(name);
    let copied = Copied { from, to, user: option("user"), group: option("group"), perms: option("perms") };
    Ok(Inside { vmid: guest.vmid, work: if pushes { Work::Push(copied) } else { Work::Pull(copied) } })
}

fn container<'a>(terminal: &'a Terminal<'_>, vmid: &str, usage: &str) -> Result<&'a Guest, Output> {
    let number: u32 = vmid.parse().map_err(|_| {
        let why =
            format!("Parameter verification failed.\nvmid: type check ('integer') failed - got '{vmid}'");
        Output::misused(&why, usage)
    })?;
    let guest = terminal.cluster.world.guests.get(&number);
    let guest = guest.filter(|guest| guest.kind == Kind::Lxc && guest.node == terminal.node);
    guest.ok_or_else(|| {
        let node = terminal.node;
        Output::died(&format!("Configuration file 'nodes/{node}/lxc/{vmid}.conf' does not exist"))
    })
}
