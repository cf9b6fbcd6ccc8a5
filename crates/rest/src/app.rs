//! The whole face put together: routes inside, the gate around them, the envelope around that.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodFilter, get, on, post};
use labkeeper_core::fault::Fault;
use labkeeper_ops::access::secret;
use labkeeper_ops::keeper::Keeper;
use labkeeper_ops::operation::Method;
use serde_json::json;
use tower_http::compression::predicate::{NotForContentType, Predicate, SizeAbove};
use tower_http::compression::{CompressionLayer, CompressionLevel};

use crate::auth::endpoints;
use crate::auth::gate::gate;
use crate::dispatch::{dispatch, wrong_method};
use crate::docs_page;
use crate::envelope::envelope;
use crate::events::events;
use crate::failure::Failure;
use crate::followers::Followers;
use crate::icons::icon;
use crate::metrics::Metrics;
use crate::openapi::openapi;
use crate::options::Options;
use crate::probes::{live, ready};
use crate::rest::Rest;
use crate::routes::{method_name, targets};
use crate::scrape::scrape;
use crate::web_app;

/// Everything that is answered over HTTP. `extra` (MCP) lies behind the same gate, which gives each request its
/// `Actor` and [`crate::Pass`] as extensions.
///
/// # Errors
/// When the system has no randomness to give.
pub fn app(keeper: Keeper, options: Options, extra: Router) -> Result<Router, Fault> {
    let metrics = Metrics::new(&keeper.settings().version);
    let document = Arc::<str>::from(openapi(keeper.registry()).to_string());
    let routes = targets(keeper.registry());
    let routes = routes
        .iter()
        .map(|target| {
            (format!("{} {}", method_name(target.route.method), target.pattern()), target.path.clone())
        })
        .collect();
    let rest = Arc::new(Rest {
        keeper,
        routes,
        options,
        metrics,
        followers: Followers::default(),
        run_id: secret::run_id()?,
    });
    let router = operations(&rest)
        .merge(own(document))
        .method_not_allowed_fallback(wrong_method)
        .fallback(elsewhere)
        .with_state(Arc::clone(&rest));
    Ok(router
        .merge(extra)
        .layer(from_fn_with_state(Arc::clone(&rest), gate))
        .layer(from_fn_with_state(rest, envelope))
        .layer(CompressionLayer::new().quality(CompressionLevel::Fastest).compress_when(worth_it())))
}

fn operations(rest: &Rest) -> Router<Arc<Rest>> {
    targets(rest.keeper.registry()).into_iter().fold(Router::new(), |router, target| {
        let filter = match target.route.method {
            Method::Get => MethodFilter::GET,
            Method::Post => MethodFilter::POST,
            Method::Put => MethodFilter::PUT,
            Method::Patch => MethodFilter::PATCH,
            Method::Delete => MethodFilter::DELETE,
        };
        let pattern = target.pattern();
        let target = Arc::new(target);
        let handler = move |state, actor, parameters, request| {
            dispatch(state, actor, Arc::clone(&target), parameters, request)
        };
        router.route(&pattern, on(filter, handler))
    })
}

/// What is no operation.
fn own(document: Arc<str>) -> Router<Arc<Rest>> {
    let health = get(async || ([("content-type", "application/json")], json!({"status": "ok"}).to_string()));
    let document = get(async move || ([("content-type", "application/json")], document.to_string()));
    Router::new()
        .route("/api/health", health)
        .route("/api/config", get(endpoints::config))
        .route("/api/auth/login", post(endpoints::login))
        .route("/api/auth/logout", post(endpoints::logout))
        .route("/api/auth/setup", post(endpoints::set_up))
        .route("/api/auth/me", get(endpoints::me))
        .route("/api/events", get(events))
        .route("/api/icons/{p1}", get(icon))
        .route("/api/openapi.json", document)
        .route("/api/docs-ui", get(docs_page::page))
        .route("/api/docs-ui/page.js", get(docs_page::script))
        .route("/api/docs-ui/page.css", get(docs_page::style))
        .route("/livez", get(live))
        .route("/readyz", get(ready))
        .route("/metrics", get(scrape))
}

async fn elsewhere(State(_): State<Arc<Rest>>, request: Request) -> Response {
    let path = request.uri().path();
    if path == "/api" || path.starts_with("/api/") {
        return Failure::no_route(path).into_response();
    }
    web_app::serve(request.method(), request.uri(), request.headers())
}

/// Streams flow, small answers and finished formats stay as they are.
fn worth_it() -> impl Predicate {
    SizeAbove::new(256)
        .and(NotForContentType::new("text/event-stream"))
        .and(NotForContentType::new("image/"))
        .and(NotForContentType::new("font/"))
        .and(NotForContentType::new("application/octet-stream"))
}
