//! How careful this hub is, as its owner set it.

use std::time::Duration;

use labkeeper_core::approval::Approvals;

use crate::sessions::OwnSecret;

/// How careful the hub is.
#[derive(Debug, Clone)]
pub struct Safety {
    /// Whose word a call needs.
    pub approvals: Approvals,
    /// How long a parked call waits; then the answer is no.
    pub patience: Duration,
    /// Whether a person can be asked at all: the web app or the command line. Without, what needs a person is refused.
    pub asks_people: bool,
    /// Whether what a person answers to a question of their assistant's client is their word about a parked call. A client that answers
    /// by itself would speak for them.
    pub elicitation: bool,
    /// What the owner adds to the guard's rules, in the predecessor's form (`COMMAND_DENYLIST`): `apt full-upgrade` refuses
    /// commands that begin so, `confirm:apt remove` asks about them.
    pub denylist: Vec<String>,
    /// Where people reach the web app, for links.
    pub public_url: Option<String>,
    /// Names beside the usual ones whose values are secrets (`REDACTION_EXTRA_KEYS`).
    pub secret_keys: Vec<String>,
    /// The hub's own secrets, which nobody is to see.
    pub own_secrets: Vec<OwnSecret>,
}

impl Default for Safety {
    fn default() -> Self {
        Self {
            approvals: Approvals::default(),
            patience: Duration::from_secs(300),
            asks_people: true,
            elicitation: false,
            denylist: Vec::new(),
            public_url: None,
            secret_keys: Vec::new(),
            own_secrets: Vec::new(),
        }
    }
}
