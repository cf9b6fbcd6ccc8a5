//! A client at the other end of real pipes.

use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

/// Long enough for a busy machine.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// The example `serve` as a child process.
pub(crate) struct Pipes {
    child: Child,
    input: Option<ChildStdin>,
    output: Lines<BufReader<ChildStdout>>,
}

impl Pipes {
    pub(crate) fn to(arguments: &[&str]) -> Self {
        let mut child = Command::new(program())
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .expect("the example is built with the tests");
        let (input, output) = (child.stdin.take(), child.stdout.take().unwrap());
        Self { child, input, output: BufReader::new(output).lines() }
    }

    /// A session of that revision, opened.
    pub(crate) async fn opened(arguments: &[&str], revision: &str) -> Self {
        Self::opened_with(arguments, revision, json!({})).await
    }

    /// The same with a client that can do more.
    pub(crate) async fn opened_with(arguments: &[&str], revision: &str, capabilities: Value) -> Self {
        let mut pipes = Self::to(arguments);
        let mut opening = initialize(revision);
        opening["params"]["capabilities"] = capabilities;
        let answer = pipes.ask(&opening).await;
        assert_eq!(answer["result"]["protocolVersion"], revision);
        pipes.say(&json!({"jsonrpc": "2.0", "method": "notifications/initialized"})).await;
        pipes
    }

    pub(crate) async fn say(&mut self, message: &Value) {
        let input = self.input.as_mut().unwrap();
        input.write_all(format!("{message}\n").as_bytes()).await.unwrap();
    }

    /// The next message; whatever is on stdout must be one.
    pub(crate) async fn hear(&mut self) -> Value {
        let line = tokio::time::timeout(PATIENCE, self.output.next_line())
            .await
            .expect("no answer in time")
            .unwrap();
        serde_json::from_str(&line.expect("the server hung up")).expect("stdout holds nothing but messages")
    }

    /// The next message that is not news of resources, which come when they come.
    pub(crate) async fn hear_but_news(&mut self) -> Value {
        loop {
            let heard = self.hear().await;
            if !heard["method"].as_str().is_some_and(|method| method.starts_with("notifications/resources/"))
            {
                return heard;
            }
        }
    }

    /// Says it and waits for the answer, skipping notifications.
    pub(crate) async fn ask(&mut self, message: &Value) -> Value {
        self.say(message).await;
        loop {
            let heard = self.hear().await;
            if heard.get("method").is_none() && heard["id"] == message["id"] {
                return heard;
            }
        }
    }

    /// Hangs up; the server ends by itself, and well.
    pub(crate) async fn hang_up(mut self) {
        drop(self.input.take());
        let status = tokio::time::timeout(PATIENCE, self.child.wait()).await.expect("it ends").unwrap();
        assert!(status.success(), "{status}");
        while let Some(line) = self.output.next_line().await.unwrap() {
            let late: Value = serde_json::from_str(&line).expect("stdout holds nothing but messages");
            assert!(late["method"].as_str().is_some(), "only news may come after the last answer: {late}");
        }
    }
}

fn program() -> PathBuf {
    let tests = std::env::current_exe().unwrap();
    tests.parent().unwrap().parent().unwrap().join("examples/serve")
}

/// The message that opens a session.
pub(crate) fn initialize(revision: &str) -> Value {
    let client = json!({"name": "raw", "version": "0"});
    let params = json!({"protocolVersion": revision, "capabilities": {}, "clientInfo": client});
    json!({"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": params})
}

/// A request.
pub(crate) fn request(id: i64, method: &str, params: Value) -> Value {
    let mut message = json!({"jsonrpc": "2.0", "id": id, "method": method});
    message["params"] = params;
    message
}

/// A request of the revision without sessions.
pub(crate) fn stateless(id: i64, method: &str, params: Value) -> Value {
    let mut message = request(id, method, params);
    message["params"]["_meta"]["io.modelcontextprotocol/protocolVersion"] = "2026-07-28".into();
    message["params"]["_meta"]["io.modelcontextprotocol/clientInfo"] = json!({"name": "raw", "version": "0"});
    message["params"]["_meta"]["io.modelcontextprotocol/clientCapabilities"] = json!({});
    message
}

/// A tool call.
pub(crate) fn call(id: i64, tool: &str, input: Value) -> Value {
    let mut params = json!({"name": tool});
    params["arguments"] = input;
    request(id, "tools/call", params)
}
