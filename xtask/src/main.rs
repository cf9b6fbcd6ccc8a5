//! Everything that CI and a developer run: `cargo xtask <command>`, one file a command.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command line tool speaks through its streams"
)]

mod bench;
mod binary;
mod command;
mod demo;
mod generate;
mod install;
mod model;
mod package;
mod reference;
mod repository;
mod site;
mod test;
mod tidy;
mod vendors;
mod web;

use std::process::ExitCode;

use clap::Parser;

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Everything that CI and a developer run")]
enum Task {
    /// Open a throw-away hub with a sample lab; arguments go on to `labkeeper demo`
    Demo {
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Install what the checks need and run all of them: the one test command
    Test(test::Choice),
    /// Write the files that follow from the program: contract, tools, types, reference
    Gen {
        /// Change nothing; fail when a committed file differs from what would be written
        #[arg(long)]
        check: bool,
    },
    /// Hold the rules of the house that the compiler does not
    Tidy,
    /// Install the embedding model into `models/`
    Model,
    /// Write the table of who makes which network hardware anew
    Vendors,
    /// Make what a release consists of from a built program: container image, Debian package, archive, bill of materials
    Package(package::Order),
    /// Build the documentation as a site into `target/site`
    Site {
        /// Then show it on loopback
        #[arg(long)]
        serve: bool,
    },
    /// Print figures of a release build: `search`, and what `labkeeper-bench --help` lists beside it
    Bench {
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
}

fn main() -> ExitCode {
    let result = match Task::parse() {
        Task::Demo { arguments } => demo::run(&arguments),
        Task::Test(choice) => test::run(&choice),
        Task::Gen { check } => binary::build().and_then(|binary| generate::run(&binary, check)),
        Task::Tidy => tidy::run(),
        Task::Model => model::run(),
        Task::Vendors => vendors::run(),
        Task::Package(order) => package::run(&order),
        Task::Site { serve } => site::run(serve),
        Task::Bench { arguments } => bench::run(&arguments),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
