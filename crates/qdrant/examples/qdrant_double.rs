//! The double as a process of its own, for programs that are tested from outside: its address on stdout, then how many requests
//! came once stdin ends.
#![allow(clippy::print_stdout, reason = "what it is for")]

use std::io::{Read as _, Write as _};

use labkeeper_qdrant::double::Double;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let double = Double::new().await?;
    println!("{}", double.url());
    std::io::stdout().flush()?;
    tokio::task::spawn_blocking(|| std::io::stdin().read_to_end(&mut Vec::new())).await??;
    println!("{}", double.requests());
    Ok(())
}
