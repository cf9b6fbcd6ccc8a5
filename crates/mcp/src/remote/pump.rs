//! Between the pipes of the client and the hub: reads lines, delivers each in its own time, prints what comes back.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use rmcp::transport::io::stdio_pipes;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::task::{AbortHandle, JoinSet};

use super::delivery::Line;
use super::headers::stateless_revision;
use super::hub::{Hub, RemoteError};
use super::session::Session;

/// How long answers are waited for after the client hung up.
const LAST_ANSWERS: Duration = Duration::from_secs(30);

/// Speaks for the hub at `url` with the client at the other end of stdin and stdout, until it hangs up. What goes
/// wrong on the way is answered to the request that it befell, and logged.
///
/// # Errors
/// When address or token cannot be right.
pub async fn serve_stdio_remote(url: &str, token: Option<&str>) -> Result<(), RemoteError> {
    let (outlet, messages) = unbounded_channel();
    let line = Arc::new(Line { hub: Hub::new(url, token)?, session: Session::default(), outlet });
    let (input, output) = stdio_pipes();
    let printing = tokio::spawn(print(messages, output));
    let mut requests = Requests::default();
    let mut following = None;
    let mut lines = BufReader::new(input).lines();
    while let Ok(Some(text)) = lines.next_line().await {
        let Ok(message) = serde_json::from_str::<Value>(&text) else {
            let error = json!({"jsonrpc": "2.0", "id": null, "error": {"code": -32700, "message": "that line is no JSON"}});
            let _ = line.outlet.send(error);
            continue;
        };
        match message["method"].as_str() {
            Some("notifications/cancelled") if requests.give_up(&message["params"]["requestId"]) => {}
            Some(method) if method != "initialize" && message.get("id").is_some() => {
                requests.start(&line, message);
            }
            method => {
                let begins = method == Some("notifications/initialized");
                line.deliver(&message).await;
                if begins && line.session.is_open() && following.is_none() {
                    let line = line.clone();
                    following = Some(tokio::spawn(async move { line.follow().await }));
                }
            }
        }
    }
    requests.finish().await;
    if let Some(following) = following {
        following.abort();
        let _ = following.await;
        let goodbye = line.hub.delete(line.session.headers()).timeout(Duration::from_secs(2));
        let _ = line.hub.send(goodbye).await;
    }
    // The printer ends when nobody can hand it anything any more.
    drop(line);
    let _ = tokio::time::timeout(LAST_ANSWERS, printing).await;
    Ok(())
}

/// Requests on their way. Those of the revision without sessions are given up by hanging up.
#[derive(Default)]
struct Requests {
    running: JoinSet<()>,
    stateless: HashMap<String, AbortHandle>,
}

impl Requests {
    fn start(&mut self, line: &Arc<Line>, message: Value) {
        while self.running.try_join_next().is_some() {}
        self.stateless.retain(|_, request| !request.is_finished());
        let (line, id) = (line.clone(), message["id"].to_string());
        let stateless = stateless_revision(&message).is_some();
        let request = self.running.spawn(async move { line.deliver(&message).await });
        if stateless {
            self.stateless.insert(id, request);
        }
    }

    /// Hangs up; false when the hub has to be told instead.
    fn give_up(&mut self, id: &Value) -> bool {
        self.stateless.remove(&id.to_string()).map(|request| request.abort()).is_some()
    }

    async fn finish(mut self) {
        let all = async { while self.running.join_next().await.is_some() {} };
        // What is late after that would be printed to nobody.
        let _ = tokio::time::timeout(LAST_ANSWERS, all).await;
    }
}

async fn print(mut messages: UnboundedReceiver<Value>, mut output: impl AsyncWrite + Unpin) {
    while let Some(message) = messages.recv().await {
        let line = format!("{message}\n");
        if output.write_all(line.as_bytes()).await.is_err() || output.flush().await.is_err() {
            return;
        }
    }
}
