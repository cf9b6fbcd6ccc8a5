//! A server of S3 for the tests, SeaweedFS: made for them on ports of the loopback interface, and gone with what they put there. It
//! checks signatures and conditions as Amazon's does.

use std::fs::{self, File};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Command};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};

use super::{ports, suites};
use crate::command;
use crate::install::debian::{self, Program};

const WHO: (&str, &str) = ("labkeeper", "not-a-secret");
const BUCKET: &str = "lab";
const PATIENCE: Duration = Duration::from_secs(60);

/// A server that stops when it is dropped.
pub(super) struct S3 {
    home: PathBuf,
    port: u16,
    server: Child,
}

impl S3 {
    /// Makes one, installing what it needs first.
    pub(super) fn start() -> Result<Self> {
        debian::ensure(&[Program { name: "curl", package: "curl" }])?;
        let program = suites::python()?.program("weed");
        let home = std::env::temp_dir().join(format!("labkeeper-s3-{}", std::process::id()));
        fs::create_dir(&home).with_context(|| format!("cannot make {}", home.display()))?;
        let who = format!(
            r#"{{"identities":[{{"name":"{0}","credentials":[{{"accessKey":"{0}","secretKey":"{1}"}}],"actions":["Admin","Read","Write","List"]}}]}}"#,
            WHO.0, WHO.1
        );
        let identities = home.join("s3.json");
        fs::write(&identities, who).context("cannot say who may get in")?;
        let [port, grpc, master, master_grpc, volume, volume_grpc, filer, filer_grpc] = ports::free()?;
        let log = File::create(home.join("log")).context("cannot make a log")?;
        let mut weed = Command::new(program);
        weed.arg("server").arg(format!("-dir={}", home.display()));
        weed.args(["-ip=127.0.0.1", "-ip.bind=127.0.0.1", "-filer", "-s3", "-master.telemetry=false"]);
        weed.args([
            "-master.volumeSizeLimitMB=64",
            "-s3.iam=false",
            "-s3.port.iceberg=0",
            "-s3.port.lance=0",
        ]);
        weed.arg(format!("-s3.config={}", identities.display()));
        for (name, port) in [
            ("s3.port", port),
            ("s3.port.grpc", grpc),
            ("master.port", master),
            ("master.port.grpc", master_grpc),
            ("volume.port", volume),
            ("volume.port.grpc", volume_grpc),
            ("filer.port", filer),
            ("filer.port.grpc", filer_grpc),
        ] {
            weed.arg(format!("-{name}={port}"));
        }
        let server = weed.stdout(log.try_clone()?).stderr(log).spawn().context("cannot start weed")?;
        let mut server = Self { home, port, server };
        server.make_bucket()?;
        Ok(server)
    }

    /// Who gets in, where, and which bucket is there.
    pub(super) fn url(&self) -> String {
        format!("http://{}:{}@127.0.0.1:{}/{BUCKET}", WHO.0, WHO.1, self.port)
    }

    #[expect(clippy::disallowed_methods, reason = "another program tells nobody when it is ready")]
    fn make_bucket(&mut self) -> Result<()> {
        let begun = Instant::now();
        loop {
            let answers = TcpStream::connect(("127.0.0.1", self.port)).is_ok();
            if answers && command::succeeds(&mut self.put_bucket()) {
                return Ok(());
            }
            if let Some(ended) = self.server.try_wait()? {
                bail!("weed ended: {ended}\n{}", fs::read_to_string(self.home.join("log"))?);
            }
            if begun.elapsed() > PATIENCE {
                bail!("the server of S3 does not come up within {} s", PATIENCE.as_secs());
            }
            sleep(Duration::from_millis(200));
        }
    }

    fn put_bucket(&self) -> Command {
        let mut curl = Command::new("curl");
        curl.args(["--silent", "--fail", "--aws-sigv4", "aws:amz:us-east-1:s3", "--request", "PUT"]);
        curl.arg("--user").arg(format!("{}:{}", WHO.0, WHO.1));
        curl.arg(format!("http://127.0.0.1:{}/{BUCKET}", self.port));
        curl
    }
}

impl Drop for S3 {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
        let _ = fs::remove_dir_all(&self.home);
    }
}
