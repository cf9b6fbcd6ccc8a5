//! Which server, and how long it is waited for.

use std::fmt;
use std::time::Duration;

use redis::{ConnectionAddr, ConnectionInfo, IntoConnectionInfo};
use thiserror::Error;

/// How to reach a server. Shown without its password.
#[derive(Clone)]
pub struct Settings {
    pub(crate) server: ConnectionInfo,
    pub(crate) place: String,
    /// How long somebody waits for one answer.
    pub patience: Duration,
    /// How long the server may take to let us in, while nobody waits.
    pub patience_with_doors: Duration,
    /// How long it is left alone after a failure.
    pub rest: Duration,
}

/// What is no address of a Redis server. The text is not repeated, it may have a password in it.
#[derive(Debug, Error, PartialEq, Eq)]
#[error("is no address such as redis://redis:6379 or rediss://:password@redis:6379/0")]
pub struct NotAnAddress;

impl Settings {
    /// As patient as is usual.
    ///
    /// # Errors
    /// When that is no address.
    pub fn new(url: &str) -> Result<Self, NotAnAddress> {
        // Anything else would be taken for a path.
        let is_url =
            ["redis://", "rediss://", "unix://", "redis+unix://"].iter().any(|way| url.starts_with(way));
        let server = url.into_connection_info().ok().filter(|_| is_url).ok_or(NotAnAddress)?;
        if matches!(server.addr(), ConnectionAddr::TcpTls { insecure: true, .. }) {
            return Err(NotAnAddress);
        }
        Ok(Self {
            place: format!("Redis at {}", server.addr()),
            server,
            patience: Duration::from_millis(150),
            patience_with_doors: Duration::from_secs(2),
            rest: Duration::from_secs(3),
        })
    }

    /// Which server that is, without what is secret.
    pub fn place(&self) -> &str {
        &self.place
    }

    pub(crate) fn is_tls(&self) -> bool {
        matches!(self.server.addr(), ConnectionAddr::TcpTls { .. })
    }

    /// What opens it.
    pub fn password(&self) -> Option<&str> {
        self.server.redis_settings().password()
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Settings").field("place", &self.place).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_taken_and_its_password_is_never_shown() {
        let settings = Settings::new("redis://keeper:s3cret@redis:6379/2").unwrap();
        assert_eq!(settings.password(), Some("s3cret"));
        assert_eq!(settings.place, "Redis at redis:6379");
        assert!(!format!("{settings:?}").contains("s3cret"));
        assert!(Settings::new("rediss://redis").is_ok());
        for wrong in ["redis:6379", "http://redis", "", "redis://:s3cret@", "rediss://redis/#insecure"] {
            let said = Settings::new(wrong).unwrap_err().to_string();
            assert!(!said.contains("s3cret"), "{said}");
        }
    }
}
