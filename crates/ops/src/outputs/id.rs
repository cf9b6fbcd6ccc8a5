//! Names of outputs.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// The name of an output, drawn by chance: a later one never has it again. Sixteen hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String")]
pub struct OutputId(pub(super) u64);

/// That text names no output.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("that is no output: they are named by sixteen hexadecimal digits")]
pub struct OutputIdError;

impl OutputId {
    /// How programs that speak MCP call it.
    pub fn uri(self) -> String {
        format!("lab://output/{self}")
    }
}

impl fmt::Display for OutputId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{:016x}", self.0)
    }
}

impl FromStr for OutputId {
    type Err = OutputIdError;

    fn from_str(text: &str) -> Result<Self, OutputIdError> {
        let is_plain = text.len() == 16 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        let number = is_plain.then(|| u64::from_str_radix(text, 16).ok()).flatten();
        number.map(Self).ok_or(OutputIdError)
    }
}

impl TryFrom<String> for OutputId {
    type Error = OutputIdError;

    fn try_from(text: String) -> Result<Self, OutputIdError> {
        text.parse()
    }
}

impl From<OutputId> for String {
    fn from(id: OutputId) -> Self {
        id.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_one_form() {
        for id in [OutputId(0), OutputId(0xab), OutputId(u64::MAX)] {
            assert_eq!(id.to_string().parse(), Ok(id));
        }
        for wrong in
            ["", "ab", "00000000000000AB", "+0000000000000ab", "00000000000000ab0", "../000000000000ab"]
        {
            assert_eq!(wrong.parse::<OutputId>(), Err(OutputIdError), "{wrong}");
        }
    }
}
