//! The MCP face on a hub of its own in a temporary directory: `serve stdio`, where `elicitation` lets clients ask about parked calls, `serve http ADDRESS` with the token
//! `secret`, or `serve remote URL TOKEN` for a hub elsewhere. The tests of this crate talk to it over real pipes.

#![allow(clippy::unwrap_used, reason = "a program for tests")]

#[path = "../tests/hub/mod.rs"]
mod hub;

use axum::extract::Request;
use axum::http::header::AUTHORIZATION;
use axum::middleware::{Next, from_fn};
use labkeeper_core::actor::{Actor, Via};
use labkeeper_mcp::{HttpOptions, Surface, router, serve_stdio, serve_stdio_remote};
use labkeeper_ops::keeper::Safety;
use tokio_util::sync::CancellationToken;

#[tokio::main]
async fn main() {
    tracing_subscriber::fmt().with_max_level(tracing::Level::ERROR).with_writer(std::io::stderr).init();
    let dir = tempfile::tempdir().unwrap();
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let elicitation = arguments.contains(&"elicitation");
    let keeper = hub::keeper(dir.path(), Safety { elicitation, ..Safety::default() }).await;
    match arguments[..] {
        ["stdio"] | ["stdio", "elicitation"] => {
            serve_stdio(keeper, Actor::local(Via::Mcp), Surface::Full, CancellationToken::new())
                .await
                .unwrap();
        }
        ["stdio", "compact"] => {
            serve_stdio(keeper, Actor::local(Via::Mcp), Surface::Compact, CancellationToken::new())
                .await
                .unwrap();
        }
        ["remote", url, token] => serve_stdio_remote(url, Some(token)).await.unwrap(),
        ["http", address] => {
            let app = router(keeper, HttpOptions::default()).layer(from_fn(authenticate));
            let listener = tokio::net::TcpListener::bind(address).await.unwrap();
            axum::serve(listener, app).await.unwrap();
        }
        _ => panic!("serve stdio [compact|elicitation] | serve http ADDRESS | serve remote URL TOKEN"),
    }
}

async fn authenticate(mut request: Request, next: Next) -> axum::response::Response {
    if request.headers().get(AUTHORIZATION).is_some_and(|token| token == "Bearer secret") {
        let actor = Actor { name: "tester".into(), ..Actor::local(Via::Mcp) };
        request.extensions_mut().insert(actor);
    }
    next.run(request).await
}
