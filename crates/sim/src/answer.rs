//! What is asked of the simulated API and what it answers, in the real one's words.

use std::collections::BTreeMap;

pub use labkeeper_core::pve::Method;
use serde_json::{Map, Value, json};

use crate::boolean;

/// A request below `/api2/json`.
#[derive(Debug, Clone)]
pub struct Ask {
    /// How.
    pub method: Method,
    /// Path, such as `/nodes/pve1/lxc`, without the query.
    pub path: String,
    /// Query and form parameters, and JSON's scalars as text.
    pub parameters: BTreeMap<String, String>,
    /// The header `Authorization`, when there is one.
    pub authorization: Option<String>,
}

impl Ask {
    /// A parameter that says yes or no, where it is given.
    pub(crate) fn flag(&self, name: &str) -> Option<bool> {
        boolean::read(self.parameters.get(name)?)
    }

    /// A number, where it is given.
    pub(crate) fn number<N: std::str::FromStr>(&self, name: &str) -> Option<N> {
        self.parameters.get(name)?.parse().ok()
    }
}

/// An answer whole: what goes into `data`, and what stands beside it.
#[derive(Debug, Clone, PartialEq)]
pub struct Reply {
    /// What was asked for.
    pub data: Value,
    /// How many rows there are of which `data` is a part; methods that do not page say nothing.
    pub total: Option<usize>,
}

impl Reply {
    /// The body as sent.
    pub fn body(&self) -> Value {
        let mut body = json!({ "data": self.data });
        // The real one does not say that there is nothing.
        if let Some(total) = self.total.filter(|total| *total > 0) {
            body["total"] = total.into();
        }
        body
    }
}

/// What goes into `data`, or why not.
pub type Answer = Result<Value, Refusal>;

/// A failure: its text is the status line's reason, and the body's `message` when there is a body.
#[derive(Debug, Clone, PartialEq)]
pub struct Refusal {
    /// HTTP status.
    pub status: u16,
    /// What is wrong, without the line break that the body has.
    pub reason: String,
    /// One text per parameter that is wrong.
    pub errors: Map<String, Value>,
}

impl Refusal {
    /// A failure of that status.
    pub fn new(status: u16, reason: impl Into<String>) -> Self {
        Self { status, reason: reason.into(), errors: Map::new() }
    }

    /// The caller may not: `Permission check failed (/vms/100, VM.PowerMgmt)`.
    pub fn forbidden(what: &str) -> Self {
        Self::new(403, format!("Permission check failed ({what})"))
    }

    /// The operation itself failed, as Perl's `die` answers it.
    pub fn died(reason: impl Into<String>) -> Self {
        Self::new(500, reason)
    }

    /// One parameter is wrong.
    pub fn parameter(name: &str, wrong: impl Into<String>) -> Self {
        let errors = Map::from_iter([(name.to_string(), Value::String(wrong.into()))]);
        Self { status: 400, reason: "Parameter verification failed.".into(), errors }
    }

    /// The body as sent; a refused credential has none.
    pub fn body(&self) -> Option<Value> {
        if self.status == 401 {
            return None;
        }
        // What no handler says has no line break at its end.
        let end = if self.status == 501 { "" } else { "\n" };
        let mut body = json!({"data": null, "message": format!("{}{end}", self.reason)});
        if !self.errors.is_empty() {
            body["errors"] = self.errors.clone().into();
        }
        Some(body)
    }
}
