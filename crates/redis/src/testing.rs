//! A real `redis-server` for tests, on a free port of the loopback interface. It can be stopped, started again and told anything.

mod authority;

use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use redis::{Client, TlsCertificates};

use authority::Papers;

const PATIENCE: Duration = Duration::from_secs(20);

/// Stops when it is dropped.
pub struct Server {
    port: u16,
    arguments: Vec<String>,
    papers: Option<Papers>,
    process: Option<Child>,
    home: tempfile::TempDir,
}

impl Server {
    /// Starts one with these arguments beyond the usual.
    ///
    /// # Panics
    /// When there is no `redis-server` here, or none comes up.
    pub fn start(arguments: &[&str]) -> Self {
        Self::start_in(tempfile::tempdir().expect("a directory"), None, arguments)
    }

    /// Starts one that speaks TLS only, as `localhost`, with a certificate by an authority of its own.
    ///
    /// # Panics
    /// As [`Self::start`].
    pub fn start_with_tls(arguments: &[&str]) -> Self {
        let home = tempfile::tempdir().expect("a directory");
        let papers = Papers::made_in(home.path());
        Self::start_in(home, Some(papers), arguments)
    }

    fn start_in(home: tempfile::TempDir, papers: Option<Papers>, arguments: &[&str]) -> Self {
        let port =
            TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).expect("a free port").port();
        let arguments = arguments.iter().map(ToString::to_string).collect();
        let mut server = Self { port, arguments, papers, process: None, home };
        server.up();
        server
    }

    /// Where it answers, with a password when there is one.
    pub fn url(&self, password: Option<&str>) -> String {
        let door = password.map(|password| format!(":{password}@")).unwrap_or_default();
        let (way, host) = match self.papers {
            Some(_) => ("rediss", "localhost"),
            None => ("redis", "127.0.0.1"),
        };
        format!("{way}://{door}{host}:{}", self.port)
    }

    /// The file with the authority that signed its certificate.
    ///
    /// # Panics
    /// When it speaks no TLS.
    pub fn authority(&self) -> &Path {
        &self.papers.as_ref().expect("it speaks TLS").authority
    }

    /// Starts it again, empty.
    ///
    /// # Panics
    /// When it does not come up.
    pub fn up(&mut self) {
        let mut program = Command::new("redis-server");
        program.args(["--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]);
        let port = self.port.to_string();
        match &self.papers {
            None => program.args(["--port", &port]),
            Some(papers) => program.args(["--port", "0", "--tls-port", &port]).args(papers.shown()),
        };
        program.arg("--dir").arg(self.home.path());
        program.args(["--enable-debug-command", "yes"]).args(&self.arguments);
        let process = program.stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        self.process = Some(process.expect("redis-server is installed"));
        let begun = Instant::now();
        while TcpStream::connect(("127.0.0.1", self.port)).is_err() {
            assert!(begun.elapsed() < PATIENCE, "redis-server does not come up");
            std::thread::yield_now();
        }
    }

    /// Ends it at once.
    pub fn down(&mut self) {
        if let Some(mut process) = self.process.take() {
            let _ = process.kill();
            let _ = process.wait();
        }
    }

    /// Tells it something.
    ///
    /// # Panics
    /// When it does not do that.
    pub async fn told(&self, password: Option<&str>, words: &[&str]) {
        self.asked::<redis::Value>(password, words).await;
    }

    /// Asks it something.
    ///
    /// # Panics
    /// When it gives no such answer.
    pub async fn asked<T: redis::FromRedisValue>(&self, password: Option<&str>, words: &[&str]) -> T {
        let client = self.client(password);
        let config =
            redis::AsyncConnectionConfig::new().set_connection_timeout(None).set_response_timeout(None);
        let connection = client.get_multiplexed_async_connection_with_config(&config).await;
        let mut connection = connection.expect("a connection");
        let mut command = redis::cmd(words[0]);
        command.arg(&words[1..]);
        command.query_async(&mut connection).await.expect("an answer")
    }

    fn client(&self, password: Option<&str>) -> Client {
        let url = self.url(password);
        let Some(papers) = &self.papers else { return Client::open(url).expect("an address") };
        let _ = rustls::crypto::ring::default_provider().install_default();
        let authority = std::fs::read(&papers.authority).expect("a certificate");
        let trusted = TlsCertificates { client_tls: None, root_cert: Some(authority) };
        Client::build_with_tls(url, trusted).expect("an address")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.down();
    }
}
