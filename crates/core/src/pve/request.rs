//! One request to the API as a value: built here, carried by whoever implements [`crate::ports::Pve`].

use std::fmt;

use super::path::{ApiPath, percent_encode};

/// How it is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Method {
    /// `GET`.
    Get,
    /// `POST`.
    Post,
    /// `PUT`.
    Put,
    /// `DELETE`.
    Delete,
}

impl Method {
    /// As on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Delete => "DELETE",
        }
    }

    /// Whether parameters stand in the body, and not behind the path.
    fn has_form(self) -> bool {
        matches!(self, Self::Post | Self::Put)
    }
}

/// Whether it may be asked twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Effect {
    /// Nothing changes: it may be repeated, also elsewhere.
    Read,
    /// Something changes: once it was sent it is never sent again.
    Write,
}

/// A request below `/api2/json`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    method: Method,
    path: ApiPath,
    parameters: Vec<(&'static str, String)>,
    effect: Effect,
}

impl Request {
    pub(super) fn new(method: Method, path: ApiPath) -> Self {
        let effect = if method == Method::Get { Effect::Read } else { Effect::Write };
        Self { method, path, parameters: Vec::new(), effect }
    }

    #[must_use]
    pub(super) fn with(mut self, name: &'static str, value: impl fmt::Display) -> Self {
        self.parameters.push((name, value.to_string()));
        self
    }

    /// Some questions are asked by `POST`.
    #[must_use]
    pub(super) fn harmless(mut self) -> Self {
        self.effect = Effect::Read;
        self
    }

    /// How it is asked.
    pub fn method(&self) -> Method {
        self.method
    }

    /// The path below `/api2/json`, without parameters.
    pub fn path(&self) -> &ApiPath {
        &self.path
    }

    /// Names and values, not encoded.
    pub fn parameters(&self) -> &[(&'static str, String)] {
        &self.parameters
    }

    /// Whether it may be asked twice.
    pub fn effect(&self) -> Effect {
        self.effect
    }

    /// What stands in the request's first line: `/api2/json/…`, with a query where parameters go there.
    pub fn target(&self) -> String {
        let mut target = format!("/api2/json{}", self.path);
        if !self.method.has_form() && !self.parameters.is_empty() {
            target.push('?');
            target.push_str(&self.encoded());
        }
        target
    }

    /// The body, `application/x-www-form-urlencoded`; `None` for a method that has none.
    pub fn form(&self) -> Option<String> {
        self.method.has_form().then(|| self.encoded())
    }

    fn encoded(&self) -> String {
        let mut out = String::new();
        for (name, value) in &self.parameters {
            if !out.is_empty() {
                out.push('&');
            }
            percent_encode(name, &mut out);
            out.push('=');
            percent_encode(value, &mut out);
        }
        out
    }
}

/// `POST /nodes/pve1/lxc/101/status/start`, without parameters: for logs and errors.
impl fmt::Display for Request {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} {}", self.method.as_str(), self.path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_stand_where_the_method_wants_them() {
        let get = Request::new(Method::Get, ApiPath::of("nodes")).with("limit", 5).with("x", "a&b c");
        assert_eq!(get.target(), "/api2/json/nodes?limit=5&x=a%26b%20c");
        assert_eq!(get.form(), None);
        let post = Request::new(Method::Post, ApiPath::of("nodes")).with("x", "ü\n");
        assert_eq!(post.target(), "/api2/json/nodes");
        assert_eq!(post.form().as_deref(), Some("x=%C3%BC%0A"));
        assert_eq!(post.to_string(), "POST /nodes");
    }
}
