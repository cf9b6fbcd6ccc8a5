//! The OpenAPI 3.1 document, read off the registry (ADR 0005). Its schemas are the operations' own.

mod document;
mod fragment;
mod operation;
mod parameter;
mod schemas;

pub use document::openapi;
