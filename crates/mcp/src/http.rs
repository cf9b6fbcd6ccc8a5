//! MCP over streamable HTTP, as a router for the hub's server.

use std::sync::Arc;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::routing::get;
use axum::{Json, Router, middleware};
use labkeeper_core::actor::Scope;
use labkeeper_ops::keeper::Keeper;
use rmcp::transport::streamable_http_server::session::local::LocalSessionManager;
use rmcp::transport::{StreamableHttpServerConfig, StreamableHttpService};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::caller::Caller;
use crate::face::{Face, Surface};
use crate::gate::{Gate, PROTECTED_RESOURCE, admit};
use crate::server::LabServer;

/// How the endpoint is reached and what it allows.
#[derive(Debug, Clone)]
pub struct HttpOptions {
    /// Names under which the hub is reached, `host` or `host:port`; without a port any port is meant. Others get
    /// 403. Loopback and plain addresses are always among them.
    pub allowed_hosts: Vec<String>,
    /// Web pages that may call, `scheme://host:port`, `:*` for any port. Others get 403; programs send no origin.
    /// Loopback is always among them.
    pub allowed_origins: Vec<String>,
    /// Largest body of a request, in bytes.
    pub max_body_bytes: usize,
    /// How many tools a client sees.
    pub surface: Surface,
    /// Where clients reach the hub, when it is behind a proxy: `https://lab.example.net`.
    pub public_url: Option<String>,
    /// Ends open streams when the server stops.
    pub shutdown: CancellationToken,
}

impl Default for HttpOptions {
    fn default() -> Self {
        Self {
            allowed_hosts: Vec::new(),
            allowed_origins: Vec::new(),
            max_body_bytes: 4 * 1024 * 1024,
            surface: Surface::Full,
            public_url: None,
            shutdown: CancellationToken::new(),
        }
    }
}

/// `/mcp` and the two places of its metadata, to be merged into the hub's router. Whoever mounts it puts the
/// authenticated [`Actor`](labkeeper_core::actor::Actor) into the request's extensions, and lets requests without
/// one come here: they get the 401 that tells a client how to authenticate.
pub fn router(keeper: Keeper, options: HttpOptions) -> Router {
    let sessions = Arc::new(LocalSessionManager::default());
    let gate = Gate::new(sessions.clone(), &options.allowed_hosts, options.public_url.as_deref());
    let face = Face::new(keeper, options.surface);
    let config = StreamableHttpServerConfig::default()
        // The gate has looked at the host, and knows that a plain address is nobody's trick.
        .disable_allowed_hosts()
        .with_allowed_origins(LOOPBACK_ORIGINS.map(str::to_string).into_iter().chain(options.allowed_origins))
        .enforce_origin_validation()
        .with_max_request_body_bytes(options.max_body_bytes)
        .with_cancellation_token(options.shutdown);
    let service =
        StreamableHttpService::new(move || Ok(handler(face.clone(), Caller::PerRequest)), sessions, config);
    let endpoint = Router::new()
        .route_service("/mcp", service)
        .layer(middleware::from_fn_with_state(gate.clone(), admit));
    let metadata = Router::new()
        .route(PROTECTED_RESOURCE, get(protected_resource))
        .route("/.well-known/oauth-protected-resource/mcp", get(protected_resource))
        .with_state(gate);
    endpoint.merge(metadata)
}

/// What answers on both transports.
#[cfg(not(feature = "conformance"))]
pub(crate) fn handler(face: Face, caller: Caller) -> LabServer {
    LabServer::new(face, caller)
}

/// What answers on both transports, with the fixtures of the official suite around it.
#[cfg(feature = "conformance")]
pub(crate) fn handler(face: Face, caller: Caller) -> crate::conformance::WithFixtures {
    crate::conformance::WithFixtures::around(LabServer::new(face, caller))
}

const LOOPBACK_ORIGINS: [&str; 6] = [
    "http://localhost:*",
    "http://127.0.0.1:*",
    "http://[::1]:*",
    "https://localhost:*",
    "https://127.0.0.1:*",
    "https://[::1]:*",
];

async fn protected_resource(State(gate): State<Gate>, headers: HeaderMap) -> Json<Value> {
    Json(json!({
        "resource": format!("{}/mcp", gate.base(&headers)),
        "resource_name": "labkeeper",
        "bearer_methods_supported": ["header"],
        "scopes_supported": Scope::ALL.map(Scope::as_str),
    }))
}
