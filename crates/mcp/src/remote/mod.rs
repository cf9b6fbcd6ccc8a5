//! MCP over stdio on behalf of a hub elsewhere: what the client says is posted to the hub's `/mcp`, what the hub
//! says is printed. No message is understood more than its delivery needs, so every revision passes.

mod delivery;
mod headers;
mod hub;
mod pump;
mod session;
mod sse;

pub use hub::RemoteError;
pub use pump::serve_stdio_remote;
