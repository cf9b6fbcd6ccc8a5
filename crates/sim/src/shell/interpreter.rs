//! A command line at a node of a cluster.

use super::dispatch::dispatch;
use super::output::Output;
use super::step::Step;
use super::step::{Listening, Reading};
use super::terminal::Terminal;
use super::{lxc, pct, pct_inside, pvesh, pveum, pveversion, qm, qm_guest, vzdump};
use crate::api::Cluster;

/// The programs that a simulated node has of its own.
pub const PROGRAMS: &[&str] =
    &["lxc-attach", "lxc-info", "pct", "pvesh", "pveum", "pveversion", "qm", "vzdump"];

/// Bytes that a program reads at most.
pub const MOST_INPUT: u32 = qm_guest::MOST_INPUT;

/// Runs a command at a node, as root: the name of the program and its arguments. Those that read
/// standard input or go into a guest say so.
pub fn run(cluster: &mut Cluster, node: &str, command: &[String]) -> Step {
    let Some((program, words)) = command.split_first() else { return Step::Done(Output::default()) };
    let terminal = &mut Terminal { cluster, node };
    match program.as_str() {
        "lxc-attach" => lxc::attach(terminal, words),
        "lxc-info" => lxc::info(terminal, words),
        "pct" => pct_inside::run(terminal, words).unwrap_or_else(|| dispatch(&pct::PCT, terminal, words)),
        "pvesh" => pvesh::run(terminal, words),
        "pveum" => dispatch(&pveum::PVEUM, terminal, words),
        "pveversion" => pveversion::run(terminal, words),
        "qm" => qm_guest::run(terminal, words).unwrap_or_else(|| dispatch(&qm::QM, terminal, words)),
        "vzdump" => vzdump::run(terminal, words),
        other => Step::Done(Output {
            stderr: format!("{other}: command not found\n"),
            code: 127,
            ..Output::default()
        }),
    }
}

/// Goes on with a command that has read its input.
pub fn go_on(reading: &Reading, cluster: &mut Cluster, node: &str, input: &[u8]) -> Step {
    qm_guest::read(reading, cluster, node, input)
}

/// How far a command is that waits for a program in a machine.
pub fn listen(listening: Listening, cluster: &mut Cluster, node: &str) -> Step {
    qm_guest::listen(listening, cluster, node)
}
