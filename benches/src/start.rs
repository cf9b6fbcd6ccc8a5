//! `start`: how long until the hub answers, how long until an assistant has its tools, how large it is.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use clap::Args;

use crate::client::Client;
use crate::hub::{Hub, command, median, release_program};

#[derive(Args)]
pub(crate) struct Choice {
    /// The program to measure
    #[arg(long)]
    program: Option<PathBuf>,
    /// Where the model lies
    #[arg(long, default_value = "models")]
    models: PathBuf,
    /// How often
    #[arg(long, default_value_t = 10)]
    runs: usize,
}

pub(crate) fn run(choice: &Choice) -> Result<()> {
    let program = choice.program.clone().unwrap_or_else(release_program);
    let megabytes = std::fs::metadata(&program).context("build the release first")?.len() as f64 / 1e6;
    println!("{:<46}{megabytes:>8.1} MB", "size of the program");
    let answers = times(choice.runs, || first_answer(&program))?;
    print_row("start to first answer (/livez)", answers, 100.0);
    let dir = tempfile::tempdir()?;
    let tools = times(choice.runs, || first_tools(&program, dir.path()))?;
    print_row("mcp: start to initialize and tools/list", tools, 30.0);
    let hub = Hub::start(&program, None)?;
    std::thread::park_timeout(Duration::from_secs(2));
    print_memory("idle, without the model", hub.resident_mib()?, 40.0);
    let hub = Hub::start(&program, Some(&choice.models))?;
    // A question with a meaning makes it load the model, an item to be found makes it embed one.
    let mut client = Client::connect(&hub.address)?;
    client.ask("POST", "/api/hardware", r#"{"name": "attic", "notes": "the old box under the roof"}"#)?;
    let answer = client.ask("GET", "/api/search?q=computer+upstairs", "")?;
    if String::from_utf8_lossy(&answer).contains("\"degraded\":\"") {
        bail!("no model in {}: install it with `cargo xtask model`", choice.models.display());
    }
    print_memory("after a search, with the model", hub.resident_mib()?, 120.0);
    println!("theirs: 1170–1450 ms to the first answer, 82 MB idle");
    Ok(())
}

fn print_memory(what: &str, mebibytes: f64, bar: f64) {
    let verdict = if mebibytes <= bar { "met" } else { "MISSED" };
    println!("{what:<46}{mebibytes:>8.1} MiB  bar {bar} {verdict}");
}

fn print_row(what: &str, milliseconds: f64, bar: f64) {
    let verdict = if milliseconds <= bar { "met" } else { "MISSED" };
    println!("{what:<46}{milliseconds:>8.1} ms   bar {bar} {verdict}");
}

/// Median of several runs after one that is not counted.
fn times(runs: usize, mut once: impl FnMut() -> Result<Duration>) -> Result<f64> {
    once()?;
    let all: Vec<f64> =
        (0..runs).map(|_| once().map(|time| time.as_secs_f64() * 1000.0)).collect::<Result<_>>()?;
    Ok(median(all))
}

fn first_answer(program: &Path) -> Result<Duration> {
    let start = Instant::now();
    let hub = Hub::start(program, None)?;
    let mut stream = TcpStream::connect(&hub.address)?;
    write!(stream, "GET /livez HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", hub.address)?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    if !answer.starts_with("HTTP/1.1 200") {
        bail!("/livez answered {}", answer.lines().next().unwrap_or_default());
    }
    Ok(start.elapsed())
}

fn first_tools(program: &Path, dir: &Path) -> Result<Duration> {
    let start = Instant::now();
    let mut child = command(program, dir, None)
        .arg("mcp")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()?;
    let mut input = child.stdin.take().context("no stdin")?;
    let mut output = BufReader::new(child.stdout.take().context("no stdout")?);
    let mut line = String::new();
    writeln!(
        input,
        r#"{{"jsonrpc":"2.0","id":1,"method":"initialize","params":{{"protocolVersion":"2025-11-25","capabilities":{{}},"clientInfo":{{"name":"bench","version":"1"}}}}}}"#
    )?;
    output.read_line(&mut line)?;
    writeln!(input, r#"{{"jsonrpc":"2.0","method":"notifications/initialized"}}"#)?;
    writeln!(input, r#"{{"jsonrpc":"2.0","id":2,"method":"tools/list"}}"#)?;
    line.clear();
    output.read_line(&mut line)?;
    let took = start.elapsed();
    if !line.contains("inventory_search") {
        bail!("tools/list answered {}", line.chars().take(200).collect::<String>());
    }
    drop(input);
    child.wait()?;
    Ok(took)
}
