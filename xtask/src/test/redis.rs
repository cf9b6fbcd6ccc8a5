//! A Redis server for the tests: on a port of the loopback interface, with nothing on a disk.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use anyhow::{Context as _, Result, bail};

use super::ports;
use crate::install::debian::{self, Program};

pub(super) const REDIS: Program = Program { name: "redis-server", package: "redis-server" };

/// A server that stops when it is dropped.
pub(super) struct Redis {
    port: u16,
    server: Child,
}

impl Redis {
    /// Makes one, installing what it needs first.
    pub(super) fn start() -> Result<Self> {
        debian::ensure(&[REDIS])?;
        let [port] = ports::free()?;
        let mut program = Command::new(REDIS.name);
        program.args(["--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--daemonize", "no"]);
        program.args(["--port", &port.to_string(), "--dir"]).arg(std::env::temp_dir());
        let mut server = program.stdout(Stdio::piped()).spawn().context("cannot start redis-server")?;
        let said = BufReader::new(server.stdout.take().context("redis-server has no output")?);
        let server = Self { port, server };
        let mut log = String::new();
        // It says little, so nothing waits for its log to be read after that.
        for line in said.lines() {
            let line = line?;
            if line.contains("Ready to accept connections") {
                return Ok(server);
            }
            log = format!("{log}{line}\n");
        }
        bail!("redis-server ended:\n{log}");
    }

    pub(super) fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}
