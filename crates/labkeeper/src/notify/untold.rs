//! Why somebody was not told, and what to do about it; nothing of the address, which may be a secret.

use std::error::Error as _;
use std::{fmt, io};

use reqwest::StatusCode;

/// What a message met in place of somebody who takes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Untold {
    /// Nothing came in time.
    Silent,
    /// Nobody listens at that port.
    Refused,
    /// The way there is blocked, for that reason.
    Unreachable(String),
    /// An answer that is no success.
    Answered(StatusCode),
}

impl fmt::Display for Untold {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Silent => out.write_str(
                "it did not answer in time; look whether the service runs, and whether this machine gets there",
            ),
            Self::Refused => out.write_str(
                "nobody listens there; look whether the service runs, and at the port in its address",
            ),
            Self::Unreachable(why) => write!(
                out,
                "it cannot be reached ({why}); look at the host in its address, and whether this machine gets there"
            ),
            Self::Answered(status) => write!(out, "it answered {status}; {}", remedy(*status)),
        }
    }
}

fn remedy(status: StatusCode) -> &'static str {
    match status {
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
            "the key or token in its address, or notify.token, is not the right one"
        }
        StatusCode::NOT_FOUND | StatusCode::GONE => {
            "the topic, key or number in its address is not known there"
        }
        StatusCode::TOO_MANY_REQUESTS => "it takes no more messages for now, so wait a while",
        _ if status.is_redirection() => "write the address that it leads to, as it is not followed",
        _ => "its own log says why",
    }
}

impl From<reqwest::Error> for Untold {
    fn from(error: reqwest::Error) -> Self {
        if error.is_timeout() {
            return Self::Silent;
        }
        let mut cause = error.source();
        let mut last = None;
        while let Some(inner) = cause {
            let kind = inner.downcast_ref::<io::Error>().map(io::Error::kind);
            if kind == Some(io::ErrorKind::ConnectionRefused) {
                return Self::Refused;
            }
            last = Some(inner.to_string());
            cause = inner.source();
        }
        Self::Unreachable(last.unwrap_or_else(|| error.without_url().to_string()))
    }
}
