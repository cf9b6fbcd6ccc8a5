//! What an error of the client means, and what is to be done about it.

use std::error::Error;
use std::io;
use std::sync::Arc;

use labkeeper_core::ports::RelayError;
use redis::{ErrorKind, RedisError};

/// Replies of a server that reads and does not write.
const NO_WRITES: &[&str] = &["OOM", "READONLY", "MISCONF", "NOREPLICAS", "MASTERDOWN"];

pub(crate) fn of(error: &RedisError, place: &str) -> RelayError {
    let place = place.to_owned();
    if let Some(reason) = distrust(error) {
        return RelayError::Untrusted { place, reason };
    }
    // What is refused within a script, or while the connection is made, comes without a code of its own.
    let said = error.detail().unwrap_or_default();
    let says = |words: &[&str]| words.iter().any(|word| said.contains(word));
    if says(&["max number of clients"]) {
        return RelayError::Strange { place, code: said.to_owned() };
    }
    if says(&["NOAUTH", "Authentication required"]) {
        return RelayError::Denied { place };
    }
    if says(&["can't run this command", "ACL failure in script"]) {
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

/// Why TLS came to nothing, where it was that.
fn distrust(error: &RedisError) -> Option<String> {
    let mut cause = error.source();
    while let Some(at) = cause {
        let tls = at.downcast_ref::<rustls::Error>().or_else(|| {
            let io = at.downcast_ref::<Arc<dyn Error + Send + Sync>>().map_or(at, |shared| shared.as_ref());
            io.downcast_ref::<io::Error>()?.get_ref()?.downcast_ref()
        });
        if let Some(tls) = tls {
            return Some(tls.to_string());
        }
        cause = at.source();
    }
    None
}
