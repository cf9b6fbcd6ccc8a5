//! A real `redis-server` for tests, on a free port of the loopback interface. It can be stopped, started again and told anything.

use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const PATIENCE: Duration = Duration::from_secs(20);

/// Stops when it is dropped.
pub struct Server {
    port: u16,
    arguments: Vec<String>,
    process: Option<Child>,
    home: tempfile::TempDir,
}

impl Server {
    /// Starts one with these arguments beyond the usual.
    ///
    /// # Panics
    /// When there is no `redis-server` here, or none comes up.
    pub fn start(arguments: &[&str]) -> Self {
        let port =
            TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).expect("a free port").port();
        let home = tempfile::tempdir().expect("a directory");
        let arguments = arguments.iter().map(ToString::to_string).collect();
        let mut server = Self { port, arguments, process: None, home };
        server.up();
        server
    }

    /// Where it answers, with a password when there is one.
    pub fn url(&self, password: Option<&str>) -> String {
        let door = password.map(|password| format!(":{password}@")).unwrap_or_default();
        format!("redis://{door}127.0.0.1:{}", self.port)
    }

    /// Starts it again, empty.
    ///
    /// # Panics
    /// When it does not come up.
    pub fn up(&mut self) {
        let mut program = Command::new("redis-server");
        program.args(["--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]);
        program.args(["--port", &self.port.to_string()]).arg("--dir").arg(self.home.path());
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
        let client = redis::Client::open(self.url(password)).expect("an address");
        let config = redis::AsyncConnectionConfig::new().set_response_timeout(None);
        let connection = client.get_multiplexed_async_connection_with_config(&config).await;
        let mut connection = connection.expect("a connection");
        let mut command = redis::cmd(words[0]);
        command.arg(&words[1..]);
        command.query_async(&mut connection).await.expect("an answer")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.down();
    }
}
