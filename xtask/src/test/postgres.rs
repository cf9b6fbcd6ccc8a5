//! A PostgreSQL server for the tests: made for them on a port of the loopback interface, and gone with what they put there.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result};

use super::ports;
use crate::command;
use crate::install::debian;

/// It does not start for root, so it runs as this one.
const NOBODY: &str = "nobody";

/// A server that stops when it is dropped.
pub(super) struct Postgres {
    programs: PathBuf,
    home: PathBuf,
    port: u16,
    is_root: bool,
}

impl Postgres {
    /// Makes one, installing what it needs first.
    pub(super) fn start() -> Result<Self> {
        let programs = programs()?;
        let [port] = ports::free()?;
        let home = std::env::temp_dir().join(format!("labkeeper-postgres-{}-{port}", std::process::id()));
        fs::create_dir(&home).with_context(|| format!("cannot make {}", home.display()))?;
        let server = Self { programs, home, port, is_root: debian::is_root()? };
        if server.is_root {
            command::run(Command::new("chown").arg(NOBODY).arg(&server.home))?;
        }
        server.certify()?;
        let made =
            ["--username=labkeeper", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"];
        command::run(server.program("initdb").args(made).arg("--pgdata").arg(server.data()))?;
        server.configure()?;
        command::run(server.control().arg("start"))?;
        Ok(server)
    }

    /// Read at every start, also when a test starts it again.
    fn configure(&self) -> Result<()> {
        let home = self.home.display();
        // Nothing in it outlives the tests, so nothing waits for a disk.
        let settings = format!(
            "port = {port}\nunix_socket_directories = '{home}'\nlisten_addresses = '127.0.0.1'\nmax_connections = 200\n\
             fsync = off\nfull_page_writes = off\n\
             ssl = on\nssl_cert_file = '{home}/server.pem'\nssl_key_file = '{home}/server.key'\n",
            port = self.port
        );
        let file = self.data().join("postgresql.auto.conf");
        fs::write(&file, settings).with_context(|| format!("cannot write {}", file.display()))
    }

    /// Its `pg_ctl`, which wants an action yet.
    fn control(&self) -> Command {
        let mut control = self.program("pg_ctl");
        control.arg("--wait").arg("--pgdata").arg(self.data()).arg("--log").arg(self.home.join("log"));
        control
    }

    /// The words of a command with which a test starts or stops it, each on a line.
    pub(super) fn control_words(&self) -> Result<String> {
        let control = self.control();
        let words: Vec<_> = std::iter::once(control.get_program()).chain(control.get_args()).collect();
        words.join(OsStr::new("\n")).into_string().ok().context("a path that is no text")
    }

    /// Where its first database is.
    pub(super) fn url(&self) -> String {
        format!("postgres://labkeeper@127.0.0.1:{}/postgres", self.port)
    }

    /// Who signed the certificate that it shows on request, which is for `localhost`.
    pub(super) fn authority(&self) -> PathBuf {
        self.home.join("ca.pem")
    }

    fn certify(&self) -> Result<()> {
        let make = |name: &str, more: &[&str]| {
            let mut openssl = self.as_nobody(Path::new("openssl"));
            openssl.args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]);
            openssl.args(["-keyout", &format!("{name}.key"), "-out", &format!("{name}.pem")]).args(more);
            command::run(&mut openssl)
        };
        make("ca", &["-subj", "/CN=labkeeper tests"])?;
        let signed = ["-CA", "ca.pem", "-CAkey", "ca.key", "-extensions", "usr_cert"];
        make(
            "server",
            &[&signed[..], &["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]].concat(),
        )
    }

    fn data(&self) -> PathBuf {
        self.home.join("data")
    }

    fn program(&self, name: &str) -> Command {
        self.as_nobody(&self.programs.join(name))
    }

    fn as_nobody(&self, program: &Path) -> Command {
        let mut command = if self.is_root {
            let mut command = Command::new("runuser");
            command.args(["--user", NOBODY, "--"]).arg(program);
            command
        } else {
            Command::new(program)
        };
        command.current_dir(&self.home);
        command
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        if let Err(error) = command::run(self.control().args(["stop", "--mode=immediate"])) {
            eprintln!("{error:#}");
        }
        let _ = fs::remove_dir_all(&self.home);
    }
}

/// Where `initdb` is, which is installed if need be.
pub(super) fn programs() -> Result<PathBuf> {
    if let Some(programs) = found()? {
        return Ok(programs);
    }
    debian::install(&["postgresql"])?;
    found()?.context("postgresql is installed, but its initdb was not found")
}

/// Debian keeps each version apart, and none of them on the PATH.
fn found() -> Result<Option<PathBuf>> {
    let versions = Path::new("/usr/lib/postgresql");
    let mut found: Vec<PathBuf> = match fs::read_dir(versions) {
        Ok(entries) => entries.map(|entry| Ok(entry?.path().join("bin"))).collect::<Result<_>>()?,
        Err(_) => Vec::new(),
    };
    #[expect(clippy::disallowed_methods, reason = "it is looked for where programs are")]
    found.extend(std::env::var_os("PATH").iter().flat_map(std::env::split_paths));
    found.retain(|folder| folder.join("initdb").is_file() && folder.join("pg_ctl").is_file());
    found.sort();
    Ok(found.pop())
}
