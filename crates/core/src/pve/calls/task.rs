//! Questions about a task, to the node that works on it.

use super::agent::Nothing;
use crate::pve::call::Call;
use crate::pve::facts::{LogLine, Rows, TaskStatus};
use crate::pve::path::ApiPath;
use crate::pve::request::Method;
use crate::pve::upid::Upid;

/// Whether it goes on, and how it ended. Who began it may always ask.
pub fn status(upid: &Upid) -> Call<TaskStatus> {
    Call::get(of(upid).word("status"))
}

/// Lines of its log after the first `skipped`, at most `limit`.
pub fn log(upid: &Upid, skipped: u64, limit: u32) -> Call<Rows<LogLine>> {
    Call::get(of(upid).word("log")).with("start", skipped).with("limit", limit)
}

/// Stops it. What it had done by then stays done.
pub fn stop(upid: &Upid) -> Call<Nothing> {
    Call::new(Method::Delete, of(upid))
}

fn of(upid: &Upid) -> ApiPath {
    ApiPath::node(upid.node()).word("tasks").name(upid)
}
