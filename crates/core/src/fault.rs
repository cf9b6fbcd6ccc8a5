//! What went wrong, in words that say what to do about it; one shape for every face.

use serde::Serialize;
use serde_json::Value;

/// Stable machine-readable reason of a [`Fault`]; each face maps it once (HTTP status, exit code, tool error).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Code {
    /// A value is not acceptable.
    Invalid,
    /// A field or operation name that does not exist; the hint names the nearest.
    UnknownField,
    /// The thing does not exist, or not for this actor.
    NotFound,
    /// The item changed since the caller read it.
    StaleRevision,
    /// Other items stand on this one.
    HasDependants,
    /// The state does not permit it.
    Conflict,
    /// No or wrong credentials.
    Unauthorized,
    /// The credentials do not permit it.
    Forbidden,
    /// Repeat with `confirm: true` after reading what would happen.
    ConfirmRequired,
    /// Parked until a person decides; `details.approval` says how to hear of it.
    ApprovalPending,
    /// It takes longer than the caller waits, and goes on; `details.job` says how to hear of it.
    StillRunning,
    /// Refused by a rule that nobody may override.
    Denied,
    /// Larger than the limit.
    TooLarge,
    /// Too many attempts.
    RateLimited,
    /// Something needed is not there right now.
    Unavailable,
    /// The caller gave up.
    Cancelled,
    /// Our mistake; details are in the log under the request id.
    Internal,
}

impl Code {
    /// The wire name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Invalid => "invalid",
            Self::UnknownField => "unknown_field",
            Self::NotFound => "not_found",
            Self::StaleRevision => "stale_revision",
            Self::HasDependants => "has_dependants",
            Self::Conflict => "conflict",
            Self::Unauthorized => "unauthorized",
            Self::Forbidden => "forbidden",
            Self::ConfirmRequired => "confirm_required",
            Self::ApprovalPending => "approval_pending",
            Self::StillRunning => "still_running",
            Self::Denied => "denied",
            Self::TooLarge => "too_large",
            Self::RateLimited => "rate_limited",
            Self::Unavailable => "unavailable",
            Self::Cancelled => "cancelled",
            Self::Internal => "internal",
        }
    }
}

/// A refusal or failure that a caller can act on. Never holds SQL, paths or traces.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{message}")]
pub struct Fault {
    /// Stable reason.
    pub code: Code,
    /// One sentence naming the thing.
    pub message: String,
    /// The input field at fault, dotted for nested ones.
    pub field: Option<String>,
    /// The way out.
    pub hint: Option<String>,
    /// Structured facts: both versions of a stale write, the dependants, the plan to confirm.
    pub details: Option<Box<Value>>,
}

impl Fault {
    /// A fault of that code with a sentence.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), field: None, hint: None, details: None }
    }

    /// A value that cannot be accepted.
    pub fn invalid(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self::new(Code::Invalid, message).with_field(field)
    }

    /// A thing that is not there.
    pub fn not_found(what: impl Into<String>) -> Self {
        Self::new(Code::NotFound, what)
    }

    /// Our own mistake; `reason` is for the log ([`Self::take_reason`]) and not shown to the caller.
    pub fn internal(reason: &dyn std::fmt::Display) -> Self {
        let mut fault = Self::new(Code::Internal, "something inside labkeeper failed");
        fault.hint = Some("the log has the details".into());
        fault.details = Some(Box::new(Value::String(reason.to_string())));
        fault
    }

    /// Why our own mistake happened. Who handles the fault first takes this and logs it; then it is gone, so that nobody
    /// logs it again.
    pub fn take_reason(&mut self) -> Option<String> {
        if self.code != Code::Internal {
            return None;
        }
        self.details.take().map(|reason| reason.as_str().map_or_else(|| reason.to_string(), str::to_string))
    }

    /// Names the field.
    #[must_use]
    pub fn with_field(mut self, field: impl Into<String>) -> Self {
        self.field = Some(field.into());
        self
    }

    /// Adds the way out.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Adds structured facts.
    #[must_use]
    pub fn with_details(mut self, details: Value) -> Self {
        self.details = Some(Box::new(details));
        self
    }

    /// The wire form `{error, code, field?, hint?, details?}`; details of internal faults stay inside.
    pub fn to_json(&self) -> Value {
        let mut object = serde_json::Map::new();
        object.insert("error".into(), self.message.clone().into());
        object.insert("code".into(), self.code.as_str().into());
        if let Some(field) = &self.field {
            object.insert("field".into(), field.clone().into());
        }
        if let Some(hint) = &self.hint {
            object.insert("hint".into(), hint.clone().into());
        }
        if let Some(details) = self.details.as_ref().filter(|_| self.code != Code::Internal) {
            object.insert("details".into(), (**details).clone());
        }
        Value::Object(object)
    }
}
