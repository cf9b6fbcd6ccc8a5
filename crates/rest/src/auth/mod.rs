//! Who may come in over the network: the gate before every route, where a request comes from, cookies, logging in.

mod bind;
mod cookie;
pub(crate) mod endpoints;
pub(crate) mod gate;
mod visit;

pub use bind::may_bind;
pub use gate::Pass;
