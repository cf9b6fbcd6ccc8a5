//! What the stages are and how each is run.

use std::process::Command;

use anyhow::Result;

use super::postgres::Postgres;
use super::redis::REDIS;
use super::s3::S3;
use super::suites::Place;
use super::{engines, machine, package, suites};
use crate::install::debian;
use crate::{binary, command, generate, model, repository, site, tidy, web};

/// Adds the closing lines of the test runners that it starts to the vector.
pub(super) type Way = fn(&mut Vec<String>) -> Result<()>;

pub(super) struct Stage {
    /// What `--only` and `--skip` take.
    pub(super) name: &'static str,
    pub(super) what: &'static str,
    pub(super) run: Way,
}

/// How a stage is run by itself, where among all others it leaves something out to save time.
pub(super) fn whole(stage: &Stage) -> Way {
    if stage.name == ENGINES { engines::all } else { stage.run }
}

const ENGINES: &str = "engines";

/// Every stage, in order.
pub(super) const STAGES: &[Stage] = &[
    Stage { name: "format", what: "rustfmt finds nothing to change", run: format },
    Stage { name: "tidy", what: "the rules of the house hold", run: |_| tidy::run() },
    // Before anything that compiles: the binary embeds what it builds.
    Stage {
        name: "web",
        what: "types, style, component tests, translations and budget of the web app",
        run: web::check,
    },
    Stage { name: "clippy", what: "no warning in any target", run: clippy },
    Stage { name: "needs", what: "what the checks need is installed", run: |_| needs() },
    Stage { name: "rust", what: "unit and story tests", run: rust },
    Stage {
        name: "postgres",
        what: "the stories of the store and the hub, and a hub that moves, on a PostgreSQL server",
        run: postgres,
    },
    Stage { name: "s3", what: "contents of files in a bucket, on a server of S3", run: s3 },
    Stage { name: "redis", what: "processes that share a Redis, and break it", run: redis },
    Stage {
        name: "gen",
        what: "generated files are fresh",
        run: |_| generate::run(&binary::build_with_tests(&[])?, true),
    },
    Stage {
        name: "docs",
        what: "every command in the documentation works, or is one that the program knows",
        run: suites::docs,
    },
    Stage {
        name: "package",
        what: "a release is made, started, and read by those who will read it",
        run: package::check,
    },
    Stage {
        name: "browser",
        what: "stories in a browser against the real binary",
        run: |summaries| suites::browser(&Place::default(), &[], summaries),
    },
    // After the stories, of whose pictures it shows some.
    Stage { name: "site", what: "the documentation becomes a site without dead links", run: site::build },
    Stage {
        name: "mcp",
        what: "the official MCP suite, and the Python SDK as a client",
        run: |summaries| suites::mcp(&Place::default(), summaries),
    },
    Stage { name: "proxmox", what: "proxmoxer at work in the simulated lab", run: suites::proxmox },
    Stage {
        name: "api",
        what: "schemathesis against the OpenAPI document",
        run: |summaries| suites::api(&Place::default(), summaries),
    },
    Stage {
        name: ENGINES,
        what: "stories of people and assistants once more, on PostgreSQL, Redis and a Qdrant",
        run: engines::part,
    },
];

fn needs() -> Result<()> {
    debian::ensure(machine::PROGRAMS)?;
    model::install_with(&binary::build_with_tests(&[])?)
}

fn cargo(arguments: &[&str]) -> Command {
    let mut cargo = Command::new("cargo");
    cargo.args(arguments).current_dir(repository::root());
    cargo
}

fn format(_: &mut Vec<String>) -> Result<()> {
    command::run(&mut cargo(&["fmt", "--all", "--", "--check"]))
}

