//! From a fault to a status: the one match of this face.

use axum::http::header::{RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use labkeeper_core::fault::{Code, Fault};

/// A fault on its way to the caller. It travels as an extension of an empty response, so that the outermost layer,
/// which knows the request's id, writes the body.
#[derive(Debug, Clone)]
pub(crate) struct Failure {
    pub(crate) status: StatusCode,
    pub(crate) fault: Fault,
    headers: Vec<(HeaderName, HeaderValue)>,
}

impl Failure {
    /// A fault of HTTP itself, with the status it has there.
    pub(crate) fn http(status: StatusCode, code: Code, message: impl Into<String>) -> Self {
        Self { status, fault: Fault::new(code, message), headers: Vec::new() }
    }

    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.fault.hint = Some(hint.into());
        self
    }

    /// There is no such address.
    pub(crate) fn no_route(path: &str) -> Self {
        let shown: String = path.chars().take(100).collect();
        Self::http(StatusCode::NOT_FOUND, Code::NotFound, format!("there is nothing at {shown}"))
            .hint("/api/openapi.json lists every route")
    }
}

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Self {
        let status = match fault.code {
            Code::Invalid | Code::UnknownField => StatusCode::BAD_REQUEST,
            Code::Unauthorized => StatusCode::UNAUTHORIZED,
            Code::Forbidden | Code::Denied => StatusCode::FORBIDDEN,
            Code::NotFound => StatusCode::NOT_FOUND,
            Code::StaleRevision
            | Code::HasDependants
            | Code::Conflict
            | Code::ConfirmRequired
            | Code::ApprovalPending
            | Code::StillRunning => StatusCode::CONFLICT,
            Code::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Code::RateLimited => StatusCode::TOO_MANY_REQUESTS,
            Code::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            Code::Cancelled => StatusCode::REQUEST_TIMEOUT,
            Code::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        };
        let mut headers = Vec::new();
        if fault.code == Code::Unauthorized {
            headers.push((WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"labkeeper\"")));
        }
        let seconds = fault.details.as_ref().and_then(|details| details["retry_after"].as_i64());
        if let Some(value) = seconds.and_then(|seconds| HeaderValue::try_from(seconds.to_string()).ok()) {
            headers.push((RETRY_AFTER, value));
        }
        Self { status, fault, headers }
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.headers_mut().extend(self.headers.iter().cloned());
        response.extensions_mut().insert(self);
        response
    }
}
