//! `pveversion`: which release runs, on which kernel.

use std::collections::BTreeMap;

use serde_json::Value;

use super::output::Output;
use super::step::Step;
use super::terminal::Terminal;
use crate::answer::{Method, Refusal};

pub(super) fn run(terminal: &mut Terminal<'_>, words: &[String]) -> Step {
    Step::Done(match words {
        [] => line(terminal).map_or_else(|refusal| Output::refused(&refusal, "pveversion"), Output::said),
        [word] if matches!(word.as_str(), "-v" | "--verbose" | "-verbose") => {
            Output::died("the simulated node does not model 'pveversion --verbose'")
        }
        _ => Output::misused("too many arguments", "pveversion  [OPTIONS]"),
    })
}

fn line(terminal: &mut Terminal<'_>) -> Result<String, Refusal> {
    let path = format!("/nodes/{}/status", terminal.node);
    let status = terminal.ask(Method::Get, path, BTreeMap::new())?;
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let (version, kernel) = (text(&status["pveversion"]), text(&status["current-kernel"]["release"]));
    Ok(format!("{version} (running kernel: {kernel})\n"))
}
