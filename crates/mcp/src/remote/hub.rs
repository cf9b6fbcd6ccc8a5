//! The hub elsewhere: its address, the token, and what its refusals mean.

use std::time::Duration;

use reqwest::header::{ACCEPT, AUTHORIZATION, HeaderMap, HeaderValue};
use reqwest::{Client, RequestBuilder, Response, StatusCode, Url};
use serde_json::{Value, json};

const CONNECT: Duration = Duration::from_secs(10);

/// Why a hub elsewhere cannot be spoken for.
#[derive(Debug, thiserror::Error)]
pub enum RemoteError {
    /// The address is none.
    #[error("\"{0}\" is no address of a hub; it looks like http://nas.lan:8000")]
    Address(String),
    /// The token cannot be sent.
    #[error("the token holds characters that no token has; copy it again")]
    Token,
    /// The client could not be set up.
    #[error("cannot set up the connection to the hub")]
    Client(#[source] reqwest::Error),
    /// Nobody answers.
    #[error(
        "cannot reach the hub at {url}: {reason}; is `labkeeper serve` running there? LABKEEPER_URL sets the address"
    )]
    Unreachable {
        /// Where.
        url: String,
        /// Why, in the system's words.
        reason: String,
    },
    /// There is no token, and one is needed.
    #[error("the hub at {0} wants a token: make one in its web app and set LABKEEPER_TOKEN")]
    TokenNeeded(String),
    /// The token is not, or no longer, good.
    #[error(
        "the hub at {0} does not accept the token: make a new one in its web app and set LABKEEPER_TOKEN"
    )]
    TokenRefused(String),
    /// Something else answers there.
    #[error("{0} answers, but has no MCP endpoint: is it the address of a labkeeper hub?")]
    NotAHub(String),
    /// The hub refused for another reason.
    #[error("the hub at {url} refused with {status}: {text}")]
    Refused {
        /// Where.
        url: String,
        /// HTTP status.
        status: u16,
        /// The hub's words.
        text: String,
    },
    /// The connection broke in the middle.
    #[error("the hub at {0} hung up before it answered; try again")]
    HungUp(String),
}

impl RemoteError {
    /// As an error of the protocol, for the request of that id.
    pub(super) fn reply(&self, id: &Value) -> Value {
        let code = match self {
            Self::TokenNeeded(_) | Self::TokenRefused(_) | Self::Token => "unauthorized",
            _ => "unavailable",
        };
        json!({"jsonrpc": "2.0", "id": id, "error": {"code": -32000, "message": self.to_string(), "data": {"code": code}}})
    }
}

/// A hub elsewhere.
#[derive(Debug, Clone)]
pub(super) struct Hub {
    client: Client,
    url: String,
    endpoint: Url,
    has_token: bool,
}

impl Hub {
    pub(super) fn new(url: &str, token: Option<&str>) -> Result<Self, RemoteError> {
        // A second call finds the provider installed, which is all that is wanted.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let url = url.trim().trim_end_matches('/').to_string();
        let endpoint = Url::parse(&format!("{url}/mcp")).map_err(|_| RemoteError::Address(url.clone()))?;
        if !matches!(endpoint.scheme(), "http" | "https") || !endpoint.has_host() {
            return Err(RemoteError::Address(url));
        }
        let mut headers = HeaderMap::new();
        let token = token.filter(|token| !token.is_empty());
        if let Some(token) = token {
            let mut value =
                HeaderValue::from_str(&format!("Bearer {token}")).map_err(|_| RemoteError::Token)?;
            value.set_sensitive(true);
            headers.insert(AUTHORIZATION, value);
        }
        let client = Client::builder().connect_timeout(CONNECT).default_headers(headers).build();
        Ok(Self { client: client.map_err(RemoteError::Client)?, url, endpoint, has_token: token.is_some() })
    }

    pub(super) fn url(&self) -> &str {
        &self.url
    }

    pub(super) fn post(&self, headers: HeaderMap, message: &Value) -> RequestBuilder {
        let request = self.client.post(self.endpoint.clone()).headers(headers);
        request.header(ACCEPT, "application/json, text/event-stream").json(message)
    }

    pub(super) fn get(&self, headers: HeaderMap) -> RequestBuilder {
        self.client.get(self.endpoint.clone()).headers(headers).header(ACCEPT, "text/event-stream")
    }

    pub(super) fn delete(&self, headers: HeaderMap) -> RequestBuilder {
        self.client.delete(self.endpoint.clone()).headers(headers)
    }

    /// Sends it.
    pub(super) async fn send(&self, request: RequestBuilder) -> Result<Response, RemoteError> {
        request
            .send()
            .await
            .map_err(|error| RemoteError::Unreachable { url: self.url.clone(), reason: innermost(&error) })
    }

    /// What an answer without a message of the protocol means.
    pub(super) fn refusal(&self, status: StatusCode, text: &str) -> RemoteError {
        match status {
            StatusCode::UNAUTHORIZED if self.has_token => RemoteError::TokenRefused(self.url.clone()),
            StatusCode::UNAUTHORIZED => RemoteError::TokenNeeded(self.url.clone()),
            StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED => RemoteError::NotAHub(self.url.clone()),
            status => {
                let text = text.trim().chars().take(200).collect();
                RemoteError::Refused { url: self.url.clone(), status: status.as_u16(), text }
            }
        }
    }
}

fn innermost(error: &dyn std::error::Error) -> String {
    let chain = std::iter::successors(Some(error), |error| error.source());
    chain.last().map(ToString::to_string).unwrap_or_default()
}
