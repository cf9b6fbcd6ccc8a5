//! How long the guard takes for a command: each of the development corpus, plain and in a script in a script.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use clap::Args;
use labkeeper_guard::context::Context;
use labkeeper_guard::{Dialect, judge};
use serde_json::Value;

const BAR: Duration = Duration::from_millis(5);

#[derive(Args)]
pub(crate) struct Choice {
    /// Times each command is judged, of which the quickest counts.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u16).range(1..))]
    runs: u16,
}

pub(crate) fn run(choice: &Choice) -> Result<()> {
    let corpus = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/guard/tests/corpus");
    let mut commands = Vec::new();
    for name in ["shared", "dangerous", "dangerous2", "benign", "benign2", "tables"] {
        let file = corpus.join(format!("{name}.jsonl"));
        let text = std::fs::read_to_string(&file).with_context(|| file.display().to_string())?;
        for line in text.lines() {
            let line: Value = serde_json::from_str(line)?;
            commands.push(line["cmd"].as_str().context("a line without cmd")?.to_owned());
        }
    }
    let hidden: Vec<String> = commands
        .iter()
        .map(|command| format!("x='{}'; bash -c \"$x\"", command.replace('\'', r"'\''")))
        .collect();
    println!("{} commands, quickest of {} runs each", commands.len(), choice.runs);
    measure("as written", &commands, choice.runs);
    measure("in a variable, to bash", &hidden, choice.runs);
    measure("all in one script of 16 KiB", &scripts(&commands), choice.runs);
    Ok(())
}

fn measure(name: &str, commands: &[String], runs: u16) {
    let context = Context::default();
    let mut took: Vec<Duration> = commands
        .iter()
        .map(|command| {
            let one = || {
                let begun = Instant::now();
                std::hint::black_box(judge(std::hint::black_box(command), Dialect::Bash, &context));
                begun.elapsed()
            };
            (0..runs).map(|_| one()).min().unwrap_or_default()
        })
        .collect();
    took.sort_unstable();
    let at = |share: f64| took[((took.len() - 1) as f64 * share) as usize].as_secs_f64() * 1000.0;
    let verdict =
        if Duration::from_secs_f64(at(0.99) / 1000.0) <= BAR { "" } else { "  above the bar of 5 ms" };
    println!(
        "  {name:<28} p50 {:8.3} ms   p99 {:8.3} ms   most {:8.3} ms{verdict}",
        at(0.5),
        at(0.99),
        at(1.0)
    );
}

/// Scripts of about the longest that is judged.
fn scripts(commands: &[String]) -> Vec<String> {
    let mut scripts = vec![String::new()];
    for command in
        commands.iter().filter(|command| !command.contains("<<") && !command.contains("unterminated"))
    {
        if scripts.last().is_some_and(|script| script.len() + command.len() > 15 * 1024) {
            scripts.push(String::new());
        }
        if let Some(script) = scripts.last_mut() {
            script.push_str(command);
            script.push('\n');
        }
    }
    scripts
}
