//! A command line at a node of a cluster.

use super::dispatch::dispatch;
use super::output::Output;
use super::step::Step;
use super::terminal::Terminal;
use super::{pct, pvesh, pveum, pveversion, qm};
use crate::api::Cluster;

/// The programs that a simulated node has of its own.
pub const PROGRAMS: &[&str] = &["pct", "pvesh", "pveum", "pveversion", "qm"];

/// Runs a command at a node, as root: the name of the program and its arguments. None of them reads standard input.
pub fn run(cluster: &mut Cluster, node: &str, command: &[String]) -> Step {
    let Some((program, words)) = command.split_first() else { return Step::Done(Output::default()) };
    let terminal = &mut Terminal { cluster, node };
    match program.as_str() {
        "pct" => dispatch(&pct::PCT, terminal, words),
        "pvesh" => pvesh::run(terminal, words),
        "pveum" => dispatch(&pveum::PVEUM, terminal, words),
        "pveversion" => pveversion::run(terminal, words),
        "qm" => dispatch(&qm::QM, terminal, words),
        other => Step::Done(Output {
            stderr: format!("{other}: command not found\n"),
            code: 127,
            ..Output::default()
        }),
    }
}
