//! The MCP face: the operations' registry as tools, the inventory as resources, over stdio and streamable HTTP.
//!
//! *Invariant:* nothing here knows an operation; what a client sees is what
//! [`Keeper::offered`](labkeeper_ops::keeper::Keeper::offered) offers to the one who asks.

mod answer;
mod approving;
mod asking;
mod caller;
mod calling;
mod catalogue;
mod compact;
mod completions;
mod confirming;
#[cfg(feature = "conformance")]
mod conformance;
mod door;
mod face;
mod gate;
mod http;
mod lab_uri;
mod listing;
mod marks;
mod overview;
mod plan_text;
mod progress;
mod prompts;
mod reading;
mod remote;
mod schema;
mod server;
mod stdio;
mod watching;

pub use catalogue::tools;
pub use face::Surface;
pub use gate::PROTECTED_RESOURCE;
pub use http::{HttpOptions, router};
pub use listing::templates;
pub use prompts::list as prompts;
pub use remote::{RemoteError, serve_stdio_remote};
pub use stdio::{StdioError, serve_stdio};
