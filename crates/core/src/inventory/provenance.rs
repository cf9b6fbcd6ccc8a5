//! Facts and where they come from: who wins, and what counts as drift.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Whether a difference between what a person says and what a source sees still asks for attention.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema, Default)]
#[serde(rename_all = "lowercase")]
pub enum DriftState {
    /// Nobody has decided.
    #[default]
    Open,
    /// Muted until the observation changes again.
    Kept,
    /// Muted for ever.
    Pinned,
}

impl DriftState {
    /// Lower-case name as stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Kept => "kept",
            Self::Pinned => "pinned",
        }
    }

    /// The state of that name.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Open, Self::Kept, Self::Pinned].into_iter().find(|state| state.as_str() == name)
    }

    /// The state after a new sighting: a kept difference opens again when the observed value changes.
    #[must_use]
    pub fn after_sighting(self, changed: bool) -> Self {
        if self == Self::Kept && changed { Self::Open } else { self }
    }
}

/// A source name such as `proxmox:home`, `docker:docker-01`, `scan:10.0.20.0/24`, `import`.
///
/// # Errors
/// When it does not begin with a known source.
pub fn accept_source(source: &str) -> Result<&str, String> {
    let head = source.split(':').next().unwrap_or_default();
    if ["proxmox", "docker", "scan", "import", "agent"].contains(&head) && source.len() <= 120 {
        Ok(source)
    } else {
        Err(format!("wants proxmox:…, docker:…, scan:…, agent:… or import, not \"{source}\""))
    }
}

/// Precedence between sources that disagree about a field nobody asserted; higher wins, then fresher.
pub fn precedence(source: &str) -> u8 {
    match source.split(':').next().unwrap_or_default() {
        "proxmox" => 4,
        "docker" => 3,
        "scan" => 2,
        "agent" => 1,
        _ => 0,
    }
}

/// Whether an asserted and an observed value say different things. Text is compared without case and
/// outer blanks, numbers by value.
pub fn differs(asserted: &Value, observed: &Value) -> bool {
    match (asserted, observed) {
        (Value::String(a), Value::String(b)) => a.trim().to_lowercase() != b.trim().to_lowercase(),
        (Value::Number(a), Value::Number(b)) => a.as_f64() != b.as_f64(),
        (a, b) => a != b,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_kept_difference_opens_when_the_source_sees_something_new_and_a_pinned_one_never() {
        assert_eq!(DriftState::Kept.after_sighting(true), DriftState::Open);
        assert_eq!(DriftState::Kept.after_sighting(false), DriftState::Kept);
        assert_eq!(DriftState::Pinned.after_sighting(true), DriftState::Pinned);
    }

    #[test]
    fn spelling_is_not_drift_but_another_value_is() {
        assert!(!differs(&json!("Debian 12 "), &json!("debian 12")));
        assert!(!differs(&json!(8), &json!(8.0)));
        assert!(differs(&json!("debian 12"), &json!("debian 13")));
    }

    #[test]
    fn proxmox_knows_better_than_a_scan() {
        assert!(precedence("proxmox:home") > precedence("scan:10.0.0.0/24"));
        assert!(accept_source("me").is_err());
    }
}
