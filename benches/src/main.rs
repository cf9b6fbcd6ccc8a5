//! Figures, one subcommand a subject: `cargo xtask bench search`.
#![allow(clippy::print_stdout, reason = "a bench speaks through its output")]

mod search;

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
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    match Arguments::parse().subject {
        Subject::Search(choice) => search::run(&choice).await,
    }
}
