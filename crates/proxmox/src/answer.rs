//! What an answer means: its `data`, or why there is none.

use std::collections::BTreeMap;

use labkeeper_core::pve::{Address, Complaint, Denial, Effect, PveError, TokenId};
use serde_json::{Map, Value};

use crate::connection::Received;

/// Who was asked, by whom, and whether it would have changed something.
pub(crate) struct Asked<'a> {
    pub(crate) endpoint: &'a Address,
    pub(crate) token: &'a TokenId,
    pub(crate) effect: Effect,
}

impl Asked<'_> {
    /// Reads an answer.
    pub(crate) fn read(&self, received: &Received) -> Result<Value, PveError> {
        let body = serde_json::from_slice::<Map<String, Value>>(&received.body);
        match received.status {
            200..=299 => match body {
                Ok(mut body) => body.remove("data").ok_or_else(|| self.malformed("there is no `data` in it")),
                Err(error) => Err(self.malformed(&format!("it is no JSON object ({error})"))),
            },
            400..=599 => Err(self.refusal(received, &body.unwrap_or_default())),
            status => Err(self.malformed(&format!("status {status}"))),
        }
    }

    fn refusal(&self, received: &Received, body: &Map<String, Value>) -> PveError {
        let endpoint = self.endpoint.clone();
        let text = sentence(received, body);
        match received.status {
            400 if body.get("errors").is_some_and(Value::is_object) => {
                PveError::BadParameter { errors: errors(body) }
            }
            401 => PveError::Unauthorised { endpoint, token: self.token.clone(), reason: text },
            403 => PveError::Forbidden(Denial::of(&text)),
            404 if body.contains_key("message") => PveError::NotFound(text),
            404 => self.malformed("there is no such path"),
            501 => PveError::NotImplemented(text),
            // 595 and above are Proxmox's: the node that it passed the call on to does not answer. 502 to 504 are those of
            // a proxy in front. Only two of them are sure to come from before the call was passed on.
            502..=504 | 595..=599
                if self.effect == Effect::Write && !matches!(received.status, 503 | 595) =>
            {
                PveError::Interrupted { endpoint, reason: text }
            }
            502..=504 | 595..=599 => PveError::NodeUnreachable { endpoint, reason: text },
            status => match Complaint::of(&text) {
                Complaint::Missing => PveError::NotFound(text),
                Complaint::Other => PveError::Refused { status, text },
                complaint => PveError::InTheWay { complaint, text },
            },
        }
    }

    fn malformed(&self, reason: &str) -> PveError {
        PveError::Malformed { place: self.endpoint.to_string(), reason: reason.to_owned() }
    }
}

/// What Proxmox says, in the body or behind the status; cut, for it may be a whole log.
fn sentence(received: &Received, body: &Map<String, Value>) -> String {
    const LONGEST: usize = 600;
    let message = body.get("message").and_then(Value::as_str).map(str::trim).filter(|text| !text.is_empty());
    let reason = received.reason.as_deref().map(str::trim).filter(|text| !text.is_empty());
    let usual =
        || hyper::StatusCode::from_u16(received.status).ok().and_then(|status| status.canonical_reason());
    let text = message.or(reason).or_else(usual).unwrap_or("no reason given");
    text.chars().take(LONGEST).collect()
}

fn errors(body: &Map<String, Value>) -> BTreeMap<String, String> {
    let listed = body.get("errors").and_then(Value::as_object).into_iter().flatten();
    let plain =
        |value: &Value| value.as_str().map_or_else(|| value.to_string(), |text| text.trim().to_owned());
    listed.map(|(name, wrong)| (name.clone(), plain(wrong))).collect()
}
