//! A hub on a real port, and a client that speaks raw HTTP.

use axum::extract::Request;
use axum::http::header::AUTHORIZATION;
use axum::middleware::{Next, from_fn};
use labkeeper_core::actor::{Actor, Grant, Via};
use labkeeper_core::principal::Principal;
use labkeeper_mcp::{HttpOptions, router};
use labkeeper_ops::keeper::{Keeper, Safety};
use reqwest::{RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::task::JoinHandle;

use crate::hub;
use crate::pipes::initialize;

/// A running hub. Tokens: `full`, `second` (the same rights, another name) and `read`.
pub(crate) struct Served {
    pub(crate) url: String,
    pub(crate) keeper: Keeper,
    serving: JoinHandle<()>,
    _dir: TempDir,
}

impl Served {
    pub(crate) async fn new() -> Self {
        Self::at("127.0.0.1:0", HttpOptions::default()).await
    }

    /// One whose owner lets clients ask their people about parked calls.
    pub(crate) async fn eliciting() -> Self {
        let safety = Safety { elicitation: true, ..Safety::default() };
        Self::careful("127.0.0.1:0", HttpOptions::default(), safety).await
    }

    pub(crate) async fn at(address: &str, options: HttpOptions) -> Self {
        Self::careful(address, options, Safety::default()).await
    }

    async fn careful(address: &str, options: HttpOptions, safety: Safety) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let keeper = hub::keeper(dir.path(), safety).await;
        let app = router(keeper.clone(), options).layer(from_fn(authenticate));
        let listener = tokio::net::TcpListener::bind(address).await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let serving = tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        Self { url, keeper, serving, _dir: dir }
    }

    /// Stops it and frees its port.
    pub(crate) async fn stop(self) {
        self.serving.abort();
        let _ = self.serving.await;
    }

    pub(crate) fn post(&self, token: &str, message: &Value) -> RequestBuilder {
        let request = client().post(format!("{}/mcp", self.url)).bearer_auth(token);
        request.header("accept", "application/json, text/event-stream").json(message)
    }

    /// The answer of the revision without sessions, with the headers that repeat the body.
    pub(crate) async fn stateless(&self, token: &str, message: &Value) -> Value {
        answer(stateless_headers(self.post(token, message), message).send().await.unwrap()).await
    }

    /// Opens a session of that revision.
    pub(crate) async fn session(&self, token: &str, revision: &str) -> Session<'_> {
        self.capable_session(token, revision, json!({})).await
    }

    /// The same with a client that can do more.
    pub(crate) async fn capable_session(
        &self,
        token: &str,
        revision: &str,
        capabilities: Value,
    ) -> Session<'_> {
        let mut opening = initialize(revision);
        opening["params"]["capabilities"] = capabilities;
        let response = self.post(token, &opening).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        let id = response.headers()["mcp-session-id"].to_str().unwrap().to_string();
        let opened = answer(response).await;
        assert_eq!(opened["result"]["protocolVersion"], revision);
        let session = Session { hub: self, token: token.into(), id, revision: revision.into() };
        let begun = session
            .post(&json!({"jsonrpc": "2.0", "method": "notifications/initialized"}))
            .send()
            .await
            .unwrap();
        assert_eq!(begun.status(), StatusCode::ACCEPTED);
        session
    }
}

/// A session of the handshake revisions.
pub(crate) struct Session<'a> {
    hub: &'a Served,
    pub(crate) token: String,
    pub(crate) id: String,
    revision: String,
}

impl Session<'_> {
    pub(crate) fn post(&self, message: &Value) -> RequestBuilder {
        self.within(self.hub.post(&self.token, message))
    }

    /// The same request in this session.
    pub(crate) fn within(&self, request: RequestBuilder) -> RequestBuilder {
        request.header("mcp-session-id", &self.id).header("mcp-protocol-version", &self.revision)
    }

    pub(crate) async fn ask(&self, message: &Value) -> Value {
        answer(self.post(message).send().await.unwrap()).await
    }

    /// The stream on which the server speaks by itself.
    pub(crate) async fn listen(&self) -> Stream {
        let request = client().get(format!("{}/mcp", self.hub.url)).bearer_auth(&self.token);
        let response = self.within(request).header("accept", "text/event-stream").send().await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        Stream::of(response)
    }
}

pub(crate) fn stateless_headers(request: RequestBuilder, message: &Value) -> RequestBuilder {
    let method = message["method"].as_str().unwrap();
    let request = request.header("mcp-protocol-version", "2026-07-28").header("mcp-method", method);
    let name = message["params"]["name"].as_str().or(message["params"]["uri"].as_str());
    match name {
        Some(name) => request.header("mcp-name", name),
        None => request,
    }
}

/// Messages of an event stream as they come.
pub(crate) struct Stream {
    response: Response,
    rest: String,
}

impl Stream {
    pub(crate) fn of(response: Response) -> Self {
        Self { response, rest: String::new() }
    }

    /// The next message; `None` when the stream ended.
    pub(crate) async fn next(&mut self) -> Option<Value> {
        loop {
            while let Some((line, rest)) = self.rest.split_once('\n') {
                let (line, rest) = (line.trim_end().to_string(), rest.to_string());
                self.rest = rest;
                if let Some(message) =
                    line.strip_prefix("data:").and_then(|data| serde_json::from_str(data).ok())
                {
                    return Some(message);
                }
            }
            let chunk =
                tokio::time::timeout(crate::pipes::PATIENCE, self.response.chunk()).await.expect("in time");
            self.rest.push_str(&String::from_utf8_lossy(&chunk.unwrap()?));
        }
    }
}

/// The answer in a body, whether it is JSON or a stream.
pub(crate) async fn answer(response: Response) -> Value {
    let streamed = response.headers()["content-type"].to_str().unwrap().starts_with("text/event-stream");
    if !streamed {
        return response.json().await.unwrap();
    }
    let mut stream = Stream::of(response);
    loop {
        let message = stream.next().await.expect("an answer before the end");
        if message.get("method").is_none() {
            return message;
        }
    }
}

async fn authenticate(mut request: Request, next: Next) -> axum::response::Response {
    let token =
        request.headers().get(AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let known = match token {
        "Bearer full" => Some(("first", Grant::FULL)),
        "Bearer second" => Some(("second", Grant::FULL)),
        "Bearer read" => Some(("reader", Grant::READ)),
        _ => None,
    };
    if let Some((name, grant)) = known {
        let principal = Principal::Program(name.into());
        let actor = Actor { name: name.into(), principal, grant, ..Actor::local(Via::Mcp) };
        request.extensions_mut().insert(actor);
    }
    next.run(request).await
}

/// A client. Installing the crypto provider a second time fails, and does not matter.
pub(crate) fn client() -> reqwest::Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::new()
}
