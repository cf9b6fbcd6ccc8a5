//! Where an operation is reached over REST, and how a request becomes its input.

use serde::Serialize;

/// HTTP method of a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Method {
    /// Read.
    Get,
    /// Create or act.
    Post,
    /// Set.
    Put,
    /// Merge.
    Patch,
    /// Remove.
    Delete,
}

/// How the body of a request becomes input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Body {
    /// There is none.
    None,
    /// Its members are input fields.
    Fields,
    /// The whole body is that input field.
    Field(&'static str),
    /// The raw bytes, base64, are that input field; `X-File-Name` becomes `file_name`.
    Bytes(&'static str),
}

/// Where an operation is reached over REST.
#[derive(Debug, Clone, Copy)]
pub struct Route {
    /// Method.
    pub method: Method,
    /// Path under the server's root; `{name}` is an input field. `{type}` stands for each kind's URL key.
    pub path: &'static str,
    /// Body.
    pub body: Body,
    /// Status of success.
    pub status: u16,
    /// Query parameters that are no input field go, as an object, into this one.
    pub rest_query: Option<&'static str>,
    /// Input that the route implies: a DELETE is its own confirmation, REST keeps unknown fields.
    pub implies: &'static [(&'static str, Implied)],
    /// The answer is a file: `content` is the body, `mime` its type, `file_name` its name.
    pub download: bool,
}

/// A value that a route implies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Implied {
    /// A boolean.
    Bool(bool),
    /// A text.
    Text(&'static str),
}

impl Route {
    /// `GET path`.
    pub const fn get(path: &'static str) -> Self {
        Self::new(Method::Get, path, Body::None, 200)
    }

    /// `POST path` with the input as body.
    pub const fn post(path: &'static str) -> Self {
        Self::new(Method::Post, path, Body::Fields, 200)
    }

    /// `PUT path` with the input as body.
    pub const fn put(path: &'static str) -> Self {
        Self::new(Method::Put, path, Body::Fields, 200)
    }

    /// `PATCH path` with the input as body.
    pub const fn patch(path: &'static str) -> Self {
        Self::new(Method::Patch, path, Body::Fields, 200)
    }

    /// `DELETE path`; the method itself is the confirmation.
    pub const fn delete(path: &'static str) -> Self {
        Self::new(Method::Delete, path, Body::None, 200)
    }

    const fn new(method: Method, path: &'static str, body: Body, status: u16) -> Self {
        Self { method, path, body, status, rest_query: None, implies: &[], download: false }
    }

    /// Answers 201.
    #[must_use]
    pub const fn created(mut self) -> Self {
        self.status = 201;
        self
    }

    /// The body goes elsewhere.
    #[must_use]
    pub const fn body(mut self, body: Body) -> Self {
        self.body = body;
        self
    }

    /// Unknown query parameters go into that field.
    #[must_use]
    pub const fn rest_query(mut self, field: &'static str) -> Self {
        self.rest_query = Some(field);
        self
    }

    /// Input the route implies.
    #[must_use]
    pub const fn implies(mut self, implies: &'static [(&'static str, Implied)]) -> Self {
        self.implies = implies;
        self
    }

    /// The answer is a file.
    #[must_use]
    pub const fn download(mut self) -> Self {
        self.download = true;
        self
    }
}
