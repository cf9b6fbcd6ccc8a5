//! The REST face: routes made from the registry, OpenAPI, live events, who may come in, the embedded web app.
//!
//! Invariant: nothing here knows an operation by name; what changes the inventory goes through `Keeper::call`.

mod answer;
mod app;
mod auth;
mod body;
mod dispatch;
mod docs_page;
mod envelope;
mod events;
mod failure;
mod followers;
mod icons;
mod input;
mod metrics;
mod openapi;
mod options;
mod probes;
mod query;
mod request_span;
mod rest;
mod routes;
mod scrape;
mod serve;
mod web_app;

pub use app::app;
pub use auth::{Pass, may_bind};
pub use metrics::exposition;
pub use openapi::openapi;
pub use options::Options;
pub use serve::serve;
