//! A failure on a node or in a guest as the faces show it.

use super::error::ShellError;
use crate::fault::{Code, Fault};

impl From<ShellError> for Fault {
    fn from(error: ShellError) -> Self {
        Self::new(code(&error), error.to_string()).with_hint(error.remedy())
    }
}

fn code(error: &ShellError) -> Code {
    match error {
        ShellError::NoGuest { .. } => Code::NotFound,
        ShellError::NotSetUp { .. }
        | ShellError::NotRunning { .. }
        | ShellError::Locked { .. }
        | ShellError::AtWork { .. }
        | ShellError::Lacking { .. }
        | ShellError::Changed { .. } => Code::Conflict,
        ShellError::Path { .. } | ShellError::NotRunnable { .. } => Code::Invalid,
        ShellError::TooLarge { .. } => Code::TooLarge,
        ShellError::Unreachable { .. }
        | ShellError::WrongHostKey { .. }
        | ShellError::NotLetIn { .. }
        | ShellError::AgentSilent { .. }
        | ShellError::Unwritable { .. }
        | ShellError::Unverified { .. }
        | ShellError::Lost { .. }
        | ShellError::TimedOut { .. }
        | ShellError::Unexpected { .. } => Code::Unavailable,
    }
}
