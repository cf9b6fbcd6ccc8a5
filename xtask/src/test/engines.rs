//! The stories from outside once more, with hubs on PostgreSQL and Redis, their vectors on the double of Qdrant.

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Child, ChildStdout, Command, Stdio};

use anyhow::{Context as _, Result, ensure};

use super::postgres::Postgres;
use super::redis::Redis;
use super::suites::{self, Place};
use crate::binary;

/// What a whole run has the time for: the stories whose pages show what was written, by whom, and what is left of it after
/// a restart. Each engine has its own suites besides; these hold that all of them together are a hub.
const WRITING: &[&str] =
    &["approvals", "audit", "documents", "items", "lost", "predecessor", "sessions", "tokens", "transfer"];

/// What writes, and an assistant's work.
pub(super) fn part(summaries: &mut Vec<String>) -> Result<()> {
    on_servers(&[|place, summaries| suites::browser(place, WRITING, summaries), suites::assistant], summaries)
}

/// Every story, and both conformance suites.
pub(super) fn all(summaries: &mut Vec<String>) -> Result<()> {
    on_servers(
        &[|place, summaries| suites::browser(place, &[], summaries), suites::mcp, suites::api],
        summaries,
    )
}

type Suite = fn(&Place, &mut Vec<String>) -> Result<()>;

fn on_servers(suites: &[Suite], summaries: &mut Vec<String>) -> Result<()> {
    let postgres = Postgres::start()?;
    let redis = Redis::start()?;
    let qdrant = Qdrant::start()?;
    let place = Place::on([postgres.url(), redis.url(), qdrant.url.clone()]);
    // All of them, so that one run shows everything that is wrong.
    let failed: Vec<String> = suites
        .iter()
        .filter_map(|suite| suite(&place, summaries).err().map(|error| format!("{error:#}")))
        .collect();
    let asked = qdrant.stop();
    ensure!(failed.is_empty(), "{}", failed.join("; "));
    let asked = asked?;
    ensure!(asked > 0, "no hub had a word with the double of Qdrant");
    summaries
        .push(format!("engines: the above on PostgreSQL and Redis, {asked} requests to Qdrant's double"));
    Ok(())
}

/// The double as a process; it ends when its stdin does.
struct Qdrant {
    url: String,
    server: Child,
    said: BufReader<ChildStdout>,
}

impl Qdrant {
    fn start() -> Result<Self> {
        let mut program = Command::new(binary::qdrant_double()?);
        let mut server = program.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let mut said = BufReader::new(server.stdout.take().context("the double has no output")?);
        let mut url = String::new();
        said.read_line(&mut url).context("the double does not say where it is")?;
        Ok(Self { url: url.trim().to_owned(), server, said })
    }

    /// Ends it; answers how many requests came.
    fn stop(mut self) -> Result<u64> {
        drop(self.server.stdin.take());
        let mut count = String::new();
        self.said.read_to_string(&mut count)?;
        count.trim().parse().with_context(|| format!("the double says {count} instead of a number"))
    }
}

impl Drop for Qdrant {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}
