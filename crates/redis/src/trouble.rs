//! What an error of the client means, and what is to be done about it.

use std::error::Error;
use std::io;
use std::sync::Arc;

use labkeeper_core::ports::RelayError;
use redis::{ErrorKind, RedisError};
use rustls::AlertDescription;

/// Replies of a server that reads and does not write.
const NO_WRITES: &[&str] = &["OOM", "READONLY", "MISCONF", "NOREPLICAS", "MASTERDOWN"];

pub(crate) fn of(error: &RedisError, place: &str) -> RelayError {
    if let Some(trouble) = of_tls(error, place) {
        return trouble;
    }
    let place = place.to_owned();
    // What is refused within a script, or while the connection is made, comes without a code of its own.
    let said = error.detail().unwrap_or_default();
    let says = |words: &[&str]| words.iter().any(|word| said.contains(word));
    if says(&["max number of clients", "DB index is out of range"]) {
        return RelayError::Strange { place, code: said.to_owned() };
    }
    if says(&["NOAUTH", "Authentication required"]) {
        return RelayError::Denied { place };
    }
    if says(&["can't run this command", "ACL failure in script", "has no permissions"]) {
        return RelayError::NotAllowed { place, code: "NOPERM".into() };
    }
    let code = error.code().unwrap_or("no code").to_owned();
    match code.as_str() {
        "NOAUTH" | "WRONGPASS" => return RelayError::Denied { place },
        "NOPERM" => return RelayError::NotAllowed { place, code },
        "WRONGTYPE" => return RelayError::Foreign { place, code },
        "LOADING" | "BUSY" => return RelayError::Slow { place },
        code if NO_WRITES.contains(&code) => return RelayError::TakesNothing { place, code: code.into() },
        _ => {}
    }
    match error.kind() {
        ErrorKind::AuthenticationFailed => RelayError::Denied { place },
        ErrorKind::Io if error.is_timeout() => RelayError::Slow { place },
        ErrorKind::Io => RelayError::Away { place },
        _ => RelayError::Strange { place, code: error.category().to_owned() + ", " + &code },
    }
}

/// The same of an error while the connection was made, which may be that one side speaks TLS and the other does not.
pub(crate) fn at_the_door(error: &RedisError, place: &str, is_tls: bool) -> RelayError {
    if !is_tls && is_hung_up(error) {
        let code = "it hangs up at once: it is being restarted or, if it speaks TLS there, the address begins with rediss://";
        return RelayError::Strange { place: place.to_owned(), code: code.into() };
    }
    of(error, place)
}

/// A server without TLS waits for the end of what it is greeted with, and says nothing.
pub(crate) fn slow_at_the_door(place: &str, is_tls: bool) -> RelayError {
    let place = place.to_owned();
    if !is_tls {
        return RelayError::Slow { place };
    }
    let code = "it did not answer, or began no TLS, in time; if it speaks none there, the address begins with redis://";
    RelayError::Strange { place, code: code.into() }
}

fn is_hung_up(error: &RedisError) -> bool {
    error.is_connection_dropped() && !error.is_connection_refusal()
}

/// What came of TLS, where it came to nothing.
fn of_tls(error: &RedisError, place: &str) -> Option<RelayError> {
    let place = place.to_owned();
    let strange = |code: String| RelayError::Strange { place: place.clone(), code };
    Some(match cause_of(error)? {
        Cause::Tls(rustls::Error::InvalidMessage(_)) => {
            strange("it speaks no TLS there; then the address begins with redis://".into())
        }
        Cause::Tls(rustls::Error::AlertReceived(AlertDescription::CertificateRequired)) => {
            strange("it asks for a certificate of labkeeper's, which has none: tls-auth-clients no".into())
        }
        Cause::Tls(tls @ rustls::Error::AlertReceived(_)) => strange(tls.to_string()),
        Cause::Tls(tls) => RelayError::Untrusted { reason: tls.to_string(), place },
        Cause::Trust(reason) => RelayError::Untrusted { reason, place },
    })
}

enum Cause<'a> {
    Tls(&'a rustls::Error),
    /// The authorities of the system cannot be read, or the name is none.
    Trust(String),
}

fn cause_of(error: &RedisError) -> Option<Cause<'_>> {
    let mut next = error.source();
    while let Some(at) = next {
        let at = at.downcast_ref::<Arc<dyn Error + Send + Sync>>().map_or(at, |shared| shared.as_ref());
        let io = at.downcast_ref::<io::Error>();
        if let Some(tls) = at.downcast_ref().or_else(|| io?.get_ref()?.downcast_ref()) {
            return Some(Cause::Tls(tls));
        }
        // What the client calls input and output and is none happens before anything is sent.
        if error.kind() == ErrorKind::Io && io.is_none() {
            return Some(Cause::Trust(at.to_string()));
        }
        next = at.source();
    }
    None
}
