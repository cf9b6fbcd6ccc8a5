//! What a command leaves: text, and a code.

use crate::answer::Refusal;

/// What a command printed, and how it ended.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Output {
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
    /// Exit code; 0 is success.
    pub code: u8,
}

/// How Perl's `die` ends a program, mostly.
const DIED: u8 = 255;
/// How it ends one whose last system call found no file.
const NO_FILE: u8 = 2;

impl Output {
    /// It worked, and says that.
    pub(super) fn said(stdout: String) -> Self {
        Self { stdout, ..Self::default() }
    }

    /// It did not; `why` has no line break at its end.
    pub(super) fn died(why: &str) -> Self {
        let no_file = why.starts_with("Configuration file '") && why.ends_with("does not exist");
        Self { stderr: format!("{why}\n"), code: if no_file { NO_FILE } else { DIED }, ..Self::default() }
    }

    /// It was used wrongly: what is wrong, and how it is used.
    pub(super) fn misused(why: &str, usage: &str) -> Self {
        Self::died(&format!("400 {why}\n{usage}"))
    }

    /// The API refused.
    pub(super) fn refused(refusal: &Refusal, usage: &str) -> Self {
        if refusal.errors.is_empty() {
            return Self::died(&refusal.reason);
        }
        let line = |(name, why): (&String, &serde_json::Value)| {
            format!("\n{name}: {}", why.as_str().unwrap_or_default())
        };
        let wrong: String = refusal.errors.iter().map(line).collect();
        Self::misused(&format!("{}{wrong}", refusal.reason), usage)
    }
}