fn clippy(_: &mut Vec<String>) -> Result<()> {
    command::run(&mut cargo(&["clippy", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"]))
}

fn rust(summaries: &mut Vec<String>) -> Result<()> {
    let mut tests = if command::succeeds(&mut cargo(&["nextest", "--version"])) {
        cargo(&["nextest", "run", "--workspace", "--locked", "--no-fail-fast", "--status-level", "slow"])
    } else {
        cargo(&["test", "--workspace", "--all-targets", "--locked", "--no-fail-fast"])
    };
    machine::skip_nothing_as_root(&mut tests)?;
    command::run_keeping(tests.env("INSTA_UPDATE", "no"), is_summary, summaries)
}

/// What is about both engines, once more on the other one. Of the whole workspace, so that nothing is compiled anew.
fn postgres(summaries: &mut Vec<String>) -> Result<()> {
    // Stories of processes on one database pass word through it.
    debian::ensure(&[REDIS])?;
    let (server, bucket) = (Postgres::start()?, S3::start()?);
    // One story stops its server under everybody who works on it.
    let breakable = Postgres::start()?;
    // What is about the bucket alone has a stage of its own; which strings reach a shell is no matter of the engine, and takes long.
    let stories = "(package(labkeeper-store) - binary_id(labkeeper-store::bucket)) \
         + (package(labkeeper-ops) - test(/^hostile::/)) \
         + package(labkeeper-rest) + package(labkeeper-mcp) + test(/^on_a_server::/)";
    let mut tests = if command::succeeds(&mut cargo(&["nextest", "--version"])) {
        let mut tests = cargo(&["nextest", "run", "--workspace", "--locked", "--no-fail-fast"]);
        tests.args(["--status-level", "slow", "--run-ignored", "all", "-E", stories]);
        tests
    } else {
        let stores = ["labkeeper-store", "labkeeper-ops", "labkeeper-rest", "labkeeper-mcp", "labkeeper"];
        let mut tests = cargo(&["test", "--locked", "--no-fail-fast"]);
        tests.args(stores.iter().flat_map(|package| ["--package", package]));
        tests.args(["--", "--include-ignored"]);
        tests
    };
    tests.env("LABKEEPER_TEST_S3_URL", bucket.url());
    // One test is about TLS; all others need not pay for it.
    tests.env("PGSSLMODE", "disable").env("LABKEEPER_TEST_DATABASE_CA", server.authority());
    tests.env("LABKEEPER_TEST_BREAKABLE_DATABASE_URL", breakable.url());
    tests.env("LABKEEPER_TEST_BREAKABLE_DATABASE_CONTROL", breakable.control_words()?);
    tests.env("LABKEEPER_TEST_DATABASE_URL", server.url()).env("INSTA_UPDATE", "no");
    command::run_keeping(&mut tests, is_summary, summaries)
}

/// Each starts the servers that it breaks.
fn redis(summaries: &mut Vec<String>) -> Result<()> {
    debian::ensure(&[REDIS])?;
    let mut tests = if command::succeeds(&mut cargo(&["nextest", "--version"])) {
        let mut tests = cargo(&["nextest", "run", "--workspace", "--locked", "--no-fail-fast"]);
        let stories =
            "package(labkeeper-redis) + (package(labkeeper-ops) & test(/^relay::/)) + test(/^with_redis::/)";
        tests.args(["--status-level", "slow", "--run-ignored", "all", "-E", stories]);
        tests
    } else {
        let mut tests = cargo(&["test", "--locked", "--no-fail-fast", "--package", "labkeeper-redis"]);
        tests.args(["--test", "redis", "--", "--include-ignored"]);
        tests
    };
    command::run_keeping(tests.env("INSTA_UPDATE", "no"), is_summary, summaries)
}

fn s3(summaries: &mut Vec<String>) -> Result<()> {
    let server = S3::start()?;
    let mut tests = if command::succeeds(&mut cargo(&["nextest", "--version"])) {
        let mut tests = cargo(&["nextest", "run", "--workspace", "--locked", "--no-fail-fast"]);
        let stories = "binary_id(labkeeper-store::bucket) + test(/^in_a_bucket::/)";
        tests.args(["--status-level", "slow", "--run-ignored", "all", "-E", stories]);
        tests
    } else {
        let mut tests = cargo(&["test", "--locked", "--no-fail-fast", "--package", "labkeeper-store"]);
        tests.args(["--test", "bucket", "--", "--include-ignored"]);
        tests
    };
    tests.env("LABKEEPER_TEST_S3_URL", server.url()).env("INSTA_UPDATE", "no");
    command::run_keeping(&mut tests, is_summary, summaries)
}

/// The lines on which cargo test and nextest say how many tests ran, but for suites without any.
fn is_summary(line: &str) -> bool {
    let line = line.trim_start();
    line.starts_with("Summary [")
        || (line.starts_with("test result: ") && !line.contains(" 0 passed; 0 failed"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn closing_lines_of_the_runners_are_recognised() {
        assert!(is_summary("     Summary [   0.105s] 3 tests run: 3 passed, 0 skipped"));
        assert!(is_summary("test result: ok. 4 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out"));
        assert!(!is_summary("test result: ok. 0 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out"));
        assert!(!is_summary("        PASS [   0.004s] xtask tidy"));
    }
}
