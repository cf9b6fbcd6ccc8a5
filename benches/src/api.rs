//! `api`: requests a second of the running hub, beside the predecessor's recorded figures (its reference, §10):
//! the same mix of items, the same requests, one and eight clients. Its figures were taken with other work on the
//! machine; the processor time a request cost it is the fairer half of the comparison.

use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

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
    /// How many items
    #[arg(long, default_value_t = 10_000)]
    items: usize,
    /// Seconds a measurement runs
    #[arg(long, default_value_t = 3)]
    seconds: u64,
    #[command(flatten)]
    engine: Engine,
}

/// A request measured, the predecessor's figure at 10 000 rows (requests a second, one client; milliseconds of
/// processor time), and the bar as a multiple of its requests a second.
struct Subject {
    what: &'static str,
    theirs: f64,
    their_cpu_ms: f64,
    bar: f64,
}

pub(crate) async fn run(choice: &Choice) -> Result<()> {
    let program = choice.program.clone().unwrap_or_else(release_program);
    let hub = Hub::start_on(&choice.engine, &program).await?;
    println!("{} items on {}", choice.items, choice.engine.name());
    println!("resident after start: {:.1} MiB", hub.resident_mib()?);
    let ids = seed(&hub.address, choice.items)?;
    choice.engine.settle().await?;
    hub.settle()?;
    let window = Duration::from_secs(choice.seconds);
    println!(
        "{:<34}{:>10}{:>10}{:>10}{:>9}{:>9}{:>8}  ",
        "request", "req/s c1", "req/s c8", "cpu ms", "theirs", "ratio", "bar"
    );
    let list = Subject { what: "GET /api/hardware (warm)", theirs: 3.1, their_cpu_ms: 113.0, bar: 50.0 };
    measure(&hub, window, &list, |_, _| ("GET", "/api/hardware".into(), String::new()))?;
    let by_id =
        Subject { what: "GET /api/hardware/:id (random)", theirs: 56.0, their_cpu_ms: 5.2, bar: 100.0 };
    let all = ids.clone();
    measure(&hub, window, &by_id, move |client, n| {
        ("GET", format!("/api/hardware/{}", all[(n * 7919 + client * 104_729) % all.len()]), String::new())
    })?;
    let everything =
        Subject { what: "GET /api/inventory (warm)", theirs: 0.38, their_cpu_ms: 1025.0, bar: 30.0 };
    measure(&hub, window, &everything, |_, _| ("GET", "/api/inventory".into(), String::new()))?;
    let graph = Subject { what: "GET /api/map/graph (warm)", theirs: 40.0, their_cpu_ms: 8.2, bar: 1.0 };
    measure(&hub, window, &graph, |_, _| ("GET", "/api/map/graph".into(), String::new()))?;
    let create = Subject { what: "POST /api/hardware", theirs: 27.0, their_cpu_ms: 4.5, bar: 20.0 };
    measure(&hub, window, &create, |client, n| {
        (
            "POST",
            "/api/hardware".into(),
            json!({"name": format!("new-{client}-{n}"), "ip_address": "10.9.9.9", "os": "Debian 13"})
                .to_string(),
        )
    })?;
    cold(&hub, &ids)?;
    println!("resident after all that: {:.1} MiB", hub.resident_mib()?);
    hub.end(&choice.engine).await
}

type Request = (&'static str, String, String);

fn measure(
    hub: &Hub,
    window: Duration,
    subject: &Subject,
    request: impl Fn(usize, usize) -> Request + Sync,
) -> Result<()> {
    let mut rates = Vec::new();
    let mut cpu_ms = 0.0;
    for clients in [1, 8] {
        let done = AtomicUsize::new(0);
        let cpu_before = hub.cpu_seconds()?;
        let start = Instant::now();
        std::thread::scope(|scope| -> Result<()> {
            let workers: Vec<_> = (0..clients)
                .map(|client| {
                    let (done, request, address) = (&done, &request, &hub.address);
                    scope.spawn(move || -> Result<()> {
                        let mut connection = Client::connect(address)?;
                        for n in 0.. {
                            if start.elapsed() >= window {
                                break;
                            }
                            let (method, path, body) = request(client + 10 * clients, n);
                            connection.ask(method, &path, &body)?;
                            done.fetch_add(1, Ordering::Relaxed);
                        }
                        Ok(())
                    })
                })
                .collect();
            workers
                .into_iter()
                .try_for_each(|worker| worker.join().map_err(|_| anyhow::anyhow!("a client broke"))?)
        })?;
        let requests = done.load(Ordering::Relaxed) as f64;
        rates.push(requests / start.elapsed().as_secs_f64());
        cpu_ms = (hub.cpu_seconds()? - cpu_before) * 1000.0 / requests;
    }
    let ratio = rates[0] / subject.theirs;
    println!(
        "{:<34}{:>10.0}{:>10.0}{:>10.3}{:>9.2}{:>8.0}x{:>7.0}x  {} (cpu {:.0}x)",
        subject.what,
        rates[0],
        rates[1],
        cpu_ms,
        subject.theirs,
        ratio,
        subject.bar,
        if ratio >= subject.bar { "met" } else { "MISSED" },
        subject.their_cpu_ms / cpu_ms,
    );
    Ok(())
}

/// First reads after a write, when nothing is kept: milliseconds, median of nine.
fn cold(hub: &Hub, ids: &[i64]) -> Result<()> {
    let mut connection = Client::connect(&hub.address)?;
    println!("\nfirst read after a write (nothing kept)      ms    theirs     ratio");
    for (what, path, theirs_ms) in [
        ("hardware list", "/api/hardware".to_string(), 312.0),
        ("by id", format!("/api/hardware/{}", ids[ids.len() / 2]), 17.0),
        ("whole inventory", "/api/inventory".to_string(), 2_600.0),
        // The bar: 100x.
        ("map graph", "/api/map/graph".to_string(), 31_300.0),
        ("export", "/api/inventory/export".to_string(), 2_800.0),
    ] {
        let mut times = Vec::new();
        for n in 0..9 {
            let body = json!({"name": format!("cold-{what}-{n}")}).to_string();
            connection.ask("POST", "/api/misc", &body)?;
            let start = Instant::now();
            connection.ask("GET", &path, "")?;
            times.push(start.elapsed().as_secs_f64() * 1000.0);
        }
        let ms = median(times);
        println!("{what:<40}{ms:>8.2}{theirs_ms:>10.0}{:>9.0}x", theirs_ms / ms);
    }
    Ok(())
}
