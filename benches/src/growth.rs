//! `growth`: does a question cost more when the lab is larger? One item by id and one search, by words, asked of hubs
//! of growing size; flat means that the last column stays near 1.

use std::path::PathBuf;
use std::time::Instant;

use anyhow::Result;
use clap::Args;

use crate::client::Client;
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
}

pub(crate) fn run(choice: &Choice) -> Result<()> {
    let program = choice.program.clone().unwrap_or_else(release_program);
    let mut smallest: Option<[f64; 2]> = None;
    for &items in &choice.items {
        let hub = Hub::start(&program, None)?;
        let ids = seed(&hub.address, items)?;
        let mut client = Client::connect(&hub.address)?;
        // The first search makes the index.
        client.ask("GET", "/api/search?q=host", "")?;
        let by_id =
            timed(&mut client, choice.times, |n| format!("/api/hardware/{}", ids[n * 7919 % ids.len()]))?;
        let search = timed(&mut client, choice.times, |n| {
            format!("/api/search?q=host-{:05}&limit=10", n * 7919 % ids.len())
        })?;
        let first = *smallest.get_or_insert([by_id, search]);
        println!(
            "{items:>7} items: by id {by_id:>7.3} ms ({:>4.1}x)   search {search:>7.3} ms ({:>4.1}x)   {:.0} MiB resident",
            by_id / first[0],
            search / first[1],
            hub.resident_mib()?
        );
    }
    Ok(())
}

/// Median milliseconds of a request.
fn timed(client: &mut Client, times: usize, path: impl Fn(usize) -> String) -> Result<f64> {
    let once = |n| -> Result<f64> {
        let start = Instant::now();
        client.ask("GET", &path(n), "")?;
        Ok(start.elapsed().as_secs_f64() * 1000.0)
    };
    Ok(median((0..times).map(once).collect::<Result<_>>()?))
}
