//! labkeeper: one binary that keeps a homelab.

mod anchor;
mod cli;
mod commands;
mod config;
mod diagnostics;
mod disk;
mod ending;
mod exchange;
mod forwarding;
mod late_relay;
mod local;
mod moving;
mod notify;
mod pinned_ssh;
mod render;
mod secret_files;
mod simulated;
mod traces;
mod wire;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    no_core_dumps();
    let arguments = cli::Arguments::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return render::complain(&anyhow::anyhow!(error).context("cannot start the runtime")),
    };
    let done = runtime.block_on(commands::run(arguments));
    runtime.shutdown_timeout(std::time::Duration::from_secs(2));
    match done {
        Ok(code) => code,
        Err(error) => render::complain(&error),
    }
}

/// A dump of this process would have every secret that it holds.
fn no_core_dumps() {
    let none = rustix::process::Rlimit { current: Some(0), maximum: Some(0) };
    // Who may not even lower it has a limit that is stricter.
    let _ = rustix::process::setrlimit(rustix::process::Resource::Core, none);
}
