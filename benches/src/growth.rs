//! `growth`: does a question cost more when the lab is larger? What a page, a person and an assistant ask, of hubs of growing
//! size on one engine; flat means that the factors stay near 1. A whole list grows with what is in it.

use std::path::PathBuf;
use std::time::Instant;

use anyhow::Result;
use clap::Args;
use serde_json::json;

use crate::client::Client;
use crate::engine::Engine;
use crate::hub::{Hub, median, release_program};
use crate::seed::seed;

#[derive(Args)]
pub(crate) struct Choice {
    /// The program to measure
    #[arg(long)]
    program: Option<PathBuf>,
    /// How many items each hub has
    #[arg(long, value_delimiter = ',', default_value = "1000,10000,100000")]
    items: Vec<usize>,
    /// How often each question is asked
    #[arg(long, default_value_t = 300)]
    times: usize,
    #[command(flatten)]
    engine: Engine,
}

const COLUMNS: [&str; 7] =
    ["by id", "page of 50", "sorted page", "page by text", "search", "whole list", "create"];

pub(crate) async fn run(choice: &Choice) -> Result<()> {
    let program = choice.program.clone().unwrap_or_else(release_program);
    let mut smallest: Option<[f64; COLUMNS.len()]> = None;
    let mut rows = Vec::new();
    for &items in &choice.items {
        let hub = Hub::start_on(&choice.engine, &program).await?;
        let ids = seed(&hub.address, items)?;
        choice.engine.settle().await?;
        let (took, resident) = ask(&hub, &ids, choice.times)?;
        hub.end(&choice.engine).await?;
        let first = *smallest.get_or_insert(took);
        let cells = took.iter().zip(first).map(|(ms, first)| format!("{ms:>9.3} {:>6.1}x", ms / first));
        rows.push(format!("{items:>7} {}{resident:>9.0}", cells.collect::<String>()));
    }
    let heads: String = COLUMNS.iter().map(|column| format!("{column:>17}")).collect();
    println!("\n{}, milliseconds (median)\n  items {heads}      MiB", choice.engine.name());
    rows.iter().for_each(|row| println!("{row}"));
    Ok(())
}

/// Median milliseconds of each question, and the memory after them.
fn ask(hub: &Hub, ids: &[i64], times: usize) -> Result<([f64; COLUMNS.len()], f64)> {
    let mut client = Client::connect(&hub.address)?;
    // The first search makes the index.
    client.ask("GET", "/api/search?q=host", "")?;
    hub.settle()?;
    let mut timed = |times: usize, method, request: &dyn Fn(usize) -> (String, String)| -> Result<f64> {
        let once = |n| -> Result<f64> {
            let (path, body) = request(n);
            let start = Instant::now();
            client.ask(method, &path, &body)?;
            Ok(start.elapsed().as_secs_f64() * 1000.0)
        };
        Ok(median((0..times).map(once).collect::<Result<_>>()?))
    };
    let get = |path: String| (path, String::new());
    let some = |n: usize| n * 7919 % ids.len();
    let took = [
        timed(times, "GET", &|n| get(format!("/api/hardware/{}", ids[some(n)])))?,
        timed(times, "GET", &|n| get(format!("/api/hardware?limit=50&offset={}", some(n) / 50 * 50)))?,
        // Of these, none was asked before.
        timed(times.min(50), "GET", &|n| get(format!("/api/hardware?sort=-ip_address&limit=50&offset={n}")))?,
        timed(times.min(50), "GET", &|n| {
            get(format!("/api/hardware?sort=-ip_address&q=host&limit=50&offset={n}"))
        })?,
        timed(times, "GET", &|n| get(format!("/api/search?q=host-{:05}&limit=10", some(n))))?,
        timed(times.min(20), "GET", &|_| get("/api/hardware".to_owned()))?,
        timed(times.min(100), "POST", &|n| {
            ("/api/misc".to_owned(), json!({"name": format!("new-{n}")}).to_string())
        })?,
    ];
    Ok((took, hub.resident_mib()?))
}
