//! Figures, one subcommand a subject: `cargo xtask bench search`.
#![allow(clippy::print_stdout, reason = "a bench speaks through its output")]

mod api;
mod audit;
mod census;
mod client;
mod discovery;
mod engine;
mod growth;
mod guard;
mod hub;
mod in_process;
mod memory;
mod network;
mod random;
mod redact;
mod search;
mod seed;
mod servers;
mod start;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "labkeeper-bench", about = "How good and how fast labkeeper is")]
struct Arguments {
    #[command(subcommand)]
    subject: Subject,
}

#[derive(Subcommand)]
enum Subject {
    /// Quality of answers on labelled questions, latency, rebuild time, memory.
    Search(search::Choice),
    /// Requests a second of the running hub, beside the predecessor.
    Api(api::Choice),
    /// The same two questions to hubs of a thousand, ten thousand and a hundred thousand items.
    Growth(growth::Choice),
    /// Questions to an audit log of two hundred thousand records.
    Audit(audit::Choice),
    /// A census of three nodes and a hundred guests, every answer 20 ms late.
    Census(census::Choice),
    /// What a scan finds of a network that the bench makes, and how fast, beside nmap. Needs root.
    Discovery(discovery::Choice),
    /// Time to judge a command.
    Guard(guard::Choice),
    /// How fast and how well secrets are taken out of text.
    Redact(redact::Choice),
    /// Time to the first answer and to an assistant's tools, size, memory.
    Start(start::Choice),
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    match Arguments::parse().subject {
        Subject::Search(choice) => search::run(&choice).await,
        Subject::Api(choice) => api::run(&choice).await,
        Subject::Growth(choice) => growth::run(&choice).await,
        Subject::Audit(choice) => audit::run(&choice).await,
        Subject::Census(choice) => census::run(&choice).await,
        Subject::Discovery(choice) => discovery::run(&choice),
        Subject::Guard(choice) => guard::run(&choice),
        Subject::Redact(choice) => redact::run(&choice),
        Subject::Start(choice) => start::run(&choice),
    }
}
