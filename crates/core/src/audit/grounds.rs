//! Why a call was let through or not, as its record says.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::tier::Tier;

/// What was decided about a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Ruling {
    /// Nothing stands against it.
    Allow,
    /// The caller has to say it twice.
    Confirm,
    /// A person has to agree.
    Approve,
    /// Never.
    Deny,
}

/// On what grounds a call was decided. What nobody knew is left out.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Grounds {
    /// How far the caller may reach into the lab.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tier: Option<Tier>,
    /// It acts where root is open, for a caller who may use that.
    #[serde(rename = "rootTier", skip_serializing_if = "std::ops::Not::not")]
    pub root_tier: bool,
    /// What was decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verdict: Option<Ruling>,
    /// By which rules, by their names.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<String>,
    /// The input with its secrets taken out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub args_redacted: Option<Value>,
    /// HMAC-SHA-256 of the canonical input as it came, hexadecimal: the same input gives the same value, and nobody without
    /// the key can guess it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub args_hmac: Option<String>,
}

impl Grounds {
    /// What an outcome repeats: the record of the intent has the input already.
    #[must_use]
    pub fn without_input(&self) -> Self {
        Self { args_redacted: None, args_hmac: None, ..self.clone() }
    }
}
