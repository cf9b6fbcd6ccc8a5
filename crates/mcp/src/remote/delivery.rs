//! One message to the hub, and everything the hub answers to it.

use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName};
use reqwest::{Response, StatusCode};
use serde_json::{Value, json};
use tokio::sync::mpsc::UnboundedSender;

use super::headers::{routing, stateless_revision};
use super::hub::{Hub, RemoteError};
use super::session::Session;
use super::sse::Parser;
use crate::caller::SESSION_HEADER;

/// Where messages go that come from the hub.
pub(super) type Outlet = UnboundedSender<Value>;

/// The way to the hub and back.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) hub: Hub,
    pub(super) session: Session,
    pub(super) outlet: Outlet,
}

impl Line {
    /// Delivers a message of the client. A request is always answered, by the hub or with what went wrong.
    pub(super) async fn deliver(&self, message: &Value) {
        if message["method"] == "initialize" {
            self.session.opening(message);
        }
        if let Err(error) = self.exchange(message).await {
            tracing::warn!(hub.url = self.hub.url(), "{error}");
            if message.get("method").is_some() && message.get("id").is_some() {
                self.say(error.reply(&message["id"]));
            }
        }
    }

    async fn exchange(&self, message: &Value) -> Result<(), RemoteError> {
        let response = self.post(message).await?;
        let lost = response.status() == StatusCode::NOT_FOUND && self.session.is_open();
        if lost && stateless_revision(message).is_none() && self.open_again().await? {
            let response = self.post(message).await?;
            return self.answered(message, response).await;
        }
        self.answered(message, response).await
    }

    async fn post(&self, message: &Value) -> Result<Response, RemoteError> {
        let headers = match stateless_revision(message) {
            Some(revision) => routing(message, revision),
            None if message["method"] == "initialize" => HeaderMap::new(),
            None => self.session.headers(),
        };
        self.hub.send(self.hub.post(headers, message)).await
    }

    /// Repeats the handshake that the client made once; the hub forgot it when it was restarted.
    async fn open_again(&self) -> Result<bool, RemoteError> {
        let Some(opening) = self.session.opened_with() else { return Ok(false) };
        tracing::info!(hub.url = self.hub.url(), "the hub forgot the session, opening another");
        let mut response = self.hub.send(self.hub.post(HeaderMap::new(), &opening)).await?;
        if !response.status().is_success() {
            return Ok(false);
        }
        self.session.named(response.headers().get(SESSION_HEADER));
        let Some(answer) = self.read(&mut response, Some(&opening["id"]), |_| {}).await? else {
            return Ok(false);
        };
        self.session.agreed(&answer);
        let initialized = json!({"jsonrpc": "2.0", "method": "notifications/initialized"});
        self.post(&initialized).await?;
        Ok(true)
    }

    async fn answered(&self, message: &Value, mut response: Response) -> Result<(), RemoteError> {
        let status = response.status();
        if !status.is_success() {
            let text = response.text().await.unwrap_or_default();
            let answer: Option<Value> = serde_json::from_str(&text).ok();
            return match answer.filter(|answer| answer.get("jsonrpc").is_some()) {
                Some(answer) => {
                    self.say(answer);
                    Ok(())
                }
                None => Err(self.hub.refusal(status, &text)),
            };
        }
        let id = message.get("method").and_then(|_| message.get("id"));
        let opens = message["method"] == "initialize";
        if opens {
            self.session.named(response.headers().get(SESSION_HEADER));
        }
        let answer = self.read(&mut response, id, |message| self.say(message)).await?;
        match answer {
            Some(answer) => {
                if opens {
                    self.session.agreed(&answer);
                }
                self.say(answer);
                Ok(())
            }
            None if id.is_some() => Err(RemoteError::HungUp(self.hub.url().into())),
            None => Ok(()),
        }
    }

    /// Reads messages until the answer to `id`, which it returns; the others are handed to `aside`.
    async fn read(
        &self,
        response: &mut Response,
        id: Option<&Value>,
        aside: impl Fn(Value),
    ) -> Result<Option<Value>, RemoteError> {
        let streamed = response
            .headers()
            .get(CONTENT_TYPE)
            .is_some_and(|kind| kind.as_bytes().starts_with(b"text/event-stream"));
        let mut parser = Parser::default();
        let mut whole = Vec::new();
        while let Some(bytes) =
            response.chunk().await.map_err(|_| RemoteError::HungUp(self.hub.url().into()))?
        {
            if !streamed {
                whole.extend_from_slice(&bytes);
                continue;
            }
            for event in parser.feed(&bytes) {
                let Ok(message) = serde_json::from_str::<Value>(&event.data) else { continue };
                if is_answer(&message, id) {
                    return Ok(Some(message));
                }
                aside(message);
            }
        }
        Ok(serde_json::from_slice(&whole).ok().filter(|message| is_answer(message, id)))
    }

    /// Follows what the hub says by itself in this session, until the session ends.
    pub(super) async fn follow(&self) {
        let mut last: Option<String> = None;
        let mut pause = std::time::Duration::from_secs(1);
        loop {
            let mut headers = self.session.headers();
            let resume = last.as_deref().and_then(|id| id.parse().ok());
            headers.extend(resume.map(|id| (HeaderName::from_static("last-event-id"), id)));
            if let Ok(mut response) = self.hub.send(self.hub.get(headers)).await {
                if response.status().is_client_error() {
                    return;
                }
                let mut parser = Parser::default();
                while let Ok(Some(bytes)) = response.chunk().await {
                    pause = std::time::Duration::from_secs(1);
                    for event in parser.feed(&bytes) {
                        last = event.id.or(last);
                        if let Ok(message) = serde_json::from_str(&event.data) {
                            self.say(message);
                        }
                    }
                }
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(std::time::Duration::from_secs(30));
        }
    }

    fn say(&self, message: Value) {
        // The receiver lives as long as stdout is open; after that nobody listens.
        let _ = self.outlet.send(message);
    }
}

fn is_answer(message: &Value, id: Option<&Value>) -> bool {
    message.get("method").is_none() && id.is_some_and(|id| message.get("id") == Some(id))
}
