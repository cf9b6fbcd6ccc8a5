//! What an error of the client means, and what is to be done about it.

use labkeeper_core::ports::RelayError;
use redis::{ErrorKind, RedisError};

/// Replies of a server that reads and does not write.
const NO_WRITES: &[&str] = &["OOM", "READONLY", "MISCONF", "NOREPLICAS", "MASTERDOWN"];

pub(crate) fn of(error: &RedisError, place: &str) -> RelayError {
    let place = place.to_owned();
    let code = error.code().unwrap_or("no code").to_owned();
    match code.as_str() {
        "NOAUTH" | "WRONGPASS" => return RelayError::Denied { place },
        "NOPERM" => return RelayError::NotAllowed { place, code },
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
