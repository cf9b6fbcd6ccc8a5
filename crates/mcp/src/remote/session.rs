//! The session that the handshake revisions keep with the hub, and how it began, so that it can begin again after
//! the hub was restarted.

use std::sync::{Mutex, MutexGuard, PoisonError};

use reqwest::header::{HeaderMap, HeaderValue};
use serde_json::Value;

use crate::caller::SESSION_HEADER;

#[derive(Debug, Default, Clone)]
struct State {
    opening: Option<Value>,
    id: Option<HeaderValue>,
    revision: Option<HeaderValue>,
}

/// At most one, because there is one client.
#[derive(Debug, Default)]
pub(super) struct Session(Mutex<State>);

impl Session {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The handshake began with that message.
    pub(super) fn opening(&self, message: &Value) {
        *self.state() = State { opening: Some(message.clone()), ..State::default() };
    }

    /// The message with which the handshake began, to repeat it.
    pub(super) fn opened_with(&self) -> Option<Value> {
        self.state().opening.clone()
    }

    /// The hub gave the session that id.
    pub(super) fn named(&self, id: Option<&HeaderValue>) {
        self.state().id = id.cloned();
    }

    /// The hub agreed on that revision.
    pub(super) fn agreed(&self, answer: &Value) {
        let revision = answer["result"]["protocolVersion"].as_str();
        self.state().revision = revision.and_then(|revision| HeaderValue::from_str(revision).ok());
    }

    /// Whether the hub keeps one.
    pub(super) fn is_open(&self) -> bool {
        self.state().id.is_some()
    }

    /// Headers of a message in it.
    pub(super) fn headers(&self) -> HeaderMap {
        let state = self.state();
        let mut headers = HeaderMap::new();
        headers.extend(
            state.id.clone().map(|id| (reqwest::header::HeaderName::from_static(SESSION_HEADER), id)),
        );
        let version = reqwest::header::HeaderName::from_static("mcp-protocol-version");
        headers.extend(state.revision.clone().map(|revision| (version, revision)));
        headers
    }
}
